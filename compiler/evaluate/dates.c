// compiler/evaluate/dates.c: points in time, as .NET's DateTimeOffset reads and writes them.
//   facts: the invariant culture; asked of the Bicep CLI 0.49.2
#include "compiler/evaluate/calls.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TICKS INT64_C(10000000) // of a second
#define DAY (INT64_C(86400) * TICKS)
#define LAST_DAY 3652059 // days of the years 1 to 9999
#define EPOCH (INT64_C(719162) * 86400)

typedef struct {
    int64_t ticks; // of 100 ns since the year 1, in local time
    int offset;    // minutes that local time is ahead
} Moment;

typedef struct {
    int year, month, day, weekday;      // month and day from 1; Sunday is 0
    int hour, minute, second, fraction; // fraction of 100 ns
} Calendar;

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && leap(year));
}

static int64_t days_before(int year, int month, int day)
{
    int64_t past = year - 1, days = past * 365 + past / 4 - past / 100 + past / 400;
    for (int i = 1; i < month; i++) days += days_in(year, i);
    return days + day - 1;
}

static Calendar calendar_of(int64_t ticks)
{
    Calendar calendar = {.year = 1, .month = 1};
    int64_t days = ticks / DAY, rest = ticks % DAY;
    calendar.weekday = (int)((days + 1) % 7);
    calendar.year = (int)(days / 366) + 1;
    while (days_before(calendar.year + 1, 1, 1) <= days) calendar.year++;
    days -= days_before(calendar.year, 1, 1);
    while (days >= days_in(calendar.year, calendar.month))
        days -= days_in(calendar.year, calendar.month++);
    calendar.day = (int)days + 1;
    calendar.fraction = (int)(rest % TICKS);
    int seconds = (int)(rest / TICKS);
    calendar.hour = seconds / 3600;
    calendar.minute = seconds / 60 % 60;
    calendar.second = seconds % 60;
    return calendar;
}

// ---- reading

typedef struct {
    const char *at;
} Reader;

static bool take(Reader *reader, char c)
{
    if (*reader->at != c) return false;
    reader->at++;
    return true;
}

static bool take_digits(Reader *reader, int least, int most, int *number)
{
    int count = 0;
    *number = 0;
    while (count < most && isdigit((unsigned char)*reader->at)) {
        *number = *number * 10 + (*reader->at++ - '0');
        count++;
    }
    return count >= least && !isdigit((unsigned char)*reader->at);
}

static void skip_spaces(Reader *reader)
{
    while (isspace((unsigned char)*reader->at)) reader->at++;
}

// 2020-01-31, 2020/1/31, 1/31/2020
static bool read_day(Reader *reader, int64_t *days)
{
    int parts[3] = {0}, year, month, day;
    if (!take_digits(reader, 1, 4, &parts[0])) return false;
    char separator = *reader->at;
    if (separator != '-' && separator != '/') return false;
    bool year_first = parts[0] > 31;
    for (int i = 1; i < 3; i++) {
        if (!take(reader, separator) && i == 2 && year_first) {
            parts[2] = 1; // only a month
            break;
        }
        if (!take_digits(reader, 1, 4, &parts[i])) return false;
    }
    year = year_first ? parts[0] : parts[2];
    month = year_first ? parts[1] : parts[0];
    day = year_first ? parts[2] : parts[1];
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return false;
    *days = days_before(year, month, day);
    return true;
}

static bool read_fraction(Reader *reader, int64_t *ticks)
{
    if (!isdigit((unsigned char)*reader->at)) return false;
    int64_t unit = TICKS / 10;
    for (; isdigit((unsigned char)*reader->at); reader->at++, unit /= 10)
        *ticks += unit * (*reader->at - '0');
    return true;
}

static bool read_time(Reader *reader, int64_t *ticks)
{
    int hour, minute, second = 0;
    int64_t fraction = 0;
    if (!take_digits(reader, 1, 2, &hour) || !take(reader, ':')) return false;
    if (!take_digits(reader, 1, 2, &minute)) return false;
    if (take(reader, ':')) {
        if (!take_digits(reader, 1, 2, &second)) return false;
        if (take(reader, '.') && !read_fraction(reader, &fraction)) return false;
    }
    skip_spaces(reader);
    bool after = strncasecmp(reader->at, "PM", 2) == 0,
         before = strncasecmp(reader->at, "AM", 2) == 0;
    if (after || before) {
        if (hour < 1 || hour > 12) return false;
        hour = hour % 12 + (after ? 12 : 0);
        reader->at += 2;
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    *ticks = (hour * 3600 + minute * 60 + second) * TICKS + fraction;
    return true;
}

static bool read_offset(Reader *reader, int *offset)
{
    skip_spaces(reader);
    *offset = 0;
    if (take(reader, 'Z') || take(reader, 'z') || !*reader->at) return true;
    bool minus = *reader->at == '-';
    int hours, minutes = 0;
    if (!take(reader, '+') && !take(reader, '-')) return false;
    if (!take_digits(reader, 1, 4, &hours)) return false;
    if (hours > 99) {
        minutes = hours % 100;
        hours /= 100;
    } else if (take(reader, ':') && !take_digits(reader, 2, 2, &minutes)) {
        return false;
    }
    if (hours > 14 || minutes > 59) return false;
    *offset = (hours * 60 + minutes) * (minus ? -1 : 1);
    return true;
}

// 20200131T150405Z, with the separators that read_moment wants.
static const char *spread(Arena *arena, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits != 8 || text[8] != 'T' || strspn(text + 9, "0123456789") != 6) return text;
    Text spaced = text_format(arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", text, text + 4, text + 6,
                              text + 9, text + 11, text + 13, text + 15);
    return text_string(arena, spaced);
}

static bool read_moment(Arena *arena, Text given, Moment *moment)
{
    Reader reader = {spread(arena, text_string(arena, given))};
    int64_t days, time = 0;
    skip_spaces(&reader);
    if (!read_day(&reader, &days)) return false;
    bool has_time = take(&reader, 'T') || isspace((unsigned char)*reader.at);
    skip_spaces(&reader);
    if (has_time && isdigit((unsigned char)*reader.at) && !read_time(&reader, &time)) return false;
    if (!read_offset(&reader, &moment->offset)) return false;
    skip_spaces(&reader);
    moment->ticks = days * DAY + time;
    return *reader.at == '\0';
}

// One number and its letter, such as 3D; false if it is out of order or has a fraction.
static bool add_part(Reader *reader, const char **units, const int64_t *lengths, int64_t *ticks)
{
    int64_t number = 0, fraction = 0;
    const char *from = reader->at;
    for (; isdigit((unsigned char)*reader->at); reader->at++) {
        if (__builtin_mul_overflow(number, 10, &number)) return false;
        number += *reader->at - '0';
    }
    if (reader->at == from) return false;
    bool point = take(reader, '.');
    if (point && !read_fraction(reader, &fraction)) return false;
    const char *unit = *reader->at ? strchr(*units, *reader->at) : NULL;
    if (!unit || (point && *unit != 'S')) return false;
    int64_t length = lengths[strlen(*units) - strlen(unit)], part;
    if (__builtin_mul_overflow(number, length, &part)) return false;
    if (__builtin_add_overflow(*ticks, part + fraction, ticks)) return false;
    *units = unit + 1;
    reader->at++;
    return true;
}

// P1Y2M3DT4H5M6.7S; a year has 365 days, a month 30.
static bool read_duration(const char *text, int64_t *ticks)
{
    static const int64_t days[] = {365 * DAY, 30 * DAY, DAY};
    static const int64_t times[] = {3600 * TICKS, 60 * TICKS, TICKS};
    Reader reader = {text};
    bool minus = take(&reader, '-');
    const char *units = "YMD";
    *ticks = 0;
    if (!take(&reader, 'P') || !*reader.at) return false;
    while (*reader.at && *reader.at != 'T') {
        size_t done = 3 - strlen(units);
        if (!add_part(&reader, &units, days + done, ticks)) return false;
    }
    units = "HMS";
    if (take(&reader, 'T') && !*reader.at) return false;
    while (*reader.at) {
        size_t done = 3 - strlen(units);
        if (!add_part(&reader, &units, times + done, ticks)) return false;
    }
    if (minus) *ticks = -*ticks;
    return true;
}

// ---- writing

static void write_offset(TextBuffer *out, int offset, size_t letters)
{
    int magnitude = abs(offset);
    buffer_char(out, offset < 0 ? '-' : '+');
    buffer_format(out, letters == 1 ? "%d" : "%02d", magnitude / 60);
    if (letters > 2) buffer_format(out, ":%02d", magnitude % 60);
}

static void write_fraction(TextBuffer *out, int fraction, size_t digits, bool short_form)
{
    char text[16];
    snprintf(text, sizeof text, "%07d", fraction);
    size_t count = digits;
    while (short_form && count > 0 && text[count - 1] == '0') count--;
    if (short_form && count == 0 && out->count && out->items[out->count - 1] == '.') out->count--;
    buffer_text(out, (Text){text, count});
}

static void write_name(TextBuffer *out, const char *name, bool whole)
{
    Text text = text_of(name);
    buffer_text(out, whole ? text : text_slice(text, 0, 3));
}

static void write_year(TextBuffer *out, int year, size_t letters)
{
    if (letters <= 2) {
        buffer_format(out, letters == 1 ? "%d" : "%02d", year % 100);
    } else {
        buffer_format(out, "%0*d", (int)(letters > 9 ? 9 : letters), year);
    }
}

// A letter that stands `letters` times; false if it means nothing.
static bool write_field(TextBuffer *out, Moment moment, const Calendar *c, char letter,
                        size_t letters)
{
    switch (letter) {
    case 'd':
        if (letters > 2) write_name(out, weekdays[c->weekday], letters > 3);
        if (letters < 3) buffer_format(out, letters == 1 ? "%d" : "%02d", c->day);
        return true;
    case 'M':
        if (letters > 2) write_name(out, months[c->month - 1], letters > 3);
        if (letters < 3) buffer_format(out, letters == 1 ? "%d" : "%02d", c->month);
        return true;
    case 'y': write_year(out, c->year, letters); return true;
    case 'h':
        buffer_format(out, letters == 1 ? "%d" : "%02d", (c->hour + 11) % 12 + 1);
        return true;
    case 'H': buffer_format(out, letters == 1 ? "%d" : "%02d", c->hour); return true;
    case 'm': buffer_format(out, letters == 1 ? "%d" : "%02d", c->minute); return true;
    case 's': buffer_format(out, letters == 1 ? "%d" : "%02d", c->second); return true;
    case 'f':
    case 'F':
        if (letters > 7) return false;
        write_fraction(out, c->fraction, letters, letter == 'F');
        return true;
    case 't':
        buffer_string(out, c->hour < 12 ? (letters == 1 ? "A" : "AM") : letters == 1 ? "P" : "PM");
        return true;
    case 'g': buffer_string(out, "A.D."); return true;
    case 'z': write_offset(out, moment.offset, letters); return true;
    case 'K': write_offset(out, moment.offset, 3); return true;
    default: break;
    }
    return false;
}

static bool write_moment(TextBuffer *out, Moment moment, Text form)
{
    Calendar calendar = calendar_of(moment.ticks);
    for (size_t i = 0; i < form.length; i++) {
        char c = form.at[i];
        if (c == '\\' || c == '%') {
            if (i + 1 == form.length) return false;
            if (c == '\\') buffer_char(out, form.at[++i]);
            continue;
        }
        if (c == '\'' || c == '"') {
            const char *end =
                i + 1 < form.length ? memchr(form.at + i + 1, c, form.length - i - 1) : NULL;
            if (!end) return false;
            size_t at = (size_t)(end - form.at);
            buffer_text(out, text_slice(form, i + 1, at));
            i = at;
            continue;
        }
        if (!strchr("dMyhHmsfFtgzK", c)) {
            buffer_char(out, c);
            continue;
        }
        size_t letters = 1;
        while (c != 'K' && i + letters < form.length && form.at[i + letters] == c) letters++;
        if (!write_field(out, moment, &calendar, c, letters)) return false;
        i += letters - 1;
    }
    return true;
}

static const struct {
    char letter;
    bool utc;
    const char *form;
} standard_forms[] = {
    {'d', false, "MM/dd/yyyy"},
    {'D', false, "dddd, dd MMMM yyyy"},
    {'f', false, "dddd, dd MMMM yyyy HH:mm"},
    {'F', false, "dddd, dd MMMM yyyy HH:mm:ss"},
    {'g', false, "MM/dd/yyyy HH:mm"},
    {'G', false, "MM/dd/yyyy HH:mm:ss"},
    {'m', false, "MMMM dd"},
    {'M', false, "MMMM dd"},
    {'o', false, "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz"},
    {'O', false, "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz"},
    {'r', true, "ddd, dd MMM yyyy HH:mm:ss 'GMT'"},
    {'R', true, "ddd, dd MMM yyyy HH:mm:ss 'GMT'"},
    {'s', false, "yyyy-MM-dd'T'HH:mm:ss"},
    {'t', false, "HH:mm"},
    {'T', false, "HH:mm:ss"},
    {'u', true, "yyyy-MM-dd HH:mm:ss'Z'"},
    {'y', false, "yyyy MMMM"},
    {'Y', false, "yyyy MMMM"},
};

static bool write_in_form(TextBuffer *out, Moment moment, Text form)
{
    if (form.length == 0) form = TEXT("MM/dd/yyyy HH:mm:ss zzz");
    if (form.length != 1) return write_moment(out, moment, form);
    for (size_t i = 0; i < sizeof standard_forms / sizeof *standard_forms; i++) {
        if (standard_forms[i].letter != form.at[0]) continue;
        int64_t ahead = moment.offset * 60 * TICKS;
        if (standard_forms[i].utc && moment.ticks >= ahead) moment.ticks -= ahead;
        return write_moment(out, moment, text_of(standard_forms[i].form));
    }
    return false;
}

// ---- functions

static const Value *no_moment(FunctionCall *function, Text text)
{
    return call_refuse(function, text_format(function->arena, "'%.*s' is no ISO 8601 date and time",
                                             TEXT_ARG(text)));
}

const Value *date_add(FunctionCall *function, const Value **arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return NULL;
    }
    Moment moment;
    int64_t ticks;
    Text base = arguments[0]->string, duration = arguments[1]->string;
    Text form = count > 2 ? arguments[2]->string : TEXT("yyyy-MM-ddTHH:mm:ssZ");
    if (!read_moment(function->arena, base, &moment)) return no_moment(function, base);
    if (!read_duration(text_string(function->arena, duration), &ticks)) {
        return call_refuse(function, text_format(function->arena,
                                                 "'%.*s' is no ISO 8601 duration, such as P1DT2H",
                                                 TEXT_ARG(duration)));
    }
    if (__builtin_add_overflow(moment.ticks, ticks, &moment.ticks) || moment.ticks < 0 ||
        moment.ticks >= LAST_DAY * DAY)
        return call_refuse(function, TEXT("the result lies outside of the years 1 to 9999"));
    TextBuffer out = {.arena = function->arena};
    if (!write_in_form(&out, moment, form)) {
        return call_refuse(
            function,
            text_format(function->arena, "'%.*s' is no format of date and time", TEXT_ARG(form)));
    }
    return value_string(function->arena, buffer_done(&out));
}

const Value *date_to_epoch(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    Moment moment;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    Text text = arguments[0]->string;
    if (!read_moment(function->arena, text, &moment)) return no_moment(function, text);
    int64_t ticks = moment.ticks - moment.offset * 60 * TICKS;
    int64_t seconds = ticks >= 0 ? ticks / TICKS : (ticks - TICKS + 1) / TICKS;
    return value_int(function->arena, seconds - EPOCH);
}

const Value *date_from_epoch(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    if (!call_expects(function, arguments, 0, VALUE_INT)) return NULL;
    int64_t epoch = arguments[0]->integer;
    if (epoch < -EPOCH || epoch >= LAST_DAY * INT64_C(86400) - EPOCH)
        return call_refuse(function, TEXT("the time lies outside of the years 1 to 9999"));
    TextBuffer out = {.arena = function->arena};
    write_moment(&out, (Moment){(epoch + EPOCH) * TICKS, 0}, TEXT("yyyy-MM-ddTHH:mm:ss'Z'"));
    return value_string(function->arena, buffer_done(&out));
}
