// compiler/snapshot/naming.c: what names within an expression mean. Parameters and variables are
// evaluated once, when they are first asked for.
#include "compiler/snapshot/naming.h"
#include "compiler/snapshot/budget.h"
#include "compiler/snapshot/builtin.h"
#include "compiler/snapshot/copy.h"
#include "compiler/snapshot/typecheck.h"

static bool text_argument(const Frame *frame, const Call *call, const Value *argument)
{
    if (argument->kind == VALUE_STRING) return true;
    engine_fail(frame,
                "The template language function '%.*s' expects its argument to be a string. Please "
                "see https://aka.ms/arm-functions for usage details.",
                TEXT_ARG(call->name));
    return false;
}

// ---- parameters and variables

// Of the template `words` belongs to, not of the place that asks.
static Frame frame_of(const Frame *frame, unsigned flags)
{
    return (Frame){.template = frame->template->words,
                   .flags = flags,
                   .runtime = frame->runtime,
                   .problem = frame->problem};
}

// The names that are being evaluated, from this one on.
static const Value *cycle(const Frame *frame, const Named *named)
{
    TextBuffer out = {.arena = engine_arena(frame)};
    const Template *words = frame->template->words;
    size_t from = words->busy.count;
    while (from > 0 && words->busy.items[from - 1] != named) from--;
    for (size_t i = from ? from - 1 : 0; i < words->busy.count; i++)
        buffer_format(&out, "%.*s -> ", TEXT_ARG(words->busy.items[i]->name));
    return engine_fail(frame, "The '%.*s' symbol's definition cycles back to itself (%.*s%.*s).",
                       TEXT_ARG(named->name), TEXT_ARG(buffer_done(&out)), TEXT_ARG(named->name));
}

static const Value *once(const Frame *frame, Named *named,
                         const Value *(*evaluate)(const Frame *frame, const Named *named))
{
    if (named->value) return named->value;
    if (named->busy) return cycle(frame, named);
    Template *words = frame->template->words;
    named->busy = true;
    list_add(words->arena, &words->busy, named);
    const Value *value = evaluate(frame, named);
    words->busy.count--;
    named->busy = false;
    named->value = value;
    return value;
}

static const Value *parameter_value(const Frame *frame, const Named *named)
{
    Frame own = frame_of(frame, FRAME_DEFAULT);
    const Value *value = typecheck_parameter(&own, named);
    return value && budget_counts(frame, value)
               ? value
               : engine_within(frame, "expression in parameter", named->name, named->json);
}

static const Value *variable_value(const Frame *frame, const Named *named)
{
    Frame own = frame_of(frame, FRAME_COPY);
    const Value *value = named->given ? copy_list(&own, named->name, named->given, false)
                                      : engine_json(&own, named->json);
    return value && budget_counts(frame, value)
               ? value
               : engine_within(frame, "variable", named->name, named->json);
}

static const Value *naming_variable(const Frame *frame, Named *named)
{
    return once(frame, named, variable_value);
}

bool naming_variables(const Frame *frame)
{
    const Map *variables = &frame->template->variables;
    for (size_t i = 0; i < variables->count; i++) {
        if (!naming_variable(frame, variables->items[i].value)) return false;
    }
    return true;
}

const Value *naming_parameter(const Frame *frame, Named *named)
{
    return once(frame, named, parameter_value);
}

const Value *name_parameters(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!text_argument(frame, call, arguments[0])) return NULL;
    Text name = arguments[0]->string;
    const Value *own = frame->arguments ? value_find(frame->arguments, name) : NULL;
    if (own) return own;
    Template *words = frame->template->words;
    Named *named = frame->arguments
                       ? NULL
                       : map_get(&words->parameters, text_lower(engine_arena(frame), name));
    if (named) return naming_parameter(frame, named);
    if (frame->arguments)
        return engine_fail(
            frame,
            "The parameter '%.*s' is not found in template function '%.*s'. Please see "
            "https://aka.ms/arm-syntax-functions for usage details.",
            TEXT_ARG(name), TEXT_ARG(frame->function));
    return engine_fail(frame,
                       "The template parameter '%.*s' is not found. Please see "
                       "https://aka.ms/arm-syntax-parameters for usage details.",
                       TEXT_ARG(name));
}

const Value *name_variables(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!text_argument(frame, call, arguments[0])) return NULL;
    Text name = arguments[0]->string;
    Template *words = frame->template->words;
    Named *named = map_get(&words->variables, text_lower(engine_arena(frame), name));
    if (named) return naming_variable(frame, named);
    return engine_fail(frame,
                       "The template variable '%.*s' is not found. Please see "
                       "https://aka.ms/arm-syntax-variables for usage details.",
                       TEXT_ARG(name));
}

// ---- lambdas and loops

const Value *name_lambda_variables(const Frame *frame, const Call *call, const Value **arguments)
{
    if (!text_argument(frame, call, arguments[0])) return NULL;
    for (const Scope *scope = frame->lambdas; scope; scope = scope->outer) {
        if (text_alike(scope->name, arguments[0]->string)) return scope->value;
    }
    return engine_fail(frame, "The template function 'lambdaVariables' is not valid. Please see "
                              "https://aka.ms/arm-functions for usage details.");
}

// copyIndex(), copyIndex(offset), copyIndex(name), copyIndex(name, offset)
static const Value *no_index(const Frame *frame, Text why)
{
    return engine_fail(frame,
                       "The template language function 'copyIndex' has an invalid argument. %.*s "
                       "Please see https://aka.ms/arm-resource-loops for usage details.",
                       TEXT_ARG(why));
}

const Value *name_copy_index(const Frame *frame, const Call *call, const Value **arguments)
{
    bool named = call->count && arguments[0]->kind == VALUE_STRING;
    const Value *offset = call->count > named ? arguments[named] : NULL;
    const Loop *loop = frame->loops;
    while (loop && (named ? !text_alike(loop->name, arguments[0]->string) : !loop->of_resource))
        loop = loop->outer;
    if (!frame->loops)
        return engine_fail(
            frame, frame->flags & FRAME_RESOURCE
                       ? "The template function 'copyIndex' is not expected at this location. "
                         "The function can only be used in a resource with copy specified. "
                         "Please see https://aka.ms/arm-resource-loops for usage details."
                       : "The template function 'copyIndex' is not valid. Please see "
                         "https://aka.ms/arm-functions for usage details.");
    if (!loop)
        return no_index(frame, text_format(engine_arena(frame),
                                           "The provided copy name '%.*s' doesn't exist in the "
                                           "resource.",
                                           TEXT_ARG(named ? arguments[0]->string : TEXT(""))));
    if (offset && (offset->kind != VALUE_INT || offset->integer < 0))
        return no_index(frame, TEXT("The offset must be a postive integer value or zero."));
    return value_int(engine_arena(frame), loop->index + (offset ? offset->integer : 0));
}

// ---- user functions

static const Value *function_of(const Frame *frame, const Call *call)
{
    const Value *spaces = value_find(frame->template->words->json, TEXT("functions"));
    for (size_t i = 0; spaces && spaces->kind == VALUE_ARRAY && i < spaces->array.count; i++) {
        const Value *space = spaces->array.items[i];
        const Value *name =
            space->kind == VALUE_OBJECT ? value_find(space, TEXT("namespace")) : NULL;
        const Value *members = name ? value_find(space, TEXT("members")) : NULL;
        if (!members || members->kind != VALUE_OBJECT || name->kind != VALUE_STRING ||
            !text_alike(name->string, call->space))
            continue;
        const Value *function = value_find(members, call->name);
        if (function && function->kind == VALUE_OBJECT) return function;
    }
    return NULL;
}

static bool fits(const Frame *frame, const Value *type, const Value *value, Text name,
                 Text function)
{
    Text subject = name.length
                       ? text_format(engine_arena(frame), "'%.*s' parameter", TEXT_ARG(name))
                       : TEXT("output");
    return typecheck_value(
        frame, type, value,
        text_format(engine_arena(frame), "%.*s of the user-defined function", TEXT_ARG(subject)),
        function);
}

// {name: value} of a call; NULL with the frame's problem set.
static const Value *values_of(const Frame *frame, const Call *call, const Value *declared,
                              Text function)
{
    Arena *arena = engine_arena(frame);
    size_t count = declared && declared->kind == VALUE_ARRAY ? declared->array.count : 0;
    if (count != call->count)
        return engine_fail(
            frame,
            "The template language function '%.*s' expects exactly '%zu' parameters. "
            "Please see https://aka.ms/arm-functions for usage details.",
            TEXT_ARG(function), count);
    Value *values = value_object(arena);
    for (size_t i = 0; i < count; i++) {
        const Value *item = declared->array.items[i];
        const Value *name = item->kind == VALUE_OBJECT ? value_find(item, TEXT("name")) : NULL;
        const Value *value = engine_call(frame, call->arguments[i]);
        if (!value || !budget_counts(frame, value)) return NULL;
        if (!name || name->kind != VALUE_STRING) continue;
        if (!fits(frame, item, value, name->string, function)) return NULL;
        value_set(arena, values, name->string, value);
    }
    return values;
}

const Value *name_user_function(const Frame *frame, const Call *call)
{
    Text function =
        text_format(engine_arena(frame), "%.*s.%.*s", TEXT_ARG(call->space), TEXT_ARG(call->name));
    const Value *declared = function_of(frame, call);
    const Value *output = declared ? value_find(declared, TEXT("output")) : NULL;
    const Value *body =
        output && output->kind == VALUE_OBJECT ? value_find(output, TEXT("value")) : NULL;
    if (!body)
        return engine_fail(frame,
                           "The template function '%.*s' is not valid. Please see "
                           "https://aka.ms/arm-functions for usage details.",
                           TEXT_ARG(function));
    Frame own = frame_of(frame, 0);
    own.arguments = values_of(frame, call, value_find(declared, TEXT("parameters")), function);
    own.function = function;
    const Value *value = own.arguments ? engine_json(&own, body) : NULL;
    return value && fits(frame, output, value, (Text){0}, function) ? value : NULL;
}
