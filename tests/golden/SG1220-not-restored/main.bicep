// A module of a registry must be in the module cache.
module part 'br/public:storage/part:1.0.0' = {}
