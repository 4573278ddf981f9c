// compiler/arm/derived.c
#include "compiler/arm/derived.h"

static size_t count_slashes(Text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) count += text.at[i] == '/';
    return count;
}

bool derived_begin(Arena *arena, const Syntax *generic, Derived *derived)
{
    Text name = generic->call.name, resource;
    bool output = text_is(name, "resourceOutput");
    if (!output && !text_is(name, "resourceInput")) return false;
    if (generic->call.arguments.count != 1 ||
        !syntax_plain_string(generic->call.arguments.items[0], &resource))
        return false;
    size_t at = resource.length;
    while (at > 0 && resource.at[at - 1] != '@') at--;
    if (at == 0) return false;
    Text type = text_slice(resource, 0, at - 1),
         version = text_slice(resource, at, resource.length);
    AzureType found;
    *derived = (Derived){.output = output, .path = {.arena = arena}, .kind = AZURE_OBJECT};
    derived->known = azure_find(type, version, &found);
    if (derived->known) {
        type = found.name;
        derived->shape = found.shape;
        derived->kind = azure_kind(found.shape);
        bool child =
            count_slashes(type) > 1; // it may be told apart by its name, which is of a parent then
        if (child && derived->kind == AZURE_UNION) {
            derived->known = false;
            derived->kind = AZURE_OBJECT;
        }
    }
    derived->type = text_format(arena, "%.*s@%.*s", TEXT_ARG(type), TEXT_ARG(version));
    return true;
}

static void add_step(Derived *derived, const char *step)
{
    if (derived->path.count) buffer_char(&derived->path, '/');
    buffer_string(&derived->path, step);
}

static void add_name(Derived *derived, Text name)
{
    add_step(derived, "properties/");
    for (size_t i = 0; i < name.length; i++) {
        if (name.at[i] == '~' || name.at[i] == '/') {
            buffer_string(&derived->path, name.at[i] == '~' ? "~0" : "~1");
        } else {
            buffer_char(&derived->path, name.at[i]);
        }
    }
    derived->depth++;
}

static bool take_shape(Derived *derived, uint32_t shape)
{
    derived->known = true;
    derived->shape = shape;
    derived->kind = azure_kind(shape);
    return true;
}

bool derived_property(Derived *derived, Text name)
{
    uint32_t inner;
    bool top = derived->depth == 0;
    Text within = derived->top;
    add_name(derived, name);
    if (derived->known && derived->kind == AZURE_UNION) return false;
    if (derived->known && azure_property(derived->shape, name, &inner))
        return take_shape(derived, inner);
    derived->known = false;
    derived->top = top ? name : (Text){0};
    if (top) return azure_common(name, &derived->kind);
    return within.length && derived->depth == 2 && azure_common_part(within, name, &derived->kind);
}

bool derived_items(Derived *derived)
{
    uint32_t inner;
    add_step(derived, "items");
    derived->depth++;
    if (derived->known) return azure_item(derived->shape, &inner) && take_shape(derived, inner);
    bool texts = derived->kind == AZURE_ARRAY; // as all arrays of common properties
    derived->kind = AZURE_STRING;
    return texts;
}

bool derived_others(Derived *derived)
{
    uint32_t inner;
    add_step(derived, "additionalProperties");
    derived->depth++;
    if (derived->known) return azure_rest(derived->shape, &inner) && take_shape(derived, inner);
    bool tags = text_is(derived->top, "tags") && derived->depth == 2;
    derived->kind = AZURE_STRING;
    return tags;
}

const char *derived_type_name(const Derived *derived)
{
    switch (derived->kind) {
    case AZURE_STRING: return "string";
    case AZURE_INT: return "int";
    case AZURE_BOOL: return "bool";
    case AZURE_ARRAY: return "array";
    case AZURE_OBJECT:
    case AZURE_UNION: return "object";
    case AZURE_ANY: break;
    }
    return NULL;
}
