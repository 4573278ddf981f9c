// compiler/snapshot/typecheck.c: a walk over value and type together. What is not known is taken
// for right.
#include "compiler/snapshot/typecheck.h"

#include "compiler/evaluate/functions.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/naming.h"

enum { REFERENCE_LIMIT = 32 }; // $ref behind each other

typedef struct {
    const Frame *frame;
    Text kind;  // "template parameter", "template output" …
    bool masks; // secure values become calls
} Check;

static const Value *check(const Check *to, const Value *type, const Value *value, Text path,
                          const Value *call);

#define SEE_FILE "Please see https://aka.ms/arm-create-parameter-file for usage details."
#define SEE_SYNTAX "Please see https://aka.ms/arm-syntax-parameters for usage details."

static const Value *refuse(const Check *to, Text path, Text why)
{
    return engine_fail(to->frame, "The provided value for the %.*s '%.*s' is not valid. %.*s",
                       TEXT_ARG(to->kind), TEXT_ARG(path), TEXT_ARG(why));
}

// ---- types

static const Value *member(const Value *object, const char *name)
{
    return object && object->kind == VALUE_OBJECT ? value_find(object, text_of(name)) : NULL;
}

static bool is_true(const Value *value)
{
    return value && value->kind == VALUE_BOOL && value->boolean;
}

const Value *typecheck_resolve(const Frame *frame, const Value *type)
{
    for (int hops = 0; hops < REFERENCE_LIMIT; hops++) {
        const Value *reference = value_find(type, TEXT("$ref"));
        if (!reference || reference->kind != VALUE_STRING) return type;
        Text path = reference->string;
        const Value *at = frame->template->words->json;
        path = text_slice(path, text_starts(path, "#/") ? 2 : 0, path.length);
        while (path.length && at && at->kind == VALUE_OBJECT) {
            size_t end = 0;
            while (end < path.length && path.at[end] != '/') end++;
            at = value_find(at, text_slice(path, 0, end));
            path = text_slice(path, end < path.length ? end + 1 : end, path.length);
        }
        if (!at || at->kind != VALUE_OBJECT)
            return engine_fail(frame,
                               "Invalid reference encountered. '%.*s' not found in "
                               "template. " SEE_SYNTAX,
                               TEXT_ARG(reference->string));
        type = at;
    }
    return engine_fail(frame, "The type references of a template declaration form a cycle.");
}

static bool is_nullable(const Frame *frame, const Value *type)
{
    const Value *own = member(type, "nullable");
    if (own) return is_true(own);
    const Value *behind = typecheck_resolve(frame, type);
    return behind && is_true(member(behind, "nullable"));
}

typedef struct {
    const char *name, *shown;
    ValueKind kind;
    bool secure;
} TypeName;

static const TypeName type_names[] = {
    {"string", "String, Uri", VALUE_STRING, false},
    {"securestring", "String, Uri", VALUE_STRING, true},
    {"int", "Integer", VALUE_INT, false},
    {"bool", "Boolean", VALUE_BOOL, false},
    {"array", "Array", VALUE_ARRAY, false},
    {"object", "Object", VALUE_OBJECT, false},
    {"secureobject", "Object", VALUE_OBJECT, true},
};

// NULL, without a problem, if the type has no name or one that does not exist.
static const TypeName *name_of(const Value *type)
{
    const Value *name = member(type, "type");
    for (size_t i = 0;
         name && name->kind == VALUE_STRING && i < sizeof type_names / sizeof *type_names; i++) {
        if (text_alike(name->string, text_of(type_names[i].name))) return &type_names[i];
    }
    return NULL;
}

bool typecheck_is_secure(const Frame *frame, const Value *type)
{
    type = typecheck_resolve(frame, type);
    const TypeName *name = type ? name_of(type) : NULL;
    return name && name->secure;
}

// ---- texts of messages

static Text value_text(Arena *arena, const Value *value)
{
    if (value->kind == VALUE_STRING && !value->call) return value->string;
    TextBuffer out = {.arena = arena};
    buffer_char(&out, '[');
    call_write(&out, value);
    buffer_char(&out, ']');
    return buffer_done(&out);
}

static Text allowed_text(Arena *arena, const Value *allowed)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < allowed->array.count; i++) {
        const Value *item = allowed->array.items[i];
        if (i) buffer_char(&out, ',');
        JsonWriter json = {.out = &out};
        if (item->kind == VALUE_ARRAY || item->kind == VALUE_OBJECT)
            value_write_json(&json, item);
        else
            buffer_text(&out, operator_interpolated(arena, item));
    }
    return buffer_done(&out);
}

// ---- constraints

static bool among(const Value *allowed, const Value *value)
{
    for (size_t i = 0; i < allowed->array.count; i++) {
        if (value_equal(allowed->array.items[i], value)) return true;
    }
    return false;
}

static bool is_allowed(const Value *allowed, const Value *value)
{
    if (!allowed->array.count || among(allowed, value) || call_stays(value)) return true;
    if (value->kind != VALUE_ARRAY) return false;
    for (size_t i = 0; i < value->array.count; i++) {
        if (!among(allowed, value->array.items[i])) return false;
    }
    return true;
}

static bool limit(const Value *type, const char *name, int64_t *bound)
{
    const Value *value = member(type, name);
    if (value && value->kind == VALUE_INT) *bound = value->integer;
    return value && value->kind == VALUE_INT;
}

static const Value *check_limits(const Check *to, const Value *type, const Value *value, Text path)
{
    Arena *arena = engine_arena(to->frame);
    bool sized = value->kind == VALUE_STRING || value->kind == VALUE_ARRAY;
    int64_t size = value->kind == VALUE_STRING  ? (int64_t)text_utf16_length(value->string)
                   : value->kind == VALUE_ARRAY ? (int64_t)value->array.count
                   : value->kind == VALUE_INT   ? value->integer
                                                : 0;
    const char *subject = sized ? "Length of the value" : "Value";
    int64_t bound;
    if (!sized && value->kind != VALUE_INT) return value;
    if (limit(type, sized ? "minLength" : "minValue", &bound) && size < bound)
        return refuse(to, path,
                      text_format(arena,
                                  "%s should be greater than or equal to '%lld'. " SEE_SYNTAX,
                                  subject, (long long)bound));
    if (limit(type, sized ? "maxLength" : "maxValue", &bound) && size > bound)
        return refuse(to, path,
                      text_format(arena, "%s should be less than or equal to '%lld'. " SEE_SYNTAX,
                                  subject, (long long)bound));
    return value;
}

// ---- lists and objects

static const Value *below(const Check *to, const Value *call, const Value *access)
{
    return call ? engine_access(to->frame, call, access) : NULL;
}

static const Value *check_items(const Check *to, const Value *type, const Value *value, Text path,
                                const Value *call)
{
    Arena *arena = engine_arena(to->frame);
    const Value *prefix = member(type, "prefixItems"), *items = member(type, "items");
    size_t fixed = prefix && prefix->kind == VALUE_ARRAY ? prefix->array.count : 0;
    if (value->array.count < fixed)
        return refuse(to, path,
                      text_format(arena,
                                  "All elements of an array prefix are required, but no value was "
                                  "provided at index %zu. " SEE_SYNTAX,
                                  value->array.count));
    bool closed = items && items->kind == VALUE_BOOL && !items->boolean;
    if (closed && value->array.count > fixed)
        return refuse(
            to, path,
            text_format(arena,
                        "The array expects exactly %zu item(s), but additional items were "
                        "present. " SEE_SYNTAX,
                        fixed));
    Value *made = value_array(arena);
    for (size_t i = 0; i < value->array.count; i++) {
        const Value *own = i < fixed ? prefix->array.items[i] : items;
        const Value *item = value->array.items[i];
        if (own && own->kind == VALUE_OBJECT)
            item = check(to, own, item, text_format(arena, "%.*s[%zu]", TEXT_ARG(path), i),
                         below(to, call, value_int(arena, (int64_t)i)));
        if (!item) return NULL;
        value_append(arena, made, item);
    }
    return made;
}

// The type of the variant that the value names; NULL with the frame's problem set.
static const Value *variant(const Check *to, const Value *type, const Value *value, Text path)
{
    Arena *arena = engine_arena(to->frame);
    const Value *by = member(type, "discriminator"), *name = member(by, "propertyName");
    const Value *mapping = member(by, "mapping");
    if (!by || !name || name->kind != VALUE_STRING || !mapping || mapping->kind != VALUE_OBJECT)
        return type;
    const Value *chosen = value_find(value, name->string);
    if (!chosen || chosen->kind == VALUE_NULL)
        return refuse(
            to, path,
            text_format(arena,
                        "No value was provided for the discriminator property '%.*s'. " SEE_SYNTAX,
                        TEXT_ARG(name->string)));
    if (call_of(chosen)) return type;
    const Value *found = chosen->kind == VALUE_STRING ? value_get(mapping, chosen->string) : NULL;
    if (found && found->kind == VALUE_OBJECT) return typecheck_resolve(to->frame, found);
    TextBuffer known = {.arena = arena};
    for (size_t i = 0; i < mapping->object.count; i++)
        buffer_format(&known, "%s'%.*s'", i ? ", " : "", TEXT_ARG(mapping->object.items[i].name));
    return refuse(to, path,
                  text_format(arena,
                              "The value provided for the discriminator property '%.*s' did not "
                              "match any known variant. Valid discriminator property values are: "
                              "%.*s. " SEE_SYNTAX,
                              TEXT_ARG(name->string), TEXT_ARG(buffer_done(&known))));
}

static bool all_required(const Check *to, const Value *properties, const Value *value, Text path)
{
    for (size_t i = 0; properties && i < properties->object.count; i++) {
        const ValueProperty *declared = &properties->object.items[i];
        const Value *own = value_find(value, declared->name);
        if (declared->value->kind != VALUE_OBJECT || (own && own->kind != VALUE_NULL) ||
            is_nullable(to->frame, declared->value))
            continue;
        refuse(to, path,
               text_format(engine_arena(to->frame),
                           "A non-null value for the property '%.*s' must be provided, but the "
                           "property was null or missing. " SEE_SYNTAX,
                           TEXT_ARG(declared->name)));
        return false;
    }
    return true;
}

static bool none_unknown(const Check *to, const Value *properties, const Value *rest,
                         const Value *value, Text path)
{
    if (!rest || rest->kind != VALUE_BOOL || rest->boolean) return true;
    TextBuffer names = {.arena = engine_arena(to->frame)};
    for (size_t i = 0; i < value->object.count; i++) {
        Text name = value->object.items[i].name;
        if (properties && value_find(properties, name)) continue;
        buffer_format(&names, "%s'%.*s'", names.count ? ", " : "", TEXT_ARG(name));
    }
    if (!names.count) return true;
    refuse(
        to, path,
        text_format(engine_arena(to->frame),
                    "The object does not allow values with properties not defined in the schema, "
                    "but the following unknown properties were present: [%.*s]. " SEE_SYNTAX,
                    TEXT_ARG(buffer_done(&names))));
    return false;
}

static const Value *check_properties(const Check *to, const Value *type, const Value *value,
                                     Text path, const Value *call)
{
    Arena *arena = engine_arena(to->frame);
    type = variant(to, type, value, path);
    if (!type) return NULL;
    const Value *properties = member(type, "properties"),
                *rest = member(type, "additionalProperties");
    if (properties && properties->kind != VALUE_OBJECT) properties = NULL;
    if (!all_required(to, properties, value, path) ||
        !none_unknown(to, properties, rest, value, path))
        return NULL;
    Value *made = value_object(arena);
    for (size_t i = 0; i < value->object.count; i++) {
        const ValueProperty *property = &value->object.items[i];
        const Value *own = properties ? value_find(properties, property->name) : NULL;
        bool free = !own;
        if (!own) own = rest;
        const Value *item = property->value;
        bool checked = own && own->kind == VALUE_OBJECT &&
                       !(item->kind == VALUE_NULL && (free || is_nullable(to->frame, own)));
        if (checked)
            item = check(to, own, item,
                         text_format(arena, "%.*s.%.*s", TEXT_ARG(path), TEXT_ARG(property->name)),
                         below(to, call, value_string(arena, property->name)));
        if (!item) return NULL;
        list_add(arena, &made->object, ((ValueProperty){property->name, item, NULL}));
    }
    return made;
}

static bool ordered(const Check *to, const Value *type, const char *least, const char *most,
                    const char *words, Text path)
{
    int64_t low, high;
    if (!limit(type, least, &low) || !limit(type, most, &high) || low <= high) return true;
    engine_fail(to->frame,
                "The provided properties for the %.*s '%.*s' are not valid. %s. " SEE_SYNTAX,
                TEXT_ARG(to->kind), TEXT_ARG(path), words);
    return false;
}

// ---- all

static bool has_shape(const Value *type)
{
    static const char *const names[] = {"properties", "additionalProperties", "discriminator",
                                        "items", "prefixItems"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (member(type, names[i])) return true;
    }
    return false;
}

// `call`: what stands for the value where it is secure; NULL: nothing does.
static const Value *check(const Check *to, const Value *type, const Value *value, Text path,
                          const Value *call)
{
    const Frame *frame = to->frame;
    if (call_of(value)) return value;
    if (value->kind == VALUE_NULL && is_nullable(frame, type)) return value;
    type = typecheck_resolve(frame, type);
    if (!type) return NULL;
    const TypeName *name = name_of(type);
    const Value *declared = member(type, "type");
    if (!name && declared)
        return engine_fail(frame, "Requested value '%.*s' was not found.",
                           TEXT_ARG(value_text(engine_arena(frame), declared)));
    if (!ordered(to, type, "minLength", "maxLength",
                 "MinLength should be less than or equal to maxLength", path) ||
        !ordered(to, type, "minValue", "maxValue",
                 "MinValue should be less than or equal to maxValue", path))
        return NULL;
    const Value *allowed = member(type, "allowedValues");
    if (allowed && allowed->kind == VALUE_ARRAY && !is_allowed(allowed, value) &&
        !(name && name->kind == value->kind && check_limits(to, type, value, path) == NULL))
        return refuse(to, path,
                      text_format(engine_arena(frame),
                                  "The value '%.*s' is not part of the allowed value(s): '%.*s'.",
                                  TEXT_ARG(value_text(engine_arena(frame), value)),
                                  TEXT_ARG(allowed_text(engine_arena(frame), allowed))));
    if (frame->problem->message.length) return NULL;
    if (name && name->kind != value->kind)
        return refuse(to, path,
                      text_format(engine_arena(frame),
                                  "Expected a value of type '%s', but received a value of type "
                                  "'%s'. " SEE_FILE,
                                  name->shown, engine_kind(value)));
    if (!check_limits(to, type, value, path)) return NULL;
    if (has_shape(type) && value->kind == VALUE_ARRAY)
        value = check_items(to, type, value, path, call);
    else if (has_shape(type) && value->kind == VALUE_OBJECT)
        value = check_properties(to, type, value, path, call);
    return value && to->masks && name && name->secure ? call : value;
}

bool typecheck_value(const Frame *frame, const Value *type, const Value *value, Text kind,
                     Text name)
{
    Check to = {frame, kind, false};
    return check(&to, type, value, name, NULL) != NULL;
}

// ---- parameters

static const Value *parameter_call(Arena *arena, Text name)
{
    const Value *argument = value_string(arena, name);
    return call_made(arena, "parameters", &argument, 1);
}

// {"keyVault": {"id": …}, "secretName": …, "secretVersion"?: …}
static const Value *secret(const Frame *frame, const Value *reference, Text parameter)
{
    Arena *arena = engine_arena(frame);
    const TemplateContext *context = &frame->template->context;
    const Value *id = member(member(reference, "keyVault"), "id");
    const Value *name = member(reference, "secretName"),
                *version = member(reference, "secretVersion");
    if (!id || !name || id->kind != VALUE_STRING || name->kind != VALUE_STRING)
        return engine_fail(frame, "The reference of the template parameter '%.*s' is not valid.",
                           TEXT_ARG(parameter));
    if (context->partial || !context->secret) {
        if (!frame->template->around) return parameter_call(arena, parameter);
        const Value *arguments[] = {id, name, version};
        return call_made(arena, "getKeyVaultSecret", arguments, version ? 3 : 2);
    }
    bool versioned = version && version->kind == VALUE_STRING;
    const Value *value = context->secret(context->secret_self, arena, id->string, name->string,
                                         versioned ? version->string : (Text){0});
    if (value) return value;
    engine_fail(frame,
                "The secret of KeyVault parameter '%.*s' cannot be retrieved: '%.*s' in '%.*s' was "
                "not found, or must not be read by a deployment.",
                TEXT_ARG(parameter), TEXT_ARG(name->string), TEXT_ARG(id->string));
    frame->problem->code = TEXT("KeyVaultParameterReferenceSecretRetrieveFailed");
    return NULL;
}

static const Value *not_provided(const Frame *frame, const Named *parameter)
{
    return engine_fail(
        frame, "The value for the template parameter '%.*s' at %s is not provided. " SEE_FILE,
        TEXT_ARG(parameter->name), engine_at(frame, parameter->json));
}

const Value *typecheck_parameter(const Frame *frame, const Named *parameter)
{
    const Value *type = parameter->json;
    Text name = parameter->name;
    const Value *given = member(parameter->given, "value");
    const Value *reference = member(parameter->given, "reference");
    const Value *expression = member(parameter->given, "expression");
    const Value *fallback = member(type, "defaultValue");
    if (fallback && is_true(member(type, "nullable")))
        return engine_fail(
            frame,
            "The provided properties for the template parameter '%.*s' are not valid, "
            "as 'nullable' and 'defaultValue' cannot be used on the same parameter "
            "declaration. Parameters with defined default values will use the default "
            "value if no value is supplied at deploy time. " SEE_SYNTAX,
            TEXT_ARG(name));
    // An expression instead of {"value": …} is known only when it is decided.
    bool unknown =
        frame->template->context.partial && parameter->given && call_of(parameter->given);
    if (unknown) given = call_unknown(engine_arena(frame));
    if (!given && reference) given = secret(frame, reference, name);
    if (!given && expression) given = engine_json(frame, expression);
    if (frame->problem->message.length) return NULL;
    bool own = given && given->kind != VALUE_NULL;
    if (!own && fallback) given = engine_json(frame, fallback);
    if (!own && !fallback && is_nullable(frame, type)) given = &value_null;
    if (!given || (given->kind == VALUE_NULL && !is_nullable(frame, type)))
        return frame->problem->message.length ? NULL : not_provided(frame, parameter);
    Check to = {frame, TEXT("template parameter"), own && frame->template->context.partial};
    const Value *call = to.masks ? parameter_call(engine_arena(frame), name) : NULL;
    return check(&to, type, given, name, call);
}
