// compiler/snapshot/naming.c: what names within an expression mean. Parameters and variables are
// evaluated once, when they are first asked for.
#include "compiler/snapshot/naming.h"
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

static const Value *once(const Frame *frame, Named *named, const char *kind,
                         const Value *(*evaluate)(const Frame *frame, const Named *named))
{
    if (named->value) return named->value;
    if (named->busy)
        return engine_fail(frame, "The template %s '%.*s' is part of a circular definition.", kind,
                           TEXT_ARG(named->name));
    named->busy = true;
    const Value *value = evaluate(frame, named);
    named->busy = false;
    named->value = value;
    return value;
}

static const Value *parameter_value(const Frame *frame, const Named *named)
{
    Frame own = frame_of(frame, FRAME_DEFAULT);
    return typecheck_parameter(&own, named);
}

static const Value *variable_value(const Frame *frame, const Named *named)
{
    Frame own = frame_of(frame, frame->flags & FRAME_BODY);
    if (named->given) return copy_list(&own, named->name, named->given, false);
    return engine_json(&own, named->json);
}

const Value *naming_parameter(const Frame *frame, Named *named)
{
    return once(frame, named, "parameter", parameter_value);
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
                       : map_get(&words->parameters, engine_lower(engine_arena(frame), name));
    if (named) return naming_parameter(frame, named);
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
    Named *named = map_get(&words->variables, engine_lower(engine_arena(frame), name));
    if (named) return once(frame, named, "variable", variable_value);
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
        if (engine_same(scope->name, arguments[0]->string)) return scope->value;
    }
    return engine_fail(frame,
                       "The lambda variable '%.*s' is not found. Please see "
                       "https://aka.ms/arm-functions for usage details.",
                       TEXT_ARG(arguments[0]->string));
}

// copyIndex(), copyIndex(offset), copyIndex(name), copyIndex(name, offset)
const Value *name_copy_index(const Frame *frame, const Call *call, const Value **arguments)
{
    bool named = call->count && arguments[0]->kind == VALUE_STRING;
    const Value *offset = call->count > named ? arguments[named] : NULL;
    const Loop *loop = frame->loops;
    while (loop && (named ? !engine_same(loop->name, arguments[0]->string) : !loop->of_resource))
        loop = loop->outer;
    if (!named && !loop) loop = frame->loops;
    if (!loop || (offset && offset->kind != VALUE_INT))
        return engine_fail(
            frame, "The template function 'copyIndex' is not expected at this location. The "
                   "function can only be used in a resource with copy specified. Please see "
                   "https://aka.ms/arm-copy for usage details.");
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
            !engine_same(name->string, call->space))
            continue;
        const Value *function = value_find(members, call->name);
        if (function && function->kind == VALUE_OBJECT) return function;
    }
    return NULL;
}

const Value *name_user_function(const Frame *frame, const Call *call)
{
    const Value *function = function_of(frame, call);
    const Value *output = function ? value_find(function, TEXT("output")) : NULL;
    const Value *body =
        output && output->kind == VALUE_OBJECT ? value_find(output, TEXT("value")) : NULL;
    if (!body)
        return engine_fail(frame,
                           "The template function '%.*s.%.*s' is not valid. Please see "
                           "https://aka.ms/arm-functions for usage details.",
                           TEXT_ARG(call->space), TEXT_ARG(call->name));
    const Value *declared = value_find(function, TEXT("parameters"));
    size_t count = declared && declared->kind == VALUE_ARRAY ? declared->array.count : 0;
    if (count != call->count)
        return engine_fail(frame,
                           "Unable to evaluate template language function '%.*s.%.*s': function "
                           "requires %zu argument(s) while %zu were provided. Please see "
                           "https://aka.ms/arm-functions for usage details.",
                           TEXT_ARG(call->space), TEXT_ARG(call->name), count, call->count);
    Value *values = value_object(engine_arena(frame));
    for (size_t i = 0; i < count; i++) {
        const Value *item = declared->array.items[i];
        const Value *name = item->kind == VALUE_OBJECT ? value_find(item, TEXT("name")) : NULL;
        const Value *value = engine_call(frame, call->arguments[i]);
        if (!value) return NULL;
        if (name && name->kind == VALUE_STRING)
            value_set(engine_arena(frame), values, name->string, value);
    }
    Frame own = frame_of(frame, 0);
    own.arguments = values;
    return engine_json(&own, body);
}
