// compiler/bicep/parser.c: recursive descent; a function is named after its rule of the grammar.
#include "compiler/bicep/parser.h"

#include "compiler/bicep/parsing.h"

#include <assert.h>
#include <string.h>

// ---- decorators

static Syntax *decorator_expression(Parser *parser)
{
    uint32_t token = parser->at;
    if (!parsing_take(parser, TOKEN_IDENTIFIER)) {
        return parsing_fail(parser, DIAG_EXPECTED, TEXT("the name of a decorator"));
    }
    Syntax *node = NULL;
    if (parsing_peek(parser) == TOKEN_LEFT_PAREN) {
        node = parsing_call_rest(parser, NULL, token, LITERALS);
    } else {
        node = parsing_new_node(parser, SYNTAX_NAME, token);
        node->name = parsing_token_text(parser, token);
    }
    while (node && parsing_peek(parser) == TOKEN_DOT)
        node = parsing_access_rest(parser, node, LITERALS);
    if (node && node->kind != SYNTAX_CALL) {
        if (parsing_check_set(parser, SET(NEWLINE) | SET(END))) {
            parsing_report(parser, DIAG_DECORATOR_NOT_CALLED, parser->at, TEXT(""));
        } else {
            return parsing_fail(parser, DIAG_DECORATOR_NOT_CALLED, TEXT(""));
        }
    }
    return node;
}

// Pushes decorators, each with the new lines behind it.
void parsing_decorators(Parser *parser)
{
    while (parsing_take(parser, TOKEN_AT)) {
        uint32_t start = parser->at;
        Syntax *call =
            parsing_recover(parser, decorator_expression(parser), start, false, SET(NEWLINE));
        if (call->kind == SYNTAX_CALL) parsing_push(parser, call);
        if (!parsing_take(parser, TOKEN_NEWLINE)) {
            parsing_fail(parser, DIAG_EXPECTED, TEXT("a new line behind the decorator"));
            parsing_resynchronize(parser, false, SET(NEWLINE));
        }
        parsing_skip_newlines(parser);
    }
}

// ---- statements: each function begins at its keyword; `node` has the decorators

static void declared_name(Parser *parser, Syntax *node, const char *what, TokenSet until,
                          bool *silent)
{
    bool there =
        parsing_identifier(parser, what, &node->declaration.name, &node->declaration.name_token);
    if (!there) node->declaration.name = (Text){"", 0};
    *silent = parsing_recover_token(parser, there, false, until | SET(NEWLINE));
}

static void declared_value(Parser *parser, Syntax *node, bool silent)
{
    silent =
        parsing_recover_token(parser, parsing_expect(parser, TOKEN_ASSIGN), silent, SET(NEWLINE));
    uint32_t start = parser->at;
    node->declaration.value =
        parsing_recover(parser, parsing_expression(parser, LITERALS), start, silent, SET(NEWLINE));
    parsing_adopt(node, node->declaration.value);
}

static void type_of(Parser *parser, Syntax *node, TokenSet until, bool *silent)
{
    uint32_t start = parser->at;
    node->declaration.type = parsing_recover(
        parser, parsing_declared_type(parser, node->kind == SYNTAX_OUTPUT), start, *silent, until);
    *silent = parsing_is_skipped(node->declaration.type);
    parsing_adopt(node, node->declaration.type);
}

static void param_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a parameter", 0, &silent);
    if (parser->parameters) {
        declared_value(parser, node, silent);
        return;
    }
    type_of(parser, node, SET(ASSIGN) | SET(LEFT_BRACE) | SET(NEWLINE), &silent);
    if (parsing_check_set(parser, SET(NEWLINE) | SET(END))) return;
    if (parsing_peek(parser) == TOKEN_ASSIGN) {
        declared_value(parser, node, silent);
        return;
    }
    parsing_fail(parser, DIAG_EXPECTED, TEXT("'=' and a default value, or a new line"));
    parsing_resynchronize(parser, silent, SET(NEWLINE));
}

static void var_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a variable", 0, &silent);
    if (!parsing_check_set(parser, SET(NEWLINE) | SET(END) | SET(ASSIGN))) {
        type_of(parser, node, SET(ASSIGN) | SET(NEWLINE), &silent);
    }
    declared_value(parser, node, silent);
}

static void output_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of an output", 0, &silent);
    type_of(parser, node, SET(ASSIGN) | SET(NEWLINE), &silent);
    declared_value(parser, node, silent);
}

static void type_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a type", SET(ASSIGN), &silent);
    silent =
        parsing_recover_token(parser, parsing_expect(parser, TOKEN_ASSIGN), silent, SET(NEWLINE));
    type_of(parser, node, SET(NEWLINE), &silent);
}

static void named_value_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node,
                  node->kind == SYNTAX_ASSERT ? "the name of an assertion" : "the name of metadata",
                  SET(ASSIGN), &silent);
    declared_value(parser, node, silent);
}

static void target_scope_statement(Parser *parser, Syntax *node)
{
    declared_value(parser, node, false);
}

// A function's parameter, as a type property without a key until func_statement takes it apart.
static Syntax *typed_parameter(Parser *parser, Flags flags)
{
    (void)flags;
    Syntax *node = parsing_new_node(parser, SYNTAX_TYPE_PROPERTY, parser->at);
    uint32_t token;
    if (!parsing_identifier(parser, "the name of a parameter", &node->property.name, &token)) {
        parsing_report_failure(parser);
    }
    uint32_t start = parser->at;
    node->property.value =
        parsing_recover(parser, parsing_declared_type(parser, false), start, parser->at == token,
                        SET(NEWLINE) | SET(COMMA) | SET(RIGHT_PAREN));
    parsing_adopt(node, node->property.value);
    return parsing_finish(parser, node);
}

static Syntax *typed_lambda(Parser *parser)
{
    Syntax *node = parsing_new_node(parser, SYNTAX_LAMBDA, parser->at);
    size_t mark = parser->stack.count;
    uint32_t separator;
    if (!parsing_parenthesized_list(parser, typed_parameter, 0, true, &separator)) return NULL;
    SyntaxList list = parsing_pop_list(parser, mark);
    node->lambda.parameters = arena_array(parser->arena, SyntaxParameter, list.count);
    for (size_t i = 0; i < list.count; i++) {
        const Syntax *item = list.items[i];
        if (item->kind == SYNTAX_SKIPPED) continue;
        node->lambda.parameters[node->lambda.count++] = (SyntaxParameter){
            .name = item->property.name, .type = item->property.value, .token = item->first};
        parsing_adopt(node, item);
    }
    TokenSet until = SET(NEWLINE) | SET(RIGHT_PAREN);
    uint32_t start = parser->at;
    node->lambda.result =
        parsing_recover(parser, parsing_declared_type(parser, false), start, false, until);
    parsing_adopt(node, node->lambda.result);
    bool silent = parsing_is_skipped(node->lambda.result);
    bool arrow = parsing_expect(parser, TOKEN_ARROW);
    silent = parsing_recover_token(parser, arrow, silent, until);
    if (arrow) {
        node->lambda.body = parsing_lambda_body(parser);
    } else {
        start = parser->at;
        node->lambda.body =
            parsing_recover(parser, parsing_expression(parser, LITERALS), start, silent, until);
    }
    parsing_adopt(node, node->lambda.body);
    return parsing_finish(parser, node);
}

static void func_statement(Parser *parser, Syntax *node)
{
    bool silent;
    declared_name(parser, node, "the name of a function", SET(ASSIGN), &silent);
    uint32_t start = parser->at;
    node->declaration.value =
        parsing_recover(parser, typed_lambda(parser), start, silent, SET(NEWLINE));
    parsing_adopt(node, node->declaration.value);
}

static Syntax *expected_string(Parser *parser, const char *what)
{
    if (parsing_check_set(parser, STRINGS)) return parsing_string(parser);
    return parsing_fail(parser, DIAG_EXPECTED, text_of(what));
}

static Syntax *resource_body(Parser *parser, SyntaxKind kind)
{
    Flags flags = kind == SYNTAX_RESOURCE ? LITERALS | RESOURCES : LITERALS;
    uint32_t next = parsing_behind_newlines(parser, parser->at);
    if (parsing_is_word(parser, next, "if")) {
        parser->at = next;
        return parsing_if_condition(parser, flags, false);
    }
    if (parsing_peek(parser) == TOKEN_LEFT_BRACE) return parsing_object(parser, flags);
    if (parsing_peek(parser) == TOKEN_LEFT_BRACKET)
        return parsing_for_expression(parser, flags, true);
    return parsing_fail(parser, DIAG_EXPECTED_BODY, TEXT("'{', '[' or 'if'"));
}

static void resource_statement(Parser *parser, Syntax *node)
{
    bool module = node->kind != SYNTAX_RESOURCE;
    const char *name = node->kind == SYNTAX_TEST ? "the name of a test"
                       : module                  ? "the name of a module"
                                                 : "the name of a resource";
    bool there = parsing_identifier(parser, name, &node->resource.name, &node->resource.name_token);
    bool silent = parsing_recover_token(parser, there, false, STRINGS | SET(NEWLINE));
    uint32_t start = parser->at;
    Syntax *type = expected_string(parser, module ? "the path of a module: '…'"
                                                  : "the type of a resource: 'Type@version'");
    node->resource.type = parsing_recover(parser, type, start, silent, SET(ASSIGN) | SET(NEWLINE));
    if (!module) node->resource.existing = parsing_take_word(parser, "existing");
    silent = parsing_recover_token(parser, parsing_expect(parser, TOKEN_ASSIGN),
                                   parsing_is_skipped(node->resource.type),
                                   SET(LEFT_BRACE) | SET(NEWLINE));
    start = parser->at;
    node->resource.value =
        parsing_recover(parser, resource_body(parser, node->kind), start, silent, SET(NEWLINE));
    parsing_adopt(node, node->resource.type);
    parsing_adopt(node, node->resource.value);
}

// One `name as alias` of an import, as a NAME or STRING; the alias is found behind it.
static Syntax *import_item(Parser *parser, Flags flags)
{
    (void)flags;
    uint32_t start = parser->at;
    TokenSet until = SET(COMMA) | SET(NEWLINE) | SET(RIGHT_BRACE);
    Syntax *node = parsing_new_node(parser, SYNTAX_TYPE_PROPERTY, start);
    if (parsing_peek(parser) == TOKEN_IDENTIFIER || parsing_peek(parser) == TOKEN_STRING ||
        parsing_peek(parser) == TOKEN_MULTILINE) {
        parsing_set_key(node, parsing_property_key(parser));
    } else {
        parsing_fail(parser, DIAG_EXPECTED, TEXT("the name of what to import"));
        return parsing_recover(parser, NULL, start, false, until);
    }
    if (parsing_take_word(parser, "as")) {
        uint32_t token = parser->at;
        Text name;
        if (!parsing_identifier(parser, "a name behind 'as'", &name, &token)) {
            return parsing_recover(parser, NULL, start, false, until);
        }
        node->property.value = parsing_new_node(parser, SYNTAX_NAME, token);
        node->property.value->name = name;
    } else if (node->property.key->kind == SYNTAX_STRING) {
        parsing_report(parser, DIAG_IMPORT_WITHOUT_NAME, start, parsing_token_text(parser, start));
    }
    return parsing_finish(parser, node);
}

static bool import_list(Parser *parser, Syntax *node)
{
    uint32_t open = parser->at++;
    size_t mark = parser->stack.count;
    parsing_items(parser, TOKEN_RIGHT_BRACE, import_item, 0);
    SyntaxList list = parsing_pop_list(parser, mark);
    node->import.items = arena_array(parser->arena, struct SyntaxImport, list.count);
    for (size_t i = 0; i < list.count; i++) {
        const Syntax *item = list.items[i];
        if (item->kind == SYNTAX_SKIPPED) continue;
        Text name = item->property.name;
        const Syntax *alias = item->property.value;
        node->import.items[node->import.count++] = (struct SyntaxImport){
            .name = name, .alias = alias ? alias->name : name, .token = item->first};
    }
    return parsing_close_bracket(parser, open, TOKEN_RIGHT_BRACE);
}

static bool import_wildcard(Parser *parser, Syntax *node)
{
    parser->at++;
    uint32_t token;
    return parsing_expect_word(parser, "as") &&
           parsing_identifier(parser, "a name behind 'as'", &node->import.wildcard, &token);
}

static void import_statement(Parser *parser, Syntax *node)
{
    bool good;
    if (parsing_peek(parser) == TOKEN_LEFT_BRACE) {
        good = import_list(parser, node);
    } else if (parsing_peek(parser) == TOKEN_STAR) {
        good = import_wildcard(parser, node);
    } else {
        parsing_fail(parser, DIAG_EXPECTED, TEXT("'{' and names, or '* as NAME'"));
        good = false;
    }
    bool silent = false;
    if (!good) {
        parsing_report_failure(parser);
        silent = true;
        while (!parsing_check_set(parser, SET(NEWLINE) | SET(END)) &&
               !parsing_check_word(parser, "from") && parser->at != parser->stop) {
            parser->at++;
        }
    }
    silent =
        parsing_recover_token(parser, parsing_expect_word(parser, "from"), silent, SET(NEWLINE));
    uint32_t start = parser->at;
    node->import.path = parsing_recover(parser, expected_string(parser, "the path of a file: '…'"),
                                        start, silent, SET(NEWLINE));
    parsing_adopt(node, node->import.path);
}

static void extension_statement(Parser *parser, Syntax *node)
{
    uint32_t start = parser->at;
    Syntax *specification = NULL;
    if (parsing_take(parser, TOKEN_IDENTIFIER)) {
        specification = parsing_new_node(parser, SYNTAX_NAME, start);
        specification->name = parsing_token_text(parser, start);
    } else {
        specification = expected_string(parser, "the name of an extension");
    }
    node->extension.specification =
        parsing_recover(parser, specification, start, false, SET(NEWLINE));
    parsing_adopt(node, node->extension.specification);
    bool silent = parsing_is_skipped(node->extension.specification);
    TokenSet line_end = SET(NEWLINE) | SET(END);
    if (parsing_take_word(parser, "with")) {
        start = parser->at;
        node->extension.with =
            parsing_recover(parser, parsing_object(parser, LITERALS), start, false, SET(NEWLINE));
        parsing_adopt(node, node->extension.with);
    }
    if (parsing_check_set(parser, line_end)) return;
    if (!parsing_take_word(parser, "as")) {
        parsing_fail(parser, DIAG_EXPECTED, TEXT("'with', 'as' or a new line"));
        parsing_resynchronize(parser, silent, SET(NEWLINE));
        return;
    }
    uint32_t token;
    bool there = parsing_identifier(parser, "a name behind 'as'", &node->extension.alias, &token);
    parsing_recover_token(parser, there, false, SET(NEWLINE));
}

static void extension_config_statement(Parser *parser, Syntax *node)
{
    uint32_t start = parser->at;
    Syntax *name = NULL;
    node->extension.assigns = true;
    if (parsing_take(parser, TOKEN_IDENTIFIER)) {
        name = parsing_new_node(parser, SYNTAX_NAME, start);
        name->name = parsing_token_text(parser, start);
    } else {
        parsing_fail(parser, DIAG_EXPECTED, TEXT("the name of an extension"));
    }
    node->extension.specification = parsing_recover(parser, name, start, false, SET(NEWLINE));
    parsing_adopt(node, node->extension.specification);
    bool silent = parsing_is_skipped(node->extension.specification);
    parsing_recover_token(parser, parsing_expect_word(parser, "with"), silent, SET(NEWLINE));
    start = parser->at;
    node->extension.with =
        parsing_recover(parser, parsing_object(parser, LITERALS), start, silent, SET(NEWLINE));
    parsing_adopt(node, node->extension.with);
}

static void using_statement(Parser *parser, Syntax *node)
{
    uint32_t start = parser->at;
    Syntax *value = NULL;
    if (node->kind == SYNTAX_USING && parsing_take_word(parser, "none")) {
        value = parsing_new_node(parser, SYNTAX_NAME, start);
        value->name = TEXT("none");
    } else {
        value = expected_string(parser, node->kind == SYNTAX_USING
                                            ? "the path of a file, '…', or 'none'"
                                            : "the path of a file: '…'");
    }
    node->declaration.value = parsing_recover(parser, value, start, false, SET(NEWLINE));
    parsing_adopt(node, node->declaration.value);
    if (node->kind != SYNTAX_USING || !parsing_take_word(parser, "with")) return;
    start = parser->at;
    node->declaration.with =
        parsing_recover(parser, parsing_object(parser, LITERALS), start, false, SET(NEWLINE));
    parsing_adopt(node, node->declaration.with);
}

typedef enum { IN_BICEP = 1, IN_PARAMETERS = 2 } FileKind;

static const struct {
    const char *keyword;
    SyntaxKind kind;
    FileKind files;
    void (*read)(Parser *parser, Syntax *node);
} statements[] = {
    {"resource", SYNTAX_RESOURCE, IN_BICEP, resource_statement},
    {"param", SYNTAX_PARAM, IN_BICEP | IN_PARAMETERS, param_statement},
    {"var", SYNTAX_VAR, IN_BICEP | IN_PARAMETERS, var_statement},
    {"output", SYNTAX_OUTPUT, IN_BICEP, output_statement},
    {"module", SYNTAX_MODULE, IN_BICEP, resource_statement},
    {"test", SYNTAX_TEST, IN_BICEP, resource_statement},
    {"type", SYNTAX_TYPE, IN_BICEP | IN_PARAMETERS, type_statement},
    {"func", SYNTAX_FUNC, IN_BICEP, func_statement},
    {"import", SYNTAX_IMPORT, IN_BICEP | IN_PARAMETERS, import_statement},
    {"metadata", SYNTAX_METADATA, IN_BICEP, named_value_statement},
    {"assert", SYNTAX_ASSERT, IN_BICEP, named_value_statement},
    {"targetScope", SYNTAX_TARGET_SCOPE, IN_BICEP, target_scope_statement},
    {"extension", SYNTAX_EXTENSION, IN_BICEP | IN_PARAMETERS, extension_statement},
    {"extensionConfig", SYNTAX_EXTENSION, IN_PARAMETERS, extension_config_statement},
    {"using", SYNTAX_USING, IN_PARAMETERS, using_statement},
    {"extends", SYNTAX_EXTENDS, IN_PARAMETERS, using_statement},
};
enum { STATEMENT_COUNT = sizeof statements / sizeof *statements };

static void suggest_keyword(Parser *parser, uint32_t token)
{
    if (parser->tokens[token].kind != TOKEN_IDENTIFIER) return;
    Text keywords[STATEMENT_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        bool here = statements[i].files & (parser->parameters ? IN_PARAMETERS : IN_BICEP) &&
                    statements[i].kind != SYNTAX_TEST && // experiments
                    strcmp(statements[i].keyword, "extensionConfig") != 0;
        if (here) keywords[count++] = text_of(statements[i].keyword);
    }
    diag_suggest(parser->diags, parsing_token_text(parser, token), keywords, count);
}

// What begins here is no statement: says so, and skips the rest of the line.
static Syntax *unknown_statement(Parser *parser, uint32_t first, bool decorated)
{
    uint32_t token = parser->at;
    size_t before = parser->diags->count;
    if (decorated) {
        parsing_report(parser, DIAG_NOTHING_DECORATED, token, TEXT(""));
    } else {
        parsing_report(parser, DIAG_EXPECTED_STATEMENT, token,
                       parser->parameters
                           ? TEXT("a statement of a parameters file (using, param, var …)")
                           : TEXT("a statement (param, var, resource, output …)"));
    }
    if (parser->diags->count > before) suggest_keyword(parser, token);
    parsing_resynchronize(parser, true, SET(NEWLINE));
    return parsing_skipped(parser, first);
}

static void set_decorators(Syntax *node, SyntaxList list)
{
    if (node->kind == SYNTAX_RESOURCE || node->kind == SYNTAX_MODULE || node->kind == SYNTAX_TEST) {
        node->resource.decorators = list;
    } else if (node->kind == SYNTAX_IMPORT) {
        node->import.decorators = list;
    } else if (node->kind == SYNTAX_EXTENSION) {
        node->extension.decorators = list;
    } else {
        node->declaration.decorators = list;
    }
    parsing_adopt_list(node, list);
}

// Never NULL. `nested`: within the body of a resource, where only another resource may stand.
Syntax *parsing_statement(Parser *parser, bool nested)
{
    if (parser->depth == PARSER_DEPTH) {
        parsing_too_deep(parser, parser->at);
        return parsing_skipped(parser, parser->at);
    }
    uint32_t first = parser->at;
    size_t mark = parser->stack.count;
    parsing_decorators(parser);
    SyntaxList list = parsing_pop_list(parser, mark);
    size_t which = 0;
    FileKind here = parser->parameters ? IN_PARAMETERS : IN_BICEP;
    size_t count = nested ? 1 : STATEMENT_COUNT;
    while (which < count && !(statements[which].files & here &&
                              parsing_check_word(parser, statements[which].keyword))) {
        which++;
    }
    if (which == count) return unknown_statement(parser, first, parser->at > first);

    SyntaxKind kind = statements[which].kind;
    parser->at++;
    if (kind == SYNTAX_IMPORT && parsing_check_set(parser, SET(STRING) | SET(STRING_LEFT))) {
        kind = SYNTAX_EXTENSION; // an older form: import 'name' as alias
    }
    Syntax *node = parsing_new_node(parser, kind, first);
    set_decorators(node, list);
    parser->depth++;
    if (kind != statements[which].kind)
        extension_statement(parser, node);
    else
        statements[which].read(parser, node);
    parser->depth--;
    node = parsing_finish(parser, node);
    return node ? node : parsing_skipped(parser, first);
}

// ---- files

static SyntaxFile *open_file(Parser *parser, Arena *arena, Diags *diags, const Source *source)
{
    SyntaxFile *file = arena_new(arena, SyntaxFile);
    file->source = source;
    file->tokens = lexer_read(arena, diags, source);
    *parser = (Parser){
        .arena = arena,
        .diags = diags,
        .file = file,
        .tokens = file->tokens.items,
        .end = (uint32_t)file->tokens.count - 1,
        .reported = NO_TOKEN,
        .stop = NO_TOKEN,
        .parameters = text_ends(source->path, ".bicepparam"),
    };
    return file;
}

SyntaxFile *parser_read(Arena *arena, Diags *diags, const Source *source)
{
    Parser parser;
    SyntaxFile *file = open_file(&parser, arena, diags, source);
    for (;;) {
        parsing_skip_newlines(&parser);
        if (parser.at == parser.end) break;
        parser.stop = NO_TOKEN;
        Syntax *node = parsing_statement(&parser, false);
        assert(parser.stack.count == file->statements.count);
        parsing_push(&parser, node);
        file->statements.count++;
        if (parsing_check_set(&parser, SET(NEWLINE) | SET(END)) || parser.at == parser.stop)
            continue;
        parsing_fail(&parser, DIAG_EXPECTED, TEXT("a new line behind the statement"));
        parsing_resynchronize(&parser, false, SET(NEWLINE));
    }
    file->statements = parsing_pop_list(&parser, 0);
    return file;
}

Syntax *parser_read_expression(Arena *arena, Diags *diags, const Source *source)
{
    Parser parser;
    open_file(&parser, arena, diags, source);
    size_t errors = diags->errors;
    parsing_skip_newlines(&parser);
    Syntax *node = parsing_expression(&parser, LITERALS);
    if (!node) parsing_report_failure(&parser);
    parsing_skip_newlines(&parser);
    if (node && parser.at < parser.end) {
        parsing_report(&parser, DIAG_EXPECTED, parser.at, TEXT("the end of the expression"));
        node = NULL;
    }
    return diags->errors > errors ? NULL : node;
}
