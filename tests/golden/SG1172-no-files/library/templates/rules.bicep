@export()
func problems(swarm object) array => []
