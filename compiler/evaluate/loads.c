// compiler/evaluate/loads.c
#include "compiler/evaluate/loads.h"

#include "base/encoding.h"
#include "compiler/evaluate/calls.h"
#include "compiler/evaluate/cases.h"
#include "compiler/evaluate/jsonpath.h"

#include <stdlib.h>
#include <string.h>

// ---- files

static bool text_argument(FunctionCall *call, const Value **arguments, size_t count, size_t index,
                          Text *text)
{
    if (index >= count) return true;
    if (!call_expects(call, arguments, index, VALUE_STRING)) return false;
    *text = arguments[index]->string;
    return true;
}

// The file as text in the encoding that the argument at `index` names.
static bool read_text(FunctionCall *call, BoundFile *file, const Value **arguments, size_t count,
                      size_t index, Text *text)
{
    Text name = TEXT("utf-8");
    if (!text_argument(call, arguments, count, index, &name)) return false;
    if (!encoding_known(name)) {
        call_refuse(call, text_format(call->arena, "there is no encoding '%.*s'", TEXT_ARG(name)));
        return false;
    }
    const Source *source =
        bind_load(call->arena, call->diags, file, call->place, arguments[0]->string);
    if (source) *text = encoding_decode(call->arena, source->text, name);
    return source != NULL;
}

static const Value *text_content(FunctionCall *call, BoundFile *file, const Value **arguments,
                                 size_t count)
{
    Text text;
    return read_text(call, file, arguments, count, 1, &text) ? value_string(call->arena, text)
                                                             : NULL;
}

static const Value *bytes_in_base64(FunctionCall *call, BoundFile *file, const Value **arguments,
                                    size_t count)
{
    (void)count;
    const Source *source =
        bind_load(call->arena, call->diags, file, call->place, arguments[0]->string);
    if (!source) return NULL;
    const Value *content = value_string(call->arena, source->text);
    return text_base64(call, &content, 1);
}

static const Value *structured(FunctionCall *call, BoundFile *file, const Value **arguments,
                               size_t count, const char *format,
                               const Value *(*read)(Arena *, Text, Text *))
{
    Text text, path = {0}, error = {0};
    if (!text_argument(call, arguments, count, 1, &path)) return NULL;
    if (!read_text(call, file, arguments, count, 2, &text)) return NULL;
    const Value *value = read(call->arena, text, &error);
    if (!value) {
        diag_add_with(call->diags, DIAG_WRONG_CONTENT, call->place, text_of(format), error);
        return NULL;
    }
    value = jsonpath_find(call->arena, value, path, &error);
    return value ? value : call_refuse(call, error);
}

static const Value *json_content(FunctionCall *call, BoundFile *file, const Value **arguments,
                                 size_t count)
{
    return structured(call, file, arguments, count, "JSON", value_read_json);
}

static const Value *yaml_content(FunctionCall *call, BoundFile *file, const Value **arguments,
                                 size_t count)
{
    return structured(call, file, arguments, count, "YAML", value_read_yaml);
}

// ---- folders

// Whether the rest of a pattern matches the end of a name: so does a dot before * or ?.
static bool matches_end(Text pattern, size_t at)
{
    for (; at < pattern.length; at++) {
        char after = at + 1 < pattern.length ? pattern.at[at + 1] : '\0';
        bool dot = pattern.at[at] == '.' && (after == '*' || after == '?');
        if (pattern.at[at] != '*' && pattern.at[at] != '?' && !dot) return false;
    }
    return true;
}

// As .NET matches names of files: ? stands for nothing before a dot and at the end.
static bool matches(Text name, Text pattern)
{
    size_t at = 0, i = 0, star = SIZE_MAX, retry = 0;
    while (at < name.length) {
        char c = i < pattern.length ? pattern.at[i] : '\0';
        if (c == '*') {
            star = i++;
            retry = at;
        } else if (c == '?') {
            i++;
            if (name.at[at] != '.') text_next(name, &at);
        } else if (c && c == name.at[at]) {
            i++;
            at++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            at = ++retry;
        } else {
            return false;
        }
    }
    return matches_end(pattern, i);
}

static Text extension(Text name)
{
    size_t dot = name.length;
    while (dot > 0 && name.at[dot - 1] != '.') dot--;
    return dot > 0 && dot < name.length ? text_slice(name, dot - 1, name.length) : (Text){0};
}

static const Value *file_info(Arena *arena, Text folder, Text name)
{
    Value *info = value_object(arena);
    value_set(arena, info, TEXT("relativePath"),
              value_string(arena, path_join(arena, folder, name)));
    value_set(arena, info, TEXT("baseName"), value_string(arena, name));
    value_set(arena, info, TEXT("extension"), value_string(arena, extension(name)));
    return info;
}

typedef struct {
    Text name, upper;
} Entry;

static int by_capitals(const void *left, const void *right)
{
    const Entry *a = left, *b = right;
    int order = text_compare(a->upper, b->upper);
    return order ? order : text_compare(a->name, b->name);
}

static const Value *folder_content(FunctionCall *call, BoundFile *file, const Value **arguments,
                                   size_t count)
{
    Text folder = path_normal(call->arena, arguments[0]->string), pattern = TEXT("*");
    FileNames names = {0};
    if (!text_argument(call, arguments, count, 1, &pattern)) return NULL;
    if (text_starts(folder, "/"))
        return call_refuse(call, TEXT("the path of a folder must be relative"));
    bool no_extension = text_is(pattern, "*.");
    if (memchr(pattern.at, '/', pattern.length) || (text_ends(pattern, "*.") && !no_extension))
        return call_refuse(call, TEXT("this pattern is not supported"));
    if (!bind_list(call->arena, call->diags, file, call->place, folder, &names)) return NULL;
    Entry *entries = arena_array(call->arena, Entry, names.count + 1);
    for (size_t i = 0; i < names.count; i++)
        entries[i] = (Entry){names.items[i], case_of_text(call->arena, names.items[i], true)};
    qsort(entries, names.count, sizeof *entries, by_capitals);
    bool all = pattern.length == 0 || text_is(pattern, "*.*") || text_is(pattern, ".");
    Value *list = value_array(call->arena);
    for (size_t i = 0; i < names.count; i++) {
        Text name = entries[i].name;
        bool chosen = all || (no_extension ? extension(name).length == 0 : matches(name, pattern));
        if (chosen) value_append(call->arena, list, file_info(call->arena, folder, name));
    }
    return list;
}

// ---- calls

const Value *load_value(FunctionCall *call, BoundFile *file, Text name, const Value **arguments,
                        size_t count)
{
    static const struct {
        const char *name;
        const Value *(*load)(FunctionCall *call, BoundFile *file, const Value **arguments,
                             size_t count);
    } rows[] = {{"loadTextContent", text_content},
                {"loadFileAsBase64", bytes_in_base64},
                {"loadJsonContent", json_content},
                {"loadYamlContent", yaml_content},
                {"loadDirectoryFileInfo", folder_content}};
    if (!call_expects(call, arguments, 0, VALUE_STRING)) return NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_is(name, rows[i].name)) return rows[i].load(call, file, arguments, count);
    }
    return call_refuse(call,
                       text_format(call->arena, "%.*s() is not evaluated here", TEXT_ARG(name)));
}
