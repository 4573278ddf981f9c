// compiler/evaluate/functions.c: the table.
#include "base/table.h"
#include "compiler/evaluate/calls.h"

static const FunctionRow rows[] = {
#define NONE NULL
#define PURE FUNCTION_PURE
#define LOAD FUNCTION_LOAD
#define DEPLOYMENT FUNCTION_DEPLOYMENT
#define RUNTIME FUNCTION_RUNTIME
#define DECORATOR FUNCTION_DECORATOR
#define AZ FUNCTION_AZ
#define FUNCTION(name, least, most, flags, call) {#name, least, most, flags, call},
#include "compiler/evaluate/functions.def"
#undef FUNCTION
};

const FunctionRow *function_find(Text name)
{
    static Table table = {TABLE_OF(rows)};
    return table_find(&table, name);
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
