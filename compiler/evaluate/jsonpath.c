// compiler/evaluate/jsonpath.c: each step of the path is applied as soon as it is read, to all that
// the steps before it found.
#include "compiler/evaluate/jsonpath.h"

#include <ctype.h>
#include <string.h>

enum {
    NAME_LIMIT = 1000,    // names or indexes in one pair of brackets
    FOUND_LIMIT = 100000, // values after one step
};

typedef struct {
    Arena *arena;
    Text text;
    size_t at;
    Value *found;
    const char *error; // the first one
} Path;

static char peek(const Path *path)
{
    return path->at < path->text.length ? path->text.at[path->at] : '\0';
}

static void skip_spaces(Path *path)
{
    while (peek(path) == ' ') path->at++;
}

static void fail(Path *path, const char *why)
{
    if (!path->error) path->error = why;
}

// ---- steps

// Repeated `..` finds the same values over and over.
static void add_found(Path *path, Value *found, const Value *value)
{
    if (found->array.count < FOUND_LIMIT) {
        value_append(path->arena, found, value);
    } else {
        fail(path, "too many results");
    }
}

// Names to look for: none means all.
typedef struct {
    Text *items;
    size_t count, room;
} NameList;

static bool is_wanted(const NameList *names, Text name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (text_equal(names->items[i], name)) return true;
    }
    return false;
}

static void find_members(Path *path, Value *found, const Value *object, const NameList *names)
{
    if (object->kind != VALUE_OBJECT) return;
    for (size_t i = 0; names->count == 0 && i < object->object.count; i++) {
        add_found(path, found, object->object.items[i].value);
    }
    for (size_t i = 0; i < names->count; i++) {
        const Value *value = value_get(object, names->items[i]);
        if (value) add_found(path, found, value);
    }
}

// Among the value and all within it.
static void find_deep(Path *path, Value *found, const Value *value, const NameList *names)
{
    if (path->error) return;
    if (names->count == 0) add_found(path, found, value);
    for (size_t i = 0; value->kind == VALUE_OBJECT && i < value->object.count; i++) {
        const ValueProperty *property = &value->object.items[i];
        if (is_wanted(names, property->name)) add_found(path, found, property->value);
        find_deep(path, found, property->value, names);
    }
    for (size_t i = 0; value->kind == VALUE_ARRAY && i < value->array.count; i++) {
        find_deep(path, found, value->array.items[i], names);
    }
}

static void step_names(Path *path, const NameList *names, bool deep)
{
    Value *found = value_array(path->arena);
    for (size_t i = 0; i < path->found->array.count; i++) {
        (deep ? find_deep : find_members)(path, found, path->found->array.items[i], names);
    }
    path->found = found;
}

static void step_items(Path *path, const int64_t *indexes, size_t count)
{
    Value *found = value_array(path->arena);
    for (size_t i = 0; i < path->found->array.count; i++) {
        const Value *value = path->found->array.items[i];
        if (value->kind != VALUE_ARRAY) continue;
        for (size_t j = 0; j < count; j++) {
            if (indexes[j] < 0) fail(path, "an index below 0");
            if (indexes[j] >= 0 && indexes[j] < (int64_t)value->array.count)
                add_found(path, found, value->array.items[indexes[j]]);
        }
    }
    path->found = found;
}

static int64_t between(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

// [from:to:step]; `given` says which of the three stand there.
static void step_slice(Path *path, const int64_t bounds[3], const bool given[3])
{
    Value *found = value_array(path->arena);
    int64_t by = given[2] ? bounds[2] : 1;
    if (by == 0) fail(path, "a step of 0");
    for (size_t i = 0; i < path->found->array.count && by != 0; i++) {
        const Value *value = path->found->array.items[i];
        if (value->kind != VALUE_ARRAY) continue;
        int64_t count = (int64_t)value->array.count;
        int64_t from = given[0] ? bounds[0] + (bounds[0] < 0 ? count : 0) : by > 0 ? 0 : count - 1;
        int64_t to = given[1] ? bounds[1] + (bounds[1] < 0 ? count : 0) : by > 0 ? count : -1;
        from = between(from, by > 0 ? 0 : INT32_MIN, by > 0 ? count : count - 1);
        to = between(to, -1, count);
        for (; by > 0 ? from < to : from > to; from += by) {
            if (from >= 0) add_found(path, found, value->array.items[from]);
        }
    }
    path->found = found;
}

static void step_all_items(Path *path)
{
    static const bool given[3] = {false, false, false};
    static const int64_t bounds[3] = {0, 0, 0};
    step_slice(path, bounds, given);
}

// ---- brackets

static Text quoted_name(Path *path)
{
    TextBuffer out = {.arena = path->arena};
    path->at++;
    while (peek(path) && peek(path) != '\'') {
        char c = path->text.at[path->at++];
        if (c == '\\') {
            static const char from[] = "btnfr", to[] = "\b\t\n\f\r";
            char escaped = peek(path);
            const char *known = escaped ? strchr(from, escaped) : NULL;
            if (!escaped || (!known && !strchr("\\\"'/", escaped))) fail(path, "an unknown escape");
            c = known ? to[known - from] : escaped;
            path->at++;
        }
        buffer_char(&out, c);
    }
    if (!peek(path)) fail(path, "a name that is not closed");
    path->at++;
    return buffer_done(&out);
}

static void read_names(Path *path, char close, bool deep)
{
    NameList names = {0};
    while (!path->error && names.count < NAME_LIMIT) {
        if (peek(path) != '\'') break;
        list_add(path->arena, &names, quoted_name(path));
        skip_spaces(path);
        if (peek(path) == close) {
            path->at++;
            step_names(path, &names, deep);
            return;
        }
        if (peek(path) != ',') break;
        path->at++;
        skip_spaces(path);
    }
    fail(path, "a name that does not end");
}

// Whether a number stands there.
static bool read_number(Path *path, int64_t *number)
{
    size_t from = path->at;
    bool minus = peek(path) == '-';
    path->at += minus;
    size_t digits = path->at;
    for (*number = 0; isdigit((unsigned char)peek(path)); path->at++) {
        *number = *number * 10 + (peek(path) - '0');
        if (*number > INT32_MAX) fail(path, "an index beyond 32 bits");
    }
    if (minus) *number = -*number;
    if (minus && path->at == digits) fail(path, "a minus without a number");
    bool there = path->at > from;
    skip_spaces(path);
    return there;
}

static void read_slice(Path *path, char close, int64_t first, bool has_first)
{
    int64_t bounds[3] = {first, 0, 0};
    bool given[3] = {has_first, false, false};
    for (size_t i = 1; i < 3 && peek(path) == ':'; i++) {
        path->at++;
        skip_spaces(path);
        given[i] = read_number(path, &bounds[i]);
    }
    if (peek(path) != close) fail(path, "brackets that hold something else");
    path->at++;
    step_slice(path, bounds, given);
}

static void read_indexes(Path *path, char close, int64_t first)
{
    int64_t indexes[NAME_LIMIT] = {first};
    size_t count = 1;
    while (peek(path) == ',' && count < NAME_LIMIT) {
        path->at++;
        skip_spaces(path);
        if (!read_number(path, &indexes[count++])) fail(path, "a comma without a number");
    }
    if (peek(path) != close) fail(path, "brackets that hold something else");
    path->at++;
    step_items(path, indexes, count);
}

static void read_brackets(Path *path, bool deep)
{
    char close = peek(path) == '[' ? ']' : ')';
    path->at++;
    skip_spaces(path);
    if (peek(path) == '\'') {
        read_names(path, close, deep);
        return;
    }
    if (peek(path) == '?') {
        fail(path, "a filter, which is not supported");
        return;
    }
    if (peek(path) == '*') {
        path->at++;
        skip_spaces(path);
        if (peek(path) != close) fail(path, "brackets that hold something else");
        path->at++;
        step_all_items(path);
        return;
    }
    int64_t first;
    bool there = read_number(path, &first);
    if (peek(path) == ':') {
        read_slice(path, close, first, there);
    } else if (there) {
        read_indexes(path, close, first);
    } else {
        fail(path, "brackets that hold something else");
    }
}

// ---- the path

static void read_steps(Path *path)
{
    bool deep = false, behind_dot = false, behind_brackets = false;
    while (!path->error && path->at < path->text.length) {
        char c = peek(path);
        if (c == '.') {
            deep = path->at + 1 < path->text.length && path->text.at[path->at + 1] == '.';
            path->at += deep ? 2 : 1;
            behind_dot = true;
            behind_brackets = false;
        } else if (c == '[' || c == '(') {
            read_brackets(path, deep);
            deep = behind_dot = false;
            behind_brackets = true;
        } else if (c == ' ' || c == ']' || c == ')') {
            break;
        } else {
            size_t from = path->at;
            do path->at++;
            while (path->at < path->text.length && (!peek(path) || !strchr("[](). ", peek(path))));
            Text name = text_slice(path->text, from, path->at);
            if (behind_brackets) fail(path, "a name right behind brackets");
            step_names(path, &(NameList){&name, !text_is(name, "*"), 1}, deep);
            deep = behind_dot = false;
        }
    }
    skip_spaces(path);
    if (path->at < path->text.length) fail(path, "something that is no path");
    if (behind_dot) fail(path, "a dot at the end");
}

const Value *jsonpath_find(Arena *arena, const Value *value, Text text, Text *error)
{
    Path path = {.arena = arena, .text = text, .found = value_array(arena)};
    value_append(arena, path.found, value);
    skip_spaces(&path);
    if (peek(&path) == '$') {
        char next = path.at + 1 < text.length ? text.at[path.at + 1] : '\0';
        path.at += next == '\0' || next == '.' || next == '[';
    }
    read_steps(&path);
    if (path.error) {
        *error = text_format(arena, "the path '%.*s' has %s", TEXT_ARG(text), path.error);
        return NULL;
    }
    if (path.found->array.count == 0)
        *error = text_format(arena, "there is nothing at '%.*s' in the file", TEXT_ARG(text));
    if (path.found->array.count > 1) return path.found;
    return path.found->array.count ? path.found->array.items[0] : NULL;
}
