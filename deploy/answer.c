// deploy/answer.c: nothing here trusts what it reads: any bytes give a meaning or none.
#include "deploy/answer.h"

#include "compiler/evaluate/shape.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 600 }; // bytes of a message that is no JSON

Text answer_line(Arena *arena, Text text, size_t longest)
{
    TextBuffer out = {.arena = arena};
    for (size_t at = 0; at < text.length;) {
        if (out.count >= longest) {
            buffer_string(&out, "…");
            break;
        }
        uint32_t code = text_next(text, &at);
        bool space = code <= ' ' || code == 0x7F || (code >= 0x80 && code < 0xA0);
        if (!space) {
            buffer_code_point(&out, code);
        } else if (out.count && out.items[out.count - 1] != ' ') {
            buffer_char(&out, ' ');
        }
    }
    if (out.count && out.items[out.count - 1] == ' ') out.count--;
    return buffer_done(&out);
}

// ---- times

static bool digits(Text text, size_t *at, int count, int *number)
{
    *number = 0;
    for (int i = 0; i < count; i++, ++*at) {
        if (*at >= text.length || !isdigit((unsigned char)text.at[*at])) return false;
        *number = *number * 10 + (text.at[*at] - '0');
    }
    return true;
}

static bool take(Text text, size_t *at, char wanted)
{
    if (*at >= text.length || (text.at[*at] | 32) != (wanted | 32)) return false;
    ++*at;
    return true;
}

// ".1234567" behind the seconds.
static double fraction(Text text, size_t *at)
{
    double value = 0, unit = 0.1;
    if (!take(text, at, '.')) return 0;
    for (; *at < text.length && isdigit((unsigned char)text.at[*at]); ++*at, unit /= 10)
        value += unit * (text.at[*at] - '0');
    return value;
}

// Days since 1970-01-01 in the Gregorian calendar.
static double days_before(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year, shifted = (month + 9) % 12; // March is the first
    int leap = y / 4 - y / 100 + y / 400, before = (153 * shifted + 2) / 5;
    return 365.0 * y + leap + before + day - 1 - 719468;
}

static bool read_offset(Text text, size_t *at, double *seconds)
{
    int hours, minutes;
    *seconds = 0;
    if (*at == text.length || take(text, at, 'Z')) return *at == text.length;
    bool minus = text.at[*at] == '-';
    if (!minus && text.at[*at] != '+') return false;
    ++*at;
    if (!digits(text, at, 2, &hours)) return false;
    take(text, at, ':');
    if (!digits(text, at, 2, &minutes)) return false;
    *seconds = (minus ? -1 : 1) * (hours * 3600.0 + minutes * 60.0);
    return *at == text.length;
}

bool answer_timestamp(Text text, double *seconds)
{
    int year, month, day, hour, minute, second;
    size_t at = 0;
    double offset;
    if (!digits(text, &at, 4, &year) || !take(text, &at, '-') || !digits(text, &at, 2, &month) ||
        !take(text, &at, '-') || !digits(text, &at, 2, &day) || !take(text, &at, 'T') ||
        !digits(text, &at, 2, &hour) || !take(text, &at, ':') || !digits(text, &at, 2, &minute) ||
        !take(text, &at, ':') || !digits(text, &at, 2, &second))
        return false;
    double part = fraction(text, &at);
    if (month < 1 || month > 12 || day < 1 || day > 31 || !read_offset(text, &at, &offset))
        return false;
    *seconds = days_before(year, month, day) * 86400 + hour * 3600.0 + minute * 60.0 + second +
               part - offset;
    return true;
}

bool answer_duration(Text text, double *seconds)
{
    static const struct {
        char letter;
        bool time;
        double seconds;
    } units[] = {{'W', false, 604800},
                 {'D', false, 86400},
                 {'H', true, 3600},
                 {'M', true, 60},
                 {'S', true, 1}};
    size_t at = 0;
    bool time = false, any = false, minus = take(text, &at, '-');
    double sum = 0;
    if (!take(text, &at, 'P')) return false;
    while (at < text.length) {
        if (!time && take(text, &at, 'T')) {
            time = true;
            continue;
        }
        double number = 0;
        size_t from = at;
        for (; at < text.length && isdigit((unsigned char)text.at[at]); at++)
            number = number * 10 + (text.at[at] - '0');
        if (at == from) return false;
        number += fraction(text, &at);
        double unit = 0;
        for (size_t i = 0; i < sizeof units / sizeof *units && unit == 0; i++) {
            if (units[i].time == time && take(text, &at, units[i].letter)) unit = units[i].seconds;
        }
        if (unit == 0) return false;
        sum += number * unit;
        any = true;
    }
    *seconds = minus ? -sum : sum;
    return any;
}

double answer_http_date(Text date)
{
    Arena arena = {0};
    bool dated = date.length >= 20 && date.length < 60;
    time_t then = dated ? curl_getdate(text_string(&arena, date), NULL) : -1;
    arena_free(&arena);
    return then > 0 ? (double)then : 0;
}

double answer_retry_after(Text header, double server_now)
{
    double seconds = 0;
    size_t at = 0;
    for (; at < header.length && isdigit((unsigned char)header.at[at]); at++)
        seconds = seconds * 10 + (header.at[at] - '0');
    if (at == 0) {
        double then = answer_http_date(header);
        return then > server_now ? then - server_now : 0;
    }
    seconds += fraction(header, &at);
    return at == header.length ? seconds : 0;
}

// ---- tokens

static int base64url_digit(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (c == '+') c = '-';
    if (c == '/') c = '_';
    const char *found = c ? strchr(letters, c) : NULL;
    return found ? (int)(found - letters) : -1;
}

static bool base64url_read(Arena *arena, Text text, Text *bytes)
{
    TextBuffer out = {.arena = arena};
    uint32_t bits = 0;
    int held = 0;
    while (text.length && text.at[text.length - 1] == '=') text.length--;
    for (size_t i = 0; i < text.length; i++) {
        int digit = base64url_digit(text.at[i]);
        if (digit < 0) return false;
        bits = (bits << 6 | (uint32_t)digit) & 0xFFFFF;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        buffer_char(&out, (char)(unsigned char)(bits >> held & 255));
    }
    *bytes = buffer_done(&out);
    return true;
}

const Value *answer_claims(Arena *arena, Text token)
{
    size_t from = text_index(token, '.') + 1;
    if (from >= token.length) return NULL;
    size_t to = from + text_index(text_slice(token, from, token.length), '.');
    if (to == token.length) return NULL;
    Text json, error;
    if (!base64url_read(arena, text_slice(token, from, to), &json)) return NULL;
    const Value *claims = value_read_json(arena, json, &error);
    return claims && claims->kind == VALUE_OBJECT ? claims : NULL;
}

// ---- errors

// {lang, value} or a text.
static Text message_of(const Value *error)
{
    const Value *message = shape_at(error, "message");
    if (message && message->kind == VALUE_OBJECT) return shape_text(message, "value");
    return shape_text(error, "message");
}

void answer_error(Arena *arena, const Value *error, Failure *failure)
{
    failure->error = error;
    Text code = shape_text(error, "code"), message = message_of(error);
    if (code.length) failure->code = answer_line(arena, code, LONGEST_LINE);
    if (message.length) failure->message = answer_line(arena, message, SIZE_MAX);
}

// Without tags; the title alone where there is one.
static Text plain_of(Arena *arena, Text html)
{
    TextBuffer out = {.arena = arena};
    char quote = 0;
    bool tag = false;
    for (size_t i = 0; i < html.length; i++) {
        char c = html.at[i];
        if (!tag && text_starts(text_slice(html, i, html.length), "</title")) break;
        if (!tag && c == '<') {
            tag = true;
            buffer_char(&out, ' ');
        } else if (tag) {
            if (quote ? c == quote : strchr("\"'", c) && c) quote = quote ? 0 : c;
            tag = quote || c != '>';
        } else {
            buffer_char(&out, c);
        }
    }
    return answer_line(arena, buffer_done(&out), LONGEST_LINE);
}

static bool read_shape(Arena *arena, const Value *body, Failure *failure)
{
    const Value *error = shape_at(body, "error");
    const Value *odata = body->kind == VALUE_OBJECT ? value_find(body, TEXT("odata.error")) : NULL;
    Text described = shape_text(body, "error_description");
    if (error && error->kind == VALUE_OBJECT) {
        answer_error(arena, error, failure);
    } else if (odata && odata->kind == VALUE_OBJECT) {
        answer_error(arena, odata, failure);
    } else if (error && error->kind == VALUE_STRING) { // OAuth
        failure->error = body;
        failure->code = answer_line(arena, error->string, LONGEST_LINE);
        failure->message = answer_line(arena, described, SIZE_MAX);
    } else if (body->kind == VALUE_OBJECT) {
        answer_error(arena, body, failure);
    } else if (body->kind == VALUE_STRING) {
        failure->message = answer_line(arena, body->string, SIZE_MAX);
    }
    return failure->code.length || failure->message.length;
}

void answer_failure(Arena *arena, int status, Text body, Failure *failure)
{
    Text error;
    failure->kind = FAILURE_AZURE;
    failure->status = status;
    failure->code = failure->message = (Text){0};
    failure->error = NULL;
    const Value *read = body.length ? value_read_json(arena, body, &error) : NULL;
    if (!read || !read_shape(arena, read, failure)) failure->message = plain_of(arena, body);
    if (!failure->code.length) failure->code = text_format(arena, "HTTP %d", status);
    if (!failure->message.length) failure->message = TEXT("no explanation came with it");
}
