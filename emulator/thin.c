// emulator/thin.c: until compiler/snapshot evaluates templates: resources as they stand, in order.
#include "compiler/snapshot/template.h"

#include "emulator/shape.h"
#include "emulator/world.h"

struct Template {
    const Value *json, *parameters;
    TemplateResource *items;
    size_t count;
    const Value **bodies;
};
#define WEAK __attribute__((weak))
WEAK Template *template_read(Arena *arena, const Value *json, const Value *parameters,
                             const TemplateContext *context, TemplateProblem *problem)
{
    const Value *list = shape_at(json, "resources");
    if (!list) {
        *problem = (TemplateProblem){TEXT("InvalidTemplate"), TEXT("no resources"), {0}};
        return NULL;
    }
    Template *template = arena_new(arena, Template);
    template->json = json;
    template->parameters = parameters;
    bool object = list->kind == VALUE_OBJECT;
    template->count = object ? list->object.count : list->array.count;
    template->items = arena_array(arena, TemplateResource, template->count);
    template->bodies = arena_array(arena, const Value *, template->count);
    for (size_t i = 0; i < template->count; i++) {
        const Value *body = object ? list->object.items[i].value : list->array.items[i];
        TemplateResource *item = &template->items[i];
        template->bodies[i] = body;
        item->symbol = object ? list->object.items[i].name : (Text){"", 0};
        item->type = shape_text(body, "type");
        item->name = text_format(arena, "r%zu", i);
        item->api_version = shape_text(body, "apiVersion");
        TextBuffer id = {.arena = arena};
        buffer_format(&id, "/subscriptions/%.*s/resourceGroups/%.*s/providers/",
                      TEXT_ARG(context->subscription), TEXT_ARG(context->group));
        size_t from = 0, part = 0;
        for (size_t c = 0; c <= item->type.length; c++) {
            if (c < item->type.length && item->type.at[c] != '/') continue;
            if (part) buffer_char(&id, '/');
            buffer_text(&id, text_slice(item->type, from, c));
            if (part) buffer_format(&id, "/r%zu", i);
            part++;
            from = c + 1;
        }
        item->id = buffer_done(&id);
        if (i) {
            item->needs = arena_array(arena, size_t, 1);
            item->needs[0] = i - 1;
            item->need_count = i % 3 == 0;
        }
    }
    return template;
}
WEAK const TemplateResource *template_resources(const Template *template, size_t *count)
{
    *count = template->count;
    return template->items;
}
WEAK const Value *template_parameters(const Template *template)
{
    (void)template;
    return NULL;
}
WEAK const Value *template_body(Template *template, size_t index, const TemplateRuntime *runtime,
                                TemplateProblem *problem)
{
    (void)runtime, (void)problem;
    return template->bodies[index];
}
WEAK Template *template_nested(Template *template, size_t index, const TemplateRuntime *runtime,
                               TemplateProblem *problem)
{
    (void)template, (void)index, (void)runtime, (void)problem;
    return NULL;
}
WEAK const Value *template_outputs(Template *template, const TemplateRuntime *runtime,
                                   TemplateProblem *problem)
{
    (void)template, (void)runtime, (void)problem;
    static const Value none = {.kind = VALUE_OBJECT};
    return &none;
}
