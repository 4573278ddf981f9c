// base/table.c: see table.h.
#include "base/table.h"

#include <assert.h>
#include <ctype.h>
#include <pthread.h>

enum { SLOTS = sizeof((Table *)0)->slots };

static const void *row_at(const Table *table, size_t index)
{
    return (const char *)table->rows + index * table->size;
}

static Text name_at(const Table *table, size_t index)
{
    return text_of(*(const char *const *)row_at(table, index));
}

static size_t hash(Text name)
{
    size_t sum = 5381;
    for (size_t i = 0; i < name.length; i++)
        sum = sum * 33 + (size_t)tolower((unsigned char)name.at[i]);
    return sum;
}

// The slot of a name, or the free one where it would be.
static uint8_t *slot_of(Table *table, Text name)
{
    for (size_t at = hash(name);; at++) {
        uint8_t *slot = &table->slots[at % SLOTS];
        if (!*slot) return slot;
        Text there = name_at(table, *slot - 1u);
        if (table->alike ? text_alike(name, there) : text_equal(name, there)) return slot;
    }
}

static void fill(Table *table)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    assert(table->count < SLOTS / 2);
    for (size_t i = 0; i < table->count && !table->filled; i++)
        *slot_of(table, name_at(table, i)) = (uint8_t)(i + 1);
    table->filled = true;
    pthread_mutex_unlock(&mutex);
}

const void *table_find(Table *table, Text name)
{
    if (!atomic_load_explicit(&table->filled, memory_order_acquire)) fill(table);
    uint8_t index = *slot_of(table, name);
    return index ? row_at(table, index - 1u) : NULL;
}
