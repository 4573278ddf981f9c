// compiler/evaluate/functions.c: the table.
#include "compiler/evaluate/calls.h"

#include <string.h>

static const FunctionRow rows[] = {
#define NONE NULL
#define PURE FUNCTION_PURE
#define LOAD FUNCTION_LOAD
#define DEPLOYMENT FUNCTION_DEPLOYMENT
#define RUNTIME FUNCTION_RUNTIME
#define DECORATOR FUNCTION_DECORATOR
#define FUNCTION(name, least, most, flags, call) {#name, least, most, flags, call},
#include "compiler/evaluate/functions.def"
#undef FUNCTION
};

enum { ROWS = sizeof rows / sizeof *rows, SLOTS = 256 };

// Names hashed once: the first call of function_find fills it.
static uint8_t slots[SLOTS];

static size_t slot_of(Text name)
{
    size_t at = text_hash(name) & (SLOTS - 1);
    while (slots[at] && !text_is(name, rows[slots[at] - 1].name)) at = (at + 1) & (SLOTS - 1);
    return at;
}

const FunctionRow *function_find(Text name)
{
    static bool filled;
    if (!filled) {
        for (size_t i = 0; i < ROWS; i++) slots[slot_of(text_of(rows[i].name))] = (uint8_t)(i + 1);
        filled = true;
    }
    size_t index = slots[slot_of(name)];
    return index ? &rows[index - 1] : NULL;
}

const Value *call_none(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)arguments;
    (void)count;
    return call_refuse(function, TEXT("this function is not evaluated here"));
}

const Value *call_refuse(FunctionCall *call, Text why)
{
    if (call->diags) diag_add_with(call->diags, DIAG_FUNCTION_REFUSES, call->place, why);
    return NULL;
}

bool call_expects(FunctionCall *call, const Value **arguments, size_t index, ValueKind kind)
{
    if (arguments[index]->kind == kind) return true;
    call_refuse(call, text_format(call->arena, "argument %zu must be %s, not %s", index + 1,
                                  value_kind_name(kind), value_kind_name(arguments[index]->kind)));
    return false;
}

Text call_units(Arena *arena, Text text, size_t from, size_t to)
{
    TextBuffer out = {.arena = arena};
    size_t unit = 0;
    for (size_t at = 0; at < text.length && unit < to;) {
        size_t begin = at, first = unit;
        unit += text_next(text, &at) > 0xFFFF ? 2 : 1;
        if (unit <= from) continue;
        bool half = first < from || unit > to;
        buffer_text(&out, half ? TEXT("\xEF\xBF\xBD") : text_slice(text, begin, at));
    }
    return buffer_done(&out);
}
