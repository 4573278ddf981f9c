// compiler/bind/resourcetype.c: which extension the type of a resource is of, and what that says of it.
#include "compiler/bind/type.h"

#include <string.h>

Text bind_extension_kind(const Symbol *extension)
{
    static const char *const kinds[] = {"az", "sys", "kubernetes"};
    const Syntax *specification = extension->declaration->extension.specification;
    Text name = {0};
    if (specification->kind == SYNTAX_NAME && !extension->target_file) name = specification->name;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (text_is(name, kinds[i])) return name;
    }
    return (Text){0};
}

// Whether an extension of the file is `kind` by another name.
static bool is_renamed(const BoundFile *file, Text kind)
{
    for (size_t i = 0; i < file->imports.count; i++) {
        const Symbol *symbol = file->imports.items[i];
        if (symbol->kind == SYMBOL_EXTENSION && text_equal(bind_extension_kind(symbol), kind))
            return true;
    }
    return false;
}

Text bind_built_in_space(const BoundFile *file, Text name)
{
    const Symbol *symbol = bind_lookup(file, name);
    Text kind = symbol || is_renamed(file, name) ? (Text){0} : name;
    if (symbol && symbol->kind == SYMBOL_EXTENSION) kind = bind_extension_kind(symbol);
    return text_is(kind, "sys") || text_is(kind, "az") ? kind : (Text){0};
}

const BindResourceType *bind_extension_type(const Symbol *extension, Text type)
{
    if (!extension || !extension->target_file) return NULL;
    const BindExtension *known = extension->target_file->artifact->extension;
    for (size_t i = 0; i < known->types.count; i++) {
        if (text_alike(known->types.items[i].name, type)) return &known->types.items[i];
    }
    return NULL;
}

const BindResourceType *bind_extension_type_of(Arena *arena, const Symbol *resource)
{
    const Symbol *extension;
    Text type = bind_resource_type(resource, &extension), version = bind_cut_version(&type);
    if (!extension || !extension->target_file) return NULL;
    for (const Symbol *at = resource->parent; at; at = at->parent) {
        const Symbol *other;
        Text around = bind_resource_type(at, &other), its = bind_cut_version(&around);
        if (version.length == 0) version = its;
        type = text_format(arena, "%.*s/%.*s", TEXT_ARG(around), TEXT_ARG(type));
    }
    if (version.length) type = text_format(arena, "%.*s@%.*s", TEXT_ARG(type), TEXT_ARG(version));
    return bind_extension_type(extension, type);
}

unsigned bind_extension_flags(Arena *arena, const Symbol *resource, Text property)
{
    const BindResourceType *known = bind_extension_type_of(arena, resource);
    const Symbol *extension;
    if (!known) return 0;
    bind_resource_type(resource, &extension);
    Types types = {.arena = arena};
    const Type *body = type_declared(&types, bind_lookup(extension->target_file, known->body));
    const TypeProperty *own = body->kind == TYPE_OBJECT ? type_find(body, property) : NULL;
    const Syntax *flags = own ? syntax_decorator(own->node->property.decorators, "flags") : NULL;
    int64_t number;
    return flags && type_integer(flags->call.arguments.items[0], &number) ? (unsigned)number : 0;
}

// The extension that has such a type, or takes any. Azure's types have a date as version.
static const Symbol *extension_by_type(const BoundFile *file, Text type)
{
    if (file->imports.count == 0) return NULL;
    for (size_t i = 0; i < file->imports.count; i++) {
        const Symbol *symbol = file->imports.items[i];
        if (symbol->kind == SYMBOL_EXTENSION && bind_extension_type(symbol, type)) return symbol;
    }
    size_t at = 0;
    while (at < type.length && type.at[at] != '@') at++;
    Text version = text_slice(type, at + (at < type.length), type.length);
    bool azure = version.length > 4 && version.at[4] == '-';
    for (size_t i = 0; i < file->imports.count; i++) {
        const Symbol *symbol = file->imports.items[i];
        if (symbol->kind != SYMBOL_EXTENSION) continue;
        Text kind = bind_extension_kind(symbol);
        bool here = text_is(kind, azure ? "az" : "kubernetes");
        bool any = symbol->target_file && symbol->target_file->artifact->extension->fallback.length;
        if (here || (any && !azure)) return symbol;
    }
    return NULL;
}

// Takes an extension's name from the front; false if there is none.
static bool take_extension(const BoundFile *file, Text *type, const Symbol **extension)
{
    *extension = NULL;
    if (file->imports.count == 0 && !text_starts(*type, "az:")) return false;
    for (size_t i = 0; i < type->length && type->at[i] != '/' && type->at[i] != '@'; i++) {
        if (type->at[i] != ':') continue;
        Text alias = text_slice(*type, 0, i);
        const Symbol *symbol = bind_lookup(file, alias);
        bool declared = symbol && symbol->kind == SYMBOL_EXTENSION;
        if (!declared && !text_is(alias, "az")) return false;
        if (declared) *extension = symbol;
        *type = text_slice(*type, i + 1, type->length);
        return true;
    }
    return false;
}

static bool is_azure(const Symbol *extension)
{
    return !extension || text_is(bind_extension_kind(extension), "az");
}

bool bind_azure_type(const BoundFile *file, Text *type)
{
    const Symbol *extension;
    if (!take_extension(file, type, &extension)) extension = extension_by_type(file, *type);
    return is_azure(extension);
}

Text bind_resource_type(const Symbol *resource, const Symbol **extension)
{
    Text type = {0};
    *extension = NULL;
    if (!syntax_plain_string(resource->declaration->resource.type, &type)) return type;
    if (take_extension(resource->file, &type, extension)) return type;
    if (resource->parent) {
        bind_resource_type(resource->parent, extension);
    } else {
        *extension = extension_by_type(resource->file, type);
    }
    return type;
}

bool bind_is_foreign(const Symbol *resource)
{
    const Symbol *extension;
    if (resource->kind != SYMBOL_RESOURCE) return false;
    bind_resource_type(resource, &extension);
    return !is_azure(extension);
}

// The type as written, cut at the '@'; of a nested one the last part only. False if it is not
// Azure's.
static bool written_type(const Symbol *resource, Text *type, Text *version)
{
    const Symbol *extension;
    *type = bind_resource_type(resource, &extension);
    *version = bind_cut_version(type);
    return type->length > 0 && is_azure(extension);
}

Text bind_cut_version(Text *type)
{
    size_t at = 0, whole = type->length;
    while (at < whole && type->at[at] != '@') at++;
    type->length = at;
    return at < whole ? text_slice((Text){type->at, whole}, at + 1, whole) : (Text){0};
}

bool bind_whole_type(Arena *arena, const Symbol *resource, Text *type, Text *version)
{
    if (!written_type(resource, type, version)) return false;
    for (const Symbol *at = resource->parent; at; at = at->parent) {
        Text around, other;
        if (!written_type(at, &around, &other)) return false;
        if (version->length == 0) *version = other;
        *type = text_format(arena, "%.*s/%.*s", TEXT_ARG(around), TEXT_ARG(*type));
    }
    return true;
}
