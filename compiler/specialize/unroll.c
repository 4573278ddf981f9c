// compiler/specialize/unroll.c: from the files of the library to what they deploy: one Instance for
// each use of a module, one Unit for each turn of a resource. Everything is made when first asked
// for; unroll_all then asks for everything, in the order in which it is printed.
#include "compiler/specialize/program.h"

#include "base/file.h"

#include <ctype.h>

// ---- names

static Text identifier_of(Arena *arena, Text text)
{
    TextBuffer name = {.arena = arena};
    bool upper = false;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (!isalnum(c) || c > 127) {
            upper = name.count > 0;
            continue;
        }
        buffer_char(&name, upper ? (char)toupper(c) : (char)c);
        upper = false;
    }
    return buffer_done(&name);
}

static Text capitalised(Arena *arena, Text text)
{
    Text copy = text_copy(arena, text);
    TextBuffer name = {.arena = arena};
    if (copy.length) buffer_char(&name, (char)toupper((unsigned char)copy.at[0]));
    buffer_text(&name, text_slice(copy, 1, copy.length));
    return buffer_done(&name);
}

Text unroll_joined(Arena *arena, Text prefix, Text name)
{
    if (prefix.length == 0) return name;
    Text rest = capitalised(arena, name);
    return text_format(arena, "%.*s%.*s", TEXT_ARG(prefix), TEXT_ARG(rest));
}

// pools → pool
static Text singular(Text name)
{
    bool plural = name.length > 2 && text_ends(name, "s") && !text_ends(name, "ss");
    return plural ? text_slice(name, 0, name.length - 1) : name;
}

// What names one turn of a loop, as it is written: the item itself, its `key` or `name`, else its
// number.
static Text label_of(Specializer *s, Residual *item, size_t index)
{
    ResidualEntries fields;
    Text text = {0};
    const Value *value = residual_seen(item)->value;
    if (!residual_known_text(item, &text) && residual_fields(s->arena, item, &fields)) {
        size_t at = residual_field(&fields, TEXT("key"));
        if (at == SIZE_MAX) at = residual_field(&fields, TEXT("name"));
        if (at != SIZE_MAX) residual_known_text(fields.items[at].value, &text);
    }
    if (text.length) return text;
    if (value && value->kind == VALUE_INT && value->integer >= 0) {
        return text_format(s->arena, "%lld", (long long)value->integer);
    }
    return text_format(s->arena, "%zu", index);
}

// The same as a part of names.
static Text key_of(Specializer *s, Text label, size_t index)
{
    Text key = identifier_of(s->arena, label);
    return key.length ? key : text_format(s->arena, "%zu", index);
}

// ---- instances

static Instance *new_instance(Specializer *s, Program *program, BoundFile *file)
{
    Instance *instance = arena_new(s->arena, Instance);
    instance->file = file;
    instance->program = program;
    instance->slots = arena_array(s->arena, Residual *, file->symbols.count + 1);
    instance->states = arena_array(s->arena, unsigned char, file->symbols.count + 1);
    return instance;
}

Instance *unroll_root(Specializer *s, BoundFile *file, Text path)
{
    Program *program = arena_new(s->arena, Program);
    program->path = path;
    program->root = new_instance(s, program, file);
    return program->root;
}

Instance *unroll_imported(Specializer *s, Program *program, BoundFile *file)
{
    Instance *instance = map_get(&program->imported, file->path);
    if (!instance) {
        instance = new_instance(s, program, file);
        map_put(s->arena, &program->imported, file->path, instance);
    }
    return instance;
}

// ---- parameters, variables, outputs

static Residual *declared(Specializer *s, ResidualKind kind, Declaration *declaration)
{
    Residual *node = residual_new(s->arena, kind);
    node->declaration = declaration;
    return node;
}

Residual *unroll_bind(Specializer *s, Instance *instance, const Symbol *symbol, Text name,
                      Residual *content)
{
    if (content->kind == RESIDUAL_BOUND && content->declaration->kind == DECLARATION_FILE &&
        !content->declaration->symbol && symbol && content->declaration->source) {
        content->declaration->symbol = symbol; // the variable that was made for it names it
        content->declaration->wish = name;
        return content;
    }
    if (content->value && content->kind != RESIDUAL_CALL && content->kind != RESIDUAL_STRING)
        return content;
    if (residual_trivial(content)) return content;
    Declaration *variable = arena_new(s->arena, Declaration);
    variable->kind = DECLARATION_VAR;
    variable->symbol = symbol;
    variable->instance = instance;
    variable->wish = unroll_joined(s->arena, instance->prefix, name);
    variable->content = content;
    variable->loops = instance->loops;
    Residual *bound = declared(s, RESIDUAL_BOUND, variable);
    bound->value = content->value;
    return bound;
}

// An object of which only the keys' type is known: { *: int }.
static bool is_keyed_type(const Syntax *type)
{
    return type && type->kind == SYNTAX_TYPE_OBJECT && type->list.count == 1 &&
           !type->list.items[0]->property.key;
}

static Residual *root_parameter(Specializer *s, Instance *instance, const Symbol *symbol)
{
    const Syntax *statement = symbol->declaration;
    Declaration *param = arena_new(s->arena, Declaration);
    param->kind = DECLARATION_PARAM;
    param->symbol = symbol;
    param->instance = instance;
    param->wish = symbol->name;
    list_add(s->arena, &instance->program->params, param);
    if (is_keyed_type(statement->declaration.type) && !instance->program->outer) {
        return declared(s, RESIDUAL_KEYED, param);
    }
    return declared(s, RESIDUAL_PARAM, param);
}

static const Syntax *argument_of(const Instance *instance, Text name)
{
    const Syntax *property = syntax_property(instance->body, "params");
    const Syntax *params = property ? property->property.value : NULL;
    if (!params || params->kind != SYNTAX_OBJECT) return NULL;
    for (size_t i = 0; i < params->list.count; i++) {
        const Syntax *given = params->list.items[i];
        if (given->kind == SYNTAX_PROPERTY && text_equal(given->property.name, name))
            return given->property.value;
    }
    return NULL;
}

static Residual *make_parameter(Specializer *s, Instance *instance, const Symbol *symbol)
{
    bool root = instance == instance->program->root;
    if (root && !instance->program->outer) {
        if (text_is(symbol->name, "swarm")) return residual_value(s->arena, s->swarm);
        return root_parameter(s, instance, symbol);
    }
    const Syntax *given = instance->outer ? argument_of(instance, symbol->name) : NULL;
    Frame outside = {
        .instance = instance->outer, .locals = instance->locals, .loops = instance->loops};
    Frame inside = {.instance = instance, .loops = instance->loops};
    const Syntax *fallback = symbol->declaration->declaration.value;
    Residual *content = given      ? reduce(s, outside, given)
                        : fallback ? reduce(s, inside, fallback)
                                   : residual_null();
    if (root && given && !content->value && content->kind != RESIDUAL_ERROR)
        return root_parameter(s, instance, symbol);
    if (given && fallback && residual_is_null(content)) content = reduce(s, inside, fallback);
    return unroll_bind(s, instance, symbol, symbol->name, content);
}

Residual *unroll_parameter(Specializer *s, Instance *instance, const Symbol *symbol)
{
    Residual **slot = &instance->slots[symbol->index];
    if (!*slot) {
        if (instance->states[symbol->index]) {
            return reduce_error(s, DIAG_NOT_SPECIALIZED, symbol->declaration,
                                TEXT("what needs itself"), TEXT(""));
        }
        instance->states[symbol->index] = 1;
        Residual *made = make_parameter(s, instance, symbol);
        instance->states[symbol->index] = 0;
        if (s->quiet && made->kind == RESIDUAL_ERROR) return made;
        *slot = made;
    }
    return *slot;
}

Residual *unroll_output(Specializer *s, Instance *instance, const Syntax *node, Text name)
{
    Residual *output = map_get(&instance->outputs, name);
    if (output) return output;
    Frame frame = {.instance = instance, .loops = instance->loops};
    output = unroll_bind(s, instance, NULL, name, reduce(s, frame, node->declaration.value));
    if (!s->quiet) map_put(s->arena, &instance->outputs, name, output);
    return output;
}

// webCapacity of `capacity`, secretFoo of `secrets`.
static Text entry_name(Specializer *s, Text param, Text key)
{
    Text one = singular(param), name = identifier_of(s->arena, key);
    if (one.length != param.length) return unroll_joined(s->arena, one, name);
    return unroll_joined(s->arena, name, param);
}

Declaration *unroll_entry(Specializer *s, Residual *entry, Residual *fallback)
{
    const Declaration *keyed = entry->entry.keyed;
    Program *program = keyed->instance->program;
    Text id = text_format(s->arena, "%.*s.%.*s", TEXT_ARG(keyed->wish), TEXT_ARG(entry->entry.key));
    Declaration *param = map_get(&program->parameters, id);
    if (param) return param;
    param = arena_new(s->arena, Declaration);
    param->kind = DECLARATION_ENTRY;
    param->symbol = keyed->symbol;
    param->instance = keyed->instance;
    param->key = entry->entry.key;
    param->wish = entry_name(s, keyed->wish, entry->entry.key);
    param->content = fallback;
    list_add(s->arena, &program->params, param);
    map_put(s->arena, &program->parameters, id, param);
    return param;
}

// ---- files

// Where a file of the library lies in the output folder: scripts/… also if the templates say
// ../scripts/….
static Text path_outside(Arena *arena, Text folder, Text path)
{
    Text whole = path_normal(arena, path_join(arena, folder, path));
    Text root = path_folder(folder);
    for (size_t i = 0; i < 2; i++) {
        Text start = i == 0 ? folder : root;
        bool below = whole.length > start.length + 1 && whole.at[start.length] == '/' &&
                     text_equal(text_slice(whole, 0, start.length), start);
        if (below) return text_slice(whole, start.length + 1, whole.length);
    }
    while (text_starts(whole, "../")) whole = text_slice(whole, 3, whole.length);
    return whole;
}

static Residual *file_variable(Specializer *s, Program *program, Text function, Text path,
                               const Source *source, const Syntax *encoding)
{
    Text id = text_format(s->arena, "%.*s %.*s", TEXT_ARG(function), TEXT_ARG(path));
    Declaration *file = map_get(&program->files, id);
    if (!file) {
        file = arena_new(s->arena, Declaration);
        file->kind = DECLARATION_FILE;
        file->instance = program->root;
        file->source = source;
        file->path = path;
        file->wish = identifier_of(s->arena, path_name(path));
        Residual *call = residual_new(s->arena, RESIDUAL_CALL);
        call->call.name = function;
        call->call.path = path;
        Text text;
        if (encoding && syntax_plain_string(encoding, &text)) {
            list_add(s->arena, &call->call.arguments, residual_text(s->arena, text));
        }
        file->content = call;
        map_put(s->arena, &program->files, id, file);
    }
    return declared(s, RESIDUAL_BOUND, file);
}

static Residual *known_json(Specializer *s, const Syntax *call, const Source *source)
{
    Text error;
    const Value *value = value_read_json(s->arena, source->text, &error);
    return value ? residual_value(s->arena, value)
                 : reduce_error(s, DIAG_NO_JSON, call, source->path, error);
}

Residual *unroll_load(Specializer *s, Frame frame, const Syntax *call)
{
    Text path;
    if (call->call.arguments.count == 0 ||
        !residual_known_text(reduce(s, frame, call->call.arguments.items[0]), &path)) {
        return reduce_error(s, DIAG_NOT_SPECIALIZED, call, TEXT("a file whose name is not known"),
                            TEXT(""));
    }
    BoundFile *file = frame.instance->file;
    const Source *source =
        bind_load(s->arena, s->diags, file, syntax_place(call->call.arguments.items[0]), path);
    if (!source) return residual_error();
    if (text_is(call->call.name, "loadJsonContent") && call->call.arguments.count == 1)
        return known_json(s, call, source);
    if (!text_is(call->call.name, "loadTextContent") &&
        !text_is(call->call.name, "loadFileAsBase64")) {
        return reduce_error(s, DIAG_NOT_SPECIALIZED, call, call->call.name, TEXT(""));
    }
    Text root = path_folder(s->library->path);
    Text folder = path_folder(file->path);
    Text within = text_equal(folder, root)
                      ? path_outside(s->arena, root, path)
                      : path_outside(s->arena, root, path_join(s->arena, folder, path));
    const Syntax *encoding = call->call.arguments.count > 1 ? call->call.arguments.items[1] : NULL;
    return file_variable(s, frame.instance->program, call->call.name, within, source, encoding);
}

static bool path_is_taken(Specializer *s, Text path)
{
    for (size_t i = 0; i < s->own_paths.count; i++) {
        if (text_equal(*(Text *)s->own_paths.items[i].value, path)) return true;
    }
    return false;
}

Declaration *unroll_own_file(Specializer *s, Program *program, const Value *text)
{
    Text from = text_of(text->file);
    Text *path = map_get(&s->own_paths, from);
    if (!path) {
        path = arena_new(s->arena, Text);
        *path = text_format(s->arena, "scripts/own/%.*s", TEXT_ARG(path_name(from)));
        for (size_t i = 2; path_is_taken(s, *path); i++) {
            *path = text_format(s->arena, "scripts/own/%zu-%.*s", i, TEXT_ARG(path_name(from)));
        }
        map_put(s->arena, &s->own_paths, from, path);
    }
    Source *source = arena_new(s->arena, Source);
    *source = (Source){from, text->string};
    Residual *bound = file_variable(s, program, TEXT("loadTextContent"), *path, source, NULL);
    Text name = path_name(from);
    size_t dot = name.length;
    while (dot > 0 && name.at[dot - 1] != '.') dot--;
    if (dot > 1) name = text_slice(name, 0, dot - 1);
    Text stem = identifier_of(s->arena, name);
    if (stem.length && !isdigit((unsigned char)stem.at[0])) {
        bound->declaration->wish = unroll_joined(s->arena, stem, TEXT("script"));
    } else {
        bound->declaration->wish = unroll_joined(s->arena, TEXT("script"), stem);
    }
    return bound->declaration;
}

// ---- resources and modules

// One turn of a loop, or the only one.
typedef struct {
    Instance *instance;
    const Symbol *symbol;
    const Local *locals;
    Text key, label;
    bool looped;
    Residual *before;
    Unit *parent;
} Turn;

static Frame frame_of(const Turn *turn)
{
    return (Frame){.instance = turn->instance,
                   .locals = turn->locals,
                   .within = turn->symbol->kind == SYMBOL_RESOURCE ? turn->symbol : NULL,
                   .loops = turn->instance->loops + turn->looped};
}

static Residual *both(Specializer *s, Residual *a, Residual *b)
{
    if (!a || !b) return a ? a : b;
    Residual *node = residual_new(s->arena, RESIDUAL_BINARY);
    node->binary.op = OP_AND;
    node->binary.left = a;
    node->binary.right = b;
    return node;
}

// The name without regard to others: pool + web + scale → poolWebScale; what is named like its
// module is that: poolWeb.
static Text wished_name(Specializer *s, const Turn *turn)
{
    Instance *instance = turn->instance;
    Text own = turn->symbol->name;
    bool like_module = instance->prefix.length && instance->module &&
                       text_equal(singular(own), singular(instance->module->name));
    Text name = like_module ? instance->prefix : unroll_joined(s->arena, instance->prefix, own);
    return turn->looped ? unroll_joined(s->arena, name, turn->key) : name;
}

static Residual *new_unit(Specializer *s, const Turn *turn, const Syntax *body, Residual *condition)
{
    Unit *unit = arena_new(s->arena, Unit);
    unit->symbol = turn->symbol;
    unit->instance = turn->instance;
    unit->locals = turn->locals;
    unit->key = turn->key;
    unit->label = turn->label;
    unit->looped = turn->looped;
    unit->existing =
        turn->symbol->kind == SYMBOL_RESOURCE && turn->symbol->declaration->resource.existing;
    unit->body = body;
    unit->parent = turn->parent;
    unit->condition = unit->existing ? condition : both(s, turn->instance->condition, condition);
    if (turn->parent) unit->condition = both(s, turn->parent->condition, condition);
    unit->before = turn->before;
    unit->wish = wished_name(s, turn);
    Residual *node = residual_new(s->arena, RESIDUAL_UNIT);
    node->unit = unit;
    return node;
}

static void fill_instance(Specializer *s, Instance *made, const Turn *turn, const Syntax *body,
                          Residual *condition)
{
    made->outer = turn->instance;
    made->module = turn->symbol;
    made->label = turn->label;
    made->locals = turn->locals;
    made->body = body;
    made->loops = turn->instance->loops + turn->looped;
    made->module_name = turn->symbol->name;
    made->before = turn->before;
    made->condition = both(s, turn->instance->condition, condition);
}

static Residual *inlined_module(Specializer *s, const Turn *turn, const Syntax *body,
                                Residual *condition)
{
    Instance *made = new_instance(s, turn->instance->program, turn->symbol->target_file);
    fill_instance(s, made, turn, body, condition);
    made->prefix = turn->instance->prefix;
    if (turn->looped) {
        Text own = unroll_joined(s->arena, made->prefix, singular(turn->symbol->name));
        made->prefix = unroll_joined(s->arena, own, turn->key);
    }
    Residual *node = residual_new(s->arena, RESIDUAL_MODULE);
    node->instance = made;
    return node;
}

static Residual *kept_module(Specializer *s, const Turn *turn, const Syntax *body,
                             Residual *condition)
{
    Residual *node = new_unit(s, turn, body, condition);
    Instance *root = unroll_root(s, turn->symbol->target_file, TEXT(""));
    fill_instance(s, root, turn, body, NULL);
    root->condition = NULL; // the module statement keeps it
    root->before = NULL;
    root->loops = 0;
    root->program->outer = turn->instance->program;
    node->unit->module = root->program;
    node->unit->target = root;
    list_add(s->arena, &s->modules, root->program);
    return node;
}

// The resource group of the deployment itself is no scope of its own.
static bool own_scope(Specializer *s, const Turn *turn, const Syntax *body)
{
    const Syntax *scope = syntax_property(body, "scope");
    if (!scope) return false;
    Residual *value = residual_seen(reduce(s, frame_of(turn), scope->property.value));
    bool here = value->kind == RESIDUAL_CALL && !value->call.base &&
                value->call.arguments.count == 0 && text_is(value->call.name, "resourceGroup");
    return !here && !residual_is_null(value);
}

static Residual *absent(Specializer *s, const Symbol *symbol)
{
    Residual *node = residual_new(s->arena, RESIDUAL_ABSENT);
    node->name = symbol->name;
    return node;
}

static Residual *one_turn(Specializer *s, const Turn *turn, const Syntax *value)
{
    Residual *condition = NULL;
    if (value->kind == SYNTAX_IF) {
        condition = reduce(s, frame_of(turn), value->condition.test);
        const Value *known = residual_seen(condition)->value;
        if (condition->kind == RESIDUAL_ERROR) return condition;
        if (known && known->kind == VALUE_BOOL && !known->boolean) return absent(s, turn->symbol);
        if (known) condition = NULL;
        value = value->condition.body;
    }
    if (turn->symbol->kind == SYMBOL_RESOURCE) return new_unit(s, turn, value, condition);
    return own_scope(s, turn, value) ? kept_module(s, turn, value, condition)
                                     : inlined_module(s, turn, value, condition);
}

static const Local *with_local(Specializer *s, const Local *outer, Text name, Residual *value)
{
    Local *local = arena_new(s->arena, Local);
    *local = (Local){name, value, outer};
    return local;
}

static Residual *batch_before(Specializer *s, const ResidualEntries *made, size_t batch)
{
    if (batch == 0 || made->count < batch) return NULL;
    size_t end = made->count / batch * batch;
    ResidualEntries earlier = {0};
    for (size_t i = end - batch; i < end; i++) list_add(s->arena, &earlier, made->items[i]);
    return residual_array(s->arena, earlier, false);
}

static Residual *all_turns(Specializer *s, Turn turn, const Syntax *loop)
{
    Frame frame = {.instance = turn.instance, .locals = turn.locals, .loops = turn.instance->loops};
    Residual *array = reduce(s, frame, loop->loop.array);
    ResidualEntries items, made = {0};
    if (residual_seen(array)->kind == RESIDUAL_ERROR) return residual_error();
    if (!residual_items(s->arena, array, &items)) {
        return reduce_error(s, DIAG_LOOP_UNKNOWN, loop->loop.array, turn.symbol->name, TEXT(""));
    }
    const Local *outer = turn.locals;
    turn.looped = true;
    for (size_t i = 0; i < items.count; i++) {
        turn.locals = with_local(s, outer, loop->loop.item, items.items[i].value);
        if (loop->loop.index.length) {
            turn.locals =
                with_local(s, turn.locals, loop->loop.index, residual_int(s->arena, (int64_t)i));
        }
        turn.label = label_of(s, items.items[i].value, i);
        turn.key = key_of(s, turn.label, i);
        turn.before = batch_before(
            s, &made, syntax_batch_size(turn.symbol->declaration->resource.decorators));
        ResidualEntry entry = {.value = one_turn(s, &turn, loop->loop.body)};
        if (entry.value->kind == RESIDUAL_ERROR) return entry.value;
        list_add(s->arena, &made, entry);
    }
    return residual_array(s->arena, made, false);
}

static Residual *make_symbol(Specializer *s, Instance *instance, const Symbol *symbol)
{
    Turn turn = {.instance = instance, .symbol = symbol};
    if (symbol->parent) {
        Residual *around = unroll_symbol(s, instance, symbol->parent);
        if (around->kind == RESIDUAL_ABSENT) return absent(s, symbol);
        if (around->kind == RESIDUAL_ERROR) return around;
        if (around->kind != RESIDUAL_UNIT) {
            return reduce_error(s, DIAG_NOT_SPECIALIZED, symbol->declaration,
                                TEXT("a resource nested in the turns of a loop"), TEXT(""));
        }
        turn.parent = around->unit;
        turn.locals = around->unit->locals;
    }
    const Syntax *value = symbol->declaration->resource.value;
    return value->kind == SYNTAX_FOR ? all_turns(s, turn, value) : one_turn(s, &turn, value);
}

Residual *unroll_symbol(Specializer *s, Instance *instance, const Symbol *symbol)
{
    Residual **slot = &instance->slots[symbol->index];
    if (!*slot && instance->states[symbol->index]) {
        return reduce_error(s, DIAG_NOT_SPECIALIZED, symbol->declaration, TEXT("what needs itself"),
                            TEXT(""));
    }
    if (!*slot) {
        instance->states[symbol->index] = 1;
        *slot = make_symbol(s, instance, symbol);
        instance->states[symbol->index] = 0;
    }
    return *slot;
}

static void add_unit(Specializer *s, Unit *unit)
{
    Program *program = unit->instance->program;
    list_add(s->arena, &program->units, unit);
    for (Instance *at = unit->instance; at && at->program == program; at = at->outer) {
        list_add(s->arena, &at->units, unit);
    }
    if (!unit->existing) unit->index = program->deployed++;
    if (unit->target) unroll_all(s, unit->target);
}

static void add_made(Specializer *s, Residual *made)
{
    if (made->kind == RESIDUAL_UNIT) add_unit(s, made->unit);
    if (made->kind == RESIDUAL_MODULE) unroll_all(s, made->instance);
    if (made->kind != RESIDUAL_ARRAY) return;
    for (size_t i = 0; i < made->array.entries.count; i++)
        add_made(s, made->array.entries.items[i].value);
}

void unroll_all(Specializer *s, Instance *instance)
{
    const SymbolList *symbols = &instance->file->symbols;
    for (size_t i = 0; i < symbols->count; i++) {
        const Symbol *symbol = symbols->items[i];
        if (symbol->kind != SYMBOL_RESOURCE && symbol->kind != SYMBOL_MODULE) continue;
        add_made(s, unroll_symbol(s, instance, symbol));
    }
}

static Residual *without(Specializer *s, const Residual *body, const char *name)
{
    ResidualEntries kept = {0};
    for (size_t i = 0; i < body->object.entries.count; i++) {
        ResidualEntry entry = body->object.entries.items[i];
        if (!text_is(entry.name, name)) list_add(s->arena, &kept, entry);
    }
    return residual_object(s->arena, kept, true);
}

Residual *unroll_body(Specializer *s, Unit *unit)
{
    if (unit->content) return unit->content;
    Frame frame = {.instance = unit->instance,
                   .locals = unit->locals,
                   .within = unit->module ? NULL : unit->symbol,
                   .loops = unit->instance->loops + unit->looped};
    Residual *body = reduce(s, frame, unit->body);
    unit->content =
        body->kind == RESIDUAL_OBJECT ? without(s, body, "dependsOn") : residual_error();
    return unit->content;
}

// ---- existing resources that the residual deploys, or mentions, under another name

Unit *unroll_unit(Unit *unit)
{
    while (unit->same) unit = unit->same;
    return unit;
}

static const Residual *property_of(const Unit *unit, const char *name)
{
    if (!unit->content || unit->content->kind != RESIDUAL_OBJECT) return NULL;
    const ResidualEntries *entries = &unit->content->object.entries;
    size_t at = residual_field(entries, text_of(name));
    return at == SIZE_MAX ? NULL : residual_seen(entries->items[at].value);
}

// What a name says in the end: v.name is whatever v is named.
static const Residual *final_name(const Residual *name)
{
    while (name && name->kind == RESIDUAL_ACCESS && !name->access.safe &&
           text_is(name->access.name, "name")) {
        const Residual *base = residual_seen(name->access.base);
        if (base->kind != RESIDUAL_UNIT) break;
        name = property_of(unroll_unit(base->unit), "name");
    }
    return name;
}

static bool same_lists(const ResidualList *a, const ResidualList *b);

// Equal as far as names and scopes need it; what is not understood is different.
static bool same_residual(const Residual *a, const Residual *b)
{
    if (a == b) return true;
    if (!a || !b) return false;
    a = residual_seen((Residual *)(uintptr_t)a);
    b = residual_seen((Residual *)(uintptr_t)b);
    if (a->value && b->value) return value_equal(a->value, b->value);
    if (a->kind != b->kind) return false;
    switch ((int)a->kind) {
    case RESIDUAL_PARAM: return a->declaration == b->declaration;
    case RESIDUAL_UNIT: return unroll_unit(a->unit) == unroll_unit(b->unit);
    case RESIDUAL_ACCESS:
        return text_equal(a->access.name, b->access.name) &&
               same_residual(a->access.base, b->access.base);
    case RESIDUAL_CALL:
        return !a->call.base && !b->call.base && text_equal(a->call.name, b->call.name) &&
               same_lists(&a->call.arguments, &b->call.arguments);
    case RESIDUAL_STRING:
        for (size_t i = 0; i <= a->string.parts.count && i <= b->string.parts.count; i++) {
            if (!text_equal(a->string.segments[i], b->string.segments[i])) return false;
        }
        return same_lists(&a->string.parts, &b->string.parts);
    default: return false;
    }
}

static bool same_lists(const ResidualList *a, const ResidualList *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!same_residual(a->items[i], b->items[i])) return false;
    }
    return true;
}

// 'Microsoft.KeyVault/vaults' of a resource statement, without the version.
static Text type_of(const Unit *unit)
{
    Text type = {0};
    syntax_plain_string(unit->symbol->declaration->resource.type, &type);
    size_t at = 0;
    while (at < type.length && type.at[at] != '@') at++;
    return text_slice(type, 0, at);
}

static bool is_same_resource(const Unit *a, const Unit *b)
{
    if (a->module || b->module || a->parent || b->parent || a->condition || b->condition)
        return false;
    if (!text_alike(type_of(a), type_of(b))) return false;
    return same_residual(property_of(a, "parent"), property_of(b, "parent")) &&
           same_residual(property_of(a, "scope"), property_of(b, "scope")) &&
           same_residual(final_name(property_of(a, "name")), final_name(property_of(b, "name")));
}

// Modules that know a resource by its name only come together with those that deploy it. Two
// statements for one resource would be an error (BCP121).
void unroll_merge(Specializer *s, Program *program)
{
    bool was_quiet = s->quiet;
    s->quiet = true; // those that are used are evaluated again, aloud
    for (size_t i = 0; i < program->units.count; i++) {
        Unit *unit = program->units.items[i];
        if (!unit->existing) continue;
        if (unroll_body(s, unit)->kind == RESIDUAL_ERROR) {
            unit->content = NULL;
            continue;
        }
        for (size_t j = 0; j < program->units.count && !unit->same; j++) {
            Unit *other = program->units.items[j];
            bool earlier = !other->existing || j < i;
            if (other != unit && earlier && is_same_resource(unit, other))
                unit->same = unroll_unit(other);
        }
    }
    s->quiet = was_quiet;
}
