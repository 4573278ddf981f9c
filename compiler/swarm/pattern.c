// compiler/swarm/pattern.c
#include "compiler/swarm/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { STEPS = 1000000 }; // more means an expression that runs away; the text then does not fit

typedef struct {
    pcre2_code *code; // NULL: the expression is wrong
} Compiled;

static Compiled *compiled(Patterns *patterns, Text pattern)
{
    Compiled *known = map_get(&patterns->compiled, pattern);
    if (known) return known;
    int error;
    PCRE2_SIZE at;
    Compiled *made = arena_new(patterns->arena, Compiled);
    made->code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.length,
                               PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C, &error,
                               &at, NULL);
    map_put(patterns->arena, &patterns->compiled, text_copy(patterns->arena, pattern), made);
    return made;
}

PatternResult pattern_try(Patterns *patterns, Text pattern, Text text)
{
    const Compiled *expression = compiled(patterns, pattern);
    if (!expression->code) return PATTERN_WRONG;
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(expression->code, NULL);
    pcre2_set_match_limit(context, STEPS);
    int found =
        pcre2_match(expression->code, (PCRE2_SPTR)text.at, text.length, 0, 0, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return found >= 0 ? PATTERN_FITS : PATTERN_DIFFERS;
}

void pattern_free(Patterns *patterns)
{
    for (size_t i = 0; i < patterns->compiled.count; i++) {
        const Compiled *expression = patterns->compiled.items[i].value;
        pcre2_code_free(expression->code);
    }
}
