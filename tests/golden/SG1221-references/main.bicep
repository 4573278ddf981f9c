// References to registries and template specs have a form of their own.
module a 'br:mcr.microsoft.com/part' = {}
module b 'br/other:part:1.0' = {}
module c 'ts:part:1.0' = {}
