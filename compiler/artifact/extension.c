// compiler/artifact/extension.c: the type at an index of a file is declared as tFILE_INDEX, so that
// types may need each other; files are read when a type of theirs is named.
#include "compiler/artifact/extension.h"

#include "compiler/artifact/armtext.h"
#include "compiler/artifact/part.h"

#include <stdlib.h>

typedef struct {
    Text path;
    const Value *types;
} TypeFile;

typedef struct {
    Arena *arena;
    TextBuffer out;
    const ArchiveFiles *archive;
    struct {
        TypeFile *items;
        size_t count, room;
    } files;
    Text error;
} Writer;

static void fail(Writer *writer, const char *why, Text about)
{
    if (writer->error.length) return;
    writer->error = text_format(writer->arena, "%s%.*s", why, TEXT_ARG(about));
}

static const Value *read_json(Writer *writer, Text path)
{
    Text bytes, error = {0};
    if (!archive_find(writer->archive, path, &bytes)) {
        fail(writer, "it does not hold ", path);
        return NULL;
    }
    const Value *value = value_read_json(writer->arena, bytes, &error);
    if (!value) fail(writer, text_string(writer->arena, path), error);
    return value;
}

// ---- references

static size_t file_index(Writer *writer, Text path)
{
    for (size_t i = 0; i < writer->files.count; i++) {
        if (text_equal(writer->files.items[i].path, path)) return i;
    }
    const Value *types = read_json(writer, path);
    if (types && types->kind != VALUE_ARRAY) fail(writer, "no list of types: ", path);
    TypeFile file = {path, types && types->kind == VALUE_ARRAY ? types : NULL};
    list_add(writer->arena, &writer->files, file);
    return writer->files.count - 1;
}

// {"$ref": "FILE#/INDEX"}, FILE left out for the one at `here`. False if it means nothing.
static bool locate(Writer *writer, const Value *reference, size_t here, size_t *file, size_t *index)
{
    Text text = part_text(reference, "$ref");
    size_t hash = text_index(text, '#');
    if (hash + 2 >= text.length) {
        fail(writer, "a type is referred to wrongly: ", text);
        return false;
    }
    *file = hash ? file_index(writer, text_slice(text, 0, hash)) : here;
    *index = strtoul(text_string(writer->arena, text_slice(text, hash + 2, text.length)), NULL, 10);
    if (*file >= writer->files.count) return false;
    const Value *types = writer->files.items[*file].types;
    if (types && *index < types->array.count) return true;
    fail(writer, "there is no type ", text);
    return false;
}

static const Value *type_at(Writer *writer, const Value *reference, size_t here, size_t *file)
{
    size_t index;
    if (!locate(writer, reference, here, file, &index)) return NULL;
    return writer->files.items[*file].types->array.items[index];
}

// Types of resources and of functions declare nothing.
static bool declares(Text kind)
{
    static const char *const kinds[] = {"AnyType",
                                        "NullType",
                                        "BooleanType",
                                        "IntegerType",
                                        "StringType",
                                        "ArrayType",
                                        "ObjectType",
                                        "UnionType",
                                        "BuiltInType",
                                        "StringLiteralType",
                                        "DiscriminatedObjectType"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (text_is(kind, kinds[i])) return true;
    }
    return false;
}

static Text name_of(Writer *writer, const Value *reference, size_t here)
{
    size_t file, index;
    if (!locate(writer, reference, here, &file, &index)) return TEXT("any");
    Text kind = part_text(writer->files.items[file].types->array.items[index], "$type");
    if (!declares(kind)) fail(writer, "a type of a kind that cannot stand there: ", kind);
    return text_format(writer->arena, "t%zu_%zu", file, index);
}

// ---- declarations

static void put(Writer *writer, const char *text)
{
    buffer_string(&writer->out, text);
}

static void put_property(Writer *writer, const ValueProperty *property, size_t here)
{
    int64_t flags = part_int(property->value, "flags", 0);
    buffer_format(&writer->out, "@flags(%lld)\n", (long long)flags);
    armtext_quote(&writer->out, property->name);
    put(writer, ": ");
    buffer_text(&writer->out, name_of(writer, part_of(property->value, "type"), here));
    put(writer, "\n");
}

// The properties of `object` and those of `base` (NULL: none) that it has not itself.
static void put_object(Writer *writer, const Value *object, size_t here, const Value *base,
                       size_t base_file)
{
    const Value *properties = part_of(object, "properties"),
                *rest = part_of(object, "additionalProperties");
    put(writer, "{\n");
    for (size_t i = 0; i < part_count(properties); i++)
        put_property(writer, &properties->object.items[i], here);
    for (size_t i = 0; i < part_count(base); i++) {
        const ValueProperty *property = &base->object.items[i];
        if (part_count(properties) && value_find(properties, property->name)) continue;
        put_property(writer, property, base_file);
    }
    if (rest && rest->kind == VALUE_OBJECT) {
        put(writer, "*: ");
        buffer_text(&writer->out, name_of(writer, rest, here));
        put(writer, "\n");
    }
    put(writer, "}\n");
}

static void put_decorators(Writer *writer, const Value *type)
{
    static const char *const limits[] = {"minLength", "maxLength", "minValue", "maxValue"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const Value *limit = part_of(type, limits[i]);
        if (limit && limit->kind == VALUE_INT)
            buffer_format(&writer->out, "@%s(%lld)\n", limits[i], (long long)limit->integer);
    }
    if (part_is(type, "sensitive", true)) put(writer, "@secure()\n");
    if (text_is(part_text(type, "$type"), "ObjectType") && !part_of(type, "additionalProperties"))
        put(writer, "@sealed()\n");
}

// Whether unions hold each other, and so on; `steps`: how many are looked at.
static bool is_endless(Writer *writer, const Value *type, size_t here, int *steps)
{
    const Value *elements = part_of(type, "elements");
    bool choice = text_is(part_text(type, "$type"), "UnionType");
    if (--*steps < 0) return true;
    for (size_t i = 0;
         choice && elements && elements->kind == VALUE_ARRAY && i < elements->array.count; i++) {
        size_t file;
        const Value *element = type_at(writer, elements->array.items[i], here, &file);
        if (element && is_endless(writer, element, file, steps)) return true;
    }
    return false;
}

static void put_union(Writer *writer, const Value *type, size_t here)
{
    int steps = 4096;
    const Value *elements = part_of(type, "elements");
    if (is_endless(writer, type, here, &steps)) {
        fail(writer, "a union holds itself, or too much", (Text){0});
        return;
    }
    size_t count = elements && elements->kind == VALUE_ARRAY ? elements->array.count : 0;
    for (size_t i = 0; i < count; i++) {
        if (i) put(writer, " | ");
        buffer_text(&writer->out, name_of(writer, elements->array.items[i], here));
    }
    put(writer, count ? "\n" : "any\n");
}

// Each variant has a declaration of its own, with what is common to all.
static void put_variants(Writer *writer, const Value *type, size_t here, Text name)
{
    const Value *elements = part_of(type, "elements"), *base = part_of(type, "baseProperties");
    size_t count = part_count(elements);
    for (size_t i = 0; i < count; i++) {
        size_t file;
        const Value *variant = type_at(writer, elements->object.items[i].value, here, &file);
        if (!variant) return;
        Text kind = part_text(variant, "$type");
        if (!text_is(kind, "ObjectType")) fail(writer, "a variant is no object: ", kind);
        put_decorators(writer, variant);
        buffer_format(&writer->out, "type %.*s_%zu = ", TEXT_ARG(name), i);
        put_object(writer, variant, file, base, here);
    }
    put(writer, "@discriminator(");
    armtext_quote(&writer->out, part_text(type, "discriminator"));
    buffer_format(&writer->out, ")\ntype %.*s = ", TEXT_ARG(name));
    for (size_t i = 0; i < count; i++)
        buffer_format(&writer->out, "%s%.*s_%zu", i ? " | " : "", TEXT_ARG(name), i);
    put(writer, count ? "\n" : "object\n");
}

// The kinds that older publishers wrote as a number.
static const char *built_in(int64_t kind)
{
    static const char *const names[] = {"any",        "any",    "null",  "sys.bool", "sys.int",
                                        "sys.string", "object", "array", "any"};
    return kind > 0 && kind < (int64_t)(sizeof names / sizeof *names) ? names[kind] : "any";
}

static const char *simple(Text kind, const Value *type)
{
    static const struct {
        const char *kind, *name;
    } rows[] = {{"AnyType", "any"},
                {"NullType", "null"},
                {"BooleanType", "sys.bool"},
                {"IntegerType", "sys.int"},
                {"StringType", "sys.string"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_is(kind, rows[i].kind)) return rows[i].name;
    }
    return built_in(part_int(type, "kind", 0));
}

static void put_type(Writer *writer, size_t file, size_t index)
{
    const Value *type = writer->files.items[file].types->array.items[index];
    Text kind = part_text(type, "$type");
    Text name = text_format(writer->arena, "t%zu_%zu", file, index);
    if (!declares(kind)) return;
    if (text_is(kind, "DiscriminatedObjectType")) {
        put_variants(writer, type, file, name);
        return;
    }
    put_decorators(writer, type);
    buffer_format(&writer->out, "type %.*s = ", TEXT_ARG(name));
    if (text_is(kind, "ObjectType")) {
        put_object(writer, type, file, NULL, 0);
    } else if (text_is(kind, "ArrayType")) {
        buffer_text(&writer->out, name_of(writer, part_of(type, "itemType"), file));
        put(writer, "[]\n");
    } else if (text_is(kind, "UnionType")) {
        put_union(writer, type, file);
    } else if (text_is(kind, "StringLiteralType")) {
        armtext_quote(&writer->out, part_text(type, "value"));
        put(writer, "\n");
    } else {
        buffer_format(&writer->out, "%s\n", simple(kind, type));
    }
}

// ---- the index

// None: in all scopes.
static void read_scopes(const Value *type, BindResourceType *row)
{
    enum { ALL = 31 };
    row->readable = (unsigned)part_int(type, "readableScopes", 0);
    row->writable = (unsigned)part_int(type, "writableScopes", 0);
    if (!row->readable && !row->writable) row->readable = row->writable = ALL;
}

static void read_methods(Writer *writer, const Value *functions, size_t here, BindResourceType *row)
{
    for (size_t i = 0; i < part_count(functions); i++) {
        const ValueProperty *item = &functions->object.items[i];
        size_t file;
        const Value *type = type_at(writer, part_of(item->value, "type"), here, &file);
        if (!type) return;
        const Value *parameters = part_of(type, "parameters");
        size_t count = parameters && parameters->kind == VALUE_ARRAY ? parameters->array.count : 0;
        BindMethod method = {.name = item->name,
                             .result = name_of(writer, part_of(type, "output"), file),
                             .parameters = arena_array(writer->arena, Text, count + 1),
                             .count = count};
        for (size_t j = 0; j < count; j++)
            method.parameters[j] =
                name_of(writer, part_of(parameters->array.items[j], "type"), file);
        list_add(writer->arena, &row->methods, method);
    }
}

static void add_resource(Writer *writer, BindExtension *extension, Text name,
                         const Value *reference)
{
    size_t file;
    const Value *type = type_at(writer, reference, SIZE_MAX, &file);
    if (!type) return;
    BindResourceType row = {.name = name, .body = name_of(writer, part_of(type, "body"), file)};
    Text written = part_text(type, "name");
    if (written.length) row.name = written;
    read_scopes(type, &row);
    read_methods(writer, part_of(type, "functions"), file, &row);
    list_add(writer->arena, &extension->types, row);
}

static Text fallback_body(Writer *writer, const Value *reference)
{
    size_t file;
    const Value *type = type_at(writer, reference, SIZE_MAX, &file);
    return type ? name_of(writer, part_of(type, "body"), file) : (Text){0};
}

const BindExtension *extension_read(Arena *arena, const ArchiveFiles *files, Text *text,
                                    Text *error)
{
    static const char graph[] = "MicrosoftGraph"; // of which the official compiler knows more
    Writer writer = {.arena = arena, .out = {.arena = arena}, .archive = files};
    BindExtension *extension = arena_new(arena, BindExtension);
    const Value *index = read_json(&writer, TEXT("index.json"));
    const Value *settings = part_of(index, "settings"), *resources = part_of(index, "resources");
    const Value *config = part_of(settings, "configurationType"),
                *fallback = part_of(index, "fallbackResourceType");
    extension->name = part_text(settings, "name");
    extension->version = part_text(settings, "version");
    extension->provider = extension->name;
    extension->lenient = text_is_alike(extension->name, graph) ||
                         text_is_alike(extension->name, "MicrosoftGraphBeta");
    if (extension->lenient) extension->provider = text_of(graph);
    if (extension->name.length == 0) fail(&writer, "index.json has no settings.name", (Text){0});
    if (config && config->kind == VALUE_OBJECT)
        extension->config = name_of(&writer, config, SIZE_MAX);
    if (fallback && fallback->kind == VALUE_OBJECT)
        extension->fallback = fallback_body(&writer, fallback);
    for (size_t i = 0; i < part_count(resources); i++)
        add_resource(&writer, extension, resources->object.items[i].name,
                     resources->object.items[i].value);
    for (size_t i = 0; i < writer.files.count; i++) { // more come while they are written
        const Value *types = writer.files.items[i].types;
        for (size_t j = 0; types && j < types->array.count; j++) put_type(&writer, i, j);
    }
    *error = writer.error;
    *text = buffer_done(&writer.out);
    return writer.error.length ? NULL : extension;
}
