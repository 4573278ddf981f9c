// compiler/specialize/apply.c: functions: those of the library are applied, built-in ones of known
// values are computed, all else stays as written with what is known filled in.
#include "compiler/evaluate/evaluate.h"
#include "compiler/specialize/program.h"

Residual *apply_lambda(Specializer *s, const Residual *lambda, Residual **arguments, size_t count)
{
    const Syntax *syntax = lambda->lambda.syntax;
    Frame frame = lambda->lambda.frame;
    frame.loops++;
    for (size_t i = 0; i < syntax->lambda.count && i < count; i++) {
        frame.locals =
            reduce_with_local(s, frame.locals, syntax->lambda.parameters[i].name, arguments[i]);
    }
    return reduce(s, frame, syntax->lambda.body);
}

// Without parameters it is a variable in all but name.
static Residual *constant_function(Specializer *s, Frame frame, const Symbol *symbol)
{
    Instance *instance = reduce_instance(s, frame, symbol);
    Residual **slot = &instance->slots[symbol->index];
    if (!*slot) {
        Frame inside = {.instance = instance, .loops = instance->loops};
        Residual *content = reduce(s, inside, symbol->declaration->declaration.value->lambda.body);
        if (content->kind == RESIDUAL_ERROR) return content;
        *slot = unroll_bind(s, instance, symbol, symbol->name, content);
    }
    reduce_note_use(frame, *slot);
    return *slot;
}

static Residual *run_function(Specializer *s, Frame frame, const Symbol *symbol,
                              Residual **arguments, size_t count)
{
    const Syntax *lambda = symbol->declaration->declaration.value;
    Frame inside = {.instance = reduce_instance(s, frame, symbol), .loops = frame.loops};
    for (size_t i = 0; i < lambda->lambda.count; i++) {
        Residual *given = i < count ? arguments[i] : residual_null(); // T? may be left out
        inside.locals =
            reduce_with_local(s, inside.locals, lambda->lambda.parameters[i].name, given);
    }
    return reduce(s, inside, lambda->lambda.body);
}

// What follows from known values alone is known once for all who ask.
static bool is_plain(const Residual *residual)
{
    bool plain = residual->kind == RESIDUAL_VALUE || residual->kind == RESIDUAL_OBJECT ||
                 residual->kind == RESIDUAL_ARRAY;
    return plain && residual->value && !value_holds_file(residual->value);
}

static Residual *apply_function(Specializer *s, Frame frame, const Symbol *symbol,
                                Residual **arguments, size_t count)
{
    if (symbol->declaration->declaration.value->lambda.count == 0)
        return constant_function(s, frame, symbol);
    const Value **values = arena_array(s->arena, const Value *, count + 1);
    for (size_t i = 0; i < count; i++) {
        values[i] = residual_seen(arguments[i])->value;
        if (!values[i]) return run_function(s, frame, symbol, arguments, count);
    }
    Text key = evaluate_key(s->arena, symbol, values, count);
    Residual *result = map_get(&s->results, key);
    if (result) return result;
    result = run_function(s, frame, symbol, arguments, count);
    if (is_plain(result)) map_put(s->arena, &s->results, key, result);
    return result;
}

static Residual *call_node(Specializer *s, Residual *base, Text name, Residual **arguments,
                           size_t count)
{
    Residual *node = residual_new(s->arena, RESIDUAL_CALL);
    node->call.base = base;
    node->call.name = name;
    for (size_t i = 0; i < count; i++) {
        Residual *argument = reduce_lambda(s, arguments[i]);
        if (argument->kind == RESIDUAL_ERROR) return argument;
        list_add(s->arena, &node->call.arguments, argument);
    }
    return node;
}

// The text of a user's file must not be pasted into another text.
static bool pastes_file(const Value *result, const Value **values, size_t count)
{
    if (result->kind != VALUE_STRING || result->file) return false;
    for (size_t i = 0; i < count; i++) {
        if (value_holds_file(values[i])) return true;
    }
    return false;
}

// These say more than their value does.
static bool keeps_form(Text name, const Value *first)
{
    if (text_is(name, "base64")) return true;
    return text_is(name, "string") && (first->kind == VALUE_OBJECT || first->kind == VALUE_ARRAY);
}

// A pure function of known values. NULL: it is none.
static Residual *fold(Specializer *s, const Syntax *node, Text name, Residual **arguments,
                      size_t count)
{
    const FunctionRow *row = function_find(name);
    if (!row || !row->call || !(row->flags & FUNCTION_PURE)) return NULL;
    if (row->flags & (FUNCTION_LAMBDA | FUNCTION_LOAD | FUNCTION_RUNTIME | FUNCTION_DEPLOYMENT))
        return NULL;
    const Value **values = arena_array(s->arena, const Value *, count + 1);
    for (size_t i = 0; i < count; i++) {
        values[i] = residual_seen(arguments[i])->value;
        if (!values[i]) return NULL;
    }
    Diags unheard;
    FunctionCall call = reduce_call_at(s, node, &unheard);
    const Value *result = row->call(&call, values, count);
    if (!result) return call.diags == &unheard ? NULL : residual_error();
    bool pastes = pastes_file(result, values, count);
    if (!pastes && !(count && keeps_form(name, values[0]))) return residual_value(s->arena, result);
    Residual *kept = call_node(s, NULL, name, arguments, count);
    if (kept->kind == RESIDUAL_CALL)
        kept->value = pastes ? reduce_pasted(s, result->string) : result;
    return kept;
}

static bool any_structured(Residual **arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ResidualKind kind = residual_seen(arguments[i])->kind;
        if (kind == RESIDUAL_OBJECT || kind == RESIDUAL_ARRAY || kind == RESIDUAL_LAMBDA)
            return true;
        if (!residual_seen(arguments[i])->value) return true;
    }
    return false;
}

Residual *apply_builtin(Specializer *s, const Syntax *node, Residual *base, Text name,
                        Residual **arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (residual_seen(arguments[i])->kind == RESIDUAL_ERROR) return residual_error();
    }
    if (base)
        return base->kind == RESIDUAL_ERROR ? base : call_node(s, base, name, arguments, count);
    Text text;
    if (text_is(name, "any") && count == 1) {
        bool keep =
            !residual_seen(arguments[0])->value && reduce_keeps_shape(residual_seen(arguments[0]));
        return keep ? call_node(s, NULL, name, arguments, count) : arguments[0];
    }
    if (text_is(name, "fail") && count == 1 && s->undecided == 0 &&
        residual_known_text(arguments[0], &text)) {
        return reduce_error(s, DIAG_FAIL_REACHED, node, text, TEXT(""));
    }
    Residual *made =
        any_structured(arguments, count) ? shape_call(s, node, name, arguments, count) : NULL;
    if (!made) made = fold(s, node, name, arguments, count);
    return made ? made : call_node(s, NULL, name, arguments, count);
}

static Residual *name_of(Specializer *s, const Syntax *node)
{
    const Syntax *named = syntax_bare(node->call.arguments.items[0]);
    if (named->kind == SYNTAX_ACCESS) return residual_text(s->arena, named->access.name);
    Text text;
    if (named->kind == SYNTAX_INDEX && named->index.at &&
        syntax_plain_string(named->index.at, &text)) {
        return residual_text(s->arena, text);
    }
    return named->kind == SYNTAX_NAME ? residual_text(s->arena, named->name) : residual_error();
}

static bool is_builtin_space(Frame frame, const Syntax *base)
{
    return base->kind == SYNTAX_NAME && (text_is(base->name, "sys") || text_is(base->name, "az")) &&
           !reduce_local(frame.locals, base->name);
}

// The user's function that is called, NULL if it is none.
static const Symbol *function_of(Frame frame, const Syntax *node)
{
    const Symbol *symbol = NULL;
    if (!node->call.base) {
        symbol = reduce_symbol_of(frame, node->call.name);
    } else if (node->call.base->kind == SYNTAX_NAME &&
               !reduce_local(frame.locals, node->call.base->name)) {
        const Symbol *space = reduce_symbol_of(frame, node->call.base->name);
        if (space && space->kind == SYMBOL_NAMESPACE)
            symbol = bind_exported(space->target_file, node->call.name);
    }
    return symbol && symbol->kind == SYMBOL_FUNC ? symbol : NULL;
}

Residual *apply_call(Specializer *s, Frame frame, const Syntax *node)
{
    size_t count = node->call.arguments.count;
    const Symbol *function = function_of(frame, node);
    const FunctionRow *row = function ? NULL : function_find(node->call.name);
    if (!function && !node->call.base && text_is(node->call.name, "nameof") && count == 1)
        return name_of(s, node);
    if (row && (row->flags & FUNCTION_LOAD)) return unroll_load(s, frame, node);
    Residual **arguments = arena_array(s->arena, Residual *, count + 1);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        arguments[i] = reduce(s, frame, node->call.arguments.items[i]);
        good &= arguments[i]->kind != RESIDUAL_ERROR;
    }
    if (!good) return residual_error();
    if (function) return apply_function(s, frame, function, arguments, count);
    Residual *base = NULL;
    if (node->call.base && !is_builtin_space(frame, node->call.base))
        base = reduce(s, frame, node->call.base);
    return apply_builtin(s, node, base, node->call.name, arguments, count);
}
