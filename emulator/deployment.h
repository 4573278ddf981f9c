// emulator/deployment.h: deployments while they run and after.
//   A deployment is a list of steps, one a resource of its template. A step starts when all that it
//   needs is done, and takes the time that times.def says. Nested deployments are deployments of
//   their own that a step waits for.
//   owns: a deployment has an arena of its own
#pragma once
#include "compiler/snapshot/template.h"
#include "emulator/world.h"

typedef enum {
    PHASE_WAITING,
    PHASE_RUNNING,
    PHASE_SUCCEEDED,
    PHASE_FAILED,
    PHASE_CANCELED,
} Phase;

typedef struct {
    Text symbol, id, type, name; // as in template.h
    bool existing, nested;
    Phase phase;
    double begun, ends;      // when it began, and when it ends or ended
    Text operation;          // its ID among the deployment's operations
    bool created;            // by this step; otherwise updated
    const Value *error;      // {code, message, target, details}; NULL if there is none
    const Value *depends_on; // [{id, resourceType, resourceName}]; NULL if it needs nothing
} Step;

typedef struct Deployment Deployment;
struct Deployment {
    Arena arena;
    Text id, name;
    Text scope;         // ID of what it deploys to: a group, the subscription; empty: the tenant
    Text source;        // its template as it was written, while it runs; empty after a restart
    const Value *order; // {location, tags, properties: {template, parameters, mode …}}
    Text correlation;
    uint64_t seed;
    Phase phase;
    double begun, ended;
    const Value *parameters, *outputs; // as GET shows them; NULL if there are none
    const Value *error;
    Text parent; // ID of the deployment that it is nested in; or empty
    size_t parent_step;
    Template *template; // only while it runs
    bool shrunk;        // it is over, and its arena has no more than it must
    Step *steps;        // one a resource of the template
    size_t count;
};

struct Deployments {
    Deployment **items; // a nested one comes after its parent
    size_t count, room;
};

Deployment *deployment_find(const World *world, Text id);

// Takes an order: reads the template, checks it, and starts. `source` is the template as it was
// written. NULL with `problem` set, whose texts are in `arena`. An earlier one of that ID is replaced;
// it must be over.
Deployment *deployment_start(World *world, Arena *arena, Text id, const Value *order, Text source,
                             Text correlation, TemplateProblem *problem);
void deployment_remove(World *world, Deployment *deployment);
void deployment_cancel(World *world, Deployment *deployment);

// Lets the time until `world->now` pass in all deployments.
void deployments_advance(World *world);

const char *phase_name(Phase phase); // "Running" …
bool phase_over(Phase phase);
const Value *deployment_value(Arena *arena, const Deployment *deployment);      // as GET gives it
const Value *deployment_operations(Arena *arena, const Deployment *deployment); // array
const Value *template_providers(Arena *arena, const Step *steps, size_t count); // array

// What a template's references see, and what else it knows.
TemplateRuntime deployment_runtime(World *world);
TemplateContext deployment_context(const World *world, Arena *arena, Text id, const Value *order);

const Value *deployment_saved(Arena *arena, const Deployment *deployment);
void deployment_restore(World *world, const Value *saved);

// ---- what the files deployment….c share
Deployment *deployment_new(Text id, const Value *order);
Deployment *deployment_from(const Value *saved); // without its template
// Its template, read as when it was taken: `now` and `seed` of the context are the deployment's.
Template *deployment_template(World *world, Deployment *deployment, TemplateProblem *problem);
