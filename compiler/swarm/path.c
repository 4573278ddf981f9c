// compiler/swarm/path.c
#include "compiler/swarm/path.h"

#include <string.h>

static bool is_plain(Text name)
{
    for (size_t i = 0; i < name.length; i++) {
        if (strchr(".[]' ", name.at[i])) return false;
    }
    return name.length > 0;
}

static void write_path(TextBuffer *out, const Path *path)
{
    if (path->outer) write_path(out, path->outer);
    if (!path->name.at) {
        buffer_format(out, "[%zu]", path->index);
    } else if (is_plain(path->name)) {
        if (path->outer) buffer_char(out, '.');
        buffer_text(out, path->name);
    } else {
        buffer_format(out, "['%.*s']", TEXT_ARG(path->name));
    }
}

Text path_text(Arena *arena, const Path *path)
{
    TextBuffer buffer = {.arena = arena};
    if (path) write_path(&buffer, path);
    return buffer_done(&buffer);
}

// ----------------------------------------------------------------------------------------------
// following

static bool ends_segment(Text path, size_t at)
{
    return at == path.length || path.at[at] == '.' || path.at[at] == '[';
}

// The property whose name is the longest beginning of `path` that ends at a dot, a bracket or the
// end.
static const ValueProperty *longest_property(const Value *object, Text path)
{
    const ValueProperty *best = NULL;
    for (size_t i = 0; i < object->object.count; i++) {
        const ValueProperty *property = &object->object.items[i];
        size_t length = property->name.length;
        bool begins = length <= path.length && memcmp(property->name.at, path.at, length) == 0;
        if (begins && ends_segment(path, length) && (!best || length > best->name.length))
            best = property;
    }
    return best;
}

static bool read_index(Text path, size_t *at, size_t *index)
{
    size_t from = *at;
    *index = 0;
    while (*at < path.length && path.at[*at] >= '0' && path.at[*at] <= '9' && *at - from < 9) {
        *index = *index * 10 + (size_t)(path.at[(*at)++] - '0');
    }
    return *at > from;
}

// One step from `value`; `*at` is moved behind it. False if there is nothing.
static bool step(const Value **value, Text path, size_t *at, const Place **key)
{
    size_t from = *at + (*at < path.length && (path.at[*at] == '.' || path.at[*at] == '['));
    bool bracket = from > 0 && path.at[from - 1] == '[';
    *key = NULL;
    if ((*value)->kind == VALUE_ARRAY) {
        size_t index;
        if (!read_index(path, &from, &index) || index >= (*value)->array.count) return false;
        *value = (*value)->array.items[index];
    } else if ((*value)->kind == VALUE_OBJECT) {
        bool quote = bracket && from < path.length && path.at[from] == '\'';
        Text rest = text_slice(path, from + quote, path.length);
        if (quote) {
            const char *end = rest.length ? memchr(rest.at, '\'', rest.length) : NULL;
            if (end) rest.length = (size_t)(end - rest.at);
        }
        const ValueProperty *property = longest_property(*value, rest);
        if (!property) return false;
        from += property->name.length + 2 * (size_t)quote;
        *key = property->key_place;
        *value = property->value;
    } else {
        return false;
    }
    if (bracket && from < path.length && path.at[from] == ']') from++;
    *at = from;
    return true;
}

PathEnd path_follow(const Value *root, Text path)
{
    PathEnd end = {.value = root, .written = root->place};
    size_t at = 0;
    const Value *value = root;
    const Place *key;
    while (at < path.length && step(&value, path, &at, &key)) {
        const Place *written = key ? key : value->place;
        end.value = value;
        end.key = key;
        if (value->place && written) {
            end.written = written;
            end.depth = text_slice(path, 0, at);
        }
    }
    end.whole = at >= path.length;
    return end;
}
