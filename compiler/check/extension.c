// compiler/check/extension.c
#include "compiler/check/extension.h"

#include "compiler/evaluate/settings.h"

#include <string.h>

static const Shape *declared_shape(Check *check, const Symbol *extension, Text name)
{
    const Symbol *symbol = bind_lookup(extension->target_file, name);
    return symbol ? shape_of_type(check, type_declared(&check->types, symbol)) : &shape_any;
}

static const Symbol *extension_of(const Symbol *resource)
{
    const Symbol *extension;
    bind_resource_type(resource, &extension);
    return extension;
}

static bool is_lenient(const Symbol *resource)
{
    return extension_of(resource)->target_file->artifact->extension->lenient;
}

// What tells the variants apart decides, where it is written out.
static const Shape *variant(Check *check, const Symbol *resource, const Shape *shape)
{
    const Syntax *body = syntax_body(resource->declaration);
    const char *key = text_string(check->arena, shape->text);
    const Syntax *property = body ? syntax_property(body, key) : NULL;
    Text value;
    if (!property || !syntax_plain_string(property->property.value, &value)) return shape;
    const Shape *found = shape_variant(check, shape, value);
    return found ? found : shape;
}

const Shape *extension_body(Check *check, const Symbol *resource)
{
    const Symbol *extension = extension_of(resource);
    if (!extension || !extension->target_file) return NULL;
    const BindExtension *known = extension->target_file->artifact->extension;
    const BindResourceType *row = bind_extension_type_of(check->arena, resource);
    Text body = row ? row->body : known->fallback;
    if (body.length == 0) return &shape_any;
    const Shape *shape = declared_shape(check, extension, body);
    return shape->kind == SHAPE_UNION && shape->text.length ? variant(check, resource, shape)
                                                            : shape;
}

// ---- bodies

// What is given; without dependsOn, if every resource may have that.
static const Shape *given_shape(const InferPlace *place, const Syntax *body, bool waits)
{
    Check *check = place->check;
    Shape *given = shape_new(check, SHAPE_OBJECT);
    for (size_t i = 0; i < body->list.count; i++) {
        const Syntax *item = body->list.items[i];
        bool named = item->kind == SYNTAX_PROPERTY && item->property.name.length;
        given->open |= !named && item->kind != SYNTAX_RESOURCE;
        if (!named || (waits && text_is(item->property.name, "dependsOn"))) continue;
        ShapeProperty property = {.name = item->property.name,
                                  .shape = infer(place, item->property.value),
                                  .node = item->property.value};
        list_add(check->arena, &given->properties, property);
    }
    return given;
}

// What says which resource it is.
static void check_identifier(Check *check, const Syntax *body, const ShapeProperty *given,
                             const ShapeProperty *wanted)
{
    const Shape *shape = shape_of_property(check, wanted);
    if (!given) {
        diag_add_with(check->diags, DIAG_PROPERTY_MISSING, syntax_place(body), wanted->name);
    } else if (shape->kind < SHAPE_ARRAY || !shape_fits(shape_of_property(check, given), shape)) {
        shape_assign(check, given->node, shape_of_property(check, given), shape);
    }
}

static void check_object(Check *check, const Symbol *resource, const Syntax *body,
                         const Shape *given, const Shape *wanted)
{
    bool existing = resource->declaration->resource.existing, lenient = is_lenient(resource);
    for (size_t i = 0; i < wanted->properties.count; i++) {
        const ShapeProperty *property = &wanted->properties.items[i],
                            *own = shape_find(given, property->name);
        bool identifies = (property->flags & BIND_IDENTIFIES) != 0;
        bool needed = identifies && (property->flags & BIND_REQUIRED);
        if (needed && !lenient && (own || !given->open))
            check_identifier(check, body, own, property);
        if (existing && own && !identifies)
            diag_add_with(check->diags, DIAG_PROPERTY_OF_EXISTING, syntax_place(own->node),
                          own->name);
    }
}

// A type that two extensions have is written with a name in front.
static void check_ambiguous(Check *check, const Symbol *resource, Text type, Text name)
{
    const SymbolList *imports = &resource->file->imports;
    AzureType azure;
    Text bare = type, version = bind_cut_version(&bare), other = {0};
    if (azure_find(bare, version, &azure)) other = TEXT("az");
    for (size_t i = 0; i < imports->count; i++) {
        const Symbol *symbol = imports->items[i];
        if (symbol->kind == SYMBOL_EXTENSION && !text_equal(symbol->name, name) &&
            bind_extension_type(symbol, type))
            other = symbol->name;
    }
    if (other.length)
        diag_add_with(check->diags, DIAG_TYPE_AMBIGUOUS,
                      syntax_place(resource->declaration->resource.type), type, name, other);
}

static void check_type(Check *check, const Symbol *resource, bool known)
{
    const Syntax *node = resource->declaration->resource.type;
    const Symbol *extension;
    Text written = {0}, type = bind_resource_type(resource, &extension);
    const BindExtension *own = extension->target_file->artifact->extension;
    syntax_plain_string(node, &written);
    if (!known && own->fallback.length == 0) {
        diag_add_with(check->diags, DIAG_TYPE_ABSENT, syntax_place(node), own->name, type);
        Text *choices = arena_array(check->arena, Text, own->types.count + 1);
        for (size_t i = 0; i < own->types.count; i++) choices[i] = own->types.items[i].name;
        diag_suggest(check->diags, type, choices, own->types.count);
    } else if (known && !resource->parent && text_equal(written, type)) {
        check_ambiguous(check, resource, type, extension->name);
    }
}

void extension_check_body(const InferPlace *place, const Symbol *resource, const Syntax *body)
{
    Check *check = place->check;
    const BindResourceType *row = bind_extension_type_of(check->arena, resource);
    bool existing = resource->declaration->resource.existing;
    const Shape *wanted = extension_body(check, resource),
                *given = given_shape(place, body, row && !existing);
    check_type(check, resource, row != NULL);
    if (row && existing && !row->readable)
        diag_add_with(check->diags, DIAG_MISPLACED,
                      syntax_place(resource->declaration->resource.type), TEXT("'existing'"),
                      TEXT("resources of this type cannot be read"));
    if (row && wanted->kind == SHAPE_OBJECT) check_object(check, resource, body, given, wanted);
    if (is_lenient(resource)) return;
    check->unknown_only = true;
    shape_assign(check, body, given, wanted);
    check->unknown_only = false;
}

const Shape *extension_property(const InferPlace *place, Place at, const ShapeProperty *property)
{
    if (property->flags & BIND_WRITE_ONLY)
        diag_add_with(place->check->diags, DIAG_PROPERTY_WRITE_ONLY, at, property->name);
    return shape_of_property(place->check, property);
}

const Shape *extension_other(const Symbol *resource)
{
    return is_lenient(resource) ? &shape_any : NULL;
}

const Shape *extension_call(const InferPlace *place, const Symbol *resource, const Syntax *node)
{
    Check *check = place->check;
    const BindResourceType *row = bind_extension_type_of(check->arena, resource);
    const Symbol *extension = extension_of(resource);
    const BindMethod *method = NULL;
    for (size_t i = 0; row && i < row->methods.count; i++) {
        if (text_equal(row->methods.items[i].name, node->call.name))
            method = &row->methods.items[i];
    }
    size_t given = node->call.arguments.count;
    if (!method) {
        diag_add_with(check->diags, DIAG_NO_OWN_METHOD, syntax_place(node), node->call.name,
                      row ? row->name : TEXT("this type"));
    } else if (given != method->count) {
        diag_add_with(check->diags, DIAG_ARGUMENT_COUNT, syntax_place(node), node->call.name,
                      text_format(check->arena, "%zu", method->count),
                      text_format(check->arena, "%zu", given));
    }
    for (size_t i = 0; i < given; i++) {
        const Syntax *argument = node->call.arguments.items[i];
        const Shape *shape = infer(place, argument);
        if (method && i < method->count)
            shape_assign_argument(check, argument, shape,
                                  declared_shape(check, extension, method->parameters[i]));
    }
    return method ? declared_shape(check, extension, method->result) : &shape_any;
}

// ---- the extension itself

static bool given_by_modules(Check *check, BoundFile *file)
{
    static const char *const names[] = {"experimentalFeaturesEnabled", "moduleExtensionConfigs",
                                        NULL};
    Diags unsaid = {.arena = check->arena}; // the emitter reads it again
    const Value *said = settings_at(settings_read(check->arena, &unsaid, file), names);
    return said && said->kind == VALUE_BOOL && said->boolean;
}

static const Shape *kubernetes_config(Check *check)
{
    static const struct {
        const char *name;
        unsigned flags;
    } rows[] = {{"kubeConfig", BIND_REQUIRED}, {"namespace", BIND_REQUIRED}, {"context", 0}};
    Shape *shape = shape_new(check, SHAPE_OBJECT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ShapeProperty property = {.name = text_of(rows[i].name),
                                  .shape = &shape_string,
                                  .flags = rows[i].flags | PROPERTY_OF_EXTENSION};
        list_add(check->arena, &shape->properties, property);
    }
    return shape;
}

// What the extension is configured by; NULL: by nothing, or that is not looked at here.
static const Shape *config_shape(Check *check, const Symbol *extension)
{
    if (!extension->target_file) {
        bool kubernetes = text_is(bind_extension_kind(extension), "kubernetes");
        return kubernetes ? kubernetes_config(check) : NULL;
    }
    const BindExtension *known = extension->target_file->artifact->extension;
    return known->config.length ? declared_shape(check, extension, known->config) : NULL;
}

// The same, in which what `given` has (NULL: everything) need not be there.
static const Shape *partly(Check *check, const Shape *shape, const Syntax *given, Text key)
{
    Shape *copy = arena_new(check->arena, Shape);
    *copy = *shape;
    copy->members = (ShapeList){0};
    for (size_t i = 0; shape->kind == SHAPE_UNION && i < shape->members.count; i++)
        list_add(check->arena, &copy->members,
                 partly(check, shape->members.items[i], given, shape->text));
    memset(&copy->properties, 0, sizeof copy->properties);
    for (size_t i = 0; i < shape->properties.count; i++) {
        ShapeProperty property = shape->properties.items[i];
        bool there = !given || syntax_property(given, text_string(check->arena, property.name));
        if (there && !text_equal(property.name, key)) property.flags &= ~(unsigned)BIND_REQUIRED;
        list_add(check->arena, &copy->properties, property);
    }
    return copy;
}

static bool is_required(const Shape *config)
{
    for (size_t i = 0; i < config->properties.count; i++) {
        if (config->properties.items[i].flags & BIND_REQUIRED) return true;
    }
    return config->kind == SHAPE_UNION;
}

void extension_check(Check *check, const Symbol *extension)
{
    const Syntax *node = extension->declaration, *with = node->extension.with;
    if (!extension->import || node->extension.assigns) return;
    const Shape *config = config_shape(check, extension);
    bool by_module = given_by_modules(check, extension->file);
    Text name = extension->target_file ? extension->target_file->artifact->extension->name
                                       : bind_extension_kind(extension);
    if (by_module && extension->target_file && node->extension.alias.length == 0 &&
        node->extension.specification->kind != SYNTAX_NAME)
        diag_add_with(check->diags, DIAG_MISPLACED, syntax_place(node->extension.specification),
                      TEXT("this"), TEXT("modules give it settings by its name: … as name"));
    if (with && config) {
        InferPlace place = {.check = check, .file = extension->file};
        shape_assign(check, with, infer(&place, with),
                     by_module ? partly(check, config, NULL, (Text){0}) : config);
    } else if (config ? !by_module && is_required(config) : with && extension->target_file) {
        diag_add_with(check->diags, DIAG_EXTENSION_CONFIG, syntax_place(node), name,
                      text_of(config ? "requires" : "takes no"));
    }
}

// ---- what modules are given

void extension_check_given(const InferPlace *place, const Symbol *module, const Syntax *body)
{
    Check *check = place->check;
    const BoundFile *file = module->target_file;
    if (!file || file->artifact || !given_by_modules(check, place->file)) return;
    const Syntax *property = syntax_property(body, "extensionConfigs"),
                 *given = property ? property->property.value : NULL;
    if (given && given->kind != SYNTAX_OBJECT) return; // the emitter says so
    Shape *wanted = shape_new(check, SHAPE_OBJECT);
    for (size_t i = 0; i < file->imports.count; i++) {
        const Symbol *extension = file->imports.items[i];
        const Shape *config =
            extension->kind == SYMBOL_EXTENSION ? config_shape(check, extension) : NULL;
        if (!config) continue;
        const Syntax *with = extension->declaration->extension.with;
        if (with) config = partly(check, config, with, (Text){0});
        ShapeProperty row = {.name = extension->name,
                             .shape = config,
                             .flags = PROPERTY_OF_EXTENSION |
                                      (is_required(config) ? BIND_REQUIRED : 0U)};
        list_add(check->arena, &wanted->properties, row);
    }
    if (given) {
        shape_assign(check, given, infer(place, given), wanted);
    } else if (is_required(wanted)) {
        diag_add_with(check->diags, DIAG_PROPERTY_MISSING, syntax_place(body),
                      TEXT("extensionConfigs"));
    }
}
