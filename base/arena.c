// base/arena.c: blocks that double in size, filled from the front. The kernel gives their pages at
// once: each page that is asked for by touching it costs more than all else that is done with it.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS, explicit_bzero
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 8, FIRST_BLOCK = 64 * 1024, LARGEST_BLOCK = 128 * 1024, PAGE = 4096 };

#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif

struct ArenaBlock {
    ArenaBlock *older;
    size_t size; // of the whole block, this header included
    size_t used; // once it is full or given back
};

static size_t rounded(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

// A block with room for `need` bytes, not in use yet.
static ArenaBlock *take_block(Arena *arena, size_t need)
{
    size_t header = rounded(sizeof(ArenaBlock));
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
    if (size < need + header) size = (need + header + PAGE - 1) & ~(size_t)(PAGE - 1);
    ArenaBlock **spare = &arena->spare, *block;
    while (*spare && (*spare)->size < need + header) spare = &(*spare)->older;
    if (*spare) {
        block = *spare;
        *spare = block->older;
        size = block->size;
        memset(block, 0, block->used);
    } else {
        block = size < need ? MAP_FAILED
                            : mmap(NULL, size, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    }
    if (block == MAP_FAILED) {
        fputs("swarmgen: out of memory\n", stderr);
        exit(1);
    }
    *block = (ArenaBlock){.size = size};
    return block;
}

static void fill_next(Arena *arena, ArenaBlock *block)
{
    if (arena->blocks) arena->blocks->used = (size_t)(arena->at - (char *)arena->blocks);
    block->older = arena->blocks;
    arena->blocks = block;
    arena->at = (char *)block + rounded(sizeof *block);
    arena->end = (char *)block + block->size;
}

// A piece that the newest block has no room for. Where that one has more room left than the next
// would have, it goes on being filled, and the piece gets a block to itself.
static void *alloc_in_next(Arena *arena, size_t size)
{
    ArenaBlock *block = take_block(arena, size);
    size_t used = rounded(sizeof *block) + size;
    if (!arena->blocks || block->size - used >= (size_t)(arena->end - arena->at)) {
        fill_next(arena, block);
        arena->at += size;
        return arena->at - size;
    }
    block->used = used;
    block->older = arena->blocks->older;
    arena->blocks->older = block;
    return (char *)block + used - size;
}

void *arena_alloc(Arena *arena, size_t size)
{
    size = rounded(size ? size : 1);
    arena->total += size;
    if ((size_t)(arena->end - arena->at) < size) return alloc_in_next(arena, size);
    void *given = arena->at;
    arena->at += size;
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
    assert(old || old_size == 0);
    if (old_size) memcpy(fresh, old, old_size);
    return fresh;
}

void arena_shrink(Arena *arena, void *last, size_t old_size, size_t size)
{
    if ((char *)last + rounded(old_size) != arena->at) return;
    arena->at = (char *)last + rounded(size);
    arena->total -= rounded(old_size) - rounded(size);
}

void arena_reserve(Arena *arena, size_t size)
{
    if ((size_t)(arena->end - arena->at) < size) fill_next(arena, take_block(arena, size));
}

Arena arena_borrow(Arena *from)
{
    Arena work = {.spare = from->spare};
    from->spare = NULL;
    return work;
}

static void give(ArenaBlock *blocks, Arena *to)
{
    while (blocks) {
        ArenaBlock *older = blocks->older, **at = &to->spare;
        while (*at && (*at)->size < blocks->size) at = &(*at)->older;
        blocks->older = *at;
        *at = blocks;
        blocks = older;
    }
}

void arena_return(Arena *work, Arena *to)
{
    to->total += work->total;
    if (work->blocks) work->blocks->used = (size_t)(work->at - (char *)work->blocks);
    give(work->blocks, to);
    give(work->spare, to);
    *work = (Arena){0};
}

void arena_join(Arena *arena, Arena *other)
{
    if (arena->blocks) arena->blocks->used = (size_t)(arena->at - (char *)arena->blocks);
    ArenaBlock **oldest = &other->blocks;
    while (*oldest) oldest = &(*oldest)->older;
    if (other->blocks) {
        *oldest = arena->blocks;
        arena->blocks = other->blocks;
        arena->at = other->at;
        arena->end = other->end;
    }
    arena->total += other->total;
    give(other->spare, arena);
    *other = (Arena){0};
}

void arena_free(Arena *arena)
{
    give(arena->blocks, arena);
    for (ArenaBlock *block = arena->spare; block;) {
        ArenaBlock *older = block->older;
        munmap(block, block->size);
        block = older;
    }
    *arena = (Arena){0};
}

void arena_wipe(Arena *arena)
{
    ArenaBlock *lists[] = {arena->blocks, arena->spare};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (ArenaBlock *block = lists[i]; block; block = block->older)
            explicit_bzero(block + 1, block->size - sizeof *block);
    }
    arena_free(arena);
}
