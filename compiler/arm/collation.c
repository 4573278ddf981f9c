// compiler/arm/collation.c: characters have weights; upper case differs only if everything else is
// equal.
#include "compiler/arm/collation.h"

#include <ctype.h>
#include <string.h>

// Ascending; digits and letters follow, other scripts by code point after them.
static const char punctuation[] = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

static uint32_t weight(uint32_t code)
{
    const char *found = code < 0x80 && code ? strchr(punctuation, (int)code) : NULL;
    if (found) return (uint32_t)(found - punctuation) + 1;
    if (code < 0x80) return 0x100 + (uint32_t)tolower((int)code);
    return 0x1000 + code;
}

int collation_compare(Text a, Text b)
{
    int order_of_case = 0;
    size_t i = 0, j = 0;
    while (i < a.length && j < b.length) {
        uint32_t left = text_next(a, &i), right = text_next(b, &j);
        uint32_t x = weight(left), y = weight(right);
        if (x != y) return x < y ? -1 : 1;
        if (order_of_case == 0 && left != right) order_of_case = left > right ? -1 : 1;
    }
    if (i < a.length) return 1;
    if (j < b.length) return -1;
    return order_of_case;
}
