// base/arena.h: memory of one compilation.
//   owns:   a command makes one arena and frees it; nothing inside is freed singly
//   errors: out of memory ends the program with status 1, here and nowhere else
#pragma once
#include <stddef.h>

typedef struct ArenaBlock ArenaBlock;
typedef struct ArenaChunk ArenaChunk;

typedef struct Arena Arena;
struct Arena {
    ArenaBlock *blocks; // newest first
    char *at, *end;     // free room of the newest block
    size_t total;       // bytes asked for so far
    Arena *from;        // of a borrowed one: whose memory it uses. The rest is empty then
    ArenaBlock *spare;  // given back by stages that are over; smallest first
    ArenaChunk *chunks; // that blocks are cut from, newest first
    size_t held;        // bytes of all blocks and chunks
};

// Zeroed memory, aligned for pointers and numbers of eight bytes.
__attribute__((returns_nonnull)) void *arena_alloc(Arena *arena, size_t size);

// `old` with room for `size` bytes; the content moves only if it is not the arena's last piece.
__attribute__((returns_nonnull)) void *arena_grow(Arena *arena, void *old, size_t old_size,
                                                  size_t size);

// Takes back what is behind `size` bytes of `last`, if it is the arena's last piece; that was never
// written to.
void arena_shrink(Arena *arena, void *last, size_t old_size, size_t size);

// Makes room for `size` bytes in one piece; what is allocated next lies there.
void arena_reserve(Arena *arena, size_t size);

// An arena for what is over before `from` ends: its memory is used again after arena_return. Both
// are of one thread.
Arena arena_borrow(Arena *from);
void arena_return(Arena *work, Arena *to);

// What is in `other` lives in `arena` from now on. `other` may be of a thread that is over.
void arena_join(Arena *arena, Arena *other);

void arena_free(Arena *arena);

// The same, for what held secrets: overwritten first.
void arena_wipe(Arena *arena);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

// A list is any struct {T *items; size_t count, room;}.
#define list_add(arena, list, item)                                                                \
    do {                                                                                           \
        if ((list)->count == (list)->room) {                                                       \
            size_t list_room = (list)->room ? (list)->room * 2 : 4;                                \
            (list)->items =                                                                        \
                arena_grow((arena), (list)->items, (list)->count * sizeof *(list)->items,          \
                           list_room * sizeof *(list)->items);                                     \
            (list)->room = list_room;                                                              \
        }                                                                                          \
        (list)->items[(list)->count++] = (item);                                                   \
    } while (0)
