// compiler/snapshot/template.c: the stages of reading a template, and what is asked of it then.
#include "compiler/snapshot/template.h"

#include "compiler/snapshot/budget.h"
#include "compiler/snapshot/copy.h"
#include "compiler/snapshot/declared.h"
#include "compiler/snapshot/naming.h"
#include "compiler/snapshot/nested.h"
#include "compiler/snapshot/reading.h"
#include "compiler/snapshot/scoping.h"
#include "compiler/snapshot/sequence.h"
#include "compiler/snapshot/settle.h"
#include "compiler/snapshot/typecheck.h"

enum { NESTING_LIMIT = 20 }; // templates within each other

static const Value *object_of(const Value *json, const char *name)
{
    const Value *value = value_find(json, text_of(name));
    return value && value->kind == VALUE_OBJECT ? value : NULL;
}

// ---- reading

static TemplateScope scope_of(const Value *json)
{
    static const struct {
        const char *word;
        TemplateScope scope;
    } words[] = {
        {"subscriptiondeploymenttemplate", SCOPE_SUBSCRIPTION},
        {"managementgroupdeploymenttemplate", SCOPE_MANAGEMENT_GROUP},
        {"tenantdeploymenttemplate", SCOPE_TENANT},
    };
    const Value *schema = value_find(json, TEXT("$schema"));
    if (!schema || schema->kind != VALUE_STRING) return SCOPE_GROUP;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        Text word = text_of(words[i].word);
        for (size_t at = 0; at + word.length <= schema->string.length; at++) {
            if (text_alike(text_slice(schema->string, at, at + word.length), word))
                return words[i].scope;
        }
    }
    return SCOPE_GROUP;
}

static Named *name(Template *template, Map *map, Text text, const Value *json, const Value *given)
{
    Named *named = arena_new(template->arena, Named);
    *named = (Named){.name = text, .json = json, .given = given};
    map_put(template->arena, map, text_lower(template->arena, text), named);
    return named;
}

static void read_variables(Template *template)
{
    const Value *variables = object_of(template->json, "variables");
    for (size_t i = 0; variables && i < variables->object.count; i++) {
        const ValueProperty *property = &variables->object.items[i];
        if (!copy_is_loop(property)) {
            name(template, &template->variables, property->name, property->value, NULL);
            continue;
        }
        for (size_t j = 0; j < property->value->array.count; j++) {
            const Value *loop = property->value->array.items[j];
            const Value *own = value_find(loop, TEXT("name"));
            if (own && own->kind == VALUE_STRING)
                name(template, &template->variables, own->string, NULL, loop);
        }
    }
}

static bool unknown_parameters(const Frame *frame, const Value *given)
{
    TextBuffer names = {.arena = engine_arena(frame)}, known = {.arena = engine_arena(frame)};
    const Map *declared = &frame->template->parameters;
    for (size_t i = 0; given && i < given->object.count; i++) {
        Text text = given->object.items[i].name;
        if (map_has(declared, text_lower(engine_arena(frame), text))) continue;
        buffer_format(&names, "%s%.*s", names.count ? ", " : "", TEXT_ARG(text));
    }
    if (!names.count) return false;
    for (size_t i = 0; i < declared->count; i++) {
        Text text = ((const Named *)declared->items[i].value)->name;
        buffer_format(&known, "%s%.*s", i ? ", " : "", TEXT_ARG(text));
    }
    engine_fail(frame,
                "The following parameters were supplied, but do not correspond to any parameters "
                "defined in the template: '%.*s'. The parameters defined in the template are: "
                "'%.*s'. Please see https://aka.ms/arm-pass-parameter-values for usage details.",
                TEXT_ARG(buffer_done(&names)), TEXT_ARG(buffer_done(&known)));
    return true;
}

static bool read_parameters(const Frame *frame, const Value *given)
{
    Template *template = frame->template;
    const Value *parameters = object_of(template->json, "parameters");
    if (given && given->kind != VALUE_OBJECT) given = NULL;
    for (size_t i = 0; parameters && i < parameters->object.count; i++) {
        const ValueProperty *property = &parameters->object.items[i];
        const Value *own = given ? value_find(given, property->name) : NULL;
        if (property->value->kind == VALUE_OBJECT)
            name(template, &template->parameters, property->name, property->value,
                 own && (own->kind == VALUE_OBJECT || call_of(own)) ? own : NULL);
    }
    if (template->words == template && unknown_parameters(frame, given)) return false;
    for (size_t i = 0; i < template->parameters.count; i++) {
        if (!naming_parameter(frame, template->parameters.items[i].value)) return false;
    }
    return true;
}

static bool within(const Frame *frame, size_t count, size_t limit, const char *what,
                   const char *page)
{
    if (count <= limit) return true;
    engine_fail(
        frame,
        "The number of template %s limit exceeded. Limit: '%zu' and actual: '%zu'. Please see "
        "https://aka.ms/arm-syntax-%s for usage details.",
        what, limit, count, page);
    return false;
}

static bool small_enough(const Frame *frame)
{
    const Template *template = frame->template;
    const Value *outputs = object_of(template->json, "outputs");
    const Value *resources = value_find(template->json, TEXT("resources"));
    size_t written = !resources                        ? 0
                     : resources->kind == VALUE_ARRAY  ? resources->array.count
                     : resources->kind == VALUE_OBJECT ? resources->object.count
                                                       : 0;
    return within(frame, template->parameters.count, 256, "input parameters", "parameters") &&
           within(frame, template->variables.count, 512, "variables", "variables") &&
           within(frame, written, 800, "resources", "resources") &&
           within(frame, outputs ? outputs->object.count : 0, 64, "outputs", "outputs");
}

// Unrolled; the official snapshot does not count these.
static bool few_enough(const Frame *frame)
{
    const Template *template = frame->template;
    return template->context.partial ||
           within(frame, template->sequence.count, 800, "resources", "resources");
}

// Everything that can be evaluated before a deployment begins.
static bool valid_bodies(const Frame *frame)
{
    Template *template = frame->template;
    for (size_t i = 0; i < template->sequence.count; i++) {
        Item *item = template->sequence.items[i];
        if (item->shown.existing) continue;
        if (!nested_body(frame, item)) return false;
        if (item->shown.nested && !nested_template(frame, item) && frame->problem->message.length)
            return false;
    }
    return template_outputs(template, NULL, frame->problem) != NULL;
}

static bool good_assertions(const Frame *frame)
{
    const Value *assertions = object_of(frame->template->json, "asserts");
    for (size_t i = 0; assertions && i < assertions->object.count; i++) {
        const ValueProperty *assertion = &assertions->object.items[i];
        const Value *holds = engine_json(frame, assertion->value);
        if (!holds) return false;
        if (call_of(holds) || (holds->kind == VALUE_BOOL && holds->boolean)) continue;
        engine_fail(frame, "The template assertion '%.*s' at %s does not hold.",
                    TEXT_ARG(assertion->name), engine_at(frame, assertion->value));
        return false;
    }
    return true;
}

static const Value *text_or_unknown(Arena *arena, Text text, const char *function,
                                    const char *property)
{
    return text.length ? value_string(arena, text)
                       : scoping_unknown(arena, text_of(function), text_of(property));
}

static Template *new_template(Arena *arena, const Reading *reading)
{
    const TemplateContext *context = &reading->context;
    Template *template = arena_new(arena, Template);
    *template = (Template){.arena = arena,
                           .json = reading->json,
                           .context = *context,
                           .around = reading->around,
                           .condition = reading->condition,
                           .told = reading->told,
                           .subscription = reading->subscription,
                           .group = reading->group};
    template->words = reading->words ? reading->words : template;
    template->whole = reading->around ? reading->around->whole : template;
    template->before = arena->total;
    template->diags.arena = arena;
    template->scope = reading->around ? reading->scope : scope_of(reading->json);
    if (!template->subscription)
        template->subscription =
            text_or_unknown(arena, context->subscription, "subscription", "subscriptionId");
    if (!template->group)
        template->group = text_or_unknown(arena, context->group, "resourceGroup", "name");
    template->management_group =
        text_or_unknown(arena, context->management_group, "managementGroup", "name");
    const Value *resources = value_find(reading->json, TEXT("resources"));
    template->symbolic = resources && resources->kind == VALUE_OBJECT;
    return template;
}

Template *reading_template(Arena *arena, const Reading *reading, TemplateProblem *problem)
{
    Template *template = new_template(arena, reading);
    Frame frame = {.template = template, .problem = problem};
    size_t depth = 0;
    for (const Template *outer = reading->around; outer; outer = outer->around) depth++;
    if (depth >= NESTING_LIMIT) {
        engine_fail(&frame, "The nested deployments exceed the limit of %d levels.", NESTING_LIMIT);
        return NULL;
    }
    read_variables(template);
    bool good = read_parameters(&frame, reading->parameters) && small_enough(&frame) &&
                naming_variables(&frame) && declared_read(&frame) && sequence_read(&frame) &&
                few_enough(&frame);
    frame.flags = FRAME_BODY;
    if (good && !template->context.partial && !reading->runtime)
        good = good_assertions(&frame) && valid_bodies(&frame);
    return good ? template : NULL;
}

Template *template_read(Arena *arena, const Value *json, const Value *parameters,
                        const TemplateContext *context, TemplateProblem *problem)
{
    *problem = (TemplateProblem){0};
    Reading reading = {.json = json,
                       .parameters = parameters,
                       .context = *context,
                       .told = context->group.length > 0};
    Template *template = reading_template(arena, &reading, problem);
    if (!template && !context->partial && text_is(problem->code, "InvalidTemplate"))
        problem->message = text_format(arena, "Deployment template validation failed: '%.*s'.",
                                       TEXT_ARG(problem->message));
    return template;
}

// ---- asking

const TemplateResource *template_resources(const Template *template, size_t *count)
{
    *count = template->sequence.count;
    return template->shown;
}

const Value *template_body(Template *template, size_t index, const TemplateRuntime *runtime,
                           TemplateProblem *problem)
{
    *problem = (TemplateProblem){0};
    Frame frame = {
        .template = template, .flags = FRAME_BODY, .runtime = runtime, .problem = problem};
    Item *item = template->sequence.items[index];
    const Value *body = nested_body(&frame, item);
    if (!body && runtime && text_is(problem->code, "InvalidTemplate"))
        problem->message = text_format(
            template->arena,
            "Unable to process template language expressions for resource "
            "'%.*s' at %s. '%.*s'",
            TEXT_ARG(item->shown.id), engine_at(&frame, item->json), TEXT_ARG(problem->message));
    return body;
}

static size_t json_size(Arena *arena, const Value *value)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    value_write_json(&json, value);
    return out.count;
}

size_t template_size(Template *template)
{
    TemplateProblem problem = {0};
    const Value *outputs = template_outputs(template, NULL, &problem);
    size_t size = outputs ? json_size(template->arena, outputs) : 0;
    for (size_t i = 0; i < template->sequence.count; i++) {
        const Value *body = template_body(template, i, NULL, &problem);
        if (body) size += json_size(template->arena, body);
    }
    return size;
}

Template *template_nested(Template *template, size_t index, const TemplateRuntime *runtime,
                          TemplateProblem *problem)
{
    *problem = (TemplateProblem){0};
    Frame frame = {
        .template = template, .flags = FRAME_BODY, .runtime = runtime, .problem = problem};
    return nested_template(&frame, template->sequence.items[index]);
}

// A type's name as Resource Manager answers with it.
static const Value *shown_type(const Frame *frame, const Value *declared)
{
    static const char *const names[] = {"String", "SecureString", "Int",   "Bool",
                                        "Object", "SecureObject", "Array", "Float"};
    const Value *type = typecheck_resolve(frame, declared);
    const Value *own = type ? value_find(type, TEXT("type")) : NULL;
    for (size_t i = 0; own && own->kind == VALUE_STRING && i < sizeof names / sizeof *names; i++) {
        if (text_alike(own->string, text_of(names[i])))
            return value_string(engine_arena(frame), text_of(names[i]));
    }
    return own;
}

static Value *typed(const Frame *frame, const Value *declared)
{
    Value *entry = value_object(engine_arena(frame));
    const Value *type = shown_type(frame, declared);
    if (type) value_set(engine_arena(frame), entry, TEXT("type"), type);
    return entry;
}

const Value *template_parameters(const Template *template)
{
    Value *all = value_object(template->arena);
    TemplateProblem problem = {0};
    Template *own = template->words;
    Frame frame = {.template = own, .problem = &problem};
    for (size_t i = 0; i < template->parameters.count; i++) {
        const Named *named = template->parameters.items[i].value;
        Value *entry = typed(&frame, named->json);
        if (named->value && !typecheck_is_secure(&frame, named->json))
            value_set(template->arena, entry, TEXT("value"), named->value);
        value_set(template->arena, all, named->name, entry);
    }
    return all;
}

static const Value *output_value(const Frame *frame, const Value *output, Text name)
{
    const Value *copy = value_find(output, TEXT("copy")),
                *value = value_find(output, TEXT("value"));
    if (copy && value)
        return engine_fail(
            frame,
            "The template output '%.*s' is not valid. 'value' and 'copy' property must "
            "not be specified at the same time. Please see "
            "https://aka.ms/arm-syntax-outputs for usage details.",
            TEXT_ARG(name));
    if (copy && copy->kind == VALUE_OBJECT) return copy_list(frame, (Text){0}, copy, true);
    return value ? engine_json(frame, value) : &value_null;
}

static bool is_wanted(const Frame *frame, const Value *output, bool *wanted)
{
    const Value *condition = value_find(output, TEXT("condition"));
    *wanted = true;
    if (!condition) return true;
    condition = engine_json(frame, condition);
    if (!condition) return false;
    *wanted = condition->kind != VALUE_BOOL || condition->boolean;
    if (condition->kind == VALUE_BOOL || call_of(condition)) return true;
    declared_wrong_result(frame, condition, "Boolean");
    return false;
}

const Value *template_outputs(Template *template, const TemplateRuntime *runtime,
                              TemplateProblem *problem)
{
    *problem = (TemplateProblem){0};
    Arena *arena = template->arena;
    Frame frame = {
        .template = template, .flags = FRAME_BODY, .runtime = runtime, .problem = problem};
    const Value *outputs = object_of(template->json, "outputs");
    Value *all = value_object(arena);
    for (size_t i = 0; outputs && i < outputs->object.count; i++) {
        const Value *output = outputs->object.items[i].value;
        bool wanted = false;
        if (output->kind != VALUE_OBJECT) continue;
        if (!is_wanted(&frame, output, &wanted)) return NULL;
        if (!wanted) continue;
        const Value *value = output_value(&frame, output, outputs->object.items[i].name);
        if (value && call_is_unknown(value)) continue; // a loop
        if (value && !runtime) value = settle(&frame, value);
        if (!value || !budget_counts(&frame, value) ||
            !typecheck_value(&frame, output, value, TEXT("template output"),
                             outputs->object.items[i].name))
            return NULL;
        Value *entry = typed(&frame, output);
        value_set(arena, entry, TEXT("value"), value);
        list_add(arena, &all->object,
                 ((ValueProperty){outputs->object.items[i].name, entry, NULL}));
    }
    return all;
}
