// base/map.h: from texts to pointers, in the order of insertion when listed.
//   owns: entries live in the arena given at each put; keys are not copied
#pragma once
#include "base/text.h"

typedef struct {
    Text key;
    void *value;
} MapEntry;

typedef struct {
    MapEntry *items; // in order of insertion: loop over these
    size_t count, room;
    uint32_t *slots; // open addressing: index into items plus one; 0 is free
    size_t slot_count;
} Map;

void *map_get(const Map *map, Text key); // NULL if absent
bool map_has(const Map *map, Text key);
void map_put(Arena *arena, Map *map, Text key, void *value); // replaces an earlier value in place
