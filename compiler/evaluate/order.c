// compiler/evaluate/order.c
//   facts: the order of marks is that of the root collation of Unicode; asked of the Bicep CLI
//   0.49.2
#include "compiler/evaluate/order.h"

#include "compiler/evaluate/cases.h"

#include <string.h>

int order_keys(Text a, Text b)
{
    size_t i = 0, j = 0;
    while (i < a.length && j < b.length) {
        uint32_t left = case_upper(text_next(a, &i)), right = case_upper(text_next(b, &j));
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
    Weight weight = {bare + 1000, plain ? case_upper(code) : 0, 0};
    if (mark) weight.primary = ((uint32_t)(mark - marks) + 1) * 10;
    if (symbol_weight(code)) weight.primary = symbol_weight(code);
    if (bare >= '0' && bare <= '9') weight.primary = 500 + bare - '0';
    if (digit_below(code)) weight = (Weight){500 + digit_below(code) - '0', 0, code};
    if ((bare >= 'a' && bare <= 'z') || (bare >= 'A' && bare <= 'Z')) {
        weight.primary = 600 + (bare | 32);
        weight.upper = bare < 'a';
    } else if (case_upper(bare) != bare) {
        weight.primary = case_upper(bare) + 1000;
    } else {
        weight.upper = bare > 0x80 && !digit_below(code) ? 1 : weight.upper;
    }
    return weight;
}

// Code points one by one; ß and æ are two letters with an accent of their own.
typedef struct {
    Text text;
    size_t at;
    uint32_t second; // letter still to come; 0: none
} Letters;

static bool next_letter(Letters *letters, Weight *weight)
{
    if (!letters->second && letters->at >= letters->text.length) return false;
    uint32_t code = letters->second, whole = 0;
    letters->second = 0;
    bool part = code != 0;
    if (!part) code = whole = text_next(letters->text, &letters->at);
    if (whole == 0xDF || whole == 0x1E9E) code = letters->second = 's';
    if (whole == 0xC6 || whole == 0xE6) code = 'a', letters->second = 'e';
    if (whole == 0x152 || whole == 0x153) code = 'o', letters->second = 'e';
    *weight = weight_of(code);
    if (part || letters->second) {
        weight->accent = 0xDF;
        weight->upper = whole == 0xC6 || whole == 0x152 || whole == 0x1E9E;
    }
    return true;
}

int order_texts(Text a, Text b)
{
    Letters first = {.text = a}, second = {.text = b};
    Weight left, right;
    int accents = 0, cases = 0;
    for (;;) {
        bool more = next_letter(&first, &left), also = next_letter(&second, &right);
        if (!more || !also) {
            if (more || also) return more ? 1 : -1;
            return accents ? accents : cases;
        }
        if (left.primary != right.primary) return left.primary < right.primary ? -1 : 1;
        if (!accents && left.accent != right.accent) accents = left.accent < right.accent ? -1 : 1;
        if (!cases && left.upper != right.upper) cases = left.upper < right.upper ? -1 : 1;
    }
}
