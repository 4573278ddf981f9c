// compiler/snapshot/template.c: the stages of reading a template, and what is asked of it then.
#include "compiler/snapshot/template.h"

#include "compiler/snapshot/copy.h"
#include "compiler/snapshot/declared.h"
#include "compiler/snapshot/naming.h"
#include "compiler/snapshot/nested.h"
#include "compiler/snapshot/reading.h"
#include "compiler/snapshot/sequence.h"
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
            if (engine_same(text_slice(schema->string, at, at + word.length), word))
                return words[i].scope;
        }
    }
    return SCOPE_GROUP;
}

static Named *name(Template *template, Map *map, Text text, const Value *json, const Value *given)
{
    Named *named = arena_new(template->arena, Named);
    *named = (Named){.name = text, .json = json, .given = given};
    map_put(template->arena, map, engine_lower(template->arena, text), named);
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
        if (map_has(declared, engine_lower(engine_arena(frame), text))) continue;
        if (names.count) buffer_string(&names, ", ");
        buffer_text(&names, text);
    }
    if (!names.count) return false;
    for (size_t i = 0; i < declared->count; i++) {
        if (i) buffer_string(&known, ", ");
        buffer_text(&known, ((const Named *)declared->items[i].value)->name);
    }
    Text shown = buffer_done(&names), may = buffer_done(&known);
    engine_fail(frame,
                "The template parameters '%.*s' in the parameters file are not valid; they are not "
                "present in the original template and can therefore not be provided at deployment "
                "time. The only supported parameters for this template are '%.*s'. Please see "
                "https://aka.ms/arm-pass-parameter-values for usage details.",
                TEXT_ARG(shown), TEXT_ARG(may));
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
                 own && own->kind == VALUE_OBJECT ? own : NULL);
    }
    if (template->words == template && unknown_parameters(frame, given)) return false;
    for (size_t i = 0; i < template->parameters.count; i++) {
        if (!naming_parameter(frame, template->parameters.items[i].value)) return false;
    }
    return true;
}

Template *reading_template(Arena *arena, const Value *json, const Value *parameters,
                           const TemplateContext *context, Template *around, Template *words,
                           TemplateProblem *problem)
{
    Template *template = arena_new(arena, Template);
    *template = (Template){.arena = arena, .json = json, .context = *context, .around = around};
    template->words = words ? words : template;
    template->diags.arena = arena;
    template->scope = scope_of(json);
    const Value *resources = value_find(json, TEXT("resources"));
    template->symbolic = resources && resources->kind == VALUE_OBJECT;
    Frame frame = {.template = template, .problem = problem};
    size_t depth = 0;
    for (const Template *outer = around; outer; outer = outer->around) depth++;
    if (depth >= NESTING_LIMIT) {
        engine_fail(&frame, "The nested deployments exceed the limit of %d levels.", NESTING_LIMIT);
        return NULL;
    }
    read_variables(template);
    bool good =
        read_parameters(&frame, parameters) && declared_read(&frame) && sequence_read(&frame);
    return good ? template : NULL;
}

Template *template_read(Arena *arena, const Value *json, const Value *parameters,
                        const TemplateContext *context, TemplateProblem *problem)
{
    *problem = (TemplateProblem){0};
    return reading_template(arena, json, parameters, context, NULL, NULL, problem);
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
    return nested_body(&frame, template->sequence.items[index]);
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
        if (engine_same(own->string, text_of(names[i])))
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

static const Value *output_value(const Frame *frame, const Value *output)
{
    const Value *copy = value_find(output, TEXT("copy"));
    if (copy && copy->kind == VALUE_OBJECT) return copy_list(frame, (Text){0}, copy, true);
    const Value *value = value_find(output, TEXT("value"));
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
    return true;
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
        const Value *value = output_value(&frame, output);
        if (!value) return NULL;
        Value *entry = typed(&frame, output);
        value_set(arena, entry, TEXT("value"), value);
        list_add(arena, &all->object,
                 ((ValueProperty){outputs->object.items[i].name, entry, NULL}));
    }
    return all;
}
