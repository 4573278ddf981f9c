// compiler/arm/identity.c: a child's name and scope are its parent's, asked for recursively; each
// step has the Env in which the parent's loop stands at the index that the child wrote.
#include "compiler/arm/identity.h"

#include "compiler/arm/reference.h"
#include "compiler/arm/survey.h"

static const Info *info_of(Reference reference)
{
    return survey_info(reference.env->unit, reference.symbol);
}

static Arena *arena_of(Reference reference)
{
    return reference.env->emitter->arena;
}

static Tree *literal(Reference reference, const char *text)
{
    return tree_text(arena_of(reference), text_of(text));
}

// The resource around it or named by `parent:`.
static Reference parent_of(Reference reference)
{
    Symbol *around = reference.symbol->parent;
    if (around) {
        Unit *unit = reference.env->unit;
        return (Reference){around, reference_env_at(unit, around, NULL), NULL};
    }
    const Syntax *parent = info_of(reference)->parent;
    if (!parent) return (Reference){0};
    Reference found = reference_of(reference.env, parent);
    if (!found.symbol) emitter_unsupported(reference.env->emitter, parent, "this parent");
    return found.symbol ? reference_as_written(found) : found;
}

// ---- names

static Tree *own_name(Reference reference)
{
    const Info *info = info_of(reference);
    if (info->name) return expression_tree(reference.env, info->name);
    return literal(reference, ""); // limit_check has complained
}

static void add_split(Reference reference, TreeList *segments, Tree *name, size_t count)
{
    Arena *arena = arena_of(reference);
    for (size_t i = 0; i < count; i++) {
        Tree *split = tree_call2(arena, "split", name, literal(reference, "/"));
        list_add(arena, segments, tree_property(arena, split, tree_int(arena, (int64_t)i)));
    }
}

static size_t segments_of_type(Text type)
{
    size_t count = 0;
    for (size_t i = 0; i < type.length; i++) count += type.at[i] == '/';
    return count;
}

// One tree for each segment of the type behind the provider, oldest first.
static TreeList name_segments(Reference reference)
{
    enum { DEEPEST = 32 };
    Reference chain[DEEPEST];
    size_t depth = 0;
    for (Reference at = reference; at.symbol && depth < DEEPEST; at = parent_of(at)) {
        chain[depth++] = at;
    }
    TreeList segments = {0};
    size_t types = segments_of_type(info_of(reference)->type);
    for (size_t i = depth; i-- > 0;) {
        Tree *name = own_name(chain[i]);
        size_t width = i == depth - 1 && types + 1 > depth ? types + 1 - depth : 1;
        if (width > 1) {
            add_split(reference, &segments, name, width);
        } else {
            list_add(arena_of(reference), &segments, name);
        }
    }
    return segments;
}

Tree *identity_full_name(Reference reference)
{
    Arena *arena = arena_of(reference);
    if (!reference.symbol->parent && !info_of(reference)->parent) return own_name(reference);
    TreeList segments = name_segments(reference);
    TextBuffer format = {.arena = arena};
    for (size_t i = 0; i < segments.count; i++) buffer_format(&format, i ? "/{%zu}" : "{%zu}", i);
    Tree *tree = tree_call1(arena, "format", tree_text(arena, buffer_done(&format)));
    for (size_t i = 0; i < segments.count; i++) tree_add(arena, tree, segments.items[i]);
    return tree;
}

Tree *identity_module_name(Reference reference)
{
    const Info *info = info_of(reference);
    Arena *arena = arena_of(reference);
    if (info->name) return expression_tree(reference.env, info->name);
    enum { LONGEST = 64, HASH = 13, INDEX = 3 };
    bool loop = info->loop != NULL;
    size_t room = loop ? LONGEST - HASH - INDEX - 2 : LONGEST - HASH - 1;
    Text prefix = text_slice(reference.symbol->name, 0, room);
    Tree *tree = tree_call1(
        arena, "format",
        tree_text(arena, text_format(arena, loop ? "%.*s-{0}-{1}" : "%.*s-{0}", TEXT_ARG(prefix))));
    if (loop)
        tree_add(arena, tree, reference.index ? reference.index : tree_call(arena, "copyIndex"));
    Tree *deployment =
        tree_property(arena, tree_call(arena, "deployment"), literal(reference, "name"));
    tree_add(
        arena, tree,
        tree_call2(arena, "uniqueString", tree_text(arena, reference.symbol->name), deployment));
    return tree;
}

// ---- scopes

static bool type_is(Reference reference, const char *type)
{
    return text_is_alike(info_of(reference)->type, type);
}

static TargetScope default_scope(const Emitter *emitter)
{
    switch (emitter->target) {
    case TARGET_RESOURCE_GROUP: return (TargetScope){.kind = SCOPE_RESOURCE_GROUP};
    case TARGET_SUBSCRIPTION: return (TargetScope){.kind = SCOPE_SUBSCRIPTION};
    case TARGET_MANAGEMENT_GROUP: return (TargetScope){.kind = SCOPE_MANAGEMENT_GROUP};
    case TARGET_TENANT: return (TargetScope){.kind = SCOPE_TENANT};
    }
    return (TargetScope){0};
}

static TargetScope scope_at(Reference reference, bool indexed);

// Only the property `scope` keeps the index of `scope: c[i]`; in ids the official compiler forgets
// it.
static TargetScope scope_of_resource(Reference target, bool indexed)
{
    if (!indexed) target.env = info_of(target)->env;
    if (type_is(target, "Microsoft.Resources/resourceGroups")) {
        TargetScope scope = {.kind = SCOPE_RESOURCE_GROUP, .group = own_name(target)};
        scope.subscription = scope_at(target, indexed).subscription;
        return scope;
    }
    if (type_is(target, "Microsoft.Management/managementGroups")) {
        return (TargetScope){.kind = SCOPE_MANAGEMENT_GROUP, .management = own_name(target)};
    }
    return (TargetScope){.kind = SCOPE_RESOURCE, .resource = target};
}

static bool scope_of_call(const Env *env, const Syntax *node, TargetScope *scope)
{
    SyntaxList arguments = node->call.arguments;
    Tree *given[2] = {NULL, NULL};
    for (size_t i = 0; i < arguments.count && i < 2; i++) {
        given[i] = expression_tree(env, arguments.items[i]);
    }
    Text name = node->call.name;
    if (text_is(name, "tenant")) {
        *scope = (TargetScope){.kind = SCOPE_TENANT};
    } else if (text_is(name, "managementGroup")) {
        *scope = (TargetScope){.kind = SCOPE_MANAGEMENT_GROUP, .management = given[0]};
    } else if (text_is(name, "subscription")) {
        *scope = (TargetScope){.kind = SCOPE_SUBSCRIPTION, .subscription = given[0]};
    } else if (text_is(name, "resourceGroup")) {
        bool both = arguments.count > 1;
        *scope = (TargetScope){.kind = SCOPE_RESOURCE_GROUP,
                               .subscription = both ? given[0] : NULL,
                               .group = both ? given[1] : given[0]};
    } else {
        return false;
    }
    return true;
}

// The call or resource that a variable or a plain choice stands for.
static Meaning scope_meaning(const Env *env, const Syntax *node)
{
    Meaning meaning = expression_meaning(env, node);
    while (meaning.node->kind == SYNTAX_NAME || meaning.node->kind == SYNTAX_TERNARY) {
        if (meaning.node->kind == SYNTAX_TERNARY) {
            const Syntax *test = syntax_bare(meaning.node->ternary.condition);
            if (test->kind != SYNTAX_BOOL) break;
            meaning =
                expression_meaning(meaning.env, test->boolean ? meaning.node->ternary.then
                                                              : meaning.node->ternary.otherwise);
            continue;
        }
        const Symbol *symbol = expression_symbol(meaning.env, meaning.node);
        if (!symbol || symbol->kind != SYMBOL_VAR || symbol->import) break;
        meaning =
            expression_meaning(&meaning.env->unit->root, symbol->declaration->declaration.value);
    }
    return meaning;
}

static TargetScope scope_at(Reference reference, bool indexed)
{
    Reference parent =
        reference.symbol->kind == SYMBOL_RESOURCE ? parent_of(reference) : (Reference){0};
    if (parent.symbol) return scope_at(parent, indexed);
    const Syntax *node = info_of(reference)->scope;
    TargetScope scope = default_scope(reference.env->emitter);
    if (!node) return scope;
    Meaning meaning = scope_meaning(reference.env, node);
    Reference target = reference_of(meaning.env, meaning.node);
    if (target.symbol && target.symbol->kind == SYMBOL_RESOURCE)
        return scope_of_resource(target, indexed);
    bool known =
        meaning.node->kind == SYNTAX_CALL && scope_of_call(meaning.env, meaning.node, &scope);
    if (!known) emitter_unsupported(reference.env->emitter, node, "this scope");
    return scope;
}

TargetScope identity_scope(Reference reference)
{
    return scope_at(reference, false);
}

// ---- ids

static Tree *with_names(Reference reference, Tree *call, TreeList names)
{
    Arena *arena = arena_of(reference);
    tree_add(arena, call, tree_text(arena, info_of(reference)->type));
    for (size_t i = 0; i < names.count; i++) tree_add(arena, call, names.items[i]);
    return call;
}

static Tree *subscription_id(Arena *arena)
{
    return tree_property(arena, tree_call(arena, "subscription"),
                         tree_text(arena, TEXT("subscriptionId")));
}

static Tree *group_id(Arena *arena, const TargetScope *scope)
{
    Tree *tree = tree_call1(arena, "format",
                            tree_text(arena, TEXT("/subscriptions/{0}/resourceGroups/{1}")));
    tree_add(arena, tree, scope->subscription ? scope->subscription : subscription_id(arena));
    tree_add(arena, tree, scope->group);
    return tree;
}

static Tree *management_id(Arena *arena, const TargetScope *scope)
{
    if (scope->management) {
        return tree_call2(arena, "tenantResourceId",
                          tree_text(arena, TEXT("Microsoft.Management/managementGroups")),
                          scope->management);
    }
    return tree_property(arena, tree_call(arena, "managementGroup"), tree_text(arena, TEXT("id")));
}

Tree *identity_id(Reference reference)
{
    Arena *arena = arena_of(reference);
    TargetScope scope = identity_scope(reference);
    TreeList names = {0};
    if (reference.symbol->kind == SYMBOL_MODULE) {
        list_add(arena, &names, identity_module_name(reference));
    } else {
        names = name_segments(reference);
    }
    Tree *tree = NULL;
    switch (scope.kind) {
    case SCOPE_TENANT: return with_names(reference, tree_call(arena, "tenantResourceId"), names);
    case SCOPE_SUBSCRIPTION:
        tree = tree_call(arena, "subscriptionResourceId");
        if (scope.subscription) tree_add(arena, tree, scope.subscription);
        return with_names(reference, tree, names);
    case SCOPE_RESOURCE_GROUP:
        if (!scope.group) return with_names(reference, tree_call(arena, "resourceId"), names);
        tree = tree_call1(arena, "extensionResourceId", group_id(arena, &scope));
        return with_names(reference, tree, names);
    case SCOPE_MANAGEMENT_GROUP:
        tree = tree_call1(arena, "extensionResourceId", management_id(arena, &scope));
        return with_names(reference, tree, names);
    case SCOPE_RESOURCE:
        tree = tree_call1(arena, "extensionResourceId", identity_id(scope.resource));
        return with_names(reference, tree, names);
    }
    return literal(reference, "");
}

// ---- properties

static void write_property(Emitter *emitter, const char *name, Tree *value)
{
    json_key(emitter->json, text_of(name));
    expression_write_tree(emitter, value);
}

void identity_write_scope(Reference reference)
{
    Emitter *emitter = reference.env->emitter;
    Arena *arena = emitter->arena;
    if (!info_of(reference)->scope && !info_of(reference)->parent && !reference.symbol->parent)
        return;
    TargetScope scope = scope_at(reference, true);
    switch (scope.kind) {
    case SCOPE_TENANT:
        if (emitter->target != TARGET_TENANT)
            write_property(emitter, "scope", literal(reference, "/"));
        break;
    case SCOPE_MANAGEMENT_GROUP:
        if (!scope.management) break;
        if (emitter->target == TARGET_TENANT || emitter->target == TARGET_MANAGEMENT_GROUP) {
            Text format = TEXT("Microsoft.Management/managementGroups/{0}");
            write_property(emitter, "scope",
                           tree_call2(arena, "format", tree_text(arena, format), scope.management));
        } else {
            write_property(emitter, "scope", management_id(arena, &scope));
        }
        break;
    case SCOPE_SUBSCRIPTION:
        if (scope.subscription) {
            write_property(emitter, "subscriptionId", scope.subscription);
        } else if (emitter->target == TARGET_RESOURCE_GROUP) {
            write_property(emitter, "subscriptionId", subscription_id(arena));
        }
        break;
    case SCOPE_RESOURCE_GROUP:
        if (scope.subscription) write_property(emitter, "subscriptionId", scope.subscription);
        if (scope.group) write_property(emitter, "resourceGroup", scope.group);
        break;
    case SCOPE_RESOURCE: write_property(emitter, "scope", identity_id(scope.resource)); break;
    }
}
