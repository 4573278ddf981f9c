// compiler/arm/decoration.c
#include "compiler/arm/decoration.h"

#include "compiler/arm/feature.h"

// A literal as a node, so that other properties can be merged into it.
static Node *mergeable(const Env *env, const Syntax *value)
{
    Arena *arena = env->emitter->arena;
    if (syntax_bare(value)->kind != SYNTAX_OBJECT) return node_value(arena, env, value);
    Node *object = node_object(arena);
    value = syntax_bare(value);
    for (size_t i = 0; i < value->list.count; i++) {
        const Syntax *item = value->list.items[i];
        bool plain = item->kind == SYNTAX_PROPERTY && item->property.name.length;
        if (!plain) return node_value(arena, env, value);
        list_add(arena, &object->members,
                 ((NodeMember){item->property.name, node_value(arena, env, item->property.value)}));
    }
    return object;
}

static const Syntax *argument_of(SyntaxList decorators, const char *name)
{
    const Syntax *decorator = syntax_decorator(decorators, name);
    if (!decorator || decorator->call.arguments.count == 0) return NULL;
    return decorator->call.arguments.items[0];
}

static bool next_line(Text text, size_t *at, Text *line)
{
    if (*at > text.length) return false;
    size_t from = *at, to = from;
    while (to < text.length && text.at[to] != '\n' && text.at[to] != '\r') to++;
    *line = text_slice(text, from, to);
    size_t ending =
        to < text.length && text.at[to] == '\r' && to + 1 < text.length && text.at[to + 1] == '\n';
    *at = to + 1 + ending;
    return true;
}

static size_t indentation_of(Text line)
{
    size_t count = 0;
    while (count < line.length && (line.at[count] == ' ' || line.at[count] == '\t')) count++;
    return count;
}

// Cuts what all lines but the first are indented by; line ends become LF.
static Text without_indentation(Arena *arena, Text text)
{
    size_t shortest = SIZE_MAX, at = 0;
    Text line;
    for (bool first = true; next_line(text, &at, &line); first = false) {
        if (first || indentation_of(line) == line.length) continue;
        if (indentation_of(line) < shortest) shortest = indentation_of(line);
    }
    TextBuffer out = {.arena = arena};
    at = 0;
    for (bool first = true; next_line(text, &at, &line); first = false) {
        if (!first) buffer_char(&out, '\n');
        buffer_text(&out, first ? line : text_slice(line, shortest, line.length));
    }
    return buffer_done(&out);
}

bool decoration_description(const Env *env, SyntaxList decorators, Text *text)
{
    const Syntax *argument = argument_of(decorators, "description");
    if (!argument) return false;
    if (!syntax_plain_string(syntax_bare(argument), text)) {
        diag_add(env->emitter->diags, DIAG_CONSTANT_WANTED, syntax_place(argument));
        return false;
    }
    *text = without_indentation(env->emitter->arena, *text);
    return true;
}

static void make_secure(Arena *arena, Node *object)
{
    Node *type = node_find(object, TEXT("type"));
    if (type && text_is(type->text, "string"))
        node_merge(arena, object, "type", node_text(arena, TEXT("securestring")));
    if (type && text_is(type->text, "object"))
        node_merge(arena, object, "type", node_text(arena, TEXT("secureObject")));
}

static void merge_metadata(Arena *arena, Node *object, const char *key, Node *value)
{
    Node *metadata = node_object(arena);
    node_merge(arena, metadata, key, value);
    node_merge(arena, object, "metadata", metadata);
}

void decoration_merge(const Env *env, Node *object, SyntaxList decorators, bool exported)
{
    static const char *const limits[] = {"minLength", "maxLength", "minValue", "maxValue"};
    Arena *arena = env->emitter->arena;
    Text description;
    if (decorators.count == 0) return;
    if (syntax_decorator(decorators, "secure")) make_secure(arena, object);
    if (syntax_decorator(decorators, "sealed")) {
        node_merge(arena, object, "additionalProperties", node_bool(arena, false));
    }
    if (exported && syntax_decorator(decorators, "export")) {
        merge_metadata(arena, object, "__bicep_export!", node_bool(arena, true));
    }
    const Syntax *metadata = argument_of(decorators, "metadata");
    if (metadata) node_merge(arena, object, "metadata", mergeable(env, metadata));
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const Syntax *limit = argument_of(decorators, limits[i]);
        if (limit) node_merge(arena, object, limits[i], node_value(arena, env, limit));
    }
    const Syntax *validate = syntax_decorator(decorators, "validate");
    if (validate && feature_wanted(env->emitter, FEATURE_CONSTRAINTS, validate)) {
        Node *both = node_new(arena, NODE_ARRAY);
        for (size_t i = 0; i < validate->call.arguments.count; i++)
            node_add(arena, both, node_value(arena, env, validate->call.arguments.items[i]));
        node_merge(arena, object, "validate", both);
    }
    if (decoration_description(env, decorators, &description)) {
        merge_metadata(arena, object, "description", node_text(arena, description));
    }
}
