// compiler/bind/bind.c: reads a file and, depth first, all that it imports and calls; each path is
// read once. A path that is met again while it is still being bound is a cycle. Names are looked up
// (names.c) after the files they may come from.
#include "compiler/bind/bind.h"

#include "base/file.h"
#include "compiler/bicep/parser.h"
#include "compiler/bind/names.h"
#include "compiler/bind/type.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Opened Opened;
struct Opened {
    BoundFile *file;
    bool done;           // bound, with or without errors
    bool failed;         // its diagnostics were added
    const Opened *asker; // the file that wanted it first
};

typedef struct {
    Arena *arena;
    Diags *diags;
    BindReader *reader;
} Binder;

static Opened *open_file(Binder *binder, const Opened *asker, Place asked_at, Text path);
static Opened *open_artifact(Binder *binder, const Opened *asker, Place asked_at, Text reference);
static Opened *open_made(Binder *binder, const Opened *asker, const BindArtifact *found);

// ---- lookups

Symbol *bind_lookup(const BoundFile *file, Text name)
{
    return map_get(&file->names, name);
}

Symbol *bind_nested(const Symbol *resource, Text name)
{
    for (size_t i = 0; i < resource->children.count; i++) {
        if (text_equal(resource->children.items[i]->name, name)) return resource->children.items[i];
    }
    return NULL;
}

Symbol *bind_lookup_within(const BoundFile *file, const Symbol *within, Text name)
{
    for (const Symbol *at = within; at; at = at->parent) {
        Symbol *child = bind_nested(at, name);
        if (child) return child;
    }
    return bind_lookup(file, name);
}

Symbol *bind_exported(const BoundFile *file, Text name)
{
    Symbol *symbol = bind_lookup(file, name);
    if (!symbol || symbol->import) return NULL;
    if (symbol->kind != SYMBOL_VAR && symbol->kind != SYMBOL_TYPE && symbol->kind != SYMBOL_FUNC) {
        return NULL;
    }
    SyntaxList decorators = symbol->declaration->declaration.decorators;
    return syntax_decorator(decorators, "export") ? symbol : NULL;
}

Text bind_original_name(Arena *arena, Text identifier)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < identifier.length; i++) {
        const char *at = identifier.at + i;
        size_t left = identifier.length - i;
        bool empty = left >= 5 && memcmp(at, "__x__", 5) == 0;
        bool code = left >= 7 && memcmp(at, "__x", 3) == 0 && memcmp(at + 5, "__", 2) == 0;
        if (empty) {
            i += 4;
        } else if (code) {
            char digits[3] = {at[3], at[4], '\0'};
            buffer_char(&out, (char)strtol(digits, NULL, 16));
            i += 6;
        } else {
            buffer_char(&out, *at);
        }
    }
    return buffer_done(&out);
}

const char *bind_kind_name(SymbolKind kind)
{
    switch (kind) {
    case SYMBOL_PARAM: return "a parameter";
    case SYMBOL_VAR: return "a variable";
    case SYMBOL_RESOURCE: return "a resource";
    case SYMBOL_MODULE: return "a module";
    case SYMBOL_TYPE: return "a type";
    case SYMBOL_FUNC: return "a function";
    case SYMBOL_NAMESPACE: return "a namespace";
    case SYMBOL_EXTENSION: return "an extension";
    case SYMBOL_ASSERT: return "an assertion";
    case SYMBOL_TEST: return "a test";
    }
    return "unknown";
}

// ---- declaring

static bool has_resource_shape(const Syntax *node)
{
    return node->kind == SYNTAX_RESOURCE || node->kind == SYNTAX_MODULE ||
           node->kind == SYNTAX_TEST;
}

static Place name_place(const Symbol *symbol)
{
    const Syntax *node = symbol->import ? symbol->import : symbol->declaration;
    if (has_resource_shape(node)) return syntax_token_place(node, node->resource.name_token);
    if (node->kind != SYNTAX_IMPORT && node->kind != SYNTAX_EXTENSION) {
        return syntax_token_place(node, node->declaration.name_token);
    }
    for (size_t i = 0; node->kind == SYNTAX_IMPORT && i < node->import.count; i++) {
        if (text_equal(node->import.items[i].alias, symbol->name)) {
            return syntax_token_place(node, node->import.items[i].token);
        }
    }
    return syntax_place(node);
}

static void add_doubled(Binder *binder, Place place, Text name, Place first)
{
    uint32_t line, column;
    diag_line_column(first.source, first.from, &line, &column);
    diag_add_with(binder->diags, DIAG_DOUBLED_NAME, place, name,
                  text_format(binder->arena, "%u", line));
}

static bool reserved(const Symbol *symbol)
{
    if (symbol->kind == SYMBOL_VAR && text_is(symbol->name, "copy")) return true;
    if (symbol->kind == SYMBOL_EXTENSION) return text_is(symbol->name, "this");
    return text_is(symbol->name, "sys") || text_is(symbol->name, "az") ||
           text_is(symbol->name, "this");
}

// Enters a symbol of the file's own name space.
static void declare(Binder *binder, BoundFile *file, Symbol *symbol)
{
    Symbol *earlier = bind_lookup(file, symbol->name);
    if (symbol->name.length == 0) return; // its diagnostic was the parser's
    if (reserved(symbol)) {
        diag_add_with(binder->diags, DIAG_RESERVED_NAME, name_place(symbol), symbol->name);
    } else if (earlier) {
        add_doubled(binder, name_place(symbol), symbol->name, name_place(earlier));
    } else {
        map_put(binder->arena, &file->names, symbol->name, symbol);
    }
}

static Symbol *new_symbol(Binder *binder, BoundFile *file, SymbolKind kind, const Syntax *node)
{
    Symbol *symbol = arena_new(binder->arena, Symbol);
    symbol->kind = kind;
    symbol->declaration = node;
    symbol->file = file;
    symbol->name = has_resource_shape(node) ? node->resource.name : node->declaration.name;
    symbol->index = file->symbols.count;
    list_add(binder->arena, &file->symbols, symbol);
    return symbol;
}

static void add_nested(Binder *binder, BoundFile *file, Symbol *around)
{
    const Syntax *body = syntax_body(around->declaration);
    for (size_t i = 0; body && i < body->list.count; i++) {
        const Syntax *node = body->list.items[i];
        if (node->kind != SYNTAX_RESOURCE) continue;
        Symbol *earlier = bind_nested(around, node->resource.name);
        Symbol *symbol = new_symbol(binder, file, SYMBOL_RESOURCE, node);
        symbol->parent = around;
        if (earlier) add_doubled(binder, name_place(symbol), symbol->name, name_place(earlier));
        list_add(binder->arena, &around->children, symbol);
        add_nested(binder, file, symbol);
    }
}

// ---- other files

// Whether the name is one of a JSON template or of something in a registry.
static bool names_artifact(Text name)
{
    static const char *const beginnings[] = {"br:", "br/", "ts:", "ts/"};
    static const char *const endings[] = {".json", ".jsonc", ".arm"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (text_starts(name, beginnings[i])) return true;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (text_ends(name, endings[i])) return true;
    }
    return false;
}

// The file that the string `path` names, bound; NULL after a diagnostic.
static BoundFile *bind_other(Binder *binder, const Opened *asker, const Syntax *path,
                             const char *ending)
{
    Text name;
    if (!path || path->kind == SYNTAX_SKIPPED) return NULL;
    bool plain = syntax_plain_string(path, &name);
    if (plain && names_artifact(name) && strcmp(ending, ".bicep") == 0 &&
        binder->reader->artifact) {
        Opened *opened = open_artifact(binder, asker, syntax_place(path), name);
        return opened && !opened->failed ? opened->file : NULL;
    }
    if (!plain || !text_ends(name, ending)) {
        diag_add_with(binder->diags, DIAG_UNSUPPORTED_FILE, syntax_place(path), syntax_text(path));
        return NULL;
    }
    Text folder = path_folder(asker->file->path);
    Text full = path_normal(binder->arena, path_join(binder->arena, folder, name));
    Opened *opened = open_file(binder, asker, syntax_place(path), full);
    return opened && !opened->failed ? opened->file : NULL;
}

static void import_named(Binder *binder, BoundFile *file, const Syntax *node, BoundFile *target)
{
    for (size_t i = 0; i < node->import.count; i++) {
        const struct SyntaxImport *item = &node->import.items[i];
        Symbol *origin = target ? bind_exported(target, item->name) : NULL;
        Symbol *symbol = arena_new(binder->arena, Symbol);
        symbol->kind = origin ? origin->kind : SYMBOL_VAR;
        symbol->name = item->alias;
        symbol->declaration = origin ? origin->declaration : NULL;
        symbol->file = target;
        symbol->import = node;
        symbol->target_file = target;
        symbol->origin = origin;
        symbol->index = file->imports.count;
        for (size_t j = 0; origin && j < file->imports.count; j++) {
            const Symbol *earlier = file->imports.items[j];
            if (earlier->origin == origin && !text_equal(earlier->name, symbol->name))
                add_doubled(binder, name_place(symbol), item->name, name_place(earlier));
        }
        list_add(binder->arena, &file->imports, symbol);
        declare(binder, file, symbol);
    }
}

static void import_all(Binder *binder, BoundFile *file, const Syntax *node, BoundFile *target)
{
    Symbol *symbol = arena_new(binder->arena, Symbol);
    symbol->kind = SYMBOL_NAMESPACE;
    symbol->name = node->import.wildcard;
    symbol->file = file;
    symbol->declaration = node;
    symbol->import = node;
    symbol->target_file = target;
    symbol->index = file->imports.count;
    list_add(binder->arena, &file->imports, symbol);
    declare(binder, file, symbol);
}

// The types of an extension that is not built in; NULL: it is, or cannot be read.
static BoundFile *bind_extension(Binder *binder, const Opened *asker, const Syntax *specification)
{
    BindReader *reader = binder->reader;
    BindArtifact *found = arena_new(binder->arena, BindArtifact);
    bool known = reader->extension &&
                 reader->extension(reader, binder->diags, asker->file, specification, found) &&
                 found->path.length;
    Opened *opened = known ? open_made(binder, asker, found) : NULL;
    return opened && !opened->failed ? opened->file : NULL;
}

static void add_extension(Binder *binder, const Opened *opened, const Syntax *node, bool implied)
{
    BoundFile *file = opened->file;
    const Syntax *specification = node->extension.specification;
    Symbol *symbol = arena_new(binder->arena, Symbol);
    symbol->kind = SYMBOL_EXTENSION;
    symbol->target_file = bind_extension(binder, opened, specification);
    bool named = specification->kind != SYNTAX_NAME && symbol->target_file;
    symbol->name = node->extension.alias.length ? node->extension.alias
                   : named                      ? symbol->target_file->artifact->extension->name
                                                : syntax_text(specification);
    symbol->file = file;
    symbol->declaration = node;
    symbol->import = implied ? NULL : node;
    Text kind = bind_extension_kind(symbol);
    for (size_t i = 0; i < file->imports.count && kind.length; i++) {
        const Symbol *earlier = file->imports.items[i];
        if (earlier->kind == SYMBOL_EXTENSION && text_equal(bind_extension_kind(earlier), kind))
            add_doubled(binder, syntax_place(node), kind, name_place(earlier));
    }
    list_add(binder->arena, &file->imports, symbol);
    declare(binder, file, symbol);
}

// Whether the file declares the extension itself, by any name.
static bool is_declared(const BoundFile *file, Text name)
{
    for (size_t i = 0; i < file->imports.count; i++) {
        const Symbol *symbol = file->imports.items[i];
        if (symbol->kind != SYMBOL_EXTENSION) continue;
        const BoundFile *types = symbol->target_file;
        Text own = types ? types->artifact->extension->name : bind_extension_kind(symbol);
        if (text_equal(own, name)) return true;
    }
    return false;
}

static void add_implied(Binder *binder, const Opened *opened)
{
    BindReader *reader = binder->reader;
    if (!reader->implied || opened->file->artifact) return;
    Source *source = arena_new(binder->arena, Source);
    *source = *opened->file->syntax->source;
    source->text = reader->implied(reader, opened->file);
    if (source->text.length == 0) return;
    const SyntaxFile *made = parser_read(binder->arena, binder->diags, source);
    for (size_t i = 0; i < made->statements.count; i++) {
        const Syntax *node = made->statements.items[i];
        if (!is_declared(opened->file, node->extension.alias))
            add_extension(binder, opened, node, true);
    }
}

// ---- statements

static bool symbol_kind(SyntaxKind kind, SymbolKind *symbol)
{
    static const struct {
        SyntaxKind syntax;
        SymbolKind symbol;
    } rows[] = {
        {SYNTAX_PARAM, SYMBOL_PARAM},   {SYNTAX_VAR, SYMBOL_VAR},
        {SYNTAX_TYPE, SYMBOL_TYPE},     {SYNTAX_RESOURCE, SYMBOL_RESOURCE},
        {SYNTAX_FUNC, SYMBOL_FUNC},     {SYNTAX_ASSERT, SYMBOL_ASSERT},
        {SYNTAX_MODULE, SYMBOL_MODULE}, {SYNTAX_TEST, SYMBOL_TEST},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].syntax != kind) continue;
        *symbol = rows[i].symbol;
        return true;
    }
    return false;
}

static void add_statement(Binder *binder, const Opened *opened, const Syntax *node)
{
    BoundFile *file = opened->file;
    SymbolKind kind;
    if (symbol_kind(node->kind, &kind)) {
        Symbol *symbol = new_symbol(binder, file, kind, node);
        declare(binder, file, symbol);
        if (kind == SYMBOL_RESOURCE) add_nested(binder, file, symbol);
        if (kind == SYMBOL_MODULE || kind == SYMBOL_TEST) {
            symbol->target_file = bind_other(binder, opened, node->resource.type, ".bicep");
        }
    } else if (node->kind == SYNTAX_OUTPUT) {
        list_add(binder->arena, &file->outputs, (Syntax *)(uintptr_t)node);
    } else if (node->kind == SYNTAX_TARGET_SCOPE && !file->target_scope) {
        file->target_scope = node;
    } else if (node->kind == SYNTAX_EXTENSION && !node->extension.assigns) {
        add_extension(binder, opened, node, false);
    } else if (node->kind == SYNTAX_IMPORT) {
        BoundFile *target = bind_other(binder, opened, node->import.path, ".bicep");
        if (node->import.wildcard.length) {
            import_all(binder, file, node, target);
        } else {
            import_named(binder, file, node, target);
        }
    } else if (node->kind == SYNTAX_USING && node->declaration.value &&
               node->declaration.value->kind != SYNTAX_NAME) {
        file->target = bind_other(binder, opened, node->declaration.value, ".bicep");
    } else if (node->kind == SYNTAX_EXTENDS) {
        file->base = bind_other(binder, opened, node->declaration.value, ".bicepparam");
    }
}

// ---- checks on the whole file

void bind_check_case(Arena *arena, Diags *diags, Map *seen, Text name, Place place,
                     const char *what)
{
    Text key = text_lower(arena, name);
    const Text *earlier = map_get(seen, key);
    if (!earlier) {
        Text *copy = arena_new(arena, Text);
        *copy = name;
        map_put(arena, seen, key, copy);
    } else if (!text_equal(*earlier, name)) { // otherwise doubled, which is said elsewhere
        diag_add_with(diags, DIAG_DOUBLED_IGNORING_CASE, place, *earlier, name, text_of(what));
    }
}

static void check_cases(Binder *binder, const BoundFile *file)
{
    Arena *arena = binder->arena;
    Diags *diags = binder->diags;
    Map params = {0}, vars = {0}, asserts = {0}, outputs = {0};
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (symbol->kind == SYMBOL_PARAM) {
            bind_check_case(arena, diags, &params, symbol->name, name_place(symbol), "parameter");
        } else if (symbol->kind == SYMBOL_VAR) {
            bind_check_case(arena, diags, &vars, symbol->name, name_place(symbol), "variable");
        } else if (symbol->kind == SYMBOL_ASSERT) {
            bind_check_case(arena, diags, &asserts, symbol->name, name_place(symbol), "assertion");
        }
    }
    for (size_t i = 0; i < file->outputs.count; i++) {
        const Syntax *node = file->outputs.items[i];
        bind_check_case(arena, diags, &outputs, node->declaration.name,
                        syntax_token_place(node, node->declaration.name_token), "output");
    }
}

static void check_outputs(Binder *binder, const BoundFile *file)
{
    Map seen = {0};
    for (size_t i = 0; i < file->outputs.count; i++) {
        const Syntax *node = file->outputs.items[i],
                     *earlier = map_get(&seen, node->declaration.name);
        Place place = syntax_token_place(node, node->declaration.name_token);
        if (earlier) {
            add_doubled(binder, place, node->declaration.name,
                        syntax_token_place(earlier, earlier->declaration.name_token));
        } else {
            map_put(binder->arena, &seen, node->declaration.name, (void *)(uintptr_t)node);
        }
    }
}

// A .bicepparam has one `using`, at most one `extends`, and does not declare what this one stands for.
static void check_headers(Binder *binder, const BoundFile *file)
{
    const Syntax *using = NULL, *extends = NULL;
    for (size_t i = 0; i < file->syntax->statements.count; i++) {
        const Syntax *node = file->syntax->statements.items[i];
        if (node->kind != SYNTAX_USING && node->kind != SYNTAX_EXTENDS) continue;
        const Syntax **earlier = node->kind == SYNTAX_USING ? &using : &extends;
        Text name = node->kind == SYNTAX_USING ? TEXT("using") : TEXT("extends");
        if (*earlier) add_doubled(binder, syntax_place(node), name, syntax_place(*earlier));
        *earlier = node;
    }
    const Symbol *base = extends ? bind_lookup(file, TEXT("base")) : NULL;
    if (base) diag_add_with(binder->diags, DIAG_RESERVED_NAME, name_place(base), base->name);
    Place start = {file->syntax->source, 0, 0};
    if (!using) diag_add(binder->diags, DIAG_USING_MISSING, start);
}

// A .bicepparam assigns what its target declares, and all that has no default.
static void check_assignments(Binder *binder, const BoundFile *file)
{
    if (!file->target) return;
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        if (symbol->kind != SYMBOL_PARAM) continue;
        const Symbol *declared = bind_lookup(file->target, symbol->name);
        if (declared && declared->kind == SYMBOL_PARAM) continue;
        Text *choices = arena_array(binder->arena, Text, file->target->symbols.count + 1);
        size_t count = 0;
        for (size_t j = 0; j < file->target->symbols.count; j++) {
            const Symbol *choice = file->target->symbols.items[j];
            if (choice->kind == SYMBOL_PARAM) choices[count++] = choice->name;
        }
        diag_add_with(binder->diags, DIAG_UNKNOWN_ASSIGNMENT, name_place(symbol),
                      file->target->path, symbol->name);
        diag_suggest(binder->diags, symbol->name, choices, count);
    }
    Types types = {.arena = binder->arena};
    for (size_t i = 0; i < file->target->symbols.count; i++) {
        const Symbol *wanted = file->target->symbols.items[i];
        if (wanted->kind != SYMBOL_PARAM || wanted->declaration->declaration.value) continue;
        const Syntax *type = wanted->declaration->declaration.type;
        if (type && type_may_be_null(type_read(&types, wanted->file, type))) continue;
        bool given = false;
        for (const BoundFile *at = file; at && !given; at = at->base) {
            const Symbol *symbol = bind_lookup(at, wanted->name);
            given = symbol && symbol->kind == SYMBOL_PARAM;
        }
        if (given) continue;
        Place place = {file->syntax->source, 0, 0};
        for (size_t j = 0; j < file->syntax->statements.count; j++) {
            const Syntax *node = file->syntax->statements.items[j];
            if (node->kind == SYNTAX_USING) place = syntax_place(node);
        }
        diag_add_with(binder->diags, DIAG_MISSING_ASSIGNMENT, place, wanted->name,
                      file->target->path);
    }
}

// ---- files

static void bind_statements(Binder *binder, Opened *opened)
{
    BoundFile *file = opened->file;
    size_t errors = binder->diags->errors;
    for (size_t i = 0; i < file->syntax->statements.count; i++) {
        add_statement(binder, opened, file->syntax->statements.items[i]);
    }
    add_implied(binder, opened);
    check_cases(binder, file);
    check_outputs(binder, file);
    if (text_ends(file->path, ".bicepparam")) check_headers(binder, file);
    bool made = file->artifact && file->artifact->extension; // its names are our own
    if (!made) names_check(binder->arena, binder->diags, file);
    if (binder->diags->errors == errors) check_assignments(binder, file);
    opened->failed = binder->diags->errors > errors;
    opened->done = true;
}

static void add_file_cycle(Binder *binder, const Opened *asker, const Opened *again, Place asked_at)
{
    Text chain = again->file->path;
    for (const Opened *at = asker; at; at = at->asker) {
        chain =
            text_format(binder->arena, "%.*s -> %.*s", TEXT_ARG(at->file->path), TEXT_ARG(chain));
        if (at == again) break;
    }
    diag_add_with(binder->diags, DIAG_FILE_CYCLE, asked_at, again->file->path, chain);
}

static Opened *new_file(Binder *binder, const Opened *asker, Text path)
{
    Opened *opened = arena_new(binder->arena, Opened);
    opened->file = arena_new(binder->arena, BoundFile);
    opened->file->path = path;
    opened->file->reader = binder->reader;
    opened->asker = asker;
    map_put(binder->arena, &binder->reader->opened, path, opened);
    return opened;
}

// Other encodings by their mark; what is no text at all becomes U+FFFD, as for the official compiler.
static const Source *as_text(Arena *arena, const Source *source)
{
    size_t bad;
    if (text_valid_utf8(source->text, &bad)) return source;
    return file_decoded(arena, source);
}

static Opened *open_file(Binder *binder, const Opened *asker, Place asked_at, Text path)
{
    Opened *opened = map_get(&binder->reader->opened, path);
    if (opened) {
        if (opened->done) return opened;
        add_file_cycle(binder, asker, opened, asked_at);
        return NULL;
    }
    opened = new_file(binder, asker, path);
    const Source *source = binder->reader->read(binder->reader, binder->diags, asked_at, path);
    opened->done = opened->failed = true;
    if (!source) return opened;
    source = as_text(binder->arena, source);
    size_t errors = binder->diags->errors;
    opened->file->syntax = parser_read(binder->arena, binder->diags, source);
    if (binder->diags->errors > errors) return opened;
    opened->done = opened->failed = false;
    bind_statements(binder, opened);
    return opened;
}

// What was read as Bicep.
static Opened *open_made(Binder *binder, const Opened *asker, const BindArtifact *found)
{
    Opened *opened = map_get(&binder->reader->opened, found->path);
    if (opened) return opened;
    opened = new_file(binder, asker, found->path);
    opened->file->artifact = found;
    opened->done = opened->failed = true;
    size_t errors = binder->diags->errors;
    opened->file->syntax = parser_read(binder->arena, binder->diags, found->source);
    if (binder->diags->errors == errors) bind_statements(binder, opened);
    return opened;
}

static Opened *open_artifact(Binder *binder, const Opened *asker, Place asked_at, Text reference)
{
    BindArtifact *found = arena_new(binder->arena, BindArtifact);
    BindReader *reader = binder->reader;
    if (!reader->artifact(reader, binder->diags, asked_at, asker->file, reference, found))
        return NULL;
    if (!found->source) return open_file(binder, asker, asked_at, found->path);
    return open_made(binder, asker, found);
}

BoundFile *bind_file(Arena *arena, Diags *diags, BindReader *reader, Text path)
{
    Binder binder = {.arena = arena, .diags = diags, .reader = reader};
    Opened *opened = open_file(&binder, NULL, (Place){0}, path_normal(arena, path));
    return opened->failed ? NULL : opened->file;
}

BoundFile *bind_parsed(Arena *arena, Diags *diags, BindReader *reader, Text path,
                       SyntaxFile *syntax)
{
    Binder binder = {.arena = arena, .diags = diags, .reader = reader};
    Opened *opened = new_file(&binder, NULL, path);
    opened->file->syntax = syntax;
    bind_statements(&binder, opened);
    return opened->failed ? NULL : opened->file;
}

const Source *bind_load(Arena *arena, Diags *diags, BoundFile *file, Place asked_at, Text path)
{
    Text full = path_normal(arena, path_join(arena, path_folder(file->path), path));
    const Source *source = map_get(&file->reader->loaded, full);
    if (source) return source;
    source = file->reader->read(file->reader, diags, asked_at, full);
    if (!source) return NULL;
    Arena *kept = file->reader->arena;
    map_put(kept, &file->reader->loaded, text_copy(kept, full), (void *)(uintptr_t)source);
    return source;
}

bool bind_list(Arena *arena, Diags *diags, BoundFile *file, Place asked_at, Text path,
               FileNames *names)
{
    Text full = path_normal(arena, path_join(arena, path_folder(file->path), path));
    if (file->reader->list) return file->reader->list(file->reader, diags, asked_at, full, names);
    diag_add_with(diags, DIAG_CANNOT_READ, asked_at, full, TEXT("there is no such folder"));
    return false;
}

const Source *bind_config(Arena *arena, Diags *diags, BoundFile *file)
{
    if (!file->reader->list) return NULL;
    char here[4096];
    if (!getcwd(here, sizeof here)) return NULL;
    Text folder = path_normal(arena, path_join(arena, text_of(here), path_folder(file->path)));
    Text path = path_join(arena, folder, TEXT("bicepconfig.json"));
    while (!file_exists(text_string(arena, path)) && folder.length > 1) {
        folder = path_folder(folder);
        path = path_join(arena, folder, TEXT("bicepconfig.json"));
    }
    if (!file_exists(text_string(arena, path))) return NULL;
    return bind_load(arena, diags, file, (Place){0}, path);
}

// ---- the file system

static const Source *read_from_disk(BindReader *reader, Diags *diags, Place asked_at, Text path)
{
    return file_read_bytes(reader->arena, diags, asked_at, path, path);
}

static bool list_on_disk(BindReader *reader, Diags *diags, Place asked_at, Text folder,
                         FileNames *names)
{
    return file_list(reader->arena, diags, asked_at, folder, names);
}

BindReader *bind_disk_reader(Arena *arena)
{
    BindReader *disk = arena_new(arena, BindReader);
    *disk = (BindReader){.arena = arena, .read = read_from_disk, .list = list_on_disk};
    return disk;
}
