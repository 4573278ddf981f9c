// compiler/swarm/path.h: where in the description something stands: workers.web.autoscale.max,
// ingress.ports[0].port.
#pragma once
#include "compiler/evaluate/value.h"

// From the inside out; the root has no Path (NULL).
typedef struct Path Path;
struct Path {
    const Path *outer;
    Text name;        // of a setting
    size_t index;     // of an item of a list, where `name` has no text at all
    const Place *key; // of the name in swarm.yaml; NULL if it is not written there
};

Text path_text(Arena *arena, const Path *path); // empty for the root

// What a written path leads to.
typedef struct {
    const Value *value; // the deepest value on the way that exists
    const Place *key;   // of the key of that value; NULL for the root and items of lists
    const Place
        *written; // of the deepest key or value on the way that was written; NULL if none was
    Text depth;   // how much of the path leads to `written`
    bool whole;   // the whole path exists
} PathEnd;

// Follows dots and brackets; a key may itself have dots (registries.registry.acme.example.secret).
PathEnd path_follow(const Value *root, Text path);
