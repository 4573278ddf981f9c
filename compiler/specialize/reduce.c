// compiler/specialize/reduce.c: an expression of the library to its residual. What is known is
// computed, what is known in part keeps its shape, the rest stays as written with its known parts
// filled in. Variables are evaluated when first asked for, so that what a decided condition leaves
// out is never looked at.
#include "compiler/specialize/program.h"

Residual *reduce_error(Specializer *s, DiagCode code, const Syntax *node, Text a, Text b)
{
    if (!s->quiet) diag_add_with(s->diags, code, syntax_place(node), a, b);
    return residual_error();
}

FunctionCall reduce_call_at(Specializer *s, const Syntax *node, Diags *unheard)
{
    *unheard = (Diags){.arena = s->arena};
    bool heard = !s->quiet && s->undecided == 0;
    return (FunctionCall){s->arena, heard ? s->diags : unheard, syntax_place(node)};
}

// ---- names

const Local *reduce_local(const Local *locals, Text name)
{
    while (locals && !text_equal(locals->name, name)) locals = locals->outer;
    return locals;
}

const Local *reduce_with_local(Specializer *s, const Local *outer, Text name, Residual *value)
{
    Local *local = arena_new(s->arena, Local);
    *local = (Local){name, value, outer};
    return local;
}

const Symbol *reduce_symbol_of(Frame frame, Text name)
{
    const Symbol *symbol = bind_lookup_within(frame.instance->file, frame.within, name);
    while (symbol && symbol->origin) symbol = symbol->origin;
    return symbol;
}

Instance *reduce_instance(Specializer *s, Frame frame, const Symbol *symbol)
{
    if (symbol->file == frame.instance->file) return frame.instance;
    return unroll_imported(s, frame.instance->program, symbol->file);
}

static bool is_fail(const Residual *residual)
{
    return residual->kind == RESIDUAL_CALL && !residual->call.base &&
           text_is(residual->call.name, "fail");
}

static Residual *variable(Specializer *s, Instance *instance, const Symbol *symbol,
                          const Syntax *node)
{
    Residual **slot = &instance->slots[symbol->index];
    unsigned char *state = &instance->states[symbol->index];
    if (*state == 1)
        return reduce_error(s, DIAG_NOT_SPECIALIZED, node, TEXT("what needs itself"), TEXT(""));
    if (*state == 0) {
        *state = 1;
        Frame frame = {.instance = instance, .loops = instance->loops};
        bool was_quiet = s->quiet;
        Residual *content = reduce(s, frame, symbol->declaration->declaration.value);
        *slot = unroll_bind(s, instance, symbol, symbol->name, content);
        *state = was_quiet && content->kind == RESIDUAL_ERROR ? 0 : 2;
        if (*state == 0) return content;
    }
    Text text;
    if (s->undecided == 0 && is_fail(*slot) &&
        residual_known_text((*slot)->call.arguments.items[0], &text)) {
        return reduce_error(s, DIAG_FAIL_REACHED, symbol->declaration->declaration.value, text,
                            TEXT(""));
    }
    return *slot;
}

void reduce_note_use(Frame frame, Residual *used)
{
    if (used->kind == RESIDUAL_BOUND && frame.loops > used->declaration->loops)
        used->declaration->often = true;
}

Residual *reduce_symbol(Specializer *s, Frame frame, const Symbol *symbol, const Syntax *node)
{
    Instance *instance = reduce_instance(s, frame, symbol);
    Residual *found = NULL;
    switch (symbol->kind) {
    case SYMBOL_PARAM: found = unroll_parameter(s, instance, symbol); break;
    case SYMBOL_VAR: found = variable(s, instance, symbol, node); break;
    case SYMBOL_RESOURCE:
    case SYMBOL_MODULE: return unroll_symbol(s, instance, symbol);
    case SYMBOL_TYPE:
    case SYMBOL_FUNC:
    case SYMBOL_NAMESPACE:
    case SYMBOL_EXTENSION:
    case SYMBOL_TEST:
    case SYMBOL_ASSERT:
        return reduce_error(s, DIAG_NOT_SPECIALIZED, node, text_of(bind_kind_name(symbol->kind)),
                            TEXT(""));
    }
    reduce_note_use(frame, found);
    return found;
}

static Residual *reduce_name(Specializer *s, Frame frame, const Syntax *node)
{
    const Local *local = reduce_local(frame.locals, node->name);
    if (local) return local->value;
    const Symbol *symbol = reduce_symbol_of(frame, node->name);
    if (symbol) return reduce_symbol(s, frame, symbol, node);
    return reduce_error(s, DIAG_NOT_SPECIALIZED, node, TEXT("this name"), TEXT(""));
}

// ---- operators

static Residual *binary_node(Specializer *s, SyntaxOp op, Residual *left, Residual *right)
{
    Residual *node = residual_new(s->arena, RESIDUAL_BINARY);
    node->binary.op = op;
    node->binary.left = left;
    node->binary.right = right;
    return node;
}

static bool known_bool(Residual *residual, bool *boolean)
{
    const Value *value = residual_seen(residual)->value;
    if (!value || value->kind != VALUE_BOOL) return false;
    *boolean = value->boolean;
    return true;
}

static Residual *in_branch(Specializer *s, Frame frame, const Syntax *node)
{
    s->undecided++;
    Residual *branch = reduce(s, frame, node);
    s->undecided--;
    return branch;
}

static Residual *reduce_logical(Specializer *s, Frame frame, const Syntax *node)
{
    bool is_and = node->binary.op == OP_AND, known;
    Residual *left = reduce(s, frame, node->binary.left);
    if (left->kind == RESIDUAL_ERROR) return left;
    if (known_bool(left, &known)) {
        return known == is_and ? reduce(s, frame, node->binary.right) : residual_bool(known);
    }
    Residual *right = in_branch(s, frame, node->binary.right);
    if (known_bool(right, &known)) return known == is_and ? left : residual_bool(known);
    return binary_node(s, node->binary.op, left, right);
}

static Residual *reduce_coalesce(Specializer *s, Frame frame, const Syntax *node)
{
    Residual *left = reduce(s, frame, node->binary.left);
    if (left->kind == RESIDUAL_ERROR) return left;
    if (residual_is_null(left)) return reduce(s, frame, node->binary.right);
    if (residual_not_null(left)) return left;
    Residual *right = in_branch(s, frame, node->binary.right);
    if (left->kind == RESIDUAL_ENTRY) {
        Residual *param = residual_new(s->arena, RESIDUAL_PARAM);
        param->declaration = unroll_entry(s, left, right);
        return param;
    }
    return binary_node(s, OP_COALESCE, left, right);
}

static bool compares_with_null(SyntaxOp op, Residual *left, Residual *right)
{
    if (op != OP_EQUALS && op != OP_NOT_EQUALS) return false;
    return (residual_is_null(left) && residual_not_null(right)) ||
           (residual_is_null(right) && residual_not_null(left));
}

static Residual *reduce_binary(Specializer *s, Frame frame, const Syntax *node)
{
    SyntaxOp op = node->binary.op;
    if (op == OP_AND || op == OP_OR) return reduce_logical(s, frame, node);
    if (op == OP_COALESCE) return reduce_coalesce(s, frame, node);
    Residual *left = reduce(s, frame, node->binary.left),
             *right = reduce(s, frame, node->binary.right);
    if (left->kind == RESIDUAL_ERROR || right->kind == RESIDUAL_ERROR) return residual_error();
    const Value *a = residual_seen(left)->value, *b = residual_seen(right)->value;
    if (compares_with_null(op, left, right)) return residual_bool(op == OP_NOT_EQUALS);
    if (!a || !b) return binary_node(s, op, left, right);
    Diags unheard;
    FunctionCall call = reduce_call_at(s, node, &unheard);
    const Value *value = operator_binary(&call, (int)op, a, b);
    if (value) return residual_value(s->arena, value);
    return call.diags == &unheard ? binary_node(s, op, left, right) : residual_error();
}

static Residual *reduce_unary(Specializer *s, Frame frame, const Syntax *node)
{
    const Syntax *bare = syntax_bare(node->unary.operand);
    if (node->unary.op == OP_MINUS && bare->kind == SYNTAX_INTEGER) {
        return residual_int(s->arena, (int64_t)(0 - bare->integer)); // also -9223372036854775808
    }
    Residual *operand = reduce(s, frame, node->unary.operand);
    if (operand->kind == RESIDUAL_ERROR) return operand;
    const Value *known = residual_seen(operand)->value;
    if (known) {
        FunctionCall call = {s->arena, s->diags, syntax_place(node)};
        const Value *value = operator_unary(&call, (int)node->unary.op, known);
        return value ? residual_value(s->arena, value) : residual_error();
    }
    Residual *unary = residual_new(s->arena, RESIDUAL_UNARY);
    unary->unary.op = node->unary.op;
    unary->unary.operand = operand;
    return unary;
}

static Residual *reduce_ternary(Specializer *s, Frame frame, const Syntax *node)
{
    Residual *condition = reduce(s, frame, node->ternary.condition);
    if (condition->kind == RESIDUAL_ERROR) return condition;
    bool known;
    if (known_bool(condition, &known)) {
        return reduce(s, frame, known ? node->ternary.then : node->ternary.otherwise);
    }
    Residual *ternary = residual_new(s->arena, RESIDUAL_TERNARY);
    ternary->ternary.condition = condition;
    ternary->ternary.then = in_branch(s, frame, node->ternary.then);
    ternary->ternary.otherwise = in_branch(s, frame, node->ternary.otherwise);
    return ternary;
}

// any(x) and x! say something about a type; where the value has its shape, nothing is left to say.
bool reduce_keeps_shape(const Residual *residual)
{
    return residual->kind == RESIDUAL_ACCESS || residual->kind == RESIDUAL_INDEX ||
           residual->kind == RESIDUAL_PARAM || residual->kind == RESIDUAL_CALL ||
           residual->kind == RESIDUAL_LOCAL;
}

static Residual *reduce_non_null(Specializer *s, Frame frame, const Syntax *node)
{
    Residual *inner = reduce(s, frame, node->inner);
    if (inner->value || residual_not_null(inner) || !reduce_keeps_shape(inner)) return inner;
    Residual *kept = residual_new(s->arena, RESIDUAL_NON_NULL);
    kept->inner = inner;
    return kept;
}

// ---- text

typedef struct {
    Text *items;
    size_t count, room;
} TextList;

const Value *reduce_pasted(Specializer *s, Text text)
{
    Value *value = value_string(s->arena, text);
    value->file = "";
    return value;
}

// The text of a user's file with something around it.
static const Value *known_text(Specializer *s, const Residual *text)
{
    TextBuffer whole = {.arena = s->arena};
    for (size_t i = 0; i <= text->string.parts.count; i++) {
        buffer_text(&whole, text->string.segments[i]);
        if (i == text->string.parts.count) break;
        const Value *known = residual_seen(text->string.parts.items[i])->value;
        if (!known) return NULL;
        buffer_text(&whole, operator_interpolated(s->arena, known));
    }
    return reduce_pasted(s, buffer_done(&whole));
}

static Residual *reduce_string(Specializer *s, Frame frame, const Syntax *node)
{
    Text plain;
    if (syntax_plain_string(node, &plain)) return residual_text(s->arena, plain);
    TextBuffer segment = {.arena = s->arena};
    TextList segments = {0};
    ResidualList parts = {0};
    buffer_text(&segment, node->string.segments[0]);
    for (size_t i = 0; i < node->string.expressions.count; i++) {
        Residual *part = reduce(s, frame, node->string.expressions.items[i]);
        if (part->kind == RESIDUAL_ERROR) return part;
        const Value *known = residual_seen(part)->value;
        if (!known && residual_has_literal(part)) {
            part = unroll_bind(s, frame.instance, NULL, TEXT("text"), part); // named, see live.c
        }
        if (known && !value_holds_file(known)) {
            buffer_text(&segment, operator_interpolated(s->arena, known));
        } else {
            list_add(s->arena, &segments, text_copy(s->arena, buffer_done(&segment)));
            list_add(s->arena, &parts, part);
            segment.count = 0;
        }
        buffer_text(&segment, node->string.segments[i + 1]);
    }
    Text last = text_copy(s->arena, buffer_done(&segment));
    if (parts.count == 0) return residual_text(s->arena, last);
    list_add(s->arena, &segments, last);
    bool alone = parts.count == 1 && segments.items[0].length == 0 && last.length == 0;
    if (alone && residual_sort(parts.items[0]) == SORT_STRING) return parts.items[0];
    Residual *text = residual_new(s->arena, RESIDUAL_STRING);
    text->string.segments = segments.items;
    text->string.parts = parts;
    text->value = known_text(s, text);
    return text;
}

// ---- objects, arrays, loops

// A later property of the same name takes the place of the earlier one.
static void set_entry(Specializer *s, ResidualEntries *entries, ResidualEntry entry)
{
    size_t at = residual_field(entries, entry.name);
    bool open_between = false;
    for (size_t i = at == SIZE_MAX ? entries->count : at + 1; i < entries->count; i++) {
        open_between |= entries->items[i].spread || entries->items[i].key;
    }
    if (at == SIZE_MAX || open_between) {
        list_add(s->arena, entries, entry);
    } else {
        entries->items[at] = entry;
    }
}

static bool add_spread(Specializer *s, ResidualEntries *entries, Residual *spread, bool object,
                       const Notes *notes)
{
    ResidualEntries fields;
    bool known = object ? residual_fields(s->arena, spread, &fields)
                        : residual_items(s->arena, spread, &fields);
    if (!known) {
        ResidualEntry entry = {.value = spread, .spread = true, .notes = notes};
        list_add(s->arena, entries, entry);
        return residual_seen(spread)->kind != RESIDUAL_ERROR;
    }
    for (size_t i = 0; i < fields.count; i++) {
        ResidualEntry entry = fields.items[i];
        if (i == 0 && notes) entry.notes = notes;
        if (object) {
            set_entry(s, entries, entry);
        } else {
            list_add(s->arena, entries, entry);
        }
    }
    return true;
}

static Residual *reduce_object(Specializer *s, Frame frame, const Syntax *node)
{
    bool lines = notes_on_lines(node), good = true;
    ResidualEntries entries = {arena_array(s->arena, ResidualEntry, node->list.count), 0,
                               node->list.count};
    bool plain = true; // only written keys so far: the binder saw to it that they differ
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *property = node->list.items[i];
        const Notes *notes = lines ? notes_of(s->arena, property) : NULL;
        if (property->kind == SYNTAX_SPREAD) {
            plain = false;
            good &= add_spread(s, &entries, reduce(s, frame, property->inner), true, notes);
            continue;
        }
        if (property->kind != SYNTAX_PROPERTY) continue;
        ResidualEntry entry = {.name = property->property.name, .notes = notes};
        if (entry.name.length == 0) {
            Residual *key = reduce(s, frame, property->property.key);
            plain = false;
            if (!residual_known_text(key, &entry.name)) entry.key = key;
        }
        entry.value = reduce(s, frame, property->property.value);
        good &= residual_seen(entry.value)->kind != RESIDUAL_ERROR;
        if (plain || entry.key) {
            list_add(s->arena, &entries, entry);
        } else {
            set_entry(s, &entries, entry);
        }
    }
    return good ? residual_object(s->arena, entries, lines) : residual_error();
}

static Residual *reduce_array(Specializer *s, Frame frame, const Syntax *node)
{
    bool lines = notes_on_lines(node), good = true;
    ResidualEntries items = {arena_array(s->arena, ResidualEntry, node->list.count), 0,
                             node->list.count};
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *written = node->list.items[i];
        const Notes *notes = lines ? notes_of(s->arena, written) : NULL;
        if (written->kind == SYNTAX_SPREAD) {
            good &= add_spread(s, &items, reduce(s, frame, written->inner), false, notes);
            continue;
        }
        ResidualEntry entry = {.value = reduce(s, frame, written), .notes = notes};
        good &= residual_seen(entry.value)->kind != RESIDUAL_ERROR;
        list_add(s->arena, &items, entry);
    }
    return good ? residual_array(s->arena, items, lines) : residual_error();
}

static LambdaLocal *new_lambda_local(Specializer *s, Text wish)
{
    LambdaLocal *local = arena_new(s->arena, LambdaLocal);
    local->wish = wish;
    return local;
}

static Residual *local_node(Specializer *s, LambdaLocal *local)
{
    Residual *node = residual_new(s->arena, RESIDUAL_LOCAL);
    node->local = local;
    return node;
}

static Residual *lambda_node(Specializer *s, LambdaLocal **locals, size_t count, Frame frame,
                             const Syntax *body)
{
    Residual *node = residual_new(s->arena, RESIDUAL_LAMBDA);
    node->lambda.locals = locals;
    node->lambda.count = count;
    node->lambda.body = in_branch(s, frame, body);
    return node->lambda.body->kind == RESIDUAL_ERROR ? residual_error() : node;
}

Residual *reduce_lambda(Specializer *s, Residual *lambda)
{
    if (lambda->kind != RESIDUAL_LAMBDA || lambda->lambda.body) return lambda;
    const Syntax *syntax = lambda->lambda.syntax;
    size_t count = syntax->lambda.count;
    LambdaLocal **locals = arena_array(s->arena, LambdaLocal *, count + 1);
    Frame frame = lambda->lambda.frame;
    for (size_t i = 0; i < count; i++) {
        locals[i] = new_lambda_local(s, syntax->lambda.parameters[i].name);
        frame.locals =
            reduce_with_local(s, frame.locals, locals[i]->wish, local_node(s, locals[i]));
    }
    return lambda_node(s, locals, count, frame, syntax->lambda.body);
}

// A loop over what is not known says the same as map().
static Residual *loop_as_map(Specializer *s, Frame frame, const Syntax *node, Residual *array)
{
    size_t count = node->loop.index.length ? 2 : 1;
    LambdaLocal **locals = arena_array(s->arena, LambdaLocal *, 2);
    locals[0] = new_lambda_local(s, node->loop.item);
    frame.locals = reduce_with_local(s, frame.locals, node->loop.item, local_node(s, locals[0]));
    if (count == 2) {
        locals[1] = new_lambda_local(s, node->loop.index);
        frame.locals =
            reduce_with_local(s, frame.locals, node->loop.index, local_node(s, locals[1]));
    }
    Residual *call = residual_new(s->arena, RESIDUAL_CALL);
    call->call.name = TEXT("map");
    list_add(s->arena, &call->call.arguments, array);
    list_add(s->arena, &call->call.arguments,
             lambda_node(s, locals, count, frame, node->loop.body));
    return call;
}

static Residual *reduce_loop(Specializer *s, Frame frame, const Syntax *node)
{
    Residual *array = reduce(s, frame, node->loop.array);
    ResidualEntries items, made = {0};
    if (residual_seen(array)->kind == RESIDUAL_ERROR) return residual_error();
    if (!residual_items(s->arena, array, &items)) return loop_as_map(s, frame, node, array);
    bool lines = false;
    const Local *outer = frame.locals;
    frame.loops++;
    for (size_t i = 0; i < items.count; i++) {
        frame.locals = reduce_with_local(s, outer, node->loop.item, items.items[i].value);
        if (node->loop.index.length) {
            frame.locals = reduce_with_local(s, frame.locals, node->loop.index,
                                             residual_int(s->arena, (int64_t)i));
        }
        ResidualEntry entry = {.value = reduce(s, frame, node->loop.body)};
        if (entry.value->kind == RESIDUAL_ERROR) return entry.value;
        lines |= entry.value->kind == RESIDUAL_OBJECT && entry.value->object.lines;
        list_add(s->arena, &made, entry);
    }
    return residual_array(s->arena, made, lines);
}

// ---- all

static Residual *reduce_access_syntax(Specializer *s, Frame frame, const Syntax *node)
{
    const Syntax *base = node->access.base;
    if (base->kind == SYNTAX_NAME && !reduce_local(frame.locals, base->name)) {
        const Symbol *space = reduce_symbol_of(frame, base->name);
        if (space && space->kind == SYMBOL_NAMESPACE) {
            const Symbol *symbol = bind_exported(space->target_file, node->access.name);
            if (symbol) return reduce_symbol(s, frame, symbol, node);
        }
    }
    Residual *reduced = reduce(s, frame, base);
    if (!node->access.nested)
        return access_property(s, node, reduced, node->access.name, node->access.safe);
    if (reduced->kind == RESIDUAL_UNIT) {
        const Symbol *child = bind_nested(reduced->unit->symbol, node->access.name);
        if (child) return unroll_symbol(s, reduced->unit->instance, child);
    }
    return reduced->kind == RESIDUAL_ABSENT ? reduced
                                            : reduce_error(s, DIAG_NOT_SPECIALIZED, node,
                                                           TEXT("this nested resource"), TEXT(""));
}

static Residual *closure(Specializer *s, Frame frame, const Syntax *node)
{
    Residual *lambda = residual_new(s->arena, RESIDUAL_LAMBDA);
    lambda->lambda.syntax = node;
    lambda->lambda.frame = frame;
    return lambda;
}

Residual *reduce(Specializer *s, Frame frame, const Syntax *node)
{
    switch (node->kind) {
    case SYNTAX_SKIPPED: return residual_error();
    case SYNTAX_NULL: return residual_null();
    case SYNTAX_BOOL: return residual_bool(node->boolean);
    case SYNTAX_INTEGER: return residual_int(s->arena, (int64_t)node->integer);
    case SYNTAX_STRING: return reduce_string(s, frame, node);
    case SYNTAX_NAME: return reduce_name(s, frame, node);
    case SYNTAX_ACCESS: return reduce_access_syntax(s, frame, node);
    case SYNTAX_INDEX: {
        Residual *base = reduce(s, frame, node->index.base), *at = reduce(s, frame, node->index.at);
        return access_item(s, node, base, at, node->index.safe, node->index.from_end);
    }
    case SYNTAX_CALL: return apply_call(s, frame, node);
    case SYNTAX_UNARY: return reduce_unary(s, frame, node);
    case SYNTAX_BINARY: return reduce_binary(s, frame, node);
    case SYNTAX_TERNARY: return reduce_ternary(s, frame, node);
    case SYNTAX_PAREN: return reduce(s, frame, node->inner);
    case SYNTAX_NON_NULL: return reduce_non_null(s, frame, node);
    case SYNTAX_OBJECT: return reduce_object(s, frame, node);
    case SYNTAX_ARRAY: return reduce_array(s, frame, node);
    case SYNTAX_LAMBDA: return closure(s, frame, node);
    case SYNTAX_FOR: return reduce_loop(s, frame, node);
    case SYNTAX_PROPERTY:
    case SYNTAX_SPREAD:
    case SYNTAX_IF:
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_PROPERTY:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_TUPLE:
    case SYNTAX_TYPE_ITEM:
    case SYNTAX_TYPE_UNION:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_GENERIC:
    case SYNTAX_TYPE_RESOURCE:
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_FUNC:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA:
    case SYNTAX_RESOURCE:
    case SYNTAX_MODULE:
    case SYNTAX_TEST:
    case SYNTAX_IMPORT:
    case SYNTAX_EXTENSION:
    case SYNTAX_TARGET_SCOPE:
    case SYNTAX_USING:
    case SYNTAX_EXTENDS:
    case SYNTAX_KIND_COUNT: break;
    }
    return reduce_error(s, DIAG_NOT_SPECIALIZED, node, TEXT("this construct"), TEXT(""));
}
