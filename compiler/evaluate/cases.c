// compiler/evaluate/cases.c
#include "compiler/evaluate/cases.h"

typedef struct {
    uint32_t first, last, step;
    int32_t add;
} CaseRun;

#define CASE_RUN(first, last, step, add) {first, last, step, add},
static const CaseRun lower_runs[] = {
#include "compiler/evaluate/cases.def"
};
#define TO_UPPER
static const CaseRun upper_runs[] = {
#include "compiler/evaluate/cases.def"
};
#undef CASE_RUN

static uint32_t mapped(const CaseRun *runs, size_t count, uint32_t code)
{
    size_t low = 0, high = count; // the last run that begins at or before `code`
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (runs[middle].first <= code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    // runs of step 2 may enclose others
    for (size_t i = low; i-- > 0 && low - i < 4;) {
        const CaseRun *run = &runs[i];
        if (code <= run->last && (code - run->first) % run->step == 0)
            return (uint32_t)((int64_t)code + run->add);
    }
    return code;
}

uint32_t case_upper(uint32_t code)
{
    if (code < 0x80) return code >= 'a' && code <= 'z' ? code - 32 : code;
    return mapped(upper_runs, sizeof upper_runs / sizeof *upper_runs, code);
}

static uint32_t lower(uint32_t code)
{
    if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + 32 : code;
    return mapped(lower_runs, sizeof lower_runs / sizeof *lower_runs, code);
}

Text case_of_text(Arena *arena, Text text, bool upper)
{
    TextBuffer out = {.arena = arena};
    buffer_expect(&out, text.length);
    for (size_t at = 0; at < text.length;) {
        uint32_t code = text_next(text, &at);
        buffer_code_point(&out, upper ? case_upper(code) : lower(code));
    }
    return buffer_done(&out);
}
