// What the emitter does not know is an error.
targetScope = 'local'
