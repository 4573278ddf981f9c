// compiler/bicep/syntax.c: questions about a tree, and its dump.
#include "compiler/bicep/syntax.h"

#include <string.h>

#define UP_TO(member) (offsetof(Syntax, member) + sizeof(((Syntax *)0)->member))

static const uint8_t sizes[SYNTAX_KIND_COUNT] = {
    [SYNTAX_SKIPPED] = UP_TO(boolean),
    [SYNTAX_NULL] = offsetof(Syntax, boolean),
    [SYNTAX_BOOL] = UP_TO(boolean),
    [SYNTAX_INTEGER] = UP_TO(integer),
    [SYNTAX_STRING] = UP_TO(string),
    [SYNTAX_NAME] = UP_TO(name),
    [SYNTAX_ACCESS] = UP_TO(access),
    [SYNTAX_INDEX] = UP_TO(index),
    [SYNTAX_CALL] = UP_TO(call),
    [SYNTAX_UNARY] = UP_TO(unary),
    [SYNTAX_BINARY] = UP_TO(binary),
    [SYNTAX_TERNARY] = UP_TO(ternary),
    [SYNTAX_PAREN] = UP_TO(inner),
    [SYNTAX_NON_NULL] = UP_TO(inner),
    [SYNTAX_OBJECT] = UP_TO(list),
    [SYNTAX_PROPERTY] = UP_TO(property.value),
    [SYNTAX_ARRAY] = UP_TO(list),
    [SYNTAX_SPREAD] = UP_TO(inner),
    [SYNTAX_LAMBDA] = UP_TO(lambda),
    [SYNTAX_FOR] = UP_TO(loop),
    [SYNTAX_IF] = UP_TO(condition),
    [SYNTAX_TYPE_OBJECT] = UP_TO(list),
    [SYNTAX_TYPE_PROPERTY] = UP_TO(property),
    [SYNTAX_TYPE_ARRAY] = UP_TO(inner),
    [SYNTAX_TYPE_TUPLE] = UP_TO(list),
    [SYNTAX_TYPE_ITEM] = UP_TO(property),
    [SYNTAX_TYPE_UNION] = UP_TO(list),
    [SYNTAX_TYPE_NULLABLE] = UP_TO(inner),
    [SYNTAX_TYPE_GENERIC] = UP_TO(call),
    [SYNTAX_TYPE_RESOURCE] = UP_TO(inner),
    [SYNTAX_PARAM] = UP_TO(declaration),
    [SYNTAX_VAR] = UP_TO(declaration),
    [SYNTAX_OUTPUT] = UP_TO(declaration),
    [SYNTAX_TYPE] = UP_TO(declaration),
    [SYNTAX_FUNC] = UP_TO(declaration),
    [SYNTAX_ASSERT] = UP_TO(declaration),
    [SYNTAX_METADATA] = UP_TO(declaration),
    [SYNTAX_RESOURCE] = UP_TO(resource),
    [SYNTAX_MODULE] = UP_TO(resource),
    [SYNTAX_TEST] = UP_TO(resource),
    [SYNTAX_IMPORT] = UP_TO(import),
    [SYNTAX_EXTENSION] = UP_TO(extension),
    [SYNTAX_TARGET_SCOPE] = UP_TO(declaration),
    [SYNTAX_USING] = UP_TO(declaration),
    [SYNTAX_EXTENDS] = UP_TO(declaration),
};

size_t syntax_size(SyntaxKind kind)
{
    return sizes[kind];
}

static const Token *token_at(const Syntax *node, uint32_t index)
{
    return &node->file->tokens.items[index];
}

Place syntax_place(const Syntax *node)
{
    return (Place){node->file->source, token_at(node, node->first)->from,
                   token_at(node, node->last)->to};
}

Place syntax_token_place(const Syntax *node, uint32_t token)
{
    const Token *at = token_at(node, token);
    return (Place){node->file->source, at->from, at->to};
}

Text syntax_text(const Syntax *node)
{
    Place place = syntax_place(node);
    return text_slice(place.source->text, place.from, place.to);
}

Text syntax_leading_trivia(const Syntax *node)
{
    uint32_t before = node->first;
    while (before > 0 && token_at(node, before - 1)->kind == TOKEN_NEWLINE) before--;
    Text text = node->file->source->text;
    size_t from = before > 0 ? token_at(node, before - 1)->to : 0;
    size_t to = token_at(node, node->first)->from;
    if (before == 0) return text_slice(text, from, to);
    const char *line_end = memchr(text.at + from, '\n', to - from);
    return text_slice(text, line_end ? (size_t)(line_end - text.at) + 1 : to, to);
}

const Syntax *syntax_bare(const Syntax *node)
{
    while (node && node->kind == SYNTAX_PAREN) node = node->inner;
    return node;
}

const Syntax *syntax_property(const Syntax *object, const char *name)
{
    if (!object || (object->kind != SYNTAX_OBJECT && object->kind != SYNTAX_TYPE_OBJECT)) {
        return NULL;
    }
    for (size_t i = 0; i < object->list.count; i++) {
        const Syntax *item = object->list.items[i];
        bool property = item->kind == SYNTAX_PROPERTY || item->kind == SYNTAX_TYPE_PROPERTY;
        if (property && item->property.name.length && text_is(item->property.name, name)) {
            return item;
        }
    }
    return NULL;
}

const Syntax *syntax_body(const Syntax *resource)
{
    const Syntax *body = resource->resource.value;
    if (body->kind == SYNTAX_FOR) body = body->loop.body;
    if (body->kind == SYNTAX_IF) body = body->condition.body;
    return body;
}

static bool is_decorator(const Syntax *call, const char *name)
{
    if (call->kind != SYNTAX_CALL || !text_is(call->call.name, name)) return false;
    const Syntax *base = call->call.base;
    return !base || (base->kind == SYNTAX_NAME && text_is(base->name, "sys"));
}

const Syntax *syntax_decorator(SyntaxList decorators, const char *name)
{
    for (size_t i = decorators.count; i-- > 0;) {
        if (is_decorator(decorators.items[i], name)) return decorators.items[i];
    }
    return NULL;
}

size_t syntax_batch_size(SyntaxList decorators)
{
    for (size_t i = 0; i < decorators.count; i++) {
        const Syntax *call = decorators.items[i];
        if (!is_decorator(call, "batchSize") || call->call.arguments.count == 0) continue;
        const Syntax *size = call->call.arguments.items[0];
        return size->kind == SYNTAX_INTEGER ? (size_t)size->integer : 0;
    }
    return 0;
}

bool syntax_plain_string(const Syntax *node, Text *text)
{
    while (node && node->kind == SYNTAX_NON_NULL) node = node->inner;
    if (!node || node->kind != SYNTAX_STRING || node->string.expressions.count) return false;
    *text = node->string.segments[0];
    return true;
}

bool syntax_any(const Syntax *node, bool (*holds)(const Syntax *within, void *state), void *state)
{
    const Syntax *inside[3] = {NULL, NULL, NULL};
    SyntaxList list = {0};
    switch ((int)node->kind) { // nothing else has values in it
    case SYNTAX_STRING: list = node->string.expressions; break;
    case SYNTAX_ACCESS: inside[0] = node->access.base; break;
    case SYNTAX_INDEX:
        inside[0] = node->index.base;
        inside[1] = node->index.at;
        break;
    case SYNTAX_CALL:
        inside[0] = node->call.base;
        list = node->call.arguments;
        break;
    case SYNTAX_UNARY: inside[0] = node->unary.operand; break;
    case SYNTAX_BINARY:
        inside[0] = node->binary.left;
        inside[1] = node->binary.right;
        break;
    case SYNTAX_TERNARY:
        inside[0] = node->ternary.condition;
        inside[1] = node->ternary.then;
        inside[2] = node->ternary.otherwise;
        break;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD: inside[0] = node->inner; break;
    case SYNTAX_ARRAY:
    case SYNTAX_OBJECT: list = node->list; break;
    case SYNTAX_PROPERTY:
        if (node->property.key && node->property.key->kind == SYNTAX_STRING)
            inside[0] = node->property.key;
        inside[1] = node->property.value;
        break;
    case SYNTAX_LAMBDA: inside[0] = node->lambda.body; break;
    case SYNTAX_FOR:
        inside[0] = node->loop.array;
        inside[1] = node->loop.body;
        break;
    case SYNTAX_IF:
        inside[0] = node->condition.test;
        inside[1] = node->condition.body;
        break;
    default: break;
    }
    for (size_t i = 0; i < 3; i++) {
        if (inside[i] && holds(inside[i], state)) return true;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (holds(list.items[i], state)) return true;
    }
    return false;
}

// ---- dump: one function a group of kinds; `role` says what a child is to its parent

typedef struct {
    TextBuffer *out;
    int depth;
} Dump;

static void dump_node(Dump *dump, const char *role, const Syntax *node);

static void dump_list(Dump *dump, const char *role, SyntaxList list)
{
    for (size_t i = 0; i < list.count; i++) dump_node(dump, role, list.items[i]);
}

static void dump_word(Dump *dump, Text word)
{
    buffer_char(dump->out, ' ');
    buffer_text(dump->out, word);
}

static void dump_quoted(Dump *dump, Text text)
{
    buffer_string(dump->out, " '");
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (c == '\n')
            buffer_string(dump->out, "\\n");
        else if (c == '\r')
            buffer_string(dump->out, "\\r");
        else
            buffer_char(dump->out, c);
    }
    buffer_char(dump->out, '\'');
}

static const char *const op_names[] = {"",   "*",  "/",  "%",  "+",  "-",  "<",  "<=", ">", ">=",
                                       "==", "!=", "=~", "!~", "&&", "||", "??", "-",  "!"};

// What the node says itself, on its own line.
static void dump_own(Dump *dump, const Syntax *node)
{
    switch (node->kind) {
    case SYNTAX_BOOL: buffer_string(dump->out, node->boolean ? " true" : " false"); break;
    case SYNTAX_INTEGER:
        buffer_format(dump->out, " %llu", (unsigned long long)node->integer);
        break;
    case SYNTAX_STRING:
        if (node->string.multiline) buffer_string(dump->out, " multiline");
        for (size_t i = 0; i <= node->string.expressions.count; i++) {
            dump_quoted(dump, node->string.segments[i]);
        }
        break;
    case SYNTAX_NAME: dump_word(dump, node->name); break;
    case SYNTAX_ACCESS:
        buffer_string(dump->out, node->access.nested ? " ::" : node->access.safe ? " .?" : " .");
        buffer_text(dump->out, node->access.name);
        break;
    case SYNTAX_INDEX:
        if (node->index.safe) buffer_string(dump->out, " safe");
        if (node->index.from_end) buffer_string(dump->out, " from-end");
        if (!node->index.at) buffer_string(dump->out, " *");
        break;
    case SYNTAX_CALL:
    case SYNTAX_TYPE_GENERIC: dump_word(dump, node->call.name); break;
    case SYNTAX_UNARY: dump_word(dump, text_of(op_names[node->unary.op])); break;
    case SYNTAX_BINARY: dump_word(dump, text_of(op_names[node->binary.op])); break;
    case SYNTAX_PROPERTY:
    case SYNTAX_TYPE_PROPERTY:
        if (node->property.name.length)
            dump_word(dump, node->property.name);
        else if (!node->property.key)
            buffer_string(dump->out, " *");
        break;
    case SYNTAX_FOR:
        dump_word(dump, node->loop.item);
        if (node->loop.index.length) dump_word(dump, node->loop.index);
        break;
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_FUNC:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA: dump_word(dump, node->declaration.name); break;
    case SYNTAX_RESOURCE:
    case SYNTAX_MODULE:
    case SYNTAX_TEST:
        dump_word(dump, node->resource.name);
        if (node->resource.existing) buffer_string(dump->out, " existing");
        break;
    case SYNTAX_IMPORT:
        if (node->import.wildcard.length) {
            buffer_string(dump->out, " * as");
            dump_word(dump, node->import.wildcard);
        }
        for (size_t i = 0; i < node->import.count; i++) {
            dump_word(dump, node->import.items[i].name);
            buffer_char(dump->out, ':');
            buffer_text(dump->out, node->import.items[i].alias);
        }
        break;
    case SYNTAX_EXTENSION:
        if (node->extension.alias.length) dump_word(dump, node->extension.alias);
        break;
    case SYNTAX_SKIPPED:
    case SYNTAX_NULL:
    case SYNTAX_TERNARY:
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_OBJECT:
    case SYNTAX_ARRAY:
    case SYNTAX_SPREAD:
    case SYNTAX_LAMBDA:
    case SYNTAX_IF:
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_TUPLE:
    case SYNTAX_TYPE_ITEM:
    case SYNTAX_TYPE_UNION:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_RESOURCE:
    case SYNTAX_TARGET_SCOPE:
    case SYNTAX_USING:
    case SYNTAX_EXTENDS:
    case SYNTAX_KIND_COUNT: break;
    }
}

static void dump_lambda(Dump *dump, const Syntax *node)
{
    for (size_t i = 0; i < node->lambda.count; i++) {
        SyntaxParameter parameter = node->lambda.parameters[i];
        Token token = node->file->tokens.items[parameter.token];
        buffer_format(dump->out, "%*s%u-%u parameter: %.*s\n", dump->depth * 2, "", token.from,
                      token.to, TEXT_ARG(parameter.name));
        dump->depth++;
        dump_node(dump, "type", parameter.type);
        dump->depth--;
    }
    dump_node(dump, "result", node->lambda.result);
    dump_node(dump, "body", node->lambda.body);
}

static void dump_children(Dump *dump, const Syntax *node)
{
    switch (node->kind) {
    case SYNTAX_STRING: dump_list(dump, "hole", node->string.expressions); break;
    case SYNTAX_ACCESS: dump_node(dump, "base", node->access.base); break;
    case SYNTAX_INDEX:
        dump_node(dump, "base", node->index.base);
        dump_node(dump, "at", node->index.at);
        break;
    case SYNTAX_CALL:
    case SYNTAX_TYPE_GENERIC:
        dump_node(dump, "base", node->call.base);
        dump_list(dump, "argument", node->call.arguments);
        break;
    case SYNTAX_UNARY: dump_node(dump, "operand", node->unary.operand); break;
    case SYNTAX_BINARY:
        dump_node(dump, "left", node->binary.left);
        dump_node(dump, "right", node->binary.right);
        break;
    case SYNTAX_TERNARY:
        dump_node(dump, "condition", node->ternary.condition);
        dump_node(dump, "then", node->ternary.then);
        dump_node(dump, "otherwise", node->ternary.otherwise);
        break;
    case SYNTAX_PAREN:
    case SYNTAX_NON_NULL:
    case SYNTAX_SPREAD:
    case SYNTAX_TYPE_ARRAY:
    case SYNTAX_TYPE_NULLABLE:
    case SYNTAX_TYPE_RESOURCE: dump_node(dump, "inner", node->inner); break;
    case SYNTAX_OBJECT:
    case SYNTAX_ARRAY:
    case SYNTAX_TYPE_OBJECT:
    case SYNTAX_TYPE_TUPLE:
    case SYNTAX_TYPE_UNION: dump_list(dump, "item", node->list); break;
    case SYNTAX_PROPERTY:
    case SYNTAX_TYPE_PROPERTY:
    case SYNTAX_TYPE_ITEM:
        if (node->kind != SYNTAX_PROPERTY) dump_list(dump, "decorator", node->property.decorators);
        if (!node->property.name.length) dump_node(dump, "key", node->property.key);
        dump_node(dump, "value", node->property.value);
        break;
    case SYNTAX_LAMBDA: dump_lambda(dump, node); break;
    case SYNTAX_FOR:
        dump_node(dump, "array", node->loop.array);
        dump_node(dump, "body", node->loop.body);
        break;
    case SYNTAX_IF:
        dump_node(dump, "test", node->condition.test);
        dump_node(dump, "body", node->condition.body);
        break;
    case SYNTAX_PARAM:
    case SYNTAX_VAR:
    case SYNTAX_OUTPUT:
    case SYNTAX_TYPE:
    case SYNTAX_FUNC:
    case SYNTAX_ASSERT:
    case SYNTAX_METADATA:
    case SYNTAX_TARGET_SCOPE:
    case SYNTAX_USING:
    case SYNTAX_EXTENDS:
        dump_list(dump, "decorator", node->declaration.decorators);
        dump_node(dump, "type", node->declaration.type);
        dump_node(dump, "value", node->declaration.value);
        dump_node(dump, "with", node->declaration.with);
        break;
    case SYNTAX_RESOURCE:
    case SYNTAX_MODULE:
    case SYNTAX_TEST:
        dump_list(dump, "decorator", node->resource.decorators);
        dump_node(dump, "type", node->resource.type);
        dump_node(dump, "value", node->resource.value);
        break;
    case SYNTAX_IMPORT:
        dump_list(dump, "decorator", node->import.decorators);
        dump_node(dump, "path", node->import.path);
        break;
    case SYNTAX_EXTENSION:
        dump_list(dump, "decorator", node->extension.decorators);
        dump_node(dump, "specification", node->extension.specification);
        dump_node(dump, "with", node->extension.with);
        break;
    case SYNTAX_SKIPPED:
    case SYNTAX_NULL:
    case SYNTAX_BOOL:
    case SYNTAX_INTEGER:
    case SYNTAX_NAME:
    case SYNTAX_KIND_COUNT: break;
    }
}

static void dump_node(Dump *dump, const char *role, const Syntax *node)
{
    static const char *const kinds[SYNTAX_KIND_COUNT] = {
        "skipped",     "null",      "bool",       "integer",       "string",        "name",
        "access",      "index",     "call",       "unary",         "binary",        "ternary",
        "paren",       "non-null",  "object",     "property",      "array",         "spread",
        "lambda",      "for",       "if",         "type-object",   "type-property", "type-array",
        "type-tuple",  "type-item", "type-union", "type-nullable", "type-generic",  "type-resource",
        "param",       "var",       "output",     "type",          "func",          "assert",
        "metadata",    "resource",  "module",     "test",          "import",        "extension",
        "targetScope", "using",     "extends"};
    if (!node) return;
    Place place = syntax_place(node);
    buffer_format(dump->out, "%*s%u-%u %s%s%s", dump->depth * 2, "", place.from, place.to, role,
                  role[0] ? ": " : "", kinds[node->kind]);
    dump_own(dump, node);
    buffer_char(dump->out, '\n');
    dump->depth++;
    dump_children(dump, node);
    dump->depth--;
}

void syntax_dump(TextBuffer *out, const SyntaxFile *file)
{
    Dump dump = {.out = out};
    dump_list(&dump, "", file->statements);
}
