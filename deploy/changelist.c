// deploy/changelist.c: reads both forms of what-if's answer.
#include "deploy/changelist.h"

#include "compiler/evaluate/shape.h"
#include "deploy/noise.h"

static const char *const kind_names[] = {"delete", "detach",      "modify",   "create",
                                         "deploy", "unsupported", "noChange", "ignore"};

static const char *const delta_names[] = {"delete", "create", "modify", "array", "noEffect"};

const char *changelist_kind(ChangeKind kind)
{
    return kind_names[kind];
}

const char *changelist_delta(DeltaKind kind)
{
    return delta_names[kind];
}

static size_t index_of(Text name, const char *const names[], size_t count, size_t otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (text_alike(name, text_of(names[i]))) return i;
    }
    return otherwise;
}

static const Value *some(const Value *value)
{
    return value && value->kind != VALUE_NULL ? value : NULL;
}

static Deltas read_deltas(Arena *arena, const Value *list, Text around)
{
    Deltas deltas = {0};
    for (size_t i = 0; list && list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        const Value *item = list->array.items[i];
        Text kind = shape_text(item, "propertyChangeType");
        if (!kind.length) kind = shape_text(item, "changeType");
        Delta delta = {.label = shape_text(item, "path"),
                       .kind = (DeltaKind)index_of(kind, delta_names, 5, DELTA_MODIFY),
                       .before = some(shape_at(item, "before")),
                       .after = some(shape_at(item, "after"))};
        delta.path = around.length
                         ? text_format(arena, "%.*s.%.*s", TEXT_ARG(around), TEXT_ARG(delta.label))
                         : delta.label;
        delta.inner = read_deltas(arena, shape_at(item, "children"), delta.path);
        list_add(arena, &deltas, delta);
    }
    return deltas;
}

// Microsoft.Compute/virtualMachines/extensions of an ID; `name`: the last name in it.
static Text type_of(Arena *arena, Text id, Text *name)
{
    TextBuffer type = {.arena = arena};
    size_t from = 0, word = 0;
    bool provider = false;
    *name = (Text){0};
    for (size_t at = 0; at <= id.length; at++) {
        if (at < id.length && id.at[at] != '/') continue;
        Text part = text_slice(id, from, at);
        from = at + 1;
        if (text_alike(part, TEXT("providers"))) { // the last one is the resource's own
            provider = true;
            word = 0;
            type.count = 0;
            continue;
        }
        if (provider && word == 0) buffer_text(&type, part);
        if (provider && word % 2 == 1) buffer_format(&type, "/%.*s", TEXT_ARG(part));
        if (part.length) *name = part;
        word++;
    }
    return type.count ? buffer_done(&type) : TEXT("Microsoft.Resources/resourceGroups");
}

bool changelist_real(const Deltas *deltas)
{
    for (size_t i = 0; i < deltas->count; i++) {
        if (!deltas->items[i].noise) return true;
    }
    return false;
}

Changes changelist_read(Arena *arena, const Value *list, const Value *sections)
{
    Changes changes = {0};
    for (size_t i = 0; list && list->kind == VALUE_ARRAY && i < list->array.count; i++) {
        const Value *item = list->array.items[i];
        Change change = {.id = shape_text(item, "resourceId"),
                         .symbol = shape_text(item, "symbolicName"),
                         .reason = shape_text(item, "unsupportedReason")};
        if (!change.id.length) change.id = shape_text(item, "id");
        Text kind = shape_text(item, "changeType");
        change.kind = (ChangeKind)index_of(kind, kind_names, CHANGE_COUNT, CHANGE_UNSUPPORTED);
        change.perhaps = text_alike(shape_text(item, "changeCertainty"), TEXT("potential"));
        change.type = type_of(arena, change.id, &change.name);
        const Value *section = sections && sections->kind == VALUE_OBJECT && change.symbol.length
                                   ? value_get(sections, change.symbol)
                                   : NULL;
        if (section && section->kind == VALUE_STRING) change.section = section->string;
        if (!change.symbol.length) change.symbol = change.name;
        const Value *delta = shape_at(item, "resourceConfigurationChanges.delta");
        change.deltas = read_deltas(arena, delta ? delta : shape_at(item, "delta"), (Text){0});
        noise_mark(arena, &changes, &change);
        if (change.kind == CHANGE_MODIFY && change.noise && !changelist_real(&change.deltas))
            changes.only_noise++;
        else
            changes.kinds[change.kind]++;
        list_add(arena, &changes, change);
    }
    return changes;
}

bool changelist_differs(const Changes *changes)
{
    for (size_t kind = 0; kind < CHANGE_UNSUPPORTED; kind++) {
        if (changes->kinds[kind]) return true;
    }
    return false;
}
