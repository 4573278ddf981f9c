// compiler/evaluate/order.c
//   facts: the order of marks is that of the root collation of Unicode; asked of the Bicep CLI
//   0.49.2
#include "compiler/evaluate/order.h"

#include <string.h>

static uint32_t capital(uint32_t code)
{
    bool small = (code >= 'a' && code <= 'z') || (code >= 0xE0 && code <= 0xFE && code != 0xF7) ||
                 (code >= 0x3B1 && code <= 0x3C9 && code != 0x3C2) ||
                 (code >= 0x430 && code <= 0x44F);
    return small ? code - 32 : code;
}

int order_keys(Text a, Text b)
{
    size_t i = 0, j = 0;
    while (i < a.length && j < b.length) {
        uint32_t left = capital(text_next(a, &i)), right = capital(text_next(b, &j));
        if (left != right) return left < right ? -1 : 1;
    }
    return i < a.length ? 1 : j < b.length ? -1 : 0;
}

bool order_same_key(Text a, Text b)
{
    return order_keys(a, b) == 0;
}

// Letters of Latin-1 by their letter without the accent; 0 if there is none.
static uint32_t letter_below(uint32_t code)
{
    static const char below[] =
        "AAAAAA\0CEEEEIIII\0NOOOOO\0\0UUUUY\0\0aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0y";
    return code >= 0xC0 && code <= 0xFF ? (uint32_t)(unsigned char)below[code - 0xC0] : 0;
}

typedef struct {
    uint32_t primary, accent, upper;
} Weight;

static const char marks[] = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

static uint32_t behind(char mark)
{
    return ((uint32_t)(strchr(marks, mark) - marks) + 1) * 10;
}

// Signs that are no letters: behind the mark that they follow; 0 for all others.
static uint32_t symbol_weight(uint32_t code)
{
    if (code == 0xA7 || code == 0xB6) return behind('*') + 1;
    if (code == 0xB0 || code == 0xA9 || code == 0xAE) return behind('%') + code % 8 + 1;
    if (code >= 0x2190 && code < 0x2300) return behind('|') + 1;
    if (code >= 0x2300 && code < 0x2C00) return behind('~') + 1;
    if (code >= 0x1F000 && code < 0x20000) return behind('~') + 2;
    if (code == 0xA3) return behind('$') + 1;
    return code == 0x20AC ? behind('$') + 2 : 0;
}

// The digit that a small one, or a fraction, sorts with.
static uint32_t digit_below(uint32_t code)
{
    if (code == 0xB9 || code == 0xBC || code == 0xBD) return '1';
    if (code == 0xB2) return '2';
    return code == 0xB3 || code == 0xBE ? '3' : 0;
}

static Weight weight_of(uint32_t code)
{
    uint32_t plain = letter_below(code), bare = plain ? plain : code;
    const char *mark = bare && bare < 0x80 ? strchr(marks, (int)bare) : NULL;
    Weight weight = {bare + 1000, plain ? code : 0, 0};
    if (mark) weight.primary = ((uint32_t)(mark - marks) + 1) * 10;
    if (symbol_weight(code)) weight.primary = symbol_weight(code);
    if (bare >= '0' && bare <= '9') weight.primary = 500 + bare - '0';
    if (digit_below(code)) weight = (Weight){500 + digit_below(code) - '0', 0, code};
    if ((bare >= 'a' && bare <= 'z') || (bare >= 'A' && bare <= 'Z')) {
        weight.primary = 600 + (bare | 32);
        weight.upper = bare < 'a';
    } else if (capital(bare) != bare) {
        weight.primary = capital(bare) + 1000;
    } else {
        weight.upper = bare > 0x80 && !digit_below(code) ? 1 : weight.upper;
    }
    return weight;
}

int order_texts(Text a, Text b)
{
    size_t i = 0, j = 0;
    int accents = 0, cases = 0;
    while (i < a.length && j < b.length) {
        Weight left = weight_of(text_next(a, &i)), right = weight_of(text_next(b, &j));
        if (left.primary != right.primary) return left.primary < right.primary ? -1 : 1;
        if (!accents && left.accent != right.accent) accents = left.accent < right.accent ? -1 : 1;
        if (!cases && left.upper != right.upper) cases = left.upper < right.upper ? -1 : 1;
    }
    if (i < a.length || j < b.length) return i < a.length ? 1 : -1;
    return accents ? accents : cases;
}
