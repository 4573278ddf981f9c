// emulator/deploymentsaved.c: a deployment as JSON, and back.
#include "emulator/deployment.h"

#include "compiler/evaluate/shape.h"

#include <stdlib.h>

static Phase phase_of(Text name)
{
    for (int phase = PHASE_WAITING; phase <= PHASE_CANCELED; phase++) {
        if (text_is(name, phase_name((Phase)phase))) return (Phase)phase;
    }
    return PHASE_FAILED;
}

const Value *deployment_saved(Arena *arena, const Deployment *deployment)
{
    Value *steps = value_array(arena);
    for (size_t i = 0; i < deployment->count; i++) {
        const Step *step = &deployment->steps[i];
        value_append(
            arena, steps,
            shape_make(arena,
                       "{symbol:%t,id:%t,type:%t,name:%t,existing:%b,nested:%b,phase:%s,begun:%f,"
                       "ends:%f,operation:%t,created:%b,error:%v,dependsOn:%v}",
                       step->symbol, step->id, step->type, step->name, step->existing, step->nested,
                       phase_name(step->phase), step->begun, step->ends, step->operation,
                       step->created, step->error, step->depends_on));
    }
    return shape_make(arena,
                      "{id:%t,order:%v,correlation:%t,seed:%t,phase:%s,begun:%f,ended:%f,"
                      "parameters:%v,outputs:%v,error:%v,parent:%t,parentStep:%i,steps:%v}",
                      deployment->id, deployment->order, deployment->correlation,
                      text_format(arena, "%llu", (unsigned long long)deployment->seed),
                      phase_name(deployment->phase), deployment->begun, deployment->ended,
                      deployment->parameters, deployment->outputs, deployment->error,
                      deployment->parent, (int64_t)deployment->parent_step, steps);
}

static const Value *copied(Deployment *deployment, const Value *saved, const char *path)
{
    const Value *value = shape_at(saved, path);
    return value ? shape_copy(&deployment->arena, value) : NULL;
}

static Template *read_again(World *world, Deployment *deployment, TemplateProblem *problem)
{
    if (!deployment->parent.length) return deployment_template(world, deployment, problem);
    const Deployment *parent = deployment_find(world, deployment->parent);
    TemplateRuntime runtime = deployment_runtime(world);
    if (!parent || !parent->template) return NULL;
    return template_nested(parent->template, deployment->parent_step, &runtime, problem);
}

static void read_steps(Deployment *deployment, const Value *saved)
{
    const Value *steps = copied(deployment, saved, "steps");
    if (!steps) steps = value_array(&deployment->arena);
    deployment->count = steps->array.count;
    deployment->steps = arena_array(&deployment->arena, Step, deployment->count);
    for (size_t i = 0; i < deployment->count; i++) {
        const Value *step = steps->array.items[i];
        deployment->steps[i] = (Step){
            .symbol = shape_text(step, "symbol"),
            .id = shape_text(step, "id"),
            .type = shape_text(step, "type"),
            .name = shape_text(step, "name"),
            .existing = shape_bool(step, "existing"),
            .nested = shape_bool(step, "nested"),
            .phase = phase_of(shape_text(step, "phase")),
            .begun = shape_number(step, "begun", 0),
            .ends = shape_number(step, "ends", 0),
            .operation = shape_text(step, "operation"),
            .created = shape_bool(step, "created"),
            .error = shape_at(step, "error"),
            .depends_on = shape_at(step, "dependsOn"),
        };
    }
}

Deployment *deployment_from(const Value *saved)
{
    Deployment *deployment = deployment_new(shape_text(saved, "id"), shape_at(saved, "order"));
    Arena *arena = &deployment->arena;
    Text seed = shape_text(saved, "seed");
    deployment->correlation = text_copy(&deployment->arena, shape_text(saved, "correlation"));
    deployment->seed = strtoull(text_string(arena, seed), NULL, 10);
    deployment->phase = phase_of(shape_text(saved, "phase"));
    deployment->begun = shape_number(saved, "begun", 0);
    deployment->ended = shape_number(saved, "ended", 0);
    deployment->parameters = copied(deployment, saved, "parameters");
    deployment->outputs = copied(deployment, saved, "outputs");
    deployment->error = copied(deployment, saved, "error");
    deployment->parent = text_copy(&deployment->arena, shape_text(saved, "parent"));
    deployment->parent_step = (size_t)shape_number(saved, "parentStep", 0);
    read_steps(deployment, saved);
    return deployment;
}

void deployment_restore(World *world, const Value *saved)
{
    Deployment *deployment = deployment_from(saved);
    list_add(&world->arena, world->deployments, deployment);
    if (phase_over(deployment->phase)) return;
    TemplateProblem problem = {0};
    size_t count = 0;
    deployment->template = read_again(world, deployment, &problem);
    if (deployment->template) template_resources(deployment->template, &count);
    if (!deployment->template || count != deployment->count) { // only if the folder was changed
        deployment->phase = PHASE_CANCELED;
        deployment->ended = world->now;
        deployment->template = NULL;
    }
}
