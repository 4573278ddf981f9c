// base/arena.c: blocks that double in size, filled from the front. The kernel gives their pages at
// once: each page that is asked for by touching it costs more than all else that is done with it.
// Who needs much gets chunks, each one huge page where the kernel has some: a third of the price.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS, MADV_HUGEPAGE, explicit_bzero
#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 8, FIRST_BLOCK = 64 * 1024, LARGEST_BLOCK = 128 * 1024, PAGE = 4096 };
// The first chunk comes when so much is held, the others much later: most of a last one stays empty,
// but counts as used.
enum { CHUNK = 2 * 1024 * 1024, FIRST_CHUNK_AT = 768 * 1024, MORE_CHUNKS_AT = 8 * 1024 * 1024 };

#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif
#ifndef MADV_HUGEPAGE
#define MADV_HUGEPAGE MADV_NORMAL
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 // Linux 5.14; before, pages come by touching
#endif

struct ArenaBlock {
    ArenaBlock *older;
    size_t size; // of the whole block, this header included
    size_t used; // once it is full or given back
    bool cut;    // from a chunk
};

// At the begin of its memory, aligned to its size.
struct ArenaChunk {
    ArenaChunk *older;
    size_t used; // by blocks
};

static size_t rounded(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static Arena *root_of(Arena *arena)
{
    return arena->from ? arena->from : arena;
}

static void *ask_kernel(size_t size, int flags)
{
    void *given =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (given == MAP_FAILED) {
        fputs("swarmgen: out of memory\n", stderr);
        exit(1);
    }
    return given;
}

static void add_chunk(Arena *root)
{
    char *wide = ask_kernel(2 * CHUNK, 0);
    size_t before = -(uintptr_t)wide % CHUNK;
    ArenaChunk *chunk = (ArenaChunk *)(void *)(wide + before);
    if (before) munmap(wide, before);
    munmap(wide + before + CHUNK, CHUNK - before);
    madvise(chunk, CHUNK, MADV_HUGEPAGE);
    *chunk = (ArenaChunk){.older = root->chunks, .used = rounded(sizeof *chunk)};
    root->chunks = chunk;
    root->held += CHUNK;
}

static size_t left(const Arena *root)
{
    return root->chunks ? CHUNK - root->chunks->used : 0;
}

// A zeroed block of `size` bytes, or what is left of a chunk if that is at least `least`.
static ArenaBlock *new_block(Arena *root, size_t size, size_t least)
{
    bool much = root->held >= (root->chunks ? MORE_CHUNKS_AT : FIRST_CHUNK_AT);
    if (much && left(root) < least && size <= CHUNK / 4) add_chunk(root);
    bool cut = left(root) >= least;
    ArenaBlock *block;
    if (cut) {
        if (size > left(root)) size = left(root);
        block = (ArenaBlock *)(void *)((char *)root->chunks + root->chunks->used);
        char *pages = (char *)root->chunks + root->chunks->used / PAGE * PAGE;
        root->chunks->used += size;
        madvise(pages, size, MADV_POPULATE_WRITE);
    } else {
        block = ask_kernel(size, MAP_POPULATE);
        root->held += size;
    }
    *block = (ArenaBlock){.size = size, .cut = cut};
    return block;
}

// ---- spare blocks

static void insert(ArenaBlock *block, ArenaBlock **list)
{
    while (*list && (*list)->size < block->size) list = &(*list)->older;
    block->older = *list;
    *list = block;
}

// `block` and its neighbours among the spare ones, which leave the list, as one.
static ArenaBlock *merged(ArenaBlock *block, ArenaBlock **list)
{
    while (*list) {
        ArenaBlock *other = *list, *first = other < block ? other : block;
        const ArenaBlock *second = other < block ? block : other;
        if (other->cut == block->cut && (const char *)first + first->size == (const char *)second) {
            *list = other->older;
            first->used = first->size + second->used;
            first->size += second->size;
            block = first;
        } else {
            list = &other->older;
        }
    }
    return block;
}

static void give(ArenaBlock *blocks, Arena *to)
{
    while (blocks) {
        ArenaBlock *older = blocks->older;
        insert(merged(blocks, &to->spare), &to->spare);
        blocks = older;
    }
}

// The smallest one of at least `least` bytes, cut to `size` if the rest is worth it; NULL: none.
static ArenaBlock *take_spare(Arena *root, size_t size, size_t least)
{
    ArenaBlock **list = &root->spare;
    while (*list && (*list)->size < least) list = &(*list)->older;
    ArenaBlock *block = *list;
    if (!block) return NULL;
    *list = block->older;
    if (block->size >= size + FIRST_BLOCK) {
        ArenaBlock *rest = (ArenaBlock *)(void *)((char *)block + size);
        size_t dirty = block->used > size ? block->used - size : 0;
        *rest = (ArenaBlock){.size = block->size - size, .cut = block->cut};
        rest->used = dirty > sizeof *rest ? dirty : sizeof *rest;
        insert(rest, &root->spare);
        block->size = size;
        if (block->used > size) block->used = size;
    }
    ArenaBlock fresh = {.size = block->size, .cut = block->cut};
    memset(block, 0, block->used);
    *block = fresh;
    return block;
}

// A block with room for `need` bytes, not in use yet.
static ArenaBlock *take_block(Arena *arena, size_t need)
{
    Arena *root = root_of(arena);
    size_t header = rounded(sizeof(ArenaBlock));
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
    if (size < need + header) size = (need + header + PAGE - 1) & ~(size_t)(PAGE - 1);
    if (size < need) size = SIZE_MAX / PAGE * PAGE; // nobody has that
    ArenaBlock *block = take_spare(root, size, need + header);
    return block ? block : new_block(root, size, need + header);
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
    return (Arena){.from = root_of(from)};
}

void arena_return(Arena *work, Arena *to)
{
    to->total += work->total;
    if (work->blocks) work->blocks->used = (size_t)(work->at - (char *)work->blocks);
    give(work->blocks, work->from);
    *work = (Arena){.from = work->from};
}

static void take_chunks(Arena *to, const Arena *from)
{
    ArenaChunk **oldest = &to->chunks; // the newest stays the one that is cut from
    while (*oldest) oldest = &(*oldest)->older;
    *oldest = from->chunks;
    to->held += from->held;
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
    give(other->spare, root_of(arena));
    take_chunks(root_of(arena), other);
    *other = (Arena){0};
}

void arena_free(Arena *arena)
{
    give(arena->blocks, arena);
    for (ArenaBlock *block = arena->spare; block;) {
        ArenaBlock *older = block->older;
        if (!block->cut) munmap(block, block->size);
        block = older;
    }
    for (ArenaChunk *chunk = arena->chunks; chunk;) {
        ArenaChunk *older = chunk->older;
        munmap(chunk, CHUNK);
        chunk = older;
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
