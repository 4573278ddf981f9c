// compiler/swarm/yamlscalar.c: see yamlscalar.h.
#include "compiler/swarm/yamlscalar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const null_words[] = {"", "~", "null", "Null", "NULL", NULL};
static const char *const true_words[] = {"true", "True", "TRUE", NULL};
static const char *const false_words[] = {"false", "False", "FALSE", NULL};

static bool is_one_of(Text text, const char *const *words)
{
    for (; *words; words++) {
        if (text_is(text, *words)) return true;
    }
    return false;
}

static size_t digits(Text text, size_t at)
{
    size_t from = at;
    while (at < text.length && text.at[at] >= '0' && text.at[at] <= '9') at++;
    return at - from;
}

// [-+]?[0-9]+  0o[0-7]+  0x[0-9a-fA-F]+; `base` is set.
static bool is_integer(Text text, int *base)
{
    const char *set = text_starts(text, "0o") ? "01234567" : "0123456789abcdefABCDEF";
    *base = text_starts(text, "0o") ? 8 : text_starts(text, "0x") ? 16 : 10;
    if (*base == 10) {
        size_t at = text.length && (text.at[0] == '-' || text.at[0] == '+');
        return text.length > at && digits(text, at) == text.length - at;
    }
    for (size_t i = 2; i < text.length; i++) {
        if (!text.at[i] || !strchr(set, text.at[i])) return false;
    }
    return text.length > 2;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?, and infinity and not-a-number
static bool is_float(Text text)
{
    static const char *const words[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                        "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
                                        ".NaN",  ".NAN",  NULL};
    if (is_one_of(text, words)) return true;
    size_t at = text.length && (text.at[0] == '-' || text.at[0] == '+');
    size_t whole = digits(text, at), fraction = 0;
    at += whole;
    if (at < text.length && text.at[at] == '.') {
        fraction = digits(text, ++at);
        at += fraction;
    }
    if (whole + fraction == 0) return false;
    if (at < text.length && (text.at[at] | 32) == 'e') {
        at++;
        at += at < text.length && (text.at[at] == '-' || text.at[at] == '+');
        size_t exponent = digits(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.length;
}

ValueKind yamlscalar_kind(Text text, int *base)
{
    if (is_one_of(text, null_words)) return VALUE_NULL;
    if (is_one_of(text, true_words) || is_one_of(text, false_words)) return VALUE_BOOL;
    if (is_integer(text, base)) return VALUE_INT;
    if (is_float(text)) return VALUE_FLOAT;
    return VALUE_STRING;
}

bool yamlscalar_is_true(Text text)
{
    return is_one_of(text, true_words);
}

bool yamlscalar_integer(Arena *arena, Text text, int base, int64_t *integer)
{
    Text number = text_slice(text, base == 10 ? 0 : 2, text.length);
    errno = 0;
    *integer = strtoll(text_string(arena, number), NULL, base);
    return errno == 0;
}

double yamlscalar_float(Arena *arena, Text text)
{
    size_t sign = text.at[0] == '-' || text.at[0] == '+';
    if (text.length > sign + 1 && text.at[sign] == '.' && (text.at[sign + 1] | 32) == 'i') {
        return text.at[0] == '-' ? -strtod("inf", NULL) : strtod("inf", NULL);
    }
    if (text.at[0] == '.' && (text.at[1] | 32) == 'n') return strtod("nan", NULL);
    return strtod(text_string(arena, text), NULL);
}
