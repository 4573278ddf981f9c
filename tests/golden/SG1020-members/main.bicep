// What may follow a dot
var a = vault.
var b = vault.1
var c = network::
type t = swarm.
