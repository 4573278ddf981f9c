// base/arena.c: blocks that double in size, filled from the front.
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, FIRST_BLOCK = 64 * 1024, LARGEST_BLOCK = 1024 * 1024 };

struct ArenaBlock {
    ArenaBlock *older;
    size_t size; // of the whole block, this header included
};

static size_t rounded(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void add_block(Arena *arena, size_t need)
{
    size_t header = rounded(sizeof(ArenaBlock));
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
    if (size < need + header) size = need + header;
    ArenaBlock *block = size < need ? NULL : calloc(1, size);
    if (!block) {
        fputs("swarmgen: out of memory\n", stderr);
        exit(1);
    }
    *block = (ArenaBlock){.older = arena->blocks, .size = size};
    arena->blocks = block;
    arena->at = (char *)block + header;
    arena->end = (char *)block + size;
}

void *arena_alloc(Arena *arena, size_t size)
{
    size = rounded(size ? size : 1);
    if ((size_t)(arena->end - arena->at) < size) add_block(arena, size);
    void *given = arena->at;
    arena->at += size;
    arena->total += size;
    return given;
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t size)
{
    char *end_of_old = old ? (char *)old + rounded(old_size ? old_size : 1) : NULL;
    if (old && end_of_old == arena->at && (size_t)(arena->end - (char *)old) >= rounded(size)) {
        arena->total += rounded(size) - rounded(old_size ? old_size : 1);
        arena->at = (char *)old + rounded(size);
        return old;
    }
    void *fresh = arena_alloc(arena, size);
    if (old_size) memcpy(fresh, old, old_size);
    return fresh;
}

void arena_reserve(Arena *arena, size_t size)
{
    if ((size_t)(arena->end - arena->at) < size) add_block(arena, size);
}

void arena_free(Arena *arena)
{
    for (ArenaBlock *block = arena->blocks; block;) {
        ArenaBlock *older = block->older;
        free(block);
        block = older;
    }
    *arena = (Arena){0};
}
