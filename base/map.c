// base/map.c: open addressing over indices, so that the entries themselves stay in order.
#include "base/map.h"

static uint32_t *slot_of(const Map *map, Text key)
{
    size_t at = text_hash(key) & (map->slot_count - 1);
    while (map->slots[at] && !text_equal(map->items[map->slots[at] - 1].key, key)) {
        at = (at + 1) & (map->slot_count - 1);
    }
    return &map->slots[at];
}

static MapEntry *entry_of(const Map *map, Text key)
{
    if (map->slot_count == 0) return NULL;
    uint32_t index = *slot_of(map, key);
    return index ? &map->items[index - 1] : NULL;
}

static void rehash(Arena *arena, Map *map)
{
    map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
    map->slots = arena_array(arena, uint32_t, map->slot_count);
    for (size_t i = 0; i < map->count; i++) *slot_of(map, map->items[i].key) = (uint32_t)i + 1;
}

void *map_get(const Map *map, Text key)
{
    MapEntry *entry = entry_of(map, key);
    return entry ? entry->value : NULL;
}

bool map_has(const Map *map, Text key)
{
    return entry_of(map, key) != NULL;
}

void map_put(Arena *arena, Map *map, Text key, void *value)
{
    MapEntry *entry = entry_of(map, key);
    if (entry) {
        entry->value = value;
        return;
    }
    if ((map->count + 1) * 2 > map->slot_count) rehash(arena, map);
    *slot_of(map, key) = (uint32_t)map->count + 1;
    list_add(arena, map, ((MapEntry){key, value}));
}
