// compiler/snapshot/engine.c: a walk over JSON and the expressions in its texts. What is not known
// stays a call; functions on lists and objects work around it (BUILTIN_DEEP).
#include "compiler/snapshot/engine.h"

#include "compiler/evaluate/functions.h"
#include "compiler/evaluate/walks.h"
#include "compiler/snapshot/budget.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/copy.h"
#include "compiler/snapshot/inner.h"
#include "compiler/snapshot/member.h"
#include "compiler/snapshot/naming.h"
#include "compiler/snapshot/runtime.h"

#include <stdarg.h>
#include <stdio.h>

enum { DEPTH_LIMIT = 400 }; // calls, variables, parameters and user functions within each other

const char *engine_kind(const Value *value)
{
    static const char *const names[] = {"Null",   "Boolean", "Integer", "Float",
                                        "String", "Array",   "Object"};
    return names[value->kind];
}

Arena *engine_arena(const Frame *frame)
{
    return frame->template->arena;
}

const Value *engine_fail(const Frame *frame, const char *format, ...)
{
    TextBuffer out = {.arena = engine_arena(frame)};
    va_list arguments;
    va_start(arguments, format);
    buffer_format_list(&out, format, arguments);
    va_end(arguments);
    if (!frame->problem->message.length)
        *frame->problem = (TemplateProblem){TEXT("InvalidTemplate"), buffer_done(&out), {0}};
    return NULL;
}

EnginePlace engine_place(const Frame *frame, const Value *json)
{
    const Template *outermost = frame->template;
    size_t from = 0, to = 0;
    while (outermost->around) outermost = outermost->around;
    Text source = outermost->context.source;
    const Value *wanted = json ? json : frame->at;
    if (!source.length || !wanted ||
        !value_json_span(engine_arena(frame), source, outermost->json, wanted, &from, &to))
        return (EnginePlace){1, 1};
    EnginePlace place = {1, 1};
    bool opens = wanted->kind == VALUE_ARRAY || wanted->kind == VALUE_OBJECT;
    for (size_t i = 0; i < (opens ? from + 1 : to); i++) {
        place.column = source.at[i] == '\n' ? 1 : place.column + 1;
        place.line += source.at[i] == '\n';
    }
    return place;
}

const char *engine_at(const Frame *frame, const Value *json)
{
    EnginePlace place = engine_place(frame, json);
    Text text =
        text_format(engine_arena(frame), "line '%zu' and column '%zu'", place.line, place.column);
    return text_string(engine_arena(frame), text);
}

const Value *engine_within(const Frame *frame, const char *kind, Text name, const Value *json)
{
    static const char *const starts[] = {"The template function ",
                                         "The template language function ", "Unable to ",
                                         "The language expression ", "Evaluation result "};
    Text *message = &frame->problem->message;
    Arena *arena = engine_arena(frame);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (!text_starts(*message, starts[i])) continue;
        bool variable = text_is(text_of(kind), "variable"),
             resource = text_is(text_of(kind), "resource");
        *message = text_format(
            arena, "The template %s '%.*s'%s%s is not valid: %.*s%s", kind, TEXT_ARG(name),
            variable ? "" : " at ", variable ? "" : engine_at(frame, json), TEXT_ARG(*message),
            variable || resource ? ". Please see https://aka.ms/arm-functions for usage details."
                                 : "");
        break;
    }
    return NULL;
}

// ---- what is taken from a value

const Value *engine_access(const Frame *frame, const Value *base, const Value *access)
{
    Arena *arena = engine_arena(frame);
    if (!call_of(base) && !call_of(access)) return member_of(frame, base, access);
    Call *longer = arena_new(arena, Call);
    if (call_of(base)) {
        *longer = *call_of(base);
    } else { // a list or an object, of which nobody knows what is taken
        bool list = base->kind == VALUE_ARRAY;
        longer->name = list ? TEXT("createArray") : TEXT("createObject");
        size_t size = list ? base->array.count : 2 * base->object.count;
        longer->arguments = arena_array(arena, const Value *, size + 1);
        for (size_t i = 0; list && i < base->array.count; i++)
            longer->arguments[longer->count++] = base->array.items[i];
        for (size_t i = 0; !list && base->kind == VALUE_OBJECT && i < base->object.count; i++) {
            longer->arguments[longer->count++] = value_string(arena, base->object.items[i].name);
            longer->arguments[longer->count++] = base->object.items[i].value;
        }
    }
    const Value **accesses = arena_array(arena, const Value *, longer->access_count + 1);
    for (size_t i = 0; i < longer->access_count; i++) accesses[i] = longer->accesses[i];
    accesses[longer->access_count++] = access;
    longer->accesses = accesses;
    return call_kept(arena, longer);
}

// ---- calls

const Value *engine_keep(const Frame *frame, const Call *call, const Value **arguments)
{
    Call *kept = arena_new(engine_arena(frame), Call);
    *kept = (Call){
        .space = call->space, .name = call->name, .arguments = arguments, .count = call->count};
    return call_kept(engine_arena(frame), kept);
}

const Value *engine_value(const Frame *frame, const Value *value)
{
    return call_of(value) && !value->string.length ? engine_call(frame, value) : value;
}

static bool is_lambda(const Value *value)
{
    return call_of(value) && !value->string.length &&
           text_alike(call_of(value)->name, TEXT("lambda"));
}

static bool is_reference(const Call *call)
{
    return !call->space.length && text_alike(call->name, TEXT("reference"));
}

// The arguments' values; lambdas as they are. NULL after an error.
static const Value **arguments_of(const Frame *frame, const Call *call)
{
    const Value **values = arena_array(engine_arena(frame), const Value *, call->count + 1);
    for (size_t i = 0; i < call->count; i++) {
        const Value *argument = call->arguments[i];
        values[i] = is_lambda(argument) ? argument : engine_value(frame, argument);
        if (!values[i] || (!is_lambda(argument) && !budget_counts(frame, values[i]))) return NULL;
    }
    return budget_fits(frame, call, values) ? values : NULL;
}

static bool any_kept(const Value **values, size_t count, bool deep)
{
    for (size_t i = 0; i < count; i++) {
        if (is_lambda(values[i])) continue;
        if (deep ? call_stays(values[i]) : call_of(values[i]) != NULL) return true;
    }
    return false;
}

// "argument 2 must be string, not int" of compiler/evaluate, in Resource Manager's words; an empty
// text if the message says something else.
static Text kind_refused(Arena *arena, const Call *call, Text why)
{
    static const char *const ours[] = {"null", "bool", "int", "float", "string", "array", "object"};
    static const char *const theirs[] = {"Null",   "Boolean", "Integer", "Float",
                                         "String", "Array",   "Object"};
    static const char *const places[] = {"first ", "second ", "third ", "fourth "};
    if (text_alike(call->name, TEXT("string")) && text_ends(why, "the value has no text"))
        return TEXT(
            "The template language function 'string' expects its first parameter to be one "
            "of the following types 'Integer, String, Boolean, Object, Array'. The provided "
            "value is of type 'Null'. Please see https://aka.ms/arm-functions for usage "
            "details.");
    unsigned place;
    char wanted[8], given[8], behind;
    int found = sscanf(text_string(arena, why),
                       "this cannot be evaluated: argument %u must be %7[a-z], not %7[a-z]%c",
                       &place, wanted, given, &behind);
    const char *names[2] = {NULL, NULL};
    for (size_t i = 0; found == 3 && i < sizeof ours / sizeof *ours; i++) {
        if (text_is(text_of(wanted), ours[i])) names[0] = theirs[i];
        if (text_is(text_of(given), ours[i])) names[1] = theirs[i];
    }
    if (!names[0] || !names[1] || place < 1 || place > 4) return (Text){0};
    return text_format(
        arena,
        "The template language function '%.*s' expects its %sparameter to be of type "
        "'%s'. The provided value is of type '%s'. Please see "
        "https://aka.ms/arm-functions for usage details.",
        TEXT_ARG(call->name), call->count > 1 ? places[place - 1] : "", names[0], names[1]);
}

// The message of the diagnostic that a function of compiler/evaluate has left.
static const Value *fail_as_said(const Frame *frame, const Call *call)
{
    Diags *diags = &frame->template->diags;
    Text why = diags->count ? diags->items[diags->count - 1].message : TEXT("it has no value");
    diags->count = diags->errors = 0;
    Text kinds = kind_refused(engine_arena(frame), call, why);
    if (kinds.length) return engine_fail(frame, "%.*s", TEXT_ARG(kinds));
    return engine_fail(frame,
                       "Unable to evaluate template language function '%.*s': %.*s. Please see "
                       "https://aka.ms/arm-functions for usage details.",
                       TEXT_ARG(call->name), TEXT_ARG(why));
}

static const Value *count_refused(const Frame *frame, const Call *call, int least, int most)
{
    Arena *arena = engine_arena(frame);
    if (most < 0) {
        Text wanted = least == 1   ? TEXT("one parameter")
                      : least == 2 ? TEXT("two parameter")
                                   : text_format(arena, "%d parameters", least);
        return engine_fail(frame,
                           "Unable to evaluate template language function '%.*s'. At least %.*s "
                           "should be provided. Please see https://aka.ms/arm-functions for usage "
                           "details.",
                           TEXT_ARG(call->name), TEXT_ARG(wanted));
    }
    Text wanted = least == most ? text_format(arena, "%d", least)
                                : text_format(arena, "between %d and %d", least, most);
    return engine_fail(frame,
                       "Unable to evaluate template language function '%.*s': function requires "
                       "%.*s argument(s) while %zu were provided. Please see "
                       "https://aka.ms/arm-resource-functions/#%.*s for usage details.",
                       TEXT_ARG(call->name), TEXT_ARG(wanted), call->count,
                       TEXT_ARG(text_lower(arena, call->name)));
}

// ---- lambdas

typedef struct {
    const Frame *frame;
    const Call *call;
    bool unsure; // a lambda that decides has given what is not known
} WalkOfCall;

static const Value *apply(void *self, size_t index, const Value **values, size_t count)
{
    WalkOfCall *walk = self;
    const Call *lambda = call_of(walk->call->arguments[index]);
    Scope scopes[3];
    Frame frame = *walk->frame;
    for (size_t i = 0; i + 1 < lambda->count && i < count; i++) {
        scopes[i] = (Scope){lambda->arguments[i]->string, values[i], frame.lambdas};
        frame.lambdas = &scopes[i];
    }
    const Value *result = engine_value(&frame, lambda->arguments[lambda->count - 1]);
    bool reduces = text_alike(walk->call->name, TEXT("reduce"));
    bool decides = reduces || (index == 1 && !text_alike(walk->call->name, TEXT("map")) &&
                               !text_alike(walk->call->name, TEXT("mapValues")));
    if (!result || !decides || !call_of(result)) return result;
    walk->unsure = true;
    return NULL;
}

// The call with its lambdas, in which names become IDs.
static const Value *keep_lambdas(const Frame *frame, const Call *call, const Value **values)
{
    for (size_t i = 0; i < call->count; i++) {
        if (is_lambda(values[i]) && !(values[i] = runtime_renamed(frame, values[i]))) return NULL;
    }
    return engine_keep(frame, call, values);
}

static const Value *walked(const Frame *frame, const FunctionRow *row, const Call *call,
                           const Value **values)
{
    for (size_t i = 0; i < call->count; i++) {
        if (is_lambda(values[i]) &&
            (call_of(values[i])->count < 2 || call_of(values[i])->count > 4))
            return count_refused(frame, call_of(values[i]), 2, 3);
    }
    Template *template = frame->template;
    WalkOfCall own = {frame, call, false};
    Walk walk = {{template->arena, &template->diags, {0}}, &own, apply};
    const Value *given[3] = {0};
    for (size_t i = 0; i < call->count; i++) {
        if (is_lambda(values[i])) continue;
        given[i] = values[i];
    }
    const Value *value = walk_call(&walk, text_of(row->name), given, call->count);
    if (value) return value;
    if (own.unsure) return keep_lambdas(frame, call, values);
    return frame->problem->message.length ? NULL : fail_as_said(frame, call);
}

// ---- functions

// max and min of a list are kept as those of its items.
static const Value *keep_spread(const Frame *frame, const Builtin *builtin, const Call *call,
                                const Value **values)
{
    bool spreads = text_is(text_of(builtin->name), "max") || text_is(text_of(builtin->name), "min");
    if (!spreads || call->count != 1 || values[0]->kind != VALUE_ARRAY)
        return keep_lambdas(frame, call, values);
    Call spread = {.name = call->name, .count = values[0]->array.count};
    return engine_keep(frame, &spread, values[0]->array.items);
}

const Value *engine_evaluated(const Frame *frame, const Call *call, Text function,
                              const Value **values)
{
    FunctionCall own = {engine_arena(frame), &frame->template->diags, {0}};
    const Value *value = function_find(function)->call(&own, values, call->count);
    return value ? value : fail_as_said(frame, call);
}

static const Value *of_evaluate(const Frame *frame, const Builtin *builtin, const Call *call)
{
    const FunctionRow *row = function_find(text_of(builtin->name));
    if ((int)call->count < row->least || (row->most >= 0 && (int)call->count > row->most))
        return count_refused(frame, call, row->least, row->most);
    const Value **values = arguments_of(frame, call);
    if (!values) return NULL;
    if (any_kept(values, call->count, builtin->kind == BUILTIN_PLAIN) ||
        (builtin->kind == BUILTIN_DEEP && member_keeps(builtin->name, values)))
        return keep_spread(frame, builtin, call, values);
    if (builtin->kind == BUILTIN_WALK) return walked(frame, row, call, values);
    return engine_evaluated(frame, call, text_of(row->name), values);
}

static const Value *function_value(const Frame *frame, const Call *call)
{
    if (call->space.length) return name_user_function(frame, call);
    const Builtin *builtin = builtin_find(call->name);
    if (!builtin)
        return engine_fail(frame,
                           "The template function '%.*s' is not valid. Please see "
                           "https://aka.ms/arm-functions for usage details.",
                           TEXT_ARG(call->name));
    if (!builtin->run) return of_evaluate(frame, builtin, call);
    if ((int)call->count < builtin->least ||
        (builtin->most >= 0 && (int)call->count > builtin->most))
        return count_refused(frame, call, builtin->least, builtin->most);
    if (builtin->kind == BUILTIN_LAZY) return builtin->run(frame, call, call->arguments);
    const Value **values = arguments_of(frame, call);
    if (!values) return NULL;
    if (builtin->kind == BUILTIN_OWN && any_kept(values, call->count, true))
        return engine_keep(frame, call, values);
    return builtin->run(frame, call, values);
}

const Value *engine_call(const Frame *frame, const Value *expression)
{
    if (!call_of(expression)) return expression;
    const Call *call = call_of(expression);
    if (frame->template->depth >= DEPTH_LIMIT)
        return engine_fail(frame, "The template language expression is nested too deep.");
    if (!budget_left(frame)) return NULL;
    frame->template->depth++;
    const Value *value = function_value(frame, call);
    bool whole = is_reference(call); // has taken its accesses into account
    for (size_t i = 0; value && !whole && i < call->access_count; i++) {
        const Value *access = engine_value(frame, call->accesses[i]);
        value = access ? engine_access(frame, value, access) : NULL;
    }
    frame->template->depth--;
    return value;
}

// ---- JSON

static const Value *text_value(const Frame *frame, const Value *json)
{
    Arena *arena = engine_arena(frame);
    if (call_of(json) || !json->string.length || json->string.at[0] != '[') return json;
    if (!call_is_expression(json->string)) {
        Text plain = call_unescaped(json->string);
        return plain.length == json->string.length ? json : value_string(arena, plain);
    }
    Text error = {0};
    const Value *expression = call_read(arena, json->string, &error);
    if (!expression) return engine_fail(frame, "%.*s", TEXT_ARG(error));
    return engine_call(frame, expression);
}

// The list itself where nothing in it changes.
static const Value *array_value(const Frame *frame, const Value *json)
{
    Arena *arena = engine_arena(frame);
    Value *made = NULL;
    for (size_t i = 0; i < json->array.count; i++) {
        const Value *item = engine_json(frame, json->array.items[i]);
        if (!item) return NULL;
        if (!made && item != json->array.items[i]) {
            made = value_array(arena);
            for (size_t j = 0; j < i; j++) value_append(arena, made, json->array.items[j]);
        }
        if (made) value_append(arena, made, item);
    }
    return made ? made : json;
}

// The name of a property, evaluated; NULL with the frame's problem set.
static const Value *key_value(const Frame *frame, Text name)
{
    const Value *value = text_value(frame, value_string(engine_arena(frame), name));
    if (!value || value->kind == VALUE_STRING) return value;
    TextBuffer shown = {.arena = engine_arena(frame)};
    call_write(&shown, value);
    return engine_fail(frame,
                       "Unable to evaluate language expression '%.*s' as JSON property name: the "
                       "expression value of type '%s' could not be used as property name. ",
                       TEXT_ARG(buffer_done(&shown)), engine_kind(value));
}

// A property that an expression names; false if there is one of that name.
static bool add_named(const Frame *frame, Value *object, Text name, const Value *value)
{
    if (value_find(object, name)) {
        engine_fail(
            frame,
            "Unable to evaluate language expression '[function]' as JSON property name: the "
            "property with name '%.*s' already exists.",
            TEXT_ARG(name));
        return false;
    }
    list_add(engine_arena(frame), &object->object, ((ValueProperty){name, value, NULL}));
    return true;
}

// `made` gets what the property becomes; it is NULL as long as nothing has changed.
static bool add_property(const Frame *frame, const Value *json, size_t index, Value **made)
{
    Arena *arena = engine_arena(frame);
    const ValueProperty *property = &json->object.items[index];
    bool loops = frame->flags & FRAME_COPY && copy_is_loop(property);
    bool named = !loops && call_is_expression(property->name);
    const Value *key = named ? key_value(frame, property->name) : NULL;
    const Value *value = loops || (named && !key) ? NULL : engine_json(frame, property->value);
    if (!loops && !value) return false;
    Text plain = call_unescaped(property->name);
    bool same = !loops && !named && value == property->value && plain.at == property->name.at;
    if (same && !*made) return true;
    if (!*made) {
        *made = value_object(arena);
        for (size_t i = 0; i < index; i++) list_add(arena, &(*made)->object, json->object.items[i]);
    }
    if (loops) return copy_into(frame, property->value, *made);
    if (named) return add_named(frame, *made, key->string, value);
    list_add(arena, &(*made)->object, ((ValueProperty){plain, value, NULL}));
    return true;
}

// The object itself where nothing in it changes.
static const Value *object_value(const Frame *frame, const Value *json)
{
    Value *made = NULL;
    for (size_t i = 0; i < json->object.count; i++) {
        if (!add_property(frame, json, i, &made)) return NULL;
    }
    return made ? made : json;
}

const Value *engine_json(const Frame *frame, const Value *json)
{
    switch (json->kind) {
    case VALUE_STRING: return text_value(frame, json);
    case VALUE_ARRAY: return array_value(frame, json);
    case VALUE_OBJECT: return object_value(frame, json);
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: break;
    }
    return json;
}
