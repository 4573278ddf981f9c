// compiler/artifact/jsontemplate.c
#include "compiler/artifact/jsontemplate.h"

#include "compiler/artifact/armtext.h"
#include "compiler/artifact/part.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 100 };

typedef struct {
    Arena *arena;
    TextBuffer out;
    const Value *root;
    Text error;
} Writer;

static void fail(Writer *writer, const char *why, Text about)
{
    if (writer->error.length) return;
    writer->error = text_format(writer->arena, "%s%.*s", why, TEXT_ARG(about));
}

static void put(Writer *writer, const char *text)
{
    buffer_string(&writer->out, text);
}

static void put_name(Writer *writer, Text name)
{
    buffer_text(&writer->out, armtext_name(writer->arena, name));
}

static void put_value(Writer *writer, const Value *value, Text loop)
{
    Text error = {0};
    if (!armtext_write(&writer->out, value, loop, &error)) fail(writer, "", error);
}

// ---- types

static void put_type(Writer *writer, const Value *schema, int depth);

// Values of types are literals: nothing in them is an expression.
static void put_literal(Writer *writer, const Value *value)
{
    if (value->kind == VALUE_STRING) {
        armtext_quote(&writer->out, value->string);
    } else if (value->kind == VALUE_ARRAY) {
        put(writer, "[\n");
        for (size_t i = 0; i < value->array.count; i++) {
            put_literal(writer, value->array.items[i]);
            put(writer, "\n");
        }
        put(writer, "]");
    } else if (value->kind == VALUE_OBJECT) {
        put(writer, "{\n");
        for (size_t i = 0; i < value->object.count; i++) {
            armtext_quote(&writer->out, value->object.items[i].name);
            put(writer, ": ");
            put_literal(writer, value->object.items[i].value);
            put(writer, "\n");
        }
        put(writer, "}");
    } else {
        put_value(writer, value, (Text){0});
    }
}

// Values of a text, number or bool as a union; of an array, what its items may be.
static void put_allowed(Writer *writer, const Value *allowed, bool array)
{
    size_t count = 0;
    bool arrays = false;
    for (size_t i = 0; i < allowed->array.count; i++)
        arrays |= allowed->array.items[i]->kind == VALUE_ARRAY;
    put(writer, "(");
    for (size_t i = 0; i < allowed->array.count; i++) {
        const Value *value = allowed->array.items[i];
        if (value->kind == VALUE_NULL && !(array && !arrays)) continue;
        if (count++) put(writer, " | ");
        put_literal(writer, value);
    }
    put(writer, array && !arrays ? ")[]" : ")");
}

static void put_metadata(Writer *writer, const Value *metadata)
{
    static const char *const left_out[] = {"description", "__bicep_export!"};
    bool begun = false;
    for (size_t i = 0; i < metadata->object.count; i++) {
        const ValueProperty *item = &metadata->object.items[i];
        if (text_is_alike(item->name, left_out[0]) || text_is_alike(item->name, left_out[1]))
            continue;
        put(writer, begun ? "\n" : "@sys.metadata({\n");
        begun = true;
        armtext_quote(&writer->out, item->name);
        put(writer, ": ");
        put_literal(writer, item->value);
    }
    if (begun) put(writer, "\n})\n");
    const Value *description = part_of(metadata, left_out[0]);
    if (description && description->kind == VALUE_STRING) {
        put(writer, "@sys.description(");
        armtext_quote(&writer->out, description->string);
        put(writer, ")\n");
    }
}

static void put_decorators(Writer *writer, const Value *schema)
{
    static const char *const limits[] = {"minLength", "maxLength", "minValue", "maxValue"};
    const Value *metadata = part_of(schema, "metadata");
    if (metadata && metadata->kind == VALUE_OBJECT) put_metadata(writer, metadata);
    Text type = part_text(schema, "type");
    if (text_is_alike(type, "securestring") || text_is_alike(type, "secureobject"))
        put(writer, "@sys.secure()\n");
    if (part_is(schema, "additionalProperties", false)) put(writer, "@sys.sealed()\n");
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const Value *limit = part_of(schema, limits[i]);
        if (limit && limit->kind == VALUE_INT) {
            buffer_format(&writer->out, "@sys.%s(%lld)\n", limits[i], (long long)limit->integer);
        } else if (limit && limit->kind == VALUE_FLOAT && limit->digits.length) {
            fail(writer, limits[i], TEXT(" is beyond 64 bits"));
        }
    }
    Text discriminator = part_text(part_of(schema, "discriminator"), "propertyName");
    if (discriminator.length) {
        put(writer, "@sys.discriminator(");
        armtext_quote(&writer->out, discriminator);
        put(writer, ")\n");
    }
}

static int by_name(const void *left, const void *right)
{
    return text_compare_alike(((const ValueProperty *)left)->name,
                              ((const ValueProperty *)right)->name);
}

static void put_variants(Writer *writer, const Value *mapping, int depth)
{
    size_t count = mapping->object.count;
    if (count == 0) {
        put(writer, "object");
        return;
    }
    ValueProperty *sorted = arena_array(writer->arena, ValueProperty, count);
    memcpy(sorted, mapping->object.items, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 0; i < count; i++) {
        if (i) put(writer, " | ");
        put_type(writer, sorted[i].value, depth + 1);
    }
}

static void put_object(Writer *writer, const Value *schema, int depth)
{
    const Value *mapping = part_of(part_of(schema, "discriminator"), "mapping");
    const Value *properties = part_of(schema, "properties"),
                *others = part_of(schema, "additionalProperties");
    if (mapping && mapping->kind == VALUE_OBJECT) {
        put_variants(writer, mapping, depth);
        return;
    }
    if (!properties && !others) {
        put(writer, "object");
        return;
    }
    put(writer, "{\n");
    for (size_t i = 0;
         properties && properties->kind == VALUE_OBJECT && i < properties->object.count; i++) {
        const ValueProperty *item = &properties->object.items[i];
        put_decorators(writer, item->value);
        armtext_quote(&writer->out, item->name);
        put(writer, ": ");
        put_type(writer, item->value, depth + 1);
        put(writer, "\n");
    }
    if (others && others->kind == VALUE_OBJECT) {
        put_decorators(writer, others);
        put(writer, "*: ");
        put_type(writer, others, depth + 1);
        put(writer, "\n");
    }
    put(writer, "}");
}

static void put_array(Writer *writer, const Value *schema, int depth)
{
    const Value *first = part_of(schema, "prefixItems"), *items = part_of(schema, "items");
    if (first && first->kind == VALUE_ARRAY) {
        put(writer, "[\n");
        for (size_t i = 0; i < first->array.count; i++) {
            put_decorators(writer, first->array.items[i]);
            put_type(writer, first->array.items[i], depth + 1);
            put(writer, "\n");
        }
        put(writer, "]");
    } else if (items && items->kind == VALUE_OBJECT) {
        if (part_of(items, "discriminator"))
            fail(writer, "an array of a union that has no name is not supported", (Text){0});
        put(writer, "(");
        put_type(writer, items, depth + 1);
        put(writer, ")[]");
    } else {
        put(writer, "array");
    }
}

static void put_type(Writer *writer, const Value *schema, int depth)
{
    static const char definitions[] = "#/definitions/";
    const Value *nullable = part_of(schema, "nullable"),
                *allowed = part_of(schema, "allowedValues");
    Text type = part_text(schema, "type"), reference = part_text(schema, "$ref");
    if (depth > DEEPEST) fail(writer, "a type is nested too deeply", (Text){0});
    if (writer->error.length) return;
    bool marked = nullable && nullable->kind == VALUE_BOOL;
    if (marked) put(writer, "(");
    if (allowed && allowed->kind == VALUE_ARRAY) {
        put_allowed(writer, allowed, text_is_alike(type, "array"));
    } else if (reference.length) {
        if (!text_starts(reference, definitions))
            fail(writer, "a type that is no definition: ", reference);
        else
            put_name(writer, text_slice(reference, strlen(definitions), reference.length));
    } else if (text_is_alike(type, "string") || text_is_alike(type, "securestring")) {
        put(writer, "sys.string");
    } else if (text_is_alike(type, "int")) {
        put(writer, "sys.int");
    } else if (text_is_alike(type, "bool")) {
        put(writer, "sys.bool");
    } else if (text_is_alike(type, "array")) {
        put_array(writer, schema, depth);
    } else if (text_is_alike(type, "object") || text_is_alike(type, "secureobject")) {
        put_object(writer, schema, depth);
    } else {
        put(writer, "sys.any");
    }
    if (marked) put(writer, nullable->boolean ? ")?" : ")!");
}

// ---- declarations

typedef void Declare(Writer *writer, Text name, const Value *value);

static void each(Writer *writer, const char *section, Declare *declare)
{
    const Value *object = part_of(writer->root, section);
    for (size_t i = 0; object && object->kind == VALUE_OBJECT && i < object->object.count; i++) {
        declare(writer, object->object.items[i].name, object->object.items[i].value);
        put(writer, "\n");
    }
}

static void put_typed(Writer *writer, const char *keyword, Text name, const Value *value)
{
    put_decorators(writer, value);
    put(writer, keyword);
    put_name(writer, name);
    put(writer, " ");
    Text resource = part_text(part_of(value, "metadata"), "resourceType");
    if (resource.length && text_is(part_text(value, "type"), "string")) {
        put(writer, "resource ");
        armtext_quote(&writer->out, resource);
    } else {
        put_type(writer, value, 0);
    }
}

static void put_parameter(Writer *writer, Text name, const Value *value)
{
    put_typed(writer, "param ", name, value);
    if (part_of(value, "defaultValue")) put(writer, " = any(null)");
}

static void put_output(Writer *writer, Text name, const Value *value)
{
    put_typed(writer, "output ", name, value);
    put(writer, " = any(null)");
}

static void put_export(Writer *writer, const Value *metadata)
{
    if (part_is(metadata, "__bicep_export!", true)) put(writer, "@sys.export()\n");
}

static void put_definition(Writer *writer, Text name, const Value *value)
{
    put_export(writer, part_of(value, "metadata"));
    put_decorators(writer, value);
    put(writer, "type ");
    put_name(writer, name);
    put(writer, " = ");
    put_type(writer, value, 0);
}

static void export_variable(Writer *writer, Text name)
{
    const Value *list = part_of(part_of(writer->root, "metadata"), "__bicep_exported_variables!");
    for (size_t i = 0; list && list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        if (text_equal(part_text(list->array.items[i], "name"), name))
            put(writer, "@sys.export()\n");
    }
}

static void begin_variable(Writer *writer, Text name)
{
    export_variable(writer, name);
    put(writer, "var ");
    put_name(writer, name);
    put(writer, " = ");
}

static void put_loops(Writer *writer, const Value *loops)
{
    for (size_t i = 0; loops->kind == VALUE_ARRAY && i < loops->array.count; i++) {
        const Value *loop = loops->array.items[i], *count = part_of(loop, "count"),
                    *input = part_of(loop, "input");
        Text name = part_text(loop, "name");
        if (!name.length || !count || !input) continue;
        begin_variable(writer, name);
        put(writer, "[for (item__, copyIndex__) in sys.range(0, ");
        put_value(writer, count, (Text){0});
        put(writer, "): ");
        put_value(writer, input, name);
        put(writer, "]\n");
    }
}

static void put_variable(Writer *writer, Text name, const Value *value)
{
    if (text_is_alike(name, "copy")) {
        put_loops(writer, value);
        return;
    }
    begin_variable(writer, name);
    put_value(writer, value, (Text){0});
}

static void put_function(Writer *writer, Text name, const Value *value)
{
    const Value *parameters = part_of(value, "parameters"), *output = part_of(value, "output"),
                *body = part_of(output, "value"), *metadata = part_of(value, "metadata");
    if (!body) return;
    put_export(writer, metadata);
    Text description = part_text(metadata, "description");
    if (description.length) {
        put(writer, "@sys.description(");
        armtext_quote(&writer->out, description);
        put(writer, ")\n");
    }
    put(writer, "func ");
    put_name(writer, name);
    put(writer, "(");
    for (size_t i = 0; parameters && parameters->kind == VALUE_ARRAY && i < parameters->array.count;
         i++) {
        if (i) put(writer, ", ");
        put_name(writer, part_text(parameters->array.items[i], "name"));
        put(writer, " ");
        put_type(writer, parameters->array.items[i], 0);
    }
    put(writer, ") ");
    put_type(writer, output, 0);
    put(writer, " => ");
    put_value(writer, body, (Text){0});
    put(writer, "\n");
}

static void put_functions(Writer *writer)
{
    const Value *spaces = part_of(writer->root, "functions");
    for (size_t i = 0; spaces && spaces->kind == VALUE_ARRAY && i < spaces->array.count; i++) {
        const Value *members = part_of(spaces->array.items[i], "members");
        Text space = part_text(spaces->array.items[i], "namespace");
        for (size_t j = 0; members && members->kind == VALUE_OBJECT && j < members->object.count;
             j++) {
            const ValueProperty *item = &members->object.items[j];
            Text name = item->name;
            if (!text_is(space, "__bicep"))
                name = text_format(writer->arena, "%.*s.%.*s", TEXT_ARG(space), TEXT_ARG(name));
            put_function(writer, name, item->value);
        }
    }
}

// ---- the template

static const char *scope_of(Text schema)
{
    static const struct {
        const char *path, *scope;
    } rows[] = {{"/2019-08-01/tenantDeploymentTemplate.json", "tenant"},
                {"/2019-08-01/managementGroupDeploymentTemplate.json", "managementGroup"},
                {"/2018-05-01/subscriptionDeploymentTemplate.json", "subscription"},
                {"/2019-04-01/deploymentTemplate.json", "resourceGroup"},
                {"/2015-01-01/deploymentTemplate.json", "resourceGroup"},
                {"/2014-04-01-preview/deploymentTemplate.json", "resourceGroup"}};
    if (text_ends(schema, "#")) schema.length--;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_ends(schema, rows[i].path)) return rows[i].scope;
    }
    return NULL;
}

Text jsontemplate_as_bicep(Arena *arena, const Value *template, Text *error)
{
    Writer writer = {.arena = arena, .out = {.arena = arena}, .root = template};
    const char *scope = scope_of(part_text(template, "$schema"));
    if (!scope || !part_of(template, "resources")) {
        *error = TEXT("'$schema' of a deployment template, and 'resources', are missing");
        return (Text){0};
    }
    buffer_format(&writer.out, "targetScope = '%s'\n", scope);
    each(&writer, "parameters", put_parameter);
    each(&writer, "definitions", put_definition);
    each(&writer, "variables", put_variable);
    put_functions(&writer);
    each(&writer, "outputs", put_output);
    *error = writer.error;
    if (writer.error.length) return (Text){0};
    return buffer_done(&writer.out);
}
