// compiler/check/twin.c: a text for each, the same for twins. What is not known stands in it as the
// place of its expression, and so equals only itself.
#include "compiler/check/twin.h"

#include "compiler/check/scope.h"

enum { DEEPEST = 64 }; // of resources below resources

static void add_value(TextBuffer *out, const InferPlace *place, const Syntax *node)
{
    const Shape *shape = infer(place, node);
    if (shape->literal && shape->kind == SHAPE_STRING) {
        buffer_format(out, "'%.*s'", TEXT_ARG(shape->text));
    } else if (shape->literal && shape->kind == SHAPE_INT) {
        buffer_format(out, "%lld", (long long)shape->integer);
    } else {
        buffer_format(out, "@%u", syntax_place(node).from);
    }
}

// The body of a resource or module, and the place where it stands. NULL if it has a condition that is
// not plainly true: then another one may take its place.
static const Syntax *body_of(InferPlace *place, InferLocal at[2])
{
    const Syntax *value = place->within->declaration->resource.value;
    if (value->kind == SYNTAX_FOR) {
        const InferPlace outer = *place;
        infer_loop(&outer, value, place, at);
        value = value->loop.body;
    }
    if (value->kind == SYNTAX_IF) {
        const Shape *test = infer(place, value->condition.test);
        bool always = test->kind == SHAPE_BOOL && test->literal && test->integer;
        value = always ? value->condition.body : NULL;
    }
    return value && value->kind == SYNTAX_OBJECT ? value : NULL;
}

// Scopes that are written twice are two for resources, of modules their values count.
static void add_scope(TextBuffer *out, const InferPlace *place, const Syntax *body)
{
    const Syntax *property = syntax_property(body, "scope");
    const Syntax *node = property ? syntax_bare(property->property.value) : NULL,
                 *call = node ? scope_call(place->file, node) : NULL;
    bool indexed = node && node->kind == SYNTAX_INDEX;
    if (node && !call && indexed) add_value(out, place, node);
    if (node && !call && !indexed) buffer_text(out, syntax_text(node));
    Text written = call ? call->call.name : scope_target(place->file);
    if (!node || call) buffer_text(out, written);
    for (size_t i = 0; call && i < call->call.arguments.count; i++) {
        const Syntax *item = call->call.arguments.items[i];
        buffer_char(out, ' ');
        if (place->within->kind == SYMBOL_MODULE) {
            add_value(out, place, item);
        } else {
            buffer_format(out, "@%u", syntax_place(item).from);
        }
    }
}

// False if it has no name, or need not be there.
static bool add_names(TextBuffer *out, Check *check, const Symbol *symbol, bool inner, int depth)
{
    InferPlace place = {.check = check, .file = symbol->file, .within = symbol};
    InferLocal at[2];
    const Syntax *body = body_of(&place, at);
    if (!body && inner) body = syntax_body(symbol->declaration); // a parent's condition is its own
    const Syntax *name = body ? syntax_property(body, "name") : NULL;
    if (!name || depth > DEEPEST) return false;
    const Syntax *index = NULL;
    const Symbol *parent = scope_parent(symbol, &index);
    if (parent && !add_names(out, check, parent, true, depth + 1)) return false;
    if (!parent) add_scope(out, &place, body);
    buffer_char(out, '/');
    if (index) add_value(out, &place, index);
    if (index) buffer_char(out, '/');
    add_value(out, &place, name->property.value);
    return true;
}

void twin_check(Check *check, const BoundFile *file)
{
    Map seen = {0};
    Diags *diags = check->diags, unsaid = {.arena = check->arena};
    for (size_t i = 0; i < file->symbols.count; i++) {
        const Symbol *symbol = file->symbols.items[i];
        bool module = symbol->kind == SYMBOL_MODULE;
        if (!module && (symbol->kind != SYMBOL_RESOURCE || bind_is_foreign(symbol))) continue;
        TextBuffer key = {.arena = check->arena};
        Text type = module ? TEXT("module") : infer_type_name(check, symbol);
        buffer_text(&key, text_lower(check->arena, type));
        buffer_char(&key, ' ');
        check->diags = &unsaid;
        bool there = add_names(&key, check, symbol, false, 0);
        check->diags = diags;
        if (!there) continue;
        Text text = buffer_done(&key);
        const Symbol *earlier = map_get(&seen, text);
        if (earlier)
            diag_add_with(
                diags, DIAG_DOUBLED_RESOURCE,
                syntax_place(
                    syntax_property(syntax_body(symbol->declaration), "name")->property.value),
                earlier->name, symbol->name);
        map_put(check->arena, &seen, text, (void *)(uintptr_t)symbol);
    }
}
