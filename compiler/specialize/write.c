// compiler/specialize/write.c: a residual program as Bicep text. Only what the formatter cannot
// know is laid out here: where the library wrote something over several lines, where statements are
// apart.
#include "compiler/specialize/program.h"

#include <ctype.h>
#include <string.h>

typedef struct ActiveLocal ActiveLocal;
struct ActiveLocal {
    LambdaLocal *local;
    ActiveLocal *outer;
};

typedef struct {
    Specializer *s;
    Program *program;
    TextBuffer out;
    ActiveLocal *locals; // of the lambdas around
    int holes;           // > 0: within '…${ }…', where nothing may break a line
} Writer;

// How tightly an operator binds.
enum { TERNARY, COALESCE, OR, AND, EQUALITY, RELATION, SUM, PRODUCT, UNARY, PRIMARY };

static void write_residual(Writer *w, Residual *residual, int outer, bool body);

static void put(Writer *w, const char *text)
{
    buffer_string(&w->out, text);
}

static void put_text(Writer *w, Text text)
{
    buffer_text(&w->out, text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || is_digit(c) || c == '_';
}

static bool is_identifier(Text name)
{
    if (name.length == 0 || is_digit(name.at[0])) return false;
    for (size_t i = 0; i < name.length; i++) {
        if (!is_word(name.at[i])) return false;
    }
    return !text_is(name, "true") && !text_is(name, "false") && !text_is(name, "null");
}

// ---- text

static bool is_plain(char c)
{
    return (unsigned char)c >= 32 && c != '\'' && c != '\\' && c != '$' && c != 127;
}

static void write_characters(Writer *w, Text text)
{
    for (size_t i = 0; i < text.length; i++) {
        size_t plain = i;
        while (plain < text.length && is_plain(text.at[plain])) plain++;
        put_text(w, text_slice(text, i, plain));
        i = plain;
        if (i == text.length) return;
        char c = text.at[i];
        bool hole = c == '$' && i + 1 < text.length && text.at[i + 1] == '{';
        if (c == '\'' || c == '\\' || hole) buffer_char(&w->out, '\\');
        if (c == '\n') {
            put(w, "\\n");
        } else if (c == '\r') {
            put(w, "\\r");
        } else if (c == '\t') {
            put(w, "\\t");
        } else if ((unsigned char)c < 32 || c == 127) {
            buffer_format(&w->out, "\\u{%x}", (unsigned)(unsigned char)c);
        } else {
            buffer_char(&w->out, c);
        }
    }
}

static void write_quoted(Writer *w, Text text)
{
    buffer_char(&w->out, '\'');
    write_characters(w, text);
    buffer_char(&w->out, '\'');
}

static void write_key(Writer *w, Text name)
{
    if (is_identifier(name)) {
        put_text(w, name);
    } else {
        write_quoted(w, name);
    }
}

// A variable that is printed where it is used.
static Residual *inlined(Residual *residual)
{
    while (residual->kind == RESIDUAL_BOUND && !residual->declaration->live)
        residual = residual->declaration->content;
    return residual;
}

static void write_pieces(Writer *w, Residual *text)
{
    for (size_t i = 0; i <= text->string.parts.count; i++) {
        write_characters(w, text->string.segments[i]);
        if (i == text->string.parts.count) break;
        Residual *part = inlined(text->string.parts.items[i]);
        const Value *known = part->kind == RESIDUAL_VALUE ? part->value : NULL;
        if (part->kind == RESIDUAL_STRING) {
            write_pieces(w, part);
        } else if (known && known->kind == VALUE_STRING && !known->file) {
            write_characters(w, known->string);
        } else {
            put(w, "${");
            w->holes++;
            write_residual(w, part, TERNARY, false);
            w->holes--;
            put(w, "}");
        }
    }
}

// ---- known values

static void write_value(Writer *w, const Value *value, bool body);

static void write_value_members(Writer *w, const Value *value, bool body)
{
    bool first = true;
    for (size_t i = 0; i < value->object.count; i++) {
        const ValueProperty *property = &value->object.items[i];
        if (body && property->value->kind == VALUE_NULL) continue;
        put(w, first ? " " : ", ");
        first = false;
        write_key(w, property->name);
        put(w, ": ");
        write_value(w, property->value, body);
    }
    put(w, first ? "}" : " }");
}

static void write_value(Writer *w, const Value *value, bool body)
{
    switch (value->kind) {
    case VALUE_NULL: put(w, "null"); return;
    case VALUE_BOOL: put(w, value->boolean ? "true" : "false"); return;
    case VALUE_INT: buffer_int(&w->out, value->integer); return;
    case VALUE_FLOAT: {
        Text text = value_float_text(w->s->arena, value->number);
        buffer_format(&w->out, "json('%.*s')", TEXT_ARG(text));
        return;
    }
    case VALUE_STRING:
        if (value->file) {
            put_text(w, unroll_own_file(w->s, w->program, value)->name);
        } else {
            write_quoted(w, value->string);
        }
        return;
    case VALUE_ARRAY:
        put(w, "[");
        for (size_t i = 0; i < value->array.count; i++) {
            if (i) put(w, ", ");
            write_value(w, value->array.items[i], body);
        }
        put(w, "]");
        return;
    case VALUE_OBJECT:
        put(w, "{");
        write_value_members(w, value, body);
        return;
    }
}

// ---- objects and arrays

static void write_above(Writer *w, const Notes *notes)
{
    if (!notes || notes->above.length == 0) return;
    put_text(w, notes->above);
    if (!text_ends(notes->above, "\n")) put(w, "\n");
}

static void write_entry(Writer *w, const ResidualEntry *entry, bool body)
{
    if (entry->spread) put(w, "...");
    if (entry->key) {
        Residual *key = inlined(entry->key);
        put(w, "'");
        if (key->kind == RESIDUAL_STRING) {
            write_pieces(w, key);
        } else {
            put(w, "${");
            write_residual(w, key, TERNARY, false);
            put(w, "}");
        }
        put(w, "': ");
    } else if (entry->name.length) {
        write_key(w, entry->name);
        put(w, ": ");
    }
    write_residual(w, entry->value, TERNARY, body && !entry->spread);
}

static bool is_left_out(const ResidualEntry *entry, bool body)
{
    return body && !entry->spread && residual_is_null(entry->value) &&
           (entry->name.length || entry->key);
}

static bool has_notes(const ResidualEntries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->items[i].notes) return true;
    }
    return false;
}

static void write_lines(Writer *w, const ResidualEntries *entries, bool body)
{
    put(w, "\n");
    for (size_t i = 0; i < entries->count; i++) {
        const ResidualEntry *entry = &entries->items[i];
        if (is_left_out(entry, body)) continue;
        write_above(w, entry->notes);
        write_entry(w, entry, body);
        if (entry->notes && entry->notes->behind.length) {
            put(w, " ");
            put_text(w, entry->notes->behind);
        }
        put(w, "\n");
    }
}

static void write_entries(Writer *w, const ResidualEntries *entries, bool lines, bool body,
                          const char *brackets)
{
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++) count += !is_left_out(&entries->items[i], body);
    buffer_char(&w->out, brackets[0]);
    if (count > 0 && w->holes == 0 && (lines || has_notes(entries))) {
        write_lines(w, entries, body);
    } else {
        bool first = true;
        for (size_t i = 0; i < entries->count; i++) {
            if (is_left_out(&entries->items[i], body)) continue;
            if (!first) put(w, ", ");
            first = false;
            write_entry(w, &entries->items[i], body);
        }
    }
    buffer_char(&w->out, brackets[1]);
}

// ---- operators

static int binding(SyntaxOp op)
{
    switch (op) {
    case OP_COALESCE: return COALESCE;
    case OP_OR: return OR;
    case OP_AND: return AND;
    case OP_EQUALS:
    case OP_NOT_EQUALS:
    case OP_EQUALS_INSENSITIVE:
    case OP_NOT_EQUALS_INSENSITIVE: return EQUALITY;
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL: return RELATION;
    case OP_ADD:
    case OP_SUBTRACT: return SUM;
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_MODULO: return PRODUCT;
    case OP_MINUS:
    case OP_NOT: return UNARY;
    case OP_NONE: return PRIMARY;
    }
    return PRIMARY;
}

static const char *sign(SyntaxOp op)
{
    switch (op) {
    case OP_COALESCE: return "??";
    case OP_OR: return "||";
    case OP_AND: return "&&";
    case OP_EQUALS: return "==";
    case OP_NOT_EQUALS: return "!=";
    case OP_EQUALS_INSENSITIVE: return "=~";
    case OP_NOT_EQUALS_INSENSITIVE: return "!~";
    case OP_LESS: return "<";
    case OP_LESS_EQUAL: return "<=";
    case OP_GREATER: return ">";
    case OP_GREATER_EQUAL: return ">=";
    case OP_ADD: return "+";
    case OP_SUBTRACT: return "-";
    case OP_MULTIPLY: return "*";
    case OP_DIVIDE: return "/";
    case OP_MODULO: return "%";
    case OP_MINUS: return "-";
    case OP_NOT: return "!";
    case OP_NONE: return "";
    }
    return "";
}

static int binding_of(const Residual *residual)
{
    if (residual->kind == RESIDUAL_TERNARY || residual->kind == RESIDUAL_LAMBDA) return TERNARY;
    if (residual->kind == RESIDUAL_BINARY) return binding(residual->binary.op);
    if (residual->kind == RESIDUAL_UNARY) return UNARY;
    bool negative = residual->kind == RESIDUAL_VALUE && residual->value->kind == VALUE_INT &&
                    residual->value->integer < 0;
    return negative ? UNARY : PRIMARY;
}

static void write_operation(Writer *w, const Residual *residual)
{
    if (residual->kind == RESIDUAL_UNARY) {
        put(w, sign(residual->unary.op));
        write_residual(w, residual->unary.operand, PRIMARY, false); // --1 and !!x are errors
        return;
    }
    if (residual->kind == RESIDUAL_TERNARY) {
        write_residual(w, residual->ternary.condition, COALESCE, false);
        put(w, " ? ");
        write_residual(w, residual->ternary.then, COALESCE, false);
        put(w, " : ");
        write_residual(w, residual->ternary.otherwise, TERNARY, false);
        return;
    }
    int tight = binding(residual->binary.op);
    write_residual(w, residual->binary.left, tight, false);
    buffer_format(&w->out, " %s ", sign(residual->binary.op));
    write_residual(w, residual->binary.right, tight + 1, false);
}

// ---- calls

static bool is_active(const Writer *w, Text name)
{
    for (const ActiveLocal *at = w->locals; at; at = at->outer) {
        if (text_equal(at->local->name, name)) return true;
    }
    return false;
}

// The library's name of the variable, unless something else in sight has it.
static void name_local(Writer *w, LambdaLocal *local)
{
    local->name = local->wish;
    TextBuffer lower = {.arena = w->s->arena};
    for (size_t i = 2;; i++) {
        lower.count = 0;
        for (size_t j = 0; j < local->name.length; j++)
            buffer_char(&lower, (char)tolower((unsigned char)local->name.at[j]));
        if (!is_active(w, local->name) && !map_has(&w->program->names, buffer_done(&lower))) break;
        local->name = text_format(w->s->arena, "%.*s%zu", TEXT_ARG(local->wish), i);
    }
    ActiveLocal *active = arena_new(w->s->arena, ActiveLocal);
    *active = (ActiveLocal){local, w->locals};
    w->locals = active;
}

static void write_lambda(Writer *w, const Residual *lambda)
{
    ActiveLocal *outer = w->locals;
    size_t count = lambda->lambda.count;
    if (count != 1) put(w, "(");
    for (size_t i = 0; i < count; i++) {
        name_local(w, lambda->lambda.locals[i]);
        if (i) put(w, ", ");
        put_text(w, lambda->lambda.locals[i]->name);
    }
    put(w, count != 1 ? ") => " : " => ");
    write_residual(w, lambda->lambda.body, TERNARY, false);
    w->locals = outer;
}

// The way from the residual's file to one of its output folder.
static void write_path(Writer *w, Text path)
{
    if (w->program->outer) path = text_format(w->s->arena, "../%.*s", TEXT_ARG(path));
    write_quoted(w, path);
}

static void write_call(Writer *w, const Residual *call)
{
    if (call->call.base) {
        write_residual(w, call->call.base, PRIMARY, false);
        put(w, ".");
    }
    put_text(w, call->call.name);
    put(w, "(");
    if (call->call.path.length) {
        write_path(w, call->call.path);
        if (call->call.arguments.count) put(w, ", ");
    }
    for (size_t i = 0; i < call->call.arguments.count; i++) {
        if (i) put(w, ", ");
        write_residual(w, call->call.arguments.items[i], TERNARY, false);
    }
    put(w, ")");
}

static void write_access(Writer *w, const Residual *access)
{
    write_residual(w, access->access.base, PRIMARY, false);
    if (is_identifier(access->access.name)) {
        put(w, access->access.safe ? ".?" : ".");
        put_text(w, access->access.name);
        return;
    }
    put(w, access->access.safe ? "[?" : "[");
    write_quoted(w, access->access.name);
    put(w, "]");
}

static void write_index(Writer *w, const Residual *index)
{
    write_residual(w, index->index.base, PRIMARY, false);
    put(w, "[");
    if (index->index.safe) put(w, "?");
    if (index->index.from_end) put(w, "^");
    write_residual(w, index->index.at, TERNARY, false);
    put(w, "]");
}

// `outer`: how tightly what is around it binds; `body`: within a resource's body, where null means
// absent.
static void write_residual(Writer *w, Residual *residual, int outer, bool body)
{
    residual = inlined(residual);
    bool parentheses = binding_of(residual) < outer;
    if (parentheses) put(w, "(");
    switch (residual->kind) {
    case RESIDUAL_VALUE: write_value(w, residual->value, body); break;
    case RESIDUAL_PARAM:
    case RESIDUAL_KEYED:
    case RESIDUAL_BOUND: put_text(w, residual->declaration->name); break;
    case RESIDUAL_ENTRY: put_text(w, unroll_entry(w->s, residual, NULL)->name); break;
    case RESIDUAL_LOCAL: put_text(w, residual->local->name); break;
    case RESIDUAL_UNIT: put_text(w, unroll_unit(residual->unit)->name); break;
    case RESIDUAL_LAMBDA: write_lambda(w, residual); break;
    case RESIDUAL_ACCESS: write_access(w, residual); break;
    case RESIDUAL_INDEX: write_index(w, residual); break;
    case RESIDUAL_CALL: write_call(w, residual); break;
    case RESIDUAL_UNARY:
    case RESIDUAL_BINARY:
    case RESIDUAL_TERNARY: write_operation(w, residual); break;
    case RESIDUAL_NON_NULL:
        write_residual(w, residual->inner, PRIMARY, false);
        put(w, "!");
        break;
    case RESIDUAL_STRING:
        put(w, "'");
        write_pieces(w, residual);
        put(w, "'");
        break;
    case RESIDUAL_OBJECT:
        write_entries(w, &residual->object.entries, residual->object.lines, body, "{}");
        break;
    case RESIDUAL_ARRAY:
        write_entries(w, &residual->array.entries, residual->array.lines, body, "[]");
        break;
    case RESIDUAL_ERROR:
    case RESIDUAL_ABSENT:
    case RESIDUAL_MODULE:
    case RESIDUAL_OUTPUTS: put(w, "null"); break; // a diagnostic was added
    }
    if (parentheses) put(w, ")");
}

// ---- types: those of the library are written out

static void write_type(Writer *w, const BoundFile *file, const Syntax *type, int depth);

static const Symbol *type_symbol(const BoundFile *file, const Syntax *type)
{
    const Symbol *symbol = type->kind == SYNTAX_NAME ? bind_lookup(file, type->name) : NULL;
    while (symbol && symbol->origin) symbol = symbol->origin;
    return symbol && symbol->kind == SYMBOL_TYPE ? symbol : NULL;
}

static void write_type_list(Writer *w, const BoundFile *file, const Syntax *type, int depth)
{
    bool object = type->kind == SYNTAX_TYPE_OBJECT;
    put(w, object ? "{" : "[");
    for (size_t i = 0; i < type->list.count; i++) {
        const Syntax *item = type->list.items[i];
        put(w, i ? ", " : object ? " " : "");
        if (object && item->property.key) write_key(w, item->property.name);
        if (object) put(w, item->property.key ? ": " : "*: ");
        write_type(w, file, item->property.value, depth);
    }
    put(w, object ? (type->list.count ? " }" : "}") : "]");
}

static bool is_union(const BoundFile *file, const Syntax *type)
{
    const Symbol *symbol = type_symbol(file, type);
    if (symbol) return is_union(symbol->file, symbol->declaration->declaration.type);
    return type->kind == SYNTAX_TYPE_UNION || type->kind == SYNTAX_TYPE_NULLABLE;
}

static void write_type_inner(Writer *w, const BoundFile *file, const Syntax *type, int depth)
{
    bool parentheses = is_union(file, type);
    if (parentheses) put(w, "(");
    write_type(w, file, type, depth);
    if (parentheses) put(w, ")");
}

static void write_type(Writer *w, const BoundFile *file, const Syntax *type, int depth)
{
    enum { DEEPEST = 50 };
    const Symbol *symbol = type_symbol(file, type);
    if (symbol && depth < DEEPEST) {
        write_type(w, symbol->file, symbol->declaration->declaration.type, depth + 1);
        return;
    }
    switch ((int)type->kind) {
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_TUPLE: write_type_list(w, file, type, depth); return;
    case SYNTAX_TYPE_ARRAY:
        write_type_inner(w, file, type->inner, depth);
        put(w, "[]");
        return;
    case SYNTAX_TYPE_NULLABLE:
        write_type_inner(w, file, type->inner, depth);
        put(w, "?");
        return;
    case SYNTAX_TYPE_UNION:
        for (size_t i = 0; i < type->list.count; i++) {
            if (i) put(w, " | ");
            write_type(w, file, type->list.items[i], depth);
        }
        return;
    case SYNTAX_PAREN: write_type_inner(w, file, type->inner, depth); return;
    default: put_text(w, syntax_text(type)); return;
    }
}

// ---- statements

static void write_notes_above(Writer *w, const Syntax *statement)
{
    write_above(w, notes_of(w->s->arena, statement));
}

// 'Number of machines now, of pool' and web: 'Number of machines now, of pool web.'
static Text described(Writer *w, Text text, Text key)
{
    TextBuffer out = {.arena = w->s->arena};
    bool replaced = false;
    for (size_t i = 0; i < text.length; i++) {
        if (text_starts(text_slice(text, i, text.length), "{key}")) {
            buffer_text(&out, key);
            replaced = true;
            i += 4;
        } else {
            buffer_char(&out, text.at[i]);
        }
    }
    if (replaced) return buffer_done(&out);
    if (text_ends(text, ".")) text = text_slice(text, 0, text.length - 1);
    return text_format(w->s->arena, "%.*s %.*s.", TEXT_ARG(text), TEXT_ARG(key));
}

static void write_decorators(Writer *w, SyntaxList decorators, Text key)
{
    static const char *const dropped[] = {"export", "batchSize", NULL};
    for (size_t i = 0; i < decorators.count; i++) {
        const Syntax *decorator = decorators.items[i];
        bool drop = false;
        for (const char *const *name = dropped; *name; name++)
            drop |= text_is(decorator->call.name, *name);
        if (drop) continue;
        Text text;
        bool description =
            text_is(decorator->call.name, "description") && decorator->call.arguments.count == 1;
        if (key.length && description &&
            syntax_plain_string(decorator->call.arguments.items[0], &text)) {
            put(w, "@description(");
            write_quoted(w, described(w, text, key));
            put(w, ")\n");
            continue;
        }
        put(w, "@");
        put_text(w, syntax_text(decorator));
        put(w, "\n");
    }
}

// Limits that stand on the library's type move to the parameter.
static void write_type_limits(Writer *w, const BoundFile *file, const Syntax *type)
{
    static const char *const limits[] = {"minLength", "maxLength", "minValue",      "maxValue",
                                         "secure",    "sealed",    "discriminator", NULL};
    const Symbol *symbol = type ? type_symbol(file, type) : NULL;
    for (int depth = 0; symbol && depth < 50; depth++) {
        SyntaxList decorators = symbol->declaration->declaration.decorators;
        for (size_t i = 0; i < decorators.count; i++) {
            for (const char *const *name = limits; *name; name++) {
                if (!text_is(decorators.items[i]->call.name, *name)) continue;
                put(w, "@");
                put_text(w, syntax_text(decorators.items[i]));
                put(w, "\n");
            }
        }
        symbol = type_symbol(symbol->file, symbol->declaration->declaration.type);
    }
}

static void write_param(Writer *w, const Declaration *param)
{
    const Syntax *statement = param->symbol->declaration;
    const Syntax *type = statement->declaration.type;
    const BoundFile *file = param->instance->file;
    bool entry = param->kind == DECLARATION_ENTRY;
    if (entry) type = type->list.items[0]->property.value;
    write_notes_above(w, statement);
    write_decorators(w, statement->declaration.decorators, param->key);
    if (type) write_type_limits(w, file, type);
    put(w, "param ");
    put_text(w, param->name);
    if (type) {
        put(w, " ");
        write_type(w, file, type, 0);
    }
    if (param->content) {
        put(w, " = ");
        write_residual(w, param->content, TERNARY, false);
    }
    put(w, "\n\n");
}

static void write_variable(Writer *w, const Declaration *variable, bool *apart)
{
    const Symbol *symbol = variable->symbol;
    const Syntax *statement = symbol && symbol->kind == SYMBOL_VAR ? symbol->declaration : NULL;
    const Notes *notes = statement ? notes_of(w->s->arena, statement) : NULL;
    bool described_here = statement && statement->declaration.decorators.count > 0;
    if (*apart && ((notes && notes->above.length) || described_here)) put(w, "\n");
    write_above(w, notes);
    if (statement) write_decorators(w, statement->declaration.decorators, (Text){0});
    put(w, "var ");
    put_text(w, variable->name);
    put(w, " = ");
    write_residual(w, variable->content, TERNARY, !variable->unlike_body);
    put(w, "\n");
    *apart = true;
}

static void write_waits(Writer *w, const Unit *unit)
{
    if (unit->waits.count == 0) return;
    put(w, "dependsOn: [\n");
    for (size_t i = 0; i < unit->waits.count; i++) {
        put_text(w, unit->waits.items[i]->name);
        put(w, "\n");
    }
    put(w, "]\n");
}

// A nested resource's type, written out: that of its parent in front.
static Text full_type(Writer *w, const Unit *unit)
{
    Text type = {0};
    syntax_plain_string(unit->symbol->declaration->resource.type, &type);
    if (!unit->parent) return type;
    Text around = full_type(w, unit->parent), version = {0};
    size_t at = 0;
    while (at < around.length && around.at[at] != '@') at++;
    if (!memchr(type.at, '@', type.length)) version = text_slice(around, at, around.length);
    return text_format(w->s->arena, "%.*s/%.*s%.*s", TEXT_ARG(text_slice(around, 0, at)),
                       TEXT_ARG(type), TEXT_ARG(version));
}

static void write_unit(Writer *w, const Unit *unit)
{
    const Syntax *statement = unit->symbol->declaration;
    write_notes_above(w, statement);
    write_decorators(w, statement->resource.decorators, (Text){0});
    put(w, unit->module ? "module " : "resource ");
    put_text(w, unit->name);
    put(w, " ");
    write_quoted(w, unit->module ? unit->module->path : full_type(w, unit));
    put(w, unit->existing ? " existing = " : " = ");
    if (unit->condition) {
        put(w, "if (");
        write_residual(w, unit->condition, TERNARY, false);
        put(w, ") ");
    }
    put(w, "{");
    if (unit->parent) {
        put(w, "\nparent: ");
        put_text(w, unit->parent->name);
    }
    write_lines(w, &unit->content->object.entries, true);
    write_waits(w, unit);
    put(w, "}\n\n");
}

static void write_outputs(Writer *w)
{
    const SyntaxList *outputs = &w->program->root->file->outputs;
    for (size_t i = 0; i < outputs->count; i++) {
        const Syntax *node = outputs->items[i];
        Residual *content = map_get(&w->program->root->outputs, node->declaration.name);
        bool wanted =
            !w->program->outer || map_has(&w->program->wanted_outputs, node->declaration.name);
        if (!wanted || !content || residual_is_null(content)) continue;
        write_notes_above(w, node);
        write_decorators(w, node->declaration.decorators, (Text){0});
        put(w, "output ");
        put_text(w, node->declaration.name);
        put(w, " ");
        write_type(w, w->program->root->file, node->declaration.type, 0);
        put(w, " = ");
        write_residual(w, content, TERNARY, false);
        put(w, "\n\n");
    }
}

static void write_scope(Writer *w)
{
    const SyntaxList *statements = &w->program->root->file->syntax->statements;
    for (size_t i = 0; i < statements->count; i++) {
        if (statements->items[i]->kind != SYNTAX_TARGET_SCOPE) continue;
        put_text(w, syntax_text(statements->items[i]));
        put(w, "\n\n");
    }
}

Text write_program(Specializer *s, Arena *result, Program *program)
{
    Writer writer = {.s = s, .program = program, .out = {.arena = result}};
    Writer *w = &writer;
    buffer_expect(&w->out, 1024 * (program->units.count + 1)); // mostly enough; the rest goes back
    bool apart = false;
    write_scope(w);
    for (size_t i = 0; i < program->params_printed.count; i++)
        write_param(w, program->params_printed.items[i]);
    for (size_t i = 0; i < program->variables_printed.count; i++)
        write_variable(w, program->variables_printed.items[i], &apart);
    if (apart) put(w, "\n");
    for (size_t i = 0; i < program->units.count; i++) {
        if (program->units.items[i]->live) write_unit(w, program->units.items[i]);
    }
    write_outputs(w);
    arena_shrink(result, w->out.items, w->out.room, w->out.count);
    return buffer_done(&w->out);
}
