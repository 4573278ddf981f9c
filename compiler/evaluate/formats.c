// compiler/evaluate/formats.c: a number is taken apart into decimal digits, rounded where the form
// wants it, and written.
#include "compiler/evaluate/formats.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 800, PRECISION_LIMIT = 1000 };

// 0.d1d2d3… × 10^scale; no digits: zero. Without zeros at the end.
typedef struct {
    char digits[DIGITS];
    int count, scale;
    bool negative, floating;
    bool exact; // half is rounded to even: all digits of a double are here
} Decimal;

static void strip_zeros(Decimal *decimal)
{
    while (decimal->count > 0 && decimal->digits[decimal->count - 1] == '0') decimal->count--;
    if (decimal->count == 0) decimal->scale = 0;
}

static Decimal of_integer(int64_t integer)
{
    Decimal decimal = {.negative = integer < 0};
    uint64_t magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    if (magnitude) {
        decimal.count =
            snprintf(decimal.digits, sizeof decimal.digits, "%llu", (unsigned long long)magnitude);
    }
    decimal.scale = decimal.count;
    strip_zeros(&decimal);
    return decimal;
}

static Decimal of_digits(double number, const char *text)
{
    Decimal decimal = {.negative = signbit(number) != 0, .floating = true};
    const char *at = text;
    for (; *at && *at != 'e' && *at != 'E'; at++) {
        if (isdigit((unsigned char)*at) && decimal.count < DIGITS)
            decimal.digits[decimal.count++] = *at;
    }
    decimal.scale = atoi(at + 1) + 1;
    strip_zeros(&decimal);
    return decimal;
}

// All digits of a double: there are at most 767.
static Decimal of_double(double number)
{
    char text[DIGITS];
    snprintf(text, sizeof text, "%.770e", fabs(number));
    Decimal decimal = of_digits(number, text);
    decimal.exact = true;
    return decimal;
}

// Those that are needed to read the same double again.
static Decimal of_double_shortest(double number)
{
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, fabs(number));
        if (strtod(text, NULL) == fabs(number)) break;
    }
    return of_digits(number, text);
}

// Keeps the first `keep` digits; half is rounded away from zero, or to even.
static void round_to(Decimal *decimal, int keep)
{
    if (keep >= decimal->count) return;
    bool up = keep >= 0 && decimal->digits[keep] >= '5';
    bool half = up && decimal->digits[keep] == '5' && keep + 1 == decimal->count;
    if (half && decimal->exact) up = keep > 0 && (decimal->digits[keep - 1] - '0') % 2 == 1;
    decimal->count = keep > 0 ? keep : 0;
    if (up) {
        int at = decimal->count - 1;
        while (at >= 0 && decimal->digits[at] == '9') at--;
        if (at < 0) {
            decimal->digits[0] = '1';
            decimal->count = 1;
            decimal->scale++;
        } else {
            decimal->digits[at]++;
            decimal->count = at + 1;
        }
    }
    strip_zeros(decimal);
}

static char digit_at(const Decimal *decimal, int at)
{
    return at >= 0 && at < decimal->count ? decimal->digits[at] : '0';
}

static void write_fixed(TextBuffer *out, const Decimal *decimal, int places, bool groups)
{
    int whole = decimal->scale > 0 ? decimal->scale : 1, first = decimal->scale - whole;
    for (int i = 0; i < whole; i++) {
        if (groups && i > 0 && (whole - i) % 3 == 0) buffer_char(out, ',');
        buffer_char(out, digit_at(decimal, first + i));
    }
    if (places > 0) buffer_char(out, '.');
    for (int i = 0; i < places; i++) buffer_char(out, digit_at(decimal, decimal->scale + i));
}

static void write_exponent(TextBuffer *out, int exponent, char letter, int digits, bool plus)
{
    buffer_char(out, letter);
    if (exponent < 0) buffer_char(out, '-');
    if (exponent >= 0 && plus) buffer_char(out, '+');
    buffer_format(out, "%0*d", digits, abs(exponent));
}

static void write_scientific(TextBuffer *out, Decimal *decimal, int places, char letter)
{
    round_to(decimal, places + 1);
    buffer_char(out, digit_at(decimal, 0));
    if (places > 0) buffer_char(out, '.');
    for (int i = 1; i <= places; i++) buffer_char(out, digit_at(decimal, i));
    write_exponent(out, decimal->count ? decimal->scale - 1 : 0, letter, 3, true);
}

static void write_general(TextBuffer *out, Decimal *decimal, int digits, char letter)
{
    round_to(decimal, digits);
    bool scientific = decimal->scale > digits || decimal->scale < -3;
    int point = scientific ? 1 : decimal->scale, at = 0;
    if (point <= 0) buffer_char(out, '0');
    for (int i = 0; i < point; i++) buffer_char(out, digit_at(decimal, at++));
    if (decimal->count == 0 && point == 0) return;
    if (at < decimal->count || point < 0) {
        buffer_char(out, '.');
        for (int i = point; i < 0; i++) buffer_char(out, '0');
        while (at < decimal->count) buffer_char(out, decimal->digits[at++]);
    }
    if (scientific) write_exponent(out, decimal->scale - 1, letter, 2, true);
}

// ---- one letter and a precision

static bool write_whole(TextBuffer *out, int64_t integer, char letter, int precision)
{
    uint64_t magnitude = (uint64_t)integer;
    if ((letter | 32) == 'd') {
        if (integer < 0) magnitude = 0 - magnitude;
        buffer_format(out, "%s%0*llu", integer < 0 ? "-" : "", precision,
                      (unsigned long long)magnitude);
        return true;
    }
    if (letter == 'X') buffer_format(out, "%0*llX", precision, (unsigned long long)magnitude);
    if (letter == 'x') buffer_format(out, "%0*llx", precision, (unsigned long long)magnitude);
    if ((letter | 32) != 'b') return (letter | 32) == 'x';
    int bits = 64;
    while (bits > 1 && !(magnitude >> (bits - 1) & 1)) bits--;
    for (int i = bits; i < precision; i++) buffer_char(out, '0');
    for (int i = bits - 1; i >= 0; i--) buffer_char(out, (char)('0' + (magnitude >> i & 1)));
    return true;
}

static void write_currency(TextBuffer *out, const Decimal *decimal, int places)
{
    if (decimal->negative) buffer_char(out, '(');
    buffer_string(out, "¤");
    write_fixed(out, decimal, places, true);
    if (decimal->negative) buffer_char(out, ')');
}

static bool write_standard(TextBuffer *out, const Value *number, char letter, int precision)
{
    bool whole = number->kind == VALUE_INT;
    char kind = (char)(letter | 32);
    if (whole && write_whole(out, number->integer, letter, precision < 0 ? 1 : precision))
        return true;
    bool shortest = kind == 'r' || (kind == 'g' && precision <= 0);
    Decimal decimal = whole      ? of_integer(number->integer)
                      : shortest ? of_double_shortest(number->number)
                                 : of_double(number->number);
    int places = precision < 0 ? 2 : precision;
    if (!strchr("cefgnpr", kind)) return false;
    if (kind == 'p') decimal.scale += decimal.count ? 2 : 0;
    if (strchr("cfnp", kind)) round_to(&decimal, decimal.scale + places);
    if (!decimal.floating && !decimal.count) decimal.negative = false;
    if (kind == 'c') {
        write_currency(out, &decimal, places);
        return true;
    }
    if (decimal.negative) buffer_char(out, '-');
    if (kind == 'e') write_scientific(out, &decimal, precision < 0 ? 6 : precision, letter);
    if (kind == 'f') write_fixed(out, &decimal, places, false);
    if (kind == 'n' || kind == 'p') write_fixed(out, &decimal, places, true);
    if (kind == 'p') buffer_string(out, " %");
    if (shortest) {
        write_general(out, &decimal, whole ? 19 : 17, kind == 'r' ? 'E' : (char)(letter - 2));
    } else if (kind == 'g') {
        write_general(out, &decimal, precision, (char)(letter - 2));
    }
    return true;
}

// ---- patterns

// Where a section of 'positive;negative;zero' begins; the first if the wanted one is empty.
static size_t section_of(Text form, int wanted)
{
    int section = 0;
    for (size_t i = 0; i < form.length && wanted > 0; i++) {
        char c = form.at[i];
        if (c == '\\') i++;
        if (c == '\'' || c == '"') {
            while (i + 1 < form.length && form.at[i + 1] != c) i++;
            i++;
        }
        if (c != ';' || ++section < wanted) continue;
        return i + 1 < form.length && form.at[i + 1] != ';' ? i + 1 : 0;
    }
    return 0;
}

typedef struct {
    int digits;      // places for digits, before and after the point
    int point;       // places before the point
    int first, last; // zeros that are always written: before, and (negative) after the point
    int shift;       // powers of ten: %, ‰, commas before the point
    bool groups, scientific;
} Pattern;

static size_t skip_quoted(Text form, size_t at)
{
    char quote = form.at[at++];
    while (at < form.length && form.at[at] != quote) at++;
    return at;
}

static char char_at(Text form, size_t at)
{
    return at < form.length ? form.at[at] : '\0';
}

static bool begins_exponent(Text form, size_t at)
{
    char next = char_at(form, at + 1);
    return next == '0' || ((next == '+' || next == '-') && char_at(form, at + 2) == '0');
}

static Pattern read_pattern(Text form, size_t from)
{
    Pattern pattern = {.point = -1};
    int first = INT32_MAX, comma = -1, commas = 0;
    for (size_t i = from; i < form.length && form.at[i] != ';'; i++) {
        switch (form.at[i]) {
        case '#': pattern.digits++; break;
        case '0':
            if (first == INT32_MAX) first = pattern.digits;
            pattern.last = ++pattern.digits;
            break;
        case '.':
            if (pattern.point < 0) pattern.point = pattern.digits;
            break;
        case ',':
            if (pattern.digits == 0 || pattern.point >= 0) break;
            if (comma == pattern.digits) {
                commas++;
                break;
            }
            if (comma >= 0) pattern.groups = true;
            comma = pattern.digits;
            commas = 1;
            break;
        case '%': pattern.shift += 2; break;
        case '\'':
        case '"': i = skip_quoted(form, i); break;
        case '\\': i++; break;
        case 'e':
        case 'E':
            if (begins_exponent(form, i)) {
                i++;
                while (char_at(form, i + 1) == '0') i++;
                pattern.scientific = true;
            }
            break;
        case '\xE2': // ‰
            if (text_starts(text_slice(form, i, form.length), "\xE2\x80\xB0")) pattern.shift += 3;
            break;
        default: break;
        }
    }
    if (pattern.point < 0) pattern.point = pattern.digits;
    if (comma >= 0 && comma == pattern.point) pattern.shift -= commas * 3;
    if (comma >= 0 && comma != pattern.point) pattern.groups = true;
    pattern.first = first < pattern.point ? pattern.point - first : 0;
    pattern.last = pattern.last > pattern.point ? pattern.point - pattern.last : 0;
    return pattern;
}

typedef struct {
    TextBuffer *out;
    const Decimal *decimal;
    const Pattern *pattern;
    int at;     // next digit
    int left;   // places before the point still to come, this one included
    int adjust; // digits more than places, or (negative) fewer
    int groups_end;
} Writing;

static void put_digit(Writing *writing, char digit)
{
    buffer_char(writing->out, digit);
    int behind = writing->left - 1;
    if (writing->pattern->groups && behind > 0 && behind % 3 == 0 && behind < writing->groups_end)
        buffer_char(writing->out, ',');
}

static char next_digit(Writing *writing)
{
    return writing->at < writing->decimal->count ? writing->decimal->digits[writing->at++] : '\0';
}

static void put_place(Writing *writing, char place)
{
    while (writing->adjust > 0) { // digits for which the pattern has no place
        char digit = next_digit(writing);
        put_digit(writing, digit ? digit : '0');
        writing->left--;
        writing->adjust--;
    }
    if (place == '.') return;
    char digit = '\0';
    if (writing->adjust < 0) {
        writing->adjust++;
        if (writing->left <= writing->pattern->first) digit = '0';
    } else {
        digit = next_digit(writing);
        if (!digit && writing->left > writing->pattern->last) digit = '0';
    }
    if (digit) put_digit(writing, digit);
    writing->left--;
}

static size_t put_exponent(Writing *writing, Text form, size_t at, bool *scientific)
{
    char letter = form.at[at];
    if (!*scientific || !begins_exponent(form, at)) {
        buffer_char(writing->out, letter);
        return at;
    }
    bool plus = char_at(form, at + 1) == '+';
    if (char_at(form, at + 1) != '0') at++;
    int zeros = 0;
    for (; char_at(form, at + 1) == '0'; at++) zeros++;
    const Decimal *decimal = writing->decimal;
    int exponent = decimal->count ? decimal->scale - writing->pattern->point : 0;
    write_exponent(writing->out, exponent, letter, zeros > 10 ? 10 : zeros, plus);
    *scientific = false;
    return at;
}

static void write_pattern(Writing *writing, Text form, size_t from)
{
    bool pointed = false, scientific = writing->pattern->scientific;
    for (size_t i = from; i < form.length && form.at[i] != ';'; i++) {
        char c = form.at[i];
        switch (c) {
        case '#':
        case '0': put_place(writing, c); break;
        case '.':
            put_place(writing, c);
            if (writing->left != 0 || pointed) break;
            if (writing->pattern->last < 0 || (writing->pattern->point < writing->pattern->digits &&
                                               writing->at < writing->decimal->count)) {
                buffer_char(writing->out, '.');
                pointed = true;
            }
            break;
        case ',': break;
        case '\'':
        case '"': {
            size_t end = skip_quoted(form, i);
            buffer_text(writing->out, text_slice(form, i + 1, end));
            i = end;
            break;
        }
        case '\\':
            if (i + 1 < form.length) buffer_char(writing->out, form.at[++i]);
            break;
        case 'e':
        case 'E': i = put_exponent(writing, form, i, &scientific); break;
        default: buffer_char(writing->out, c); break;
        }
    }
}

static void write_custom(TextBuffer *out, const Value *number, Text form)
{
    Decimal decimal =
        number->kind == VALUE_INT ? of_integer(number->integer) : of_double(number->number);
    if (decimal.floating) round_to(&decimal, 15); // as .NET does for patterns
    decimal.exact = false;
    size_t section = section_of(form, decimal.count == 0 ? 2 : decimal.negative ? 1 : 0);
    Pattern pattern = read_pattern(form, section);
    if (decimal.count) {
        decimal.scale += pattern.shift;
        round_to(&decimal, pattern.scientific ? pattern.digits
                                              : decimal.scale + pattern.digits - pattern.point);
        size_t zero = decimal.count ? section : section_of(form, 2);
        if (zero != section) pattern = read_pattern(form, section = zero);
    }
    if (!decimal.count && !decimal.floating) decimal.negative = false;
    if (decimal.negative && section == 0) buffer_char(out, '-');
    int places = pattern.point;
    Writing writing = {out, &decimal, &pattern, 0, places, 0, 0};
    if (!pattern.scientific) {
        if (decimal.scale > places) writing.left = decimal.scale;
        writing.adjust = decimal.scale - places;
    }
    int total = writing.left + (writing.adjust < 0 ? writing.adjust : 0);
    writing.groups_end = pattern.first > total ? pattern.first : total;
    write_pattern(&writing, form, section);
}

bool format_number(TextBuffer *out, const Value *number, Text form)
{
    bool letter = form.length > 0 && isalpha((unsigned char)form.at[0]);
    size_t at = 1;
    int precision = 0;
    while (letter && at < form.length && isdigit((unsigned char)form.at[at]) &&
           precision < PRECISION_LIMIT) {
        precision = precision * 10 + (form.at[at++] - '0');
    }
    if (form.length && !(letter && at == form.length)) {
        write_custom(out, number, form);
        return true;
    }
    if (precision > PRECISION_LIMIT) return false;
    if (form.length == 0) return write_standard(out, number, 'G', -1);
    return write_standard(out, number, form.at[0], at > 1 ? precision : -1);
}
