// compiler/snapshot/builtin.c: the table.
#include "compiler/snapshot/builtin.h"

static const Builtin rows[] = {
#define BUILTIN(name, kind, least, most, run) {#name, BUILTIN_##kind, least, most, run},
#define BUILTIN_OF_EVALUATE(name, kind) {#name, BUILTIN_##kind, 0, -1, NULL},
#include "compiler/snapshot/builtin.def"
#undef BUILTIN
#undef BUILTIN_OF_EVALUATE
};

enum { ROWS = sizeof rows / sizeof *rows, SLOTS = 512, NAME_LIMIT = 32 };

// Names hashed once: the first call of builtin_find fills it.
static uint8_t slots[SLOTS];

static Text lowered(char *room, Text name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        room[i] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
    }
    return (Text){room, name.length};
}

// The slot of a name, or the free one where it would be.
static size_t slot_of(Text name)
{
    char room[NAME_LIMIT];
    size_t at = text_hash(lowered(room, name)) & (SLOTS - 1);
    while (slots[at] && !text_alike(name, text_of(rows[slots[at] - 1].name)))
        at = (at + 1) & (SLOTS - 1);
    return at;
}

const Builtin *builtin_find(Text name)
{
    static bool filled;
    if (!filled) {
        for (size_t i = 0; i < ROWS; i++) slots[slot_of(text_of(rows[i].name))] = (uint8_t)(i + 1);
        filled = true;
    }
    size_t index = name.length < NAME_LIMIT ? slots[slot_of(name)] : 0;
    if (index) return &rows[index - 1];
    bool lists = name.length > 4 && text_alike(text_slice(name, 0, 4), TEXT("list"));
    return lists ? &rows[slots[slot_of(TEXT("list"))] - 1] : NULL;
}
