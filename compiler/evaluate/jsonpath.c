// compiler/evaluate/jsonpath.c: each step of the path is applied as soon as it is read, to all that
// the steps before it found. So a filter is read again for each item that it is asked about.
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
    const Value *root; // what `$` is within a filter
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

// ---- filters: [?(@.size > 3 && @.name == 'a')]

static void read_steps(Path *path, bool in_filter);

typedef enum {
    SAME,
    STRICTLY_SAME,
    OTHER,
    STRICTLY_OTHER,
    LESS,
    AT_MOST,
    MORE,
    AT_LEAST,
    EXISTS
} Test;

static bool take(Path *path, const char *symbol)
{
    size_t length = strlen(symbol);
    bool there = text_starts(text_slice(path->text, path->at, path->text.length), symbol);
    if (there) path->at += length;
    return there;
}

static Test read_operator(Path *path)
{
    static const struct {
        const char *symbol;
        Test test;
    } rows[] = {
        {"===", STRICTLY_SAME}, {"==", SAME}, {"!==", STRICTLY_OTHER}, {"!=", OTHER}, {"<>", OTHER},
        {"<=", AT_MOST},        {"<", LESS},  {">=", AT_LEAST},        {">", MORE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (take(path, rows[i].symbol)) return rows[i].test;
    }
    fail(path, take(path, "=~") ? "a regular expression, which is not supported"
                                : "a filter without an operator");
    return EXISTS;
}

static const Value *number_in_filter(Path *path)
{
    size_t from = path->at;
    while (peek(path) && peek(path) != ' ' && peek(path) != ')') path->at++;
    Text error, text = text_slice(path->text, from, path->at);
    const Value *value = value_read_json(path->arena, text, &error);
    if (!value) fail(path, "a number that is none");
    return value ? value : &value_null;
}

// What stands on one side of an operator: a literal, or all that a path finds.
static const Value *read_side(Path *path, const Value *item)
{
    Value *found = value_array(path->arena);
    skip_spaces(path);
    char c = peek(path);
    if (c == '$' || c == '@') {
        Value *outer = path->found;
        path->at++;
        value_append(path->arena, found, c == '$' ? path->root : item);
        path->found = found;
        read_steps(path, true);
        found = path->found;
        path->found = outer;
    } else if (c == '\'') {
        value_append(path->arena, found, value_string(path->arena, quoted_name(path)));
    } else if (isdigit((unsigned char)c) || c == '-') {
        value_append(path->arena, found, number_in_filter(path));
    } else if (take(path, "true")) {
        value_append(path->arena, found, &value_true);
    } else if (take(path, "false")) {
        value_append(path->arena, found, &value_false);
    } else if (take(path, "null")) {
        value_append(path->arena, found, &value_null);
    } else {
        fail(path, "a filter that is not understood");
    }
    skip_spaces(path);
    return found;
}

static bool is_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

static double number_of(const Value *value)
{
    return value->kind == VALUE_INT ? (double)value->integer : value->number;
}

// Below, equal or above 0.
static int order_of(Path *path, const Value *left, const Value *right)
{
    if (left->kind == VALUE_NULL || right->kind == VALUE_NULL)
        return (left->kind != VALUE_NULL) - (right->kind != VALUE_NULL);
    if (left->kind == VALUE_INT && right->kind == VALUE_INT)
        return (left->integer > right->integer) - (left->integer < right->integer);
    if (is_number(left) && is_number(right))
        return (number_of(left) > number_of(right)) - (number_of(left) < number_of(right));
    if (left->kind != right->kind) {
        fail(path, "a filter that compares values of different kinds");
        return 0;
    }
    if (left->kind == VALUE_BOOL) return left->boolean - right->boolean;
    return text_compare(left->string, right->string);
}

static bool test_values(Path *path, Test test, const Value *left, const Value *right)
{
    bool plain = left->kind != VALUE_ARRAY && left->kind != VALUE_OBJECT &&
                 right->kind != VALUE_ARRAY && right->kind != VALUE_OBJECT;
    if (!plain) return test == OTHER || test == EXISTS;
    bool equal = left->kind == right->kind && order_of(path, left, right) == 0;
    bool loosely =
        equal || (is_number(left) && is_number(right) && number_of(left) == number_of(right));
    switch (test) {
    case SAME: return loosely;
    case STRICTLY_SAME: return equal;
    case OTHER: return !loosely;
    case STRICTLY_OTHER: return !equal;
    case LESS: return order_of(path, left, right) < 0;
    case AT_MOST: return order_of(path, left, right) <= 0;
    case MORE: return order_of(path, left, right) > 0;
    case AT_LEAST: return order_of(path, left, right) >= 0;
    case EXISTS: return true;
    }
    return false;
}

static bool read_test(Path *path, const Value *item)
{
    const Value *left = read_side(path, item);
    char c = peek(path);
    if (c == ')' || c == '|' || c == '&') return left->array.count > 0;
    Test test = read_operator(path);
    const Value *right = read_side(path, item);
    for (size_t i = 0; i < left->array.count && !path->error; i++) {
        for (size_t j = 0; j < right->array.count; j++) {
            if (test_values(path, test, left->array.items[i], right->array.items[j])) return true;
        }
    }
    return false;
}

// Tests joined by && and ||. As Newtonsoft's reader takes them, a change of the operator begins a
// group to its right: a && b || c is a && (b || c).
static bool read_tests(Path *path, const Value *item)
{
    bool first = read_test(path, item);
    bool all = first, any = first;
    char joint = peek(path);
    while (!path->error && joint != ')') {
        if (!take(path, joint == '&' ? "&&" : "||")) fail(path, "a filter that is not closed");
        if (path->error) return false;
        size_t before = path->at;
        bool next = read_test(path, item);
        char then = peek(path);
        if (!path->error && then != ')' && then != joint) {
            path->at = before;
            next = read_tests(path, item);
            then = ')';
        }
        all = all && next;
        any = any || next;
        if (then == ')') return joint == '&' ? all : any;
    }
    return first;
}

static void step_filter(Path *path, char close, bool deep)
{
    Value *found = value_array(path->arena), *asked = value_array(path->arena);
    if (!take(path, "?(")) fail(path, "a filter without parentheses");
    for (size_t i = 0; i < path->found->array.count; i++) {
        const Value *value = path->found->array.items[i];
        if (deep) {
            find_deep(path, asked, value, &(NameList){0});
        } else if (value->kind == VALUE_ARRAY) {
            for (size_t j = 0; j < value->array.count; j++)
                value_append(path->arena, asked, value->array.items[j]);
        }
    }
    size_t begin = path->at;
    if (asked->array.count == 0) read_tests(path, &value_null);
    for (size_t i = 0; i < asked->array.count && !path->error; i++) {
        path->at = begin;
        if (read_tests(path, asked->array.items[i])) add_found(path, found, asked->array.items[i]);
    }
    if (!take(path, ")")) fail(path, "a filter that is not closed");
    skip_spaces(path);
    if (peek(path) != close) fail(path, "brackets that hold something else");
    path->at++;
    path->found = found;
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
        step_filter(path, close, deep);
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

// Within a filter the path ends where an operator begins.
static void read_steps(Path *path, bool in_filter)
{
    const char *const ends = in_filter ? "[](). =<>!|&" : "[](). ";
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
        } else if (c && strchr(ends, c)) {
            break;
        } else {
            size_t from = path->at;
            do path->at++;
            while (path->at < path->text.length && (!peek(path) || !strchr(ends, peek(path))));
            Text name = text_slice(path->text, from, path->at);
            if (behind_brackets) fail(path, "a name right behind brackets");
            step_names(path, &(NameList){&name, !text_is(name, "*"), 1}, deep);
            deep = behind_dot = false;
        }
    }
    if (!in_filter) skip_spaces(path);
    if (!in_filter && path->at < path->text.length) fail(path, "something that is no path");
    if (behind_dot) fail(path, "a dot at the end");
}

const Value *jsonpath_find(Arena *arena, const Value *value, Text text, Text *error)
{
    Path path = {.arena = arena, .text = text, .found = value_array(arena), .root = value};
    value_append(arena, path.found, value);
    skip_spaces(&path);
    if (peek(&path) == '$') {
        char next = path.at + 1 < text.length ? text.at[path.at + 1] : '\0';
        path.at += next == '\0' || next == '.' || next == '[';
    }
    read_steps(&path, false);
    if (path.error) {
        *error = text_format(arena, "the path '%.*s' has %s", TEXT_ARG(text), path.error);
        return NULL;
    }
    if (path.found->array.count == 0)
        *error = text_format(arena, "there is nothing at '%.*s' in the file", TEXT_ARG(text));
    if (path.found->array.count > 1) return path.found;
    return path.found->array.count ? path.found->array.items[0] : NULL;
}
