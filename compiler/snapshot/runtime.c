// compiler/snapshot/runtime.c: what exists already, or will: reference(), list*() and their like.
// With a runtime it is asked; without one, what the template itself says of its resources is taken,
// and the rest stays as a call.
#include "compiler/snapshot/runtime.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/declared.h"
#include "compiler/snapshot/inner.h"
#include "compiler/snapshot/member.h"
#include "compiler/snapshot/nested.h"
#include "compiler/snapshot/settle.h"

static const Value *not_here(const Frame *frame, const Call *call)
{
    return engine_fail(frame,
                       "The template function '%.*s' is not expected at this location. Please see "
                       "https://aka.ms/arm-functions for usage details.",
                       TEXT_ARG(call->name));
}

static const Value *not_found(const Frame *frame, Text id)
{
    engine_fail(frame,
                "The Resource '%.*s' was not found. For more details please go to "
                "https://aka.ms/ARMResourceNotFoundFix",
                TEXT_ARG(id));
    frame->problem->code = TEXT("ResourceNotFound");
    frame->problem->target = id;
    return NULL;
}

// ---- what is meant

typedef struct {
    Item *item; // NULL: not of this template
    const Value *id, *version;
    bool full;
} Target;

static bool target_of(const Frame *frame, const Call *call, const Value **arguments, Target *target)
{
    const Value *name = arguments[0];
    if (name->kind != VALUE_STRING) {
        engine_fail(frame,
                    "Unable to evaluate template language function '%.*s': the first argument must "
                    "be a string. Please see https://aka.ms/arm-functions for usage details.",
                    TEXT_ARG(call->name));
        return false;
    }
    target->item = call_of(name) ? NULL : declared_find(frame->template, name->string);
    if (target->item && target->item->foreign) target->item = NULL; // its symbol stays
    target->id = target->item ? target->item->id : name;
    if (call->count > 1) target->version = arguments[1];
    if (!target->version && target->item)
        target->version = value_string(engine_arena(frame), target->item->shown.api_version);
    return true;
}

// The call, without its accesses, with the target's ID and version instead of its symbolic name.
static Call *by_id(const Frame *frame, const Call *call, const Value **arguments,
                   const Target *target)
{
    Arena *arena = engine_arena(frame);
    Call *whole = arena_new(arena, Call);
    *whole = (Call){.name = call->name, .count = call->count};
    if (whole->count < 2 && target->version) whole->count = 2;
    whole->arguments = arena_array(arena, const Value *, whole->count);
    for (size_t i = 0; i < call->count; i++) whole->arguments[i] = arguments[i];
    whole->arguments[0] = target->id;
    if (target->version) whole->arguments[1] = target->version;
    return whole;
}

static const Value *kept(const Frame *frame, const Call *call, const Value **arguments,
                         const Target *target)
{
    return call_kept(engine_arena(frame), by_id(frame, call, arguments, target));
}

static bool renamed_all(const Frame *frame, const Value ***expressions, size_t count)
{
    const Value **renamed = arena_array(engine_arena(frame), const Value *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!(renamed[i] = runtime_renamed(frame, (*expressions)[i]))) return false;
    *expressions = renamed;
    return true;
}

const Value *runtime_renamed(const Frame *frame, const Value *expression)
{
    const Call *call = call_of(expression);
    if (!call || expression->string.length) return expression;
    const Builtin *builtin = call->space.length ? NULL : builtin_find(call->name);
    if (builtin && builtin->run == name_copy_index && frame->loops)
        return engine_call(frame, expression);
    Arena *arena = engine_arena(frame);
    Call *whole = arena_new(arena, Call);
    *whole = *call;
    if (!renamed_all(frame, &whole->arguments, call->count) ||
        !renamed_all(frame, &whole->accesses, call->access_count))
        return NULL;
    bool asks = builtin && (builtin->run == runtime_reference || builtin->run == runtime_list);
    const Value *name = asks && call->count ? call->arguments[0] : NULL;
    Target target = {0};
    if (name && name->kind == VALUE_STRING && !name->call &&
        target_of(frame, call, call->arguments, &target) && target.item) {
        Call *known = by_id(frame, whole, whole->arguments, &target);
        known->accesses = whole->accesses;
        known->access_count = whole->access_count;
        return call_kept(arena, known);
    }
    Value *value = value_string(arena, (Text){0});
    value->call = whole;
    return value;
}

// ---- reference

static const Value *asked(const Frame *frame, const Call *call, const Target *target)
{
    if (!frame->runtime->resource) return not_here(frame, call);
    if (target->item && target->item->absent) return not_found(frame, target->id->string);
    Text version = target->version && target->version->kind == VALUE_STRING
                       ? target->version->string
                       : (Text){0};
    const Value *found = frame->runtime->resource(frame->runtime->self, engine_arena(frame),
                                                  target->id->string, version);
    if (!found) return not_found(frame, target->id->string);
    if (target->full) return found;
    const Value *properties = value_find(found, TEXT("properties"));
    return properties ? properties : value_object(engine_arena(frame));
}

static const Value *reference_to(const Frame *frame, const Call *call, const Value **arguments,
                                 const Target *target)
{
    if (frame->runtime) {
        const Value *value = asked(frame, call, target);
        for (size_t i = 0; value && i < call->access_count; i++) {
            const Value *access = engine_value(frame, call->accesses[i]);
            value = access ? member_of(frame, value, access) : NULL;
        }
        return value;
    }
    bool settled = frame->flags & FRAME_SETTLED;
    const Value *found = settled ? settle_reference(frame, call, arguments) : NULL;
    if (found || frame->problem->message.length) return found;
    const Value *stays =
        settled ? engine_keep(frame, call, arguments) : kept(frame, call, arguments, target);
    for (size_t i = 0; stays && i < call->access_count; i++) {
        const Value *access = engine_value(frame, call->accesses[i]);
        stays = access ? engine_access(frame, stays, access) : NULL;
    }
    return stays;
}

const Value *runtime_reference(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!(frame->flags & FRAME_BODY)) return not_here(frame, call);
    Target target = {0};
    if (!target_of(frame, call, arguments, &target)) return NULL;
    target.full = call->count > 2 && arguments[2]->kind == VALUE_STRING &&
                  text_alike(arguments[2]->string, TEXT("full"));
    return reference_to(frame, call, arguments, &target);
}

// All turns of a loop.
const Value *runtime_references(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!(frame->flags & FRAME_BODY)) return not_here(frame, call);
    Arena *arena = engine_arena(frame);
    bool full = call->count > 1 && arguments[1]->kind == VALUE_STRING &&
                text_alike(arguments[1]->string, TEXT("full"));
    Value *list = value_array(arena);
    const Template *template = frame->template;
    bool any = false;
    for (size_t i = 0; i < template->items.count; i++) {
        Item *item = template->items.items[i];
        if (arguments[0]->kind != VALUE_STRING || !text_alike(item->key, arguments[0]->string))
            continue;
        any = true;
        if (item->absent) continue;
        Target target = {item, item->id, value_string(arena, item->shown.api_version), full};
        const Value *given[] = {target.id, target.version, value_string(arena, TEXT("full"))};
        Call one = {.name = TEXT("reference"), .count = full ? 3 : item->foreign ? 1 : 2};
        if (item->foreign) target.item = NULL, target.version = NULL;
        const Value *value = reference_to(frame, &one, given, &target);
        if (!value) return NULL;
        value_append(arena, list, value);
    }
    if (any || map_has(&template->symbols, text_lower(arena, arguments[0]->string))) return list;
    return engine_keep(frame, call, arguments);
}

// ---- the rest

const Value *runtime_list(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!(frame->flags & FRAME_BODY)) return not_here(frame, call);
    Target target = {0};
    if (!target_of(frame, call, arguments, &target)) return NULL;
    if (!frame->runtime) return kept(frame, call, arguments, &target);
    if (!frame->runtime->list) return not_here(frame, call);
    Text version =
        target.version && target.version->kind == VALUE_STRING ? target.version->string : (Text){0};
    const Value *found =
        frame->runtime->list(frame->runtime->self, engine_arena(frame), call->name,
                             target.id->string, version, call->count > 2 ? arguments[2] : NULL);
    return found ? found : not_found(frame, target.id->string);
}

const Value *runtime_resource_info(const Frame *frame, const Call *call, const Value **arguments)
{
    Arena *arena = engine_arena(frame);
    Target target = {0};
    if (!target_of(frame, call, arguments, &target)) return NULL;
    const Item *item = target.item;
    if (!item)
        return engine_fail(frame,
                           "The template resource '%.*s' is not found. Please see "
                           "https://aka.ms/arm-syntax for usage details.",
                           TEXT_ARG(arguments[0]->string));
    Value *info = value_object(arena);
    value_set(arena, info, TEXT("id"), item->id);
    value_set(arena, info, TEXT("name"), item->name);
    value_set(arena, info, TEXT("type"), value_string(arena, item->shown.type));
    value_set(arena, info, TEXT("apiVersion"), target.version);
    return info;
}

// The first zones of a region with three, behind `offset` of them.
const Value *runtime_pick_zones(const Frame *frame, const Call *call, const Value **arguments)
{
    if (frame->template->context.partial) return engine_keep(frame, call, arguments);
    bool counted = call->count > 3 && arguments[3]->kind == VALUE_INT;
    int64_t count = counted ? arguments[3]->integer : 1;
    int64_t offset = call->count > 4 && arguments[4]->kind == VALUE_INT ? arguments[4]->integer : 0;
    Value *zones = value_array(engine_arena(frame));
    for (int64_t i = offset + 1; i <= offset + count && i <= 3; i++) {
        value_append(engine_arena(frame), zones,
                     value_string(engine_arena(frame),
                                  text_format(engine_arena(frame), "%lld", (long long)i)));
    }
    return zones;
}

const Value *runtime_other(const Frame *frame, const Call *call, const Value **arguments)
{
    if (frame->template->context.partial) return engine_keep(frame, call, arguments);
    return not_here(frame, call);
}
