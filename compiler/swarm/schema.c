// compiler/swarm/schema.c: `type Swarm` as JSON Schema, draft 7: the one that editors' YAML servers
// know best. A type with a name is a definition; what a property says about its use of one stands
// beside it (`allOf`: in draft 7 nothing may stand beside `$ref`). Unions by a discriminator are
// `oneOf`, whose members exclude each other by that property.
#include "compiler/swarm/setting.h"
#include "compiler/swarm/swarm.h"

typedef struct {
    Types types;
    BoundFile *file;
    JsonWriter *json;
    struct {
        Type **items; // definitions, in the order of their first use
        size_t count, room;
    } definitions;
} Schema;

static Arena *arena_of(const Schema *schema)
{
    return schema->types.arena;
}

static void write_string(Schema *schema, const char *key, Text text)
{
    json_key(schema->json, text_of(key));
    json_text(schema->json, text);
}

static void write_limit(Schema *schema, const Type *type, const char *decorator, const char *key)
{
    int64_t limit;
    if (!type_limit(type, decorator, &limit)) return;
    json_key(schema->json, text_of(key));
    json_int(schema->json, limit);
}

static bool is_group(const Type *type)
{
    return type->kind == TYPE_OBJECT ||
           (type->kind == TYPE_UNION && setting_discriminator(type).length);
}

// Groups of settings with a name are written once.
static bool is_definition(const Type *type)
{
    return type->name.length && is_group(type);
}

static void remember(Schema *schema, Type *type)
{
    for (size_t i = 0; i < schema->definitions.count; i++) {
        if (text_equal(schema->definitions.items[i]->name, type->name)) return;
    }
    list_add(arena_of(schema), &schema->definitions, type);
}

static void write_reference(Schema *schema, Type *type)
{
    remember(schema, type);
    write_string(schema, "$ref",
                 text_format(arena_of(schema), "#/definitions/%.*s", TEXT_ARG(type->name)));
}

static void write_value(Schema *schema, const char *key, const Value *value)
{
    json_key(schema->json, text_of(key));
    value_write_json(schema->json, value);
}

// What editors show and insert.
static void write_notes(Schema *schema, Type *type)
{
    Arena *arena = arena_of(schema);
    Text description = type_description(type), unit = setting_text(arena, type, "unit");
    const Value *usual = setting_metadata(arena, type, "default"),
                *example = setting_metadata(arena, type, "example");
    if (unit.length)
        description = text_format(arena, "%.*s In %.*s.", TEXT_ARG(description), TEXT_ARG(unit));
    if (description.length) write_string(schema, "description", description);
    if (usual) write_value(schema, "default", usual);
    if (example) {
        json_key(schema->json, TEXT("examples"));
        json_begin_array(schema->json);
        value_write_json(schema->json, example);
        json_end_array(schema->json);
    }
}

static void write_kind(Schema *schema, const Type *type, const char *kind)
{
    json_key(schema->json, TEXT("type"));
    if (!type->nullable) {
        json_text(schema->json, text_of(kind));
        return;
    }
    json_begin_array(schema->json);
    json_text(schema->json, text_of(kind));
    json_text(schema->json, TEXT("null"));
    json_end_array(schema->json);
}

static void write_choices(Schema *schema, const Type *type, const Value **choices, size_t count)
{
    json_key(schema->json, TEXT("enum"));
    json_begin_array(schema->json);
    for (size_t i = 0; i < count; i++) value_write_json(schema->json, choices[i]);
    if (type->nullable) json_null(schema->json);
    json_end_array(schema->json);
}

static void write_schema(Schema *schema, Type *type);

static void write_inner(Schema *schema, const char *key, Type *type)
{
    json_key(schema->json, text_of(key));
    json_begin_object(schema->json);
    write_schema(schema, type);
    json_end_object(schema->json);
}

static void write_text_rules(Schema *schema, const Type *type)
{
    Text pattern = setting_text(arena_of(schema), type, "pattern");
    write_kind(schema, type, "string");
    write_limit(schema, type, "minLength", "minLength");
    write_limit(schema, type, "maxLength", "maxLength");
    if (pattern.length) write_string(schema, "pattern", pattern);
}

static bool is_required(Type *type)
{
    return !type->nullable && !type_metadata(type, "default");
}

// The body of an object; `decides`: the property by which a union tells it from the others,
// required unless it is usual.
static void write_object(Schema *schema, Type *type)
{
    size_t required = 0;
    write_kind(schema, type, "object");
    if (type->object.count) {
        json_key(schema->json, TEXT("properties"));
        json_begin_object(schema->json);
        for (size_t i = 0; i < type->object.count; i++) {
            Type *property = type_property(&schema->types, type, i);
            json_key(schema->json, type->object.items[i].name);
            json_begin_object(schema->json);
            write_schema(schema, property);
            json_end_object(schema->json);
            required += is_required(property);
        }
        json_end_object(schema->json);
    }
    if (required) {
        json_key(schema->json, TEXT("required"));
        json_begin_array(schema->json);
        for (size_t i = 0; i < type->object.count; i++) {
            if (is_required(type_property(&schema->types, type, i)))
                json_text(schema->json, type->object.items[i].name);
        }
        json_end_array(schema->json);
    }
    Type *rest = type_rest(&schema->types, type);
    if (rest) {
        write_inner(schema, "additionalProperties", rest);
    } else if (!type->object.open) {
        json_key(schema->json, TEXT("additionalProperties"));
        json_bool(schema->json, false);
    }
}

static void write_list(Schema *schema, Type *type)
{
    Type *element = type_element(&schema->types, type);
    write_kind(schema, type, "array");
    if (element) write_inner(schema, "items", element);
    write_limit(schema, type, "minLength", "minItems");
    write_limit(schema, type, "maxLength", "maxItems");
}

// The end of a list of schemas, with one for null where that may stand there.
static void end_choice(Schema *schema, const Type *type)
{
    if (type->nullable) {
        json_begin_object(schema->json);
        write_string(schema, "type", TEXT("null"));
        json_end_object(schema->json);
    }
    json_end_array(schema->json);
}

static void write_union(Schema *schema, Type *type)
{
    json_key(schema->json, TEXT("oneOf"));
    json_begin_array(schema->json);
    for (size_t i = 0; i < type->members.count; i++) {
        json_begin_object(schema->json);
        write_schema(schema, type->members.items[i]);
        json_end_object(schema->json);
    }
    end_choice(schema, type);
}

// A definition by reference; what may be null, or has notes of its own, is wrapped.
static void write_use(Schema *schema, Type *type)
{
    json_key(schema->json, type->nullable ? TEXT("oneOf") : TEXT("allOf"));
    json_begin_array(schema->json);
    json_begin_object(schema->json);
    write_reference(schema, type);
    json_end_object(schema->json);
    end_choice(schema, type);
}

static void write_rules(Schema *schema, Type *type)
{
    const Value **choices;
    size_t count;
    if (setting_choices(arena_of(schema), type, &choices, &count)) {
        write_choices(schema, type, choices, count);
        return;
    }
    switch (type->kind) {
    case TYPE_BOOL: write_kind(schema, type, "boolean"); break;
    case TYPE_INT:
        write_kind(schema, type, "integer");
        write_limit(schema, type, "minValue", "minimum");
        write_limit(schema, type, "maxValue", "maximum");
        break;
    case TYPE_STRING: write_text_rules(schema, type); break;
    case TYPE_TUPLE: write_kind(schema, type, "array"); break;
    case TYPE_ARRAY: write_list(schema, type); break;
    case TYPE_OBJECT: write_object(schema, type); break;
    case TYPE_UNION: write_union(schema, type); break;
    case TYPE_NULL: write_kind(schema, type, "null"); break;
    case TYPE_ANY:
    case TYPE_RESOURCE:
    case TYPE_LITERAL: break;
    }
}

static void write_schema(Schema *schema, Type *type)
{
    write_notes(schema, type);
    if (is_definition(type)) {
        write_use(schema, type);
    } else {
        write_rules(schema, type);
    }
}

// The declared type itself, without what a property says about its use of it.
static Type *declared(Schema *schema, Type *type)
{
    const Symbol *symbol = bind_lookup(schema->file, type->name);
    return symbol && symbol->kind == SYMBOL_TYPE ? type_declared(&schema->types, symbol) : type;
}

bool swarm_write_schema(Arena *arena, Diags *diags, BoundFile *types, TextBuffer *out)
{
    JsonWriter json = {.out = out};
    Schema schema = {.types = {.arena = arena}, .file = types, .json = &json};
    const Symbol *symbol = bind_lookup(types, TEXT("Swarm"));
    if (!symbol || symbol->kind != SYMBOL_TYPE) {
        diag_add_with(diags, DIAG_NO_SWARM_TYPE, ((Place){types->syntax->source, 0, 0}),
                      TEXT("Swarm"));
        return false;
    }
    json_begin_object(&json);
    write_string(&schema, "$schema", TEXT("http://json-schema.org/draft-07/schema#"));
    write_string(&schema, "title", TEXT("swarm.yaml"));
    write_use(&schema, type_declared(&schema.types, symbol));
    json_key(&json, TEXT("definitions"));
    json_begin_object(&json);
    for (size_t i = 0; i < schema.definitions.count; i++) { // grows while it is written
        Type *type = declared(&schema, schema.definitions.items[i]);
        json_key(&json, type->name);
        json_begin_object(&json);
        if (type_description(type).length)
            write_string(&schema, "description", type_description(type));
        write_rules(&schema, type);
        json_end_object(&json);
    }
    json_end_object(&json);
    json_end_object(&json);
    buffer_char(out, '\n');
    return true;
}
