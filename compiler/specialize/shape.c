// compiler/specialize/shape.c: what functions do with lists and objects whose shape is known
// although not all of their members are. A row each; NULL means that the shape is not known, and
// the call stays.
#include "compiler/specialize/program.h"

#include <assert.h>
#include <ctype.h>

typedef struct {
    Specializer *s;
    const Syntax *node;
    Residual **arguments;
    size_t count;
} ShapeCall;

static bool items_of(ShapeCall *call, size_t at, ResidualEntries *items)
{
    return at < call->count && residual_items(call->s->arena, call->arguments[at], items);
}

static bool fields_of(ShapeCall *call, size_t at, ResidualEntries *fields)
{
    return at < call->count && residual_fields(call->s->arena, call->arguments[at], fields);
}

static Residual *lambda_at(ShapeCall *call, size_t at)
{
    if (at >= call->count) return NULL;
    Residual *lambda = call->arguments[at];
    return lambda->kind == RESIDUAL_LAMBDA && !lambda->lambda.body ? lambda : NULL;
}

static bool has_lines(const Residual *residual)
{
    if (residual->kind == RESIDUAL_OBJECT) return residual->object.lines;
    return residual->kind == RESIDUAL_ARRAY && residual->array.lines;
}

static bool any_lines(const ResidualEntries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (has_lines(entries->items[i].value) || entries->items[i].notes) return true;
    }
    return false;
}

static Residual *list_from(ShapeCall *call, ResidualEntries items)
{
    return residual_array(call->s->arena, items, any_lines(&items));
}

static bool known_bool(Residual *residual, bool *boolean)
{
    const Value *value = residual_seen(residual)->value;
    if (!value || value->kind != VALUE_BOOL) return false;
    *boolean = value->boolean;
    return true;
}

static bool known_int(Residual *residual, int64_t *integer)
{
    const Value *value = residual_seen(residual)->value;
    if (!value || value->kind != VALUE_INT) return false;
    *integer = value->integer;
    return true;
}

// ---- with lambdas

static Residual *map_shape(ShapeCall *call)
{
    ResidualEntries items, made = {0};
    Residual *lambda = lambda_at(call, 1);
    if (!lambda || !items_of(call, 0, &items)) return NULL;
    for (size_t i = 0; i < items.count; i++) {
        Residual *given[2] = {items.items[i].value, residual_int(call->s->arena, (int64_t)i)};
        ResidualEntry entry = {.value = apply_lambda(call->s, lambda, given, 2)};
        if (entry.value->kind == RESIDUAL_ERROR) return entry.value;
        list_add(call->s->arena, &made, entry);
    }
    return list_from(call, made);
}

static Residual *filter_shape(ShapeCall *call)
{
    ResidualEntries items, made = {0};
    Residual *lambda = lambda_at(call, 1);
    if (!lambda || !items_of(call, 0, &items)) return NULL;
    for (size_t i = 0; i < items.count; i++) {
        Residual *given[2] = {items.items[i].value, residual_int(call->s->arena, (int64_t)i)};
        Residual *kept = apply_lambda(call->s, lambda, given, 2);
        bool keep;
        if (kept->kind == RESIDUAL_ERROR) return kept;
        if (!known_bool(kept, &keep)) return NULL;
        if (keep) list_add(call->s->arena, &made, items.items[i]);
    }
    return list_from(call, made);
}

static Residual *reduce_shape(ShapeCall *call)
{
    ResidualEntries items;
    Residual *lambda = lambda_at(call, 2);
    if (!lambda || !items_of(call, 0, &items)) return NULL;
    Residual *sum = call->arguments[1];
    for (size_t i = 0; i < items.count && sum->kind != RESIDUAL_ERROR; i++) {
        Residual *given[3] = {sum, items.items[i].value, residual_int(call->s->arena, (int64_t)i)};
        sum = apply_lambda(call->s, lambda, given, 3);
    }
    return sum;
}

// Merge sort, stable. False: an order is not known.
static bool sort_items(ShapeCall *call, Residual *before, ResidualEntry *items, ResidualEntry *room,
                       size_t count)
{
    if (count < 2) return true;
    size_t half = count / 2, left = 0, right = half;
    if (!sort_items(call, before, items, room, half)) return false;
    if (!sort_items(call, before, items + half, room, count - half)) return false;
    for (size_t i = 0; i < count; i++) {
        bool take_right = left == half;
        if (left < half && right < count) {
            Residual *given[2] = {items[right].value, items[left].value};
            if (!known_bool(apply_lambda(call->s, before, given, 2), &take_right)) return false;
        }
        room[i] = take_right ? items[right++] : items[left++];
    }
    for (size_t i = 0; i < count; i++) items[i] = room[i];
    return true;
}

static Residual *sort_shape(ShapeCall *call)
{
    ResidualEntries items, made = {0};
    Residual *before = lambda_at(call, 1);
    if (!before || !items_of(call, 0, &items)) return NULL;
    for (size_t i = 0; i < items.count; i++) list_add(call->s->arena, &made, items.items[i]);
    ResidualEntry *room = arena_array(call->s->arena, ResidualEntry, made.count + 1);
    return sort_items(call, before, made.items, room, made.count) ? list_from(call, made) : NULL;
}

static void put_field(ShapeCall *call, ResidualEntries *fields, Text name, Residual *value)
{
    ResidualEntry entry = {.name = name, .value = value};
    size_t at = residual_field(fields, name);
    if (at == SIZE_MAX) {
        list_add(call->s->arena, fields, entry);
    } else {
        assert(fields->items);
        fields->items[at].value = value;
    }
}

static Residual *to_object_shape(ShapeCall *call)
{
    ResidualEntries items, made = {0};
    Residual *key = lambda_at(call, 1), *value = lambda_at(call, 2);
    if (!key || !items_of(call, 0, &items)) return NULL;
    for (size_t i = 0; i < items.count; i++) {
        Residual *given[1] = {items.items[i].value};
        Residual *named = apply_lambda(call->s, key, given, 1);
        Text name;
        if (named->kind == RESIDUAL_ERROR) return named;
        if (!residual_known_text(named, &name)) return NULL;
        Residual *made_value = value ? apply_lambda(call->s, value, given, 1) : given[0];
        if (made_value->kind == RESIDUAL_ERROR) return made_value;
        put_field(call, &made, name, made_value);
    }
    return residual_object(call->s->arena, made, any_lines(&made));
}

static Residual *group_by_shape(ShapeCall *call)
{
    ResidualEntries items, made = {0};
    Residual *key = lambda_at(call, 1), *value = lambda_at(call, 2);
    if (!key || !items_of(call, 0, &items)) return NULL;
    ResidualEntries *groups = arena_array(call->s->arena, ResidualEntries, items.count + 1);
    for (size_t i = 0; i < items.count; i++) {
        Residual *given[1] = {items.items[i].value};
        Residual *named = apply_lambda(call->s, key, given, 1);
        Text name;
        if (!residual_known_text(named, &name)) return named->kind == RESIDUAL_ERROR ? named : NULL;
        size_t at = residual_field(&made, name);
        if (at == SIZE_MAX) {
            at = made.count;
            put_field(call, &made, name, residual_null());
        }
        ResidualEntry entry = {.value = value ? apply_lambda(call->s, value, given, 1) : given[0]};
        if (entry.value->kind == RESIDUAL_ERROR) return entry.value;
        list_add(call->s->arena, &groups[at], entry);
    }
    for (size_t i = 0; i < made.count; i++) made.items[i].value = list_from(call, groups[i]);
    return residual_object(call->s->arena, made, any_lines(&made));
}

static Residual *map_values_shape(ShapeCall *call)
{
    ResidualEntries fields, made = {0};
    Residual *lambda = lambda_at(call, 1);
    if (!lambda || !fields_of(call, 0, &fields)) return NULL;
    for (size_t i = 0; i < fields.count; i++) {
        Residual *value = apply_lambda(call->s, lambda, &fields.items[i].value, 1);
        if (value->kind == RESIDUAL_ERROR) return value;
        put_field(call, &made, fields.items[i].name, value);
    }
    return residual_object(call->s->arena, made, any_lines(&made));
}

// ---- lists

static Residual *concat_texts(ShapeCall *call)
{
    Residual *text = residual_new(call->s->arena, RESIDUAL_STRING);
    text->string.segments = arena_array(call->s->arena, Text, call->count + 1);
    for (size_t i = 0; i < call->count; i++) {
        if (residual_sort(call->arguments[i]) != SORT_STRING) return NULL;
        list_add(call->s->arena, &text->string.parts, call->arguments[i]);
    }
    return text;
}

static Residual *concat_shape(ShapeCall *call)
{
    ResidualEntries all = {0};
    if (call->count && residual_sort(call->arguments[0]) == SORT_STRING) {
        bool known = true;
        for (size_t i = 0; i < call->count; i++)
            known &= residual_seen(call->arguments[i])->value != NULL;
        return known ? NULL : concat_texts(call);
    }
    for (size_t i = 0; i < call->count; i++) {
        ResidualEntries items;
        if (!items_of(call, i, &items)) {
            if (residual_sort(call->arguments[i]) != SORT_ARRAY) return NULL;
            ResidualEntry entry = {.value = call->arguments[i], .spread = true};
            list_add(call->s->arena, &all, entry);
            continue;
        }
        for (size_t j = 0; j < items.count; j++) list_add(call->s->arena, &all, items.items[j]);
    }
    return list_from(call, all);
}

static Residual *flatten_shape(ShapeCall *call)
{
    ResidualEntries lists, all = {0};
    if (!items_of(call, 0, &lists)) return NULL;
    for (size_t i = 0; i < lists.count; i++) {
        ResidualEntries items;
        if (!residual_items(call->s->arena, lists.items[i].value, &items)) return NULL;
        for (size_t j = 0; j < items.count; j++) list_add(call->s->arena, &all, items.items[j]);
    }
    return list_from(call, all);
}

static Residual *first_shape(ShapeCall *call)
{
    ResidualEntries items;
    if (!items_of(call, 0, &items)) return NULL;
    return items.count ? items.items[0].value : residual_null();
}

static Residual *last_shape(ShapeCall *call)
{
    ResidualEntries items;
    if (!items_of(call, 0, &items)) return NULL;
    return items.count ? items.items[items.count - 1].value : residual_null();
}

static Residual *slice(ShapeCall *call, bool skip)
{
    ResidualEntries items, made = {0};
    int64_t number;
    if (call->count != 2 || !items_of(call, 0, &items) || !known_int(call->arguments[1], &number))
        return NULL;
    for (size_t i = 0; i < items.count; i++) {
        if (((int64_t)i < number) != skip) list_add(call->s->arena, &made, items.items[i]);
    }
    return list_from(call, made);
}

static Residual *skip_shape(ShapeCall *call)
{
    return slice(call, true);
}

static Residual *take_shape(ShapeCall *call)
{
    return slice(call, false);
}

static Residual *array_shape(ShapeCall *call)
{
    ResidualEntries items;
    return call->count == 1 && items_of(call, 0, &items) ? call->arguments[0] : NULL;
}

// ---- lists and objects

static bool counted(ShapeCall *call, size_t *count)
{
    ResidualEntries members;
    if (!items_of(call, 0, &members) && !fields_of(call, 0, &members)) return false;
    *count = members.count;
    return true;
}

static Residual *length_shape(ShapeCall *call)
{
    size_t count;
    return counted(call, &count) ? residual_int(call->s->arena, (int64_t)count) : NULL;
}

static bool has_member(const ResidualEntries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (!entries->items[i].spread) return true;
    }
    return false;
}

static Residual *empty_shape(ShapeCall *call)
{
    size_t count;
    if (counted(call, &count)) return residual_bool(count == 0);
    Residual *seen = residual_seen(call->arguments[0]);
    if (seen->kind == RESIDUAL_OBJECT && has_member(&seen->object.entries))
        return residual_bool(false);
    if (seen->kind == RESIDUAL_ARRAY && has_member(&seen->array.entries))
        return residual_bool(false);
    if (seen->kind == RESIDUAL_ACCESS && residual_not_null(seen))
        return residual_bool(false); // a name, an id
    if (seen->kind == RESIDUAL_STRING) {
        for (size_t i = 0; i <= seen->string.parts.count; i++) {
            if (seen->string.segments[i].length) return residual_bool(false);
        }
    }
    return NULL;
}

static Residual *contains_shape(ShapeCall *call)
{
    ResidualEntries members;
    Text name;
    if (call->count != 2) return NULL;
    if (fields_of(call, 0, &members) && residual_known_text(call->arguments[1], &name)) {
        return residual_bool(residual_field(&members, name) != SIZE_MAX);
    }
    const Value *wanted = residual_seen(call->arguments[1])->value;
    if (!wanted || !items_of(call, 0, &members)) return NULL;
    bool all_known = true;
    for (size_t i = 0; i < members.count; i++) {
        const Value *value = residual_seen(members.items[i].value)->value;
        if (value && value_equal(value, wanted)) return residual_bool(true);
        all_known &= value != NULL;
    }
    return all_known ? residual_bool(false) : NULL;
}

// ---- objects

static int compare_upper(Text a, Text b)
{
    for (size_t i = 0; i < a.length && i < b.length; i++) {
        int x = toupper((unsigned char)a.at[i]), y = toupper((unsigned char)b.at[i]);
        if (x != y) return x - y;
    }
    return a.length < b.length ? -1 : a.length > b.length;
}

// Fields in the order of items() and objectKeys(): by their upper-cased names, stable.
static bool sorted_fields(ShapeCall *call, ResidualEntries *sorted)
{
    ResidualEntries fields;
    if (!fields_of(call, 0, &fields)) return false;
    *sorted = (ResidualEntries){0};
    for (size_t i = 0; i < fields.count; i++) {
        list_add(call->s->arena, sorted, fields.items[i]);
        for (size_t j = i;
             j > 0 && compare_upper(sorted->items[j].name, sorted->items[j - 1].name) < 0; j--) {
            ResidualEntry earlier = sorted->items[j - 1];
            sorted->items[j - 1] = sorted->items[j];
            sorted->items[j] = earlier;
        }
    }
    return true;
}

static Residual *items_shape(ShapeCall *call)
{
    ResidualEntries fields, made = {0};
    if (!sorted_fields(call, &fields)) return NULL;
    for (size_t i = 0; i < fields.count; i++) {
        ResidualEntries pair = {0};
        put_field(call, &pair, TEXT("key"), residual_text(call->s->arena, fields.items[i].name));
        put_field(call, &pair, TEXT("value"), fields.items[i].value);
        ResidualEntry entry = {.value = residual_object(call->s->arena, pair, false)};
        list_add(call->s->arena, &made, entry);
    }
    return list_from(call, made);
}

static Residual *object_keys_shape(ShapeCall *call)
{
    ResidualEntries fields, made = {0};
    if (!sorted_fields(call, &fields)) return NULL;
    for (size_t i = 0; i < fields.count; i++) {
        ResidualEntry entry = {.value = residual_text(call->s->arena, fields.items[i].name)};
        list_add(call->s->arena, &made, entry);
    }
    return list_from(call, made);
}

static Residual *merged(ShapeCall *call, Residual *below, Residual *above, bool deep);

static bool merge_into(ShapeCall *call, ResidualEntries *made, const ResidualEntries *fields,
                       bool deep)
{
    for (size_t i = 0; i < fields->count; i++) {
        ResidualEntry field = fields->items[i];
        size_t at = residual_field(made, field.name);
        if (at == SIZE_MAX) {
            list_add(call->s->arena, made, field);
            continue;
        }
        Residual *value =
            deep ? merged(call, made->items[at].value, field.value, true) : field.value;
        if (!value) return false;
        assert(made->items);
        made->items[at].value = value;
    }
    return true;
}

// Two values of one property in union(): objects are merged, of anything else the later one stays.
static Residual *merged(ShapeCall *call, Residual *below, Residual *above, bool deep)
{
    ResidualEntries lower, upper, made = {0};
    bool low = residual_fields(call->s->arena, below, &lower),
         high = residual_fields(call->s->arena, above, &upper);
    bool open = (!low && residual_sort(below) == SORT_OBJECT) ||
                (!high && residual_sort(above) == SORT_OBJECT);
    if (open) return NULL;
    if (!low || !high) return above;
    if (!merge_into(call, &made, &lower, deep) || !merge_into(call, &made, &upper, deep))
        return NULL;
    return residual_object(call->s->arena, made, any_lines(&made));
}

static Residual *union_lists(ShapeCall *call)
{
    Residual *only = NULL;
    for (size_t i = 0; i < call->count; i++) {
        ResidualEntries items;
        if (!items_of(call, i, &items)) return NULL;
        if (items.count == 0) continue;
        if (only || items.count > 1) return NULL; // doubles may be among what is not known
        only = call->arguments[i];
    }
    return only ? only : list_from(call, (ResidualEntries){0});
}

static Residual *union_shape(ShapeCall *call)
{
    ResidualEntries made = {0};
    bool known = true;
    for (size_t i = 0; i < call->count; i++)
        known &= residual_seen(call->arguments[i])->value != NULL;
    if (known) return NULL; // computed as a whole
    for (size_t i = 0; i < call->count; i++) {
        ResidualEntries fields;
        if (!fields_of(call, i, &fields)) return i == 0 ? union_lists(call) : NULL;
        if (!merge_into(call, &made, &fields, true)) return NULL;
    }
    return residual_object(call->s->arena, made, any_lines(&made));
}

static Residual *shallow_merge_shape(ShapeCall *call)
{
    ResidualEntries objects, made = {0};
    if (!items_of(call, 0, &objects)) return NULL;
    for (size_t i = 0; i < objects.count; i++) {
        ResidualEntries fields;
        if (!residual_fields(call->s->arena, objects.items[i].value, &fields)) return NULL;
        merge_into(call, &made, &fields, false);
    }
    return residual_object(call->s->arena, made, any_lines(&made));
}

// ---- text

static Residual *string_shape(ShapeCall *call)
{
    return call->count == 1 && residual_sort(call->arguments[0]) == SORT_STRING ? call->arguments[0]
                                                                                : NULL;
}

static bool joins(const Residual *item)
{
    ResidualSort sort = residual_sort(item);
    return sort == SORT_STRING || sort == SORT_INT;
}

// join(['a', x], ',') says 'a,${x}'.
static Residual *join_shape(ShapeCall *call)
{
    ResidualEntries items;
    Text between;
    if (!items_of(call, 0, &items) || call->count != 2 ||
        !residual_known_text(call->arguments[1], &between))
        return NULL;
    if (items.count == 0 || residual_seen(call->arguments[0])->value) return NULL;
    Residual *text = residual_new(call->s->arena, RESIDUAL_STRING);
    text->string.segments = arena_array(call->s->arena, Text, items.count + 1);
    for (size_t i = 0; i < items.count; i++) {
        if (!joins(items.items[i].value)) return NULL;
        if (i) text->string.segments[i] = between;
        list_add(call->s->arena, &text->string.parts, items.items[i].value);
    }
    return text;
}

static Residual *coalesce_shape(ShapeCall *call)
{
    for (size_t i = 0; i < call->count; i++) {
        if (residual_is_null(call->arguments[i])) continue;
        return residual_not_null(call->arguments[i]) || i + 1 == call->count ? call->arguments[i]
                                                                             : NULL;
    }
    return residual_null();
}

typedef struct {
    const char *name;
    Residual *(*call)(ShapeCall *call);
} ShapeRow;

static const ShapeRow rows[] = {
    {"array", array_shape},
    {"coalesce", coalesce_shape},
    {"concat", concat_shape},
    {"contains", contains_shape},
    {"empty", empty_shape},
    {"filter", filter_shape},
    {"first", first_shape},
    {"flatten", flatten_shape},
    {"groupBy", group_by_shape},
    {"items", items_shape},
    {"join", join_shape},
    {"last", last_shape},
    {"length", length_shape},
    {"map", map_shape},
    {"mapValues", map_values_shape},
    {"objectKeys", object_keys_shape},
    {"reduce", reduce_shape},
    {"shallowMerge", shallow_merge_shape},
    {"skip", skip_shape},
    {"sort", sort_shape},
    {"string", string_shape},
    {"take", take_shape},
    {"toObject", to_object_shape},
    {"union", union_shape},
};

Residual *shape_call(Specializer *s, const Syntax *node, Text name, Residual **arguments,
                     size_t count)
{
    if (count == 0) return NULL;
    ShapeCall call = {s, node, arguments, count};
    Residual *made = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!text_is(name, rows[i].name)) continue;
        made = rows[i].call(&call);
        break;
    }
    // cppcheck-suppress returnDanglingLifetime ; what a row makes does not point to its call
    return made;
}
