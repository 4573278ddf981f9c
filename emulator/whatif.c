// emulator/whatif.c: both sides are bodies of a PUT: the last one and the one that would come. With the
// fault `noise` the first is what GET gives, as at Azure: then what a provider adds looks like a loss.
#include "emulator/whatif.h"

#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/fault.h"
#include "emulator/provider.h"
#include "emulator/resource.h"

// ---- differences

static const Value *change(Arena *arena, Text path, const char *kind, const Value *before,
                           const Value *after, const Value *children)
{
    return shape_make(arena, "{path:%t,propertyChangeType:%s,before:%v,after:%v,children:%v}", path,
                      kind, before, after, children);
}

// What stays a call until it is deployed: nobody knows whether it will change.
static bool is_unknown(const Value *value)
{
    return value && value->kind == VALUE_STRING && text_starts(value->string, "[") &&
           text_ends(value->string, ")]");
}

static void differ(Arena *arena, Text path, const Value *before, const Value *after, Value *list);

static void differ_objects(Arena *arena, Text path, const Value *before, const Value *after,
                           Value *list)
{
    const char *dot = path.length ? "." : "";
    for (size_t i = 0; i < before->object.count; i++) {
        ValueProperty old = before->object.items[i];
        Text at = text_format(arena, "%.*s%s%.*s", TEXT_ARG(path), dot, TEXT_ARG(old.name));
        differ(arena, at, old.value, value_find(after, old.name), list);
    }
    for (size_t i = 0; i < after->object.count; i++) {
        ValueProperty fresh = after->object.items[i];
        if (value_find(before, fresh.name)) continue;
        Text at = text_format(arena, "%.*s%s%.*s", TEXT_ARG(path), dot, TEXT_ARG(fresh.name));
        differ(arena, at, NULL, fresh.value, list);
    }
}

static void differ_arrays(Arena *arena, Text path, const Value *before, const Value *after,
                          Value *list)
{
    size_t old = before->array.count, fresh = after->array.count;
    Value *children = value_array(arena);
    for (size_t i = 0; i < (old > fresh ? old : fresh); i++) {
        Text at = text_format(arena, "%zu", i);
        const Value *left = i < old ? before->array.items[i] : NULL;
        const Value *right = i < fresh ? after->array.items[i] : NULL;
        if (left && right && left->kind == VALUE_OBJECT && right->kind == VALUE_OBJECT) {
            Value *inner = value_array(arena);
            differ_objects(arena, (Text){"", 0}, left, right, inner);
            if (inner->array.count)
                value_append(arena, children, change(arena, at, "Modify", NULL, NULL, inner));
        } else {
            differ(arena, at, left, right, children);
        }
    }
    if (children->array.count)
        value_append(arena, list, change(arena, path, "Array", NULL, NULL, children));
}

static void differ(Arena *arena, Text path, const Value *before, const Value *after, Value *list)
{
    if (before && before->kind == VALUE_NULL) before = NULL;
    if (after && after->kind == VALUE_NULL) after = NULL;
    if ((!before && !after) || is_unknown(after)) return;
    bool both = before && after && before->kind == after->kind;
    if (both && before->kind == VALUE_OBJECT) {
        differ_objects(arena, path, before, after, list);
    } else if (both && before->kind == VALUE_ARRAY) {
        differ_arrays(arena, path, before, after, list);
    } else if (!both || !value_equal(before, after)) {
        const char *kind = !before ? "Create" : !after ? "Delete" : "Modify";
        value_append(arena, list, change(arena, path, kind, before, after, NULL));
    }
}

const Value *whatif_delta(Arena *arena, const Value *before, const Value *after)
{
    Value *list = value_array(arena);
    differ(arena, (Text){"", 0}, before, after, list);
    return list;
}

// ---- resources

// As both sides are compared and shown: without secrets.
static const Value *shown(Arena *arena, Text id, const Value *body)
{
    static const char *const secrets[] = {
        "properties.value", "properties.protectedSettings", "properties.osProfile.adminPassword",
        "properties.virtualMachineProfile.osProfile.adminPassword"};
    static const char *const kept[] = {"location", "tags",  "kind",     "sku",       "zones",
                                       "plan",     "scale", "identity", "managedBy", "properties"};
    IdParts parts = {0};
    bool named = id_parts(arena, id, &parts);
    Value *made = value_object(arena);
    const Value *version = shape_at(body, "apiVersion");
    if (version) value_set(arena, made, TEXT("apiVersion"), version);
    value_set(arena, made, TEXT("id"), value_string(arena, id));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const Value *given = shape_at(body, kept[i]);
        if (given && given->kind != VALUE_NULL) value_set(arena, made, text_of(kept[i]), given);
    }
    Text location = shape_text(body, "location");
    if (location.length)
        value_set(arena, made, TEXT("location"),
                  value_string(arena, location_name(arena, location)));
    value_set(arena, made, TEXT("name"), value_string(arena, named ? parts.last : id_group(id)));
    value_set(arena, made, TEXT("type"),
              value_string(arena, named ? parts.type : TEXT("Microsoft.Resources/resourceGroups")));
    const Value *value = made;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        if (provider_hides(parts.type, secrets[i]))
            value = shape_with(arena, value, secrets[i], NULL);
    }
    return value;
}

static const Value *body_of(World *world, Template *template, size_t index)
{
    TemplateRuntime runtime = deployment_runtime(world);
    TemplateProblem problem = {0};
    const Value *body = template_body(template, index, &runtime, &problem);
    return body ? body
                : template_body(template, index, NULL, &problem); // what it needs is not there yet
}

static const Value *resource_change(World *world, Arena *arena, Template *template, size_t index)
{
    size_t count;
    const TemplateResource *resource = &template_resources(template, &count)[index];
    const Record *record = world_find(world, SHELF_RESOURCES, resource->id);
    if (!record) record = world_find(world, SHELF_GROUPS, resource->id);
    Text symbol = resource->symbol.length ? resource->symbol : (Text){0};
    const Value *body = body_of(world, template, index);
    const Value *after = body ? shown(arena, resource->id, body) : NULL;
    if (after && resource->api_version.length)
        after = shape_with(arena, after, "apiVersion", value_string(arena, resource->api_version));
    if (!record)
        return shape_make(arena, "{resourceId:%t,symbolicName:%t,changeType:'Create',after:%v}",
                          resource->id, symbol, after);
    bool noise = fault_holds(world, FAULT_NOISE, NULL);
    const Value *last = noise || !record->wished ? record->value : record->wished;
    const Value *before = shape_copy(arena, shown(arena, resource->id, last));
    if (resource->only_if_not_exists || !after)
        return shape_make(
            arena, "{resourceId:%t,symbolicName:%t,changeType:'NoChange',before:%v,after:%v}",
            resource->id, symbol, before, before);
    const Value *version = shape_at(after, "apiVersion");
    if (version) before = shape_with(arena, before, "apiVersion", version);
    const Value *delta = whatif_delta(arena, before, after);
    bool changed = delta->array.count > 0;
    return shape_make(arena,
                      "{resourceId:%t,symbolicName:%t,changeType:%s,before:%v,after:%v,delta:%v}",
                      resource->id, symbol, changed ? "Modify" : "NoChange", before, after,
                      changed ? delta : NULL);
}

static void list_described(World *world, Arena *arena, Template *template, Value *changes)
{
    size_t count;
    const TemplateResource *resources = template_resources(template, &count);
    for (size_t i = 0; i < count; i++) {
        if (resources[i].existing) continue;
        if (!resources[i].nested) {
            value_append(arena, changes, resource_change(world, arena, template, i));
            continue;
        }
        TemplateRuntime runtime = deployment_runtime(world);
        TemplateProblem problem = {0};
        Template *nested = template_nested(template, i, &runtime, &problem);
        if (!nested) nested = template_nested(template, i, NULL, &problem);
        if (nested)
            list_described(world, arena, nested, changes);
        else // not known before it is deployed
            value_append(arena, changes,
                         shape_make(arena,
                                    "{resourceId:%t,changeType:'Unsupported',unsupportedReason:%t}",
                                    resources[i].id, problem.message));
    }
}

static bool is_listed(const Value *changes, size_t count, Text id)
{
    for (size_t i = 0; i < count; i++) {
        if (text_alike(shape_text(changes->array.items[i], "resourceId"), id)) return true;
    }
    return false;
}

const Value *whatif_changes(World *world, Arena *arena, Template *template, Text scope,
                            bool complete)
{
    Value *changes = value_array(arena);
    list_described(world, arena, template, changes);
    size_t described = changes->array.count;
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    for (size_t i = 0; i < shelf->count && id_group(scope).length; i++) {
        const Record *record = shelf->items[i];
        if (!text_within(record->id, scope) || is_listed(changes, described, record->id)) continue;
        Text type = shape_text(record->value, "type");
        bool extension = text_starts_alike(type, "Microsoft.Authorization/");
        const Value *before = shape_copy(
            arena, shown(arena, record->id, record->wished ? record->wished : record->value));
        value_append(arena, changes,
                     shape_make(arena, "{resourceId:%t,changeType:%s,before:%v,after:%v}",
                                record->id, complete && !extension ? "Delete" : "Ignore", before,
                                complete && !extension ? NULL : before));
    }
    return changes;
}
