// compiler/specialize/access.c: properties and items of what is known in part: a member of a written
// object, an output of an inlined module, a turn of an unrolled loop.
#include "compiler/specialize/program.h"

static Residual *no_property(Specializer *s, const Syntax *node, const ResidualEntries *fields,
                             Text name)
{
    Text *names = arena_array(s->arena, Text, fields->count + 1);
    for (size_t i = 0; i < fields->count; i++) names[i] = fields->items[i].name;
    reduce_error(s, DIAG_NO_SUCH_PROPERTY, node, name, TEXT(""));
    if (!s->quiet) diag_suggest(s->diags, name, names, fields->count);
    return residual_error();
}

static Residual *access_node(Specializer *s, Residual *base, Text name, bool safe)
{
    Residual *node = residual_new(s->arena, RESIDUAL_ACCESS);
    node->access.base = base;
    node->access.name = name;
    node->access.safe = safe;
    return node;
}

static Residual *output_of(Specializer *s, const Syntax *node, Instance *instance, Text name,
                           bool safe)
{
    const SyntaxList *outputs = &instance->file->outputs;
    for (size_t i = 0; i < outputs->count; i++) {
        if (text_equal(outputs->items[i]->declaration.name, name)) {
            return unroll_output(s, instance, outputs->items[i], name);
        }
    }
    return safe ? residual_null() : reduce_error(s, DIAG_NO_SUCH_PROPERTY, node, name, TEXT(""));
}

// x.outputs.name of a module that stays: a known one is known here too.
static Residual *kept_output(Specializer *s, const Syntax *node, Residual *base, Text name,
                             bool safe)
{
    Unit *unit = residual_seen(base->access.base)->unit;
    Residual *content = output_of(s, node, unit->target, name, safe);
    if (content->value || content->kind == RESIDUAL_ERROR) return content;
    map_put(s->arena, &unit->module->wanted_outputs, name, content);
    return access_node(s, base, name, safe);
}

static bool is_outputs_of_kept(const Residual *base)
{
    return base->kind == RESIDUAL_ACCESS && base->access.base->kind == RESIDUAL_UNIT &&
           base->access.base->unit->module && text_is(base->access.name, "outputs");
}

// A member of an object known in part; NULL where an unknown part may hold it.
static Residual *member(Specializer *s, const Syntax *node, Residual *object, Text name, bool safe)
{
    const ResidualEntries *entries = &object->object.entries;
    size_t at = residual_field(entries, name);
    for (size_t i = entries->count; i-- > 0 && i != at;) {
        if (entries->items[i].spread || entries->items[i].key) return NULL;
    }
    if (at != SIZE_MAX) return entries->items[at].value;
    return safe ? residual_null() : no_property(s, node, entries, name);
}

static Residual *known_property(Specializer *s, const Syntax *node, const Value *base, Text name,
                                bool safe)
{
    if (base->kind == VALUE_NULL && safe) return residual_null();
    if (base->kind == VALUE_OBJECT) {
        const Value *found = value_find(base, name);
        if (found) return residual_value(s->arena, found);
        if (safe) return residual_null();
        ResidualEntries fields;
        residual_fields(s->arena, residual_value(s->arena, base), &fields);
        return no_property(s, node, &fields, name);
    }
    return reduce_error(s, DIAG_PROPERTY_OF_OTHER, node, name,
                        text_of(value_kind_name(base->kind)));
}

static Residual *entry_of(Specializer *s, Residual *keyed, Text key, bool safe)
{
    Residual *entry = residual_new(s->arena, RESIDUAL_ENTRY);
    entry->entry.keyed = keyed->declaration;
    entry->entry.key = key;
    entry->entry.safe = safe;
    return entry;
}

Residual *access_property(Specializer *s, const Syntax *node, Residual *base, Text name, bool safe)
{
    Residual *seen = residual_seen(base);
    switch (seen->kind) {
    case RESIDUAL_ERROR: return seen;
    case RESIDUAL_ABSENT:
        return safe ? residual_null()
                    : reduce_error(s, DIAG_NOT_DEPLOYED, node, seen->name, TEXT(""));
    case RESIDUAL_MODULE:
        if (text_is(name, "outputs")) {
            Residual *outputs = residual_new(s->arena, RESIDUAL_OUTPUTS);
            outputs->instance = seen->instance;
            return outputs;
        }
        return reduce_error(s, DIAG_NOT_SPECIALIZED, node,
                            TEXT("another property of a module than its outputs"), TEXT(""));
    case RESIDUAL_OUTPUTS: return output_of(s, node, seen->instance, name, safe);
    case RESIDUAL_KEYED: return entry_of(s, seen, name, safe);
    case RESIDUAL_OBJECT: {
        Residual *found = member(s, node, seen, name, safe);
        return found ? found : access_node(s, base, name, safe);
    }
    case RESIDUAL_ACCESS:
        if (is_outputs_of_kept(seen)) return kept_output(s, node, seen, name, safe);
        break;
    case RESIDUAL_VALUE:
    case RESIDUAL_PARAM:
    case RESIDUAL_BOUND:
    case RESIDUAL_ENTRY:
    case RESIDUAL_LOCAL:
    case RESIDUAL_UNIT:
    case RESIDUAL_LAMBDA:
    case RESIDUAL_INDEX:
    case RESIDUAL_CALL:
    case RESIDUAL_UNARY:
    case RESIDUAL_BINARY:
    case RESIDUAL_TERNARY:
    case RESIDUAL_NON_NULL:
    case RESIDUAL_STRING:
    case RESIDUAL_ARRAY: break;
    }
    if (seen->value) return known_property(s, node, seen->value, name, safe);
    return access_node(s, base, name, safe);
}

static bool is_of_units(const ResidualEntries *items)
{
    for (size_t i = 0; i < items->count; i++) {
        ResidualKind kind = items->items[i].value->kind;
        if (kind == RESIDUAL_UNIT || kind == RESIDUAL_MODULE || kind == RESIDUAL_ABSENT)
            return true;
    }
    return false;
}

static Residual *item(Specializer *s, const Syntax *node, const ResidualEntries *items, int64_t at,
                      bool safe, bool from_end)
{
    int64_t count = (int64_t)items->count;
    if (from_end) at = count - at;
    if (at >= 0 && at < count) return items->items[at].value;
    if (safe) return residual_null();
    return reduce_error(s, DIAG_NO_SUCH_ITEM, node, text_format(s->arena, "%lld", (long long)at),
                        text_format(s->arena, "%zu", items->count));
}

static Residual *index_node(Specializer *s, Residual *base, Residual *at, bool safe, bool from_end)
{
    Residual *node = residual_new(s->arena, RESIDUAL_INDEX);
    node->index.base = base;
    node->index.at = at;
    node->index.safe = safe;
    node->index.from_end = from_end;
    return node;
}

Residual *access_item(Specializer *s, const Syntax *node, Residual *base, Residual *at, bool safe,
                      bool from_end)
{
    Residual *seen = residual_seen(base);
    if (seen->kind == RESIDUAL_ERROR || residual_seen(at)->kind == RESIDUAL_ERROR)
        return residual_error();
    if (seen->kind == RESIDUAL_ABSENT || (safe && residual_is_null(seen))) {
        return access_property(s, node, base, TEXT(""), safe);
    }
    Text name;
    if (residual_known_text(at, &name)) return access_property(s, node, base, name, safe);
    const Value *known = residual_seen(at)->value;
    ResidualEntries items;
    bool list = residual_items(s->arena, base, &items);
    if (list && known && known->kind == VALUE_INT) {
        return item(s, node, &items, known->integer, safe, from_end);
    }
    if (list && is_of_units(&items))
        return reduce_error(s, DIAG_INDEX_UNKNOWN, node, TEXT(""), TEXT(""));
    return index_node(s, base, at, safe, from_end);
}
