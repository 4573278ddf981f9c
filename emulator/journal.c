// emulator/journal.c
#include "emulator/journal.h"

#include "compiler/evaluate/shape.h"
#include "emulator/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 10000 };

typedef struct {
    Arena arena;
    const Value *value;
} Entry;

struct Journal {
    Entry items[KEPT]; // the newest `count`, from `first` on, round
    size_t first, count;
    int64_t number; // of the next one
};

static const Value *headers_of(Exchange *exchange, Arena *arena)
{
    bool record = exchange->world->options->record;
    Value *headers = value_object(arena);
    for (size_t i = 0; i < exchange->headers.count; i++) {
        MapEntry entry = exchange->headers.items[i];
        value_set(arena, headers, entry.key,
                  record ? value_string(arena, *(const Text *)entry.value) : &value_null);
    }
    return headers;
}

void journal_add(Exchange *exchange, double seconds)
{
    World *world = exchange->world;
    if (!world->options->quiet)
        fprintf(stderr, "%3d %-6s %.*s %.0f ms\n", exchange->status, exchange->method,
                TEXT_ARG(exchange->target), seconds * 1000);
    if (!world->journal) {
        world->journal = calloc(1, sizeof(Journal)); // large, and not always needed
        if (!world->journal) return;
    }
    Journal *journal = world->journal;
    size_t place = (journal->first + journal->count) % KEPT;
    if (journal->count == KEPT) {
        arena_free(&journal->items[place].arena);
        journal->first = (journal->first + 1) % KEPT;
    } else {
        journal->count++;
    }
    Arena arena = {0};
    Text body = world->options->record ? exchange->text : (Text){0};
    const Value *value = shape_make(
        exchange->arena,
        "{number:%i,time:%t,method:%s,target:%t,status:%i,requestId:%t,headers:%v,body:%t}",
        journal->number++, time_text(exchange->arena, world->now), exchange->method,
        exchange->target, (int64_t)exchange->status, exchange->request_id,
        headers_of(exchange, exchange->arena), body);
    const Value *copy = shape_copy(&arena, value);
    journal->items[place] = (Entry){arena, copy};
}

static void clear(Journal *journal)
{
    for (size_t i = 0; i < journal->count; i++)
        arena_free(&journal->items[(journal->first + i) % KEPT].arena);
    int64_t number = journal->number;
    memset(journal, 0, sizeof *journal);
    journal->number = number;
}

void journal_free(World *world)
{
    if (!world->journal) return;
    clear(world->journal);
    free(world->journal);
    world->journal = NULL;
}

// ?since=NUMBER: from that one on.
void requests_get(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    const Journal *journal = exchange->world->journal;
    Text since = exchange_query(exchange, "since");
    double from = strtod(text_string(arena, since), NULL);
    Value *items = value_array(arena);
    for (size_t i = 0; journal && i < journal->count; i++) {
        const Value *value = journal->items[(journal->first + i) % KEPT].value;
        if (shape_number(value, "number", 0) >= from) value_append(arena, items, value);
    }
    answer(exchange, 200, shape_make(arena, "{value:%v}", items));
}

void requests_delete(Exchange *exchange)
{
    if (exchange->world->journal) clear(exchange->world->journal);
    answer(exchange, 204, NULL);
}
