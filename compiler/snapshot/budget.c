// compiler/snapshot/budget.c
#include "compiler/snapshot/budget.h"

#include "compiler/snapshot/inner.h"

#include <string.h>

enum {
    BUDGET_MIB = 1024,              // together, where the context has no limit of its own
    BUDGET_VALUE = 8 * 1024 * 1024, // one value: twice what Azure takes as a whole template
    BUDGET_DEPTH = 500,             // lists and objects within each other
};

static bool exceeded(const Frame *frame, size_t limit, const char *what)
{
    engine_fail(frame,
                "Unable to evaluate template language expressions: %s exceeds the limit of '%zu' "
                "MiB",
                what, limit >> 20);
    return false;
}

bool budget_left(const Frame *frame)
{
    const Template *whole = frame->template->whole;
    size_t limit = whole->context.memory ? whole->context.memory : (size_t)BUDGET_MIB << 20;
    size_t taken = whole->arena->total - whole->before + whole->counted;
    return taken <= limit || exceeded(frame, limit, "what they take together");
}

// At most `room` + 1; also for what is nested too deep to be walked through.
static size_t weight(const Value *value, size_t room, size_t depth)
{
    size_t sum = 1;
    if (depth > BUDGET_DEPTH) return room + 1;
    if (value->kind == VALUE_STRING) sum += value->string.length;
    for (size_t i = 0; value->kind == VALUE_ARRAY && i < value->array.count && sum <= room; i++)
        sum += weight(value->array.items[i], room - sum, depth + 1);
    for (size_t i = 0; value->kind == VALUE_OBJECT && i < value->object.count && sum <= room; i++) {
        sum += value->object.items[i].name.length;
        if (sum <= room) sum += weight(value->object.items[i].value, room - sum, depth + 1);
    }
    return sum <= room ? sum : room + 1;
}

bool budget_counts(const Frame *frame, const Value *value)
{
    size_t sum = weight(value, BUDGET_VALUE, 0);
    frame->template->whole->counted += sum;
    return sum <= BUDGET_VALUE || exceeded(frame, BUDGET_VALUE, "a value");
}

// Times the text stands in the other; at the most, where it may overlap.
static size_t places(Text text, Text wanted)
{
    size_t count = 0;
    for (size_t at = 0; wanted.length && at + wanted.length <= text.length; at++)
        count += memcmp(text.at + at, wanted.at, wanted.length) == 0;
    return count;
}

// What is multiplied: `times` the bytes of `part`.
static void product(const Call *call, const Value *const *values, size_t *times, size_t *part)
{
    *times = *part = 0;
    if (call->count < 2) return;
    bool texts = values[0]->kind == VALUE_STRING && values[1]->kind == VALUE_STRING;
    if (text_alike(call->name, TEXT("join")) && values[0]->kind == VALUE_ARRAY &&
        values[1]->kind == VALUE_STRING) {
        *times = values[0]->array.count;
        *part = values[1]->string.length;
    } else if (text_alike(call->name, TEXT("replace")) && call->count == 3 && texts &&
               values[2]->kind == VALUE_STRING) {
        *times = places(values[0]->string, values[1]->string);
        *part = values[2]->string.length;
    } else if (text_alike(call->name, TEXT("format")) && values[0]->kind == VALUE_STRING) {
        *times = places(values[0]->string, TEXT("{"));
        for (size_t i = 1; i < call->count; i++) {
            size_t size = weight(values[i], BUDGET_VALUE, 0);
            if (size > *part) *part = size;
        }
    }
}

bool budget_fits(const Frame *frame, const Call *call, const Value *const *values)
{
    size_t times, part;
    product(call, values, &times, &part);
    return !part || times <= BUDGET_VALUE / part || exceeded(frame, BUDGET_VALUE, "a text");
}
