// compiler/snapshot/inner.h: what a Template is, for the files of this folder.
#pragma once
#include "compiler/snapshot/engine.h"

typedef enum {
    SCOPE_GROUP,
    SCOPE_SUBSCRIPTION,
    SCOPE_MANAGEMENT_GROUP,
    SCOPE_TENANT,
} TemplateScope;

// A parameter or variable.
typedef struct {
    Text name;
    const Value *json; // of the template
    const Value *given; // of a parameter: {"value": …} or {"reference": …} of the deployment; of a
                        // variable: its loop; else NULL
    const Value *value; // NULL: not evaluated yet
    bool busy;          // being evaluated
} Named;

typedef struct {
    size_t *items;
    size_t count, room;
} Indices;

// A resource of the template, or a turn of its copy loop.
typedef struct Item Item;
struct Item {
    TemplateResource shown;
    const Value *json, *name, *id, *scope; // `scope`: NULL if it is the deployment's
    const Value *condition;                // a kept call; NULL: decided
    bool absent;                           // the condition is false
    const Loop *loops;
    Text key; // symbolic name without the turn; in a classic template the name of the copy loop
    Item *parent;
    Template *inner;   // of a nested deployment, once it was read
    const Value *body; // without a runtime, once it was evaluated
    const Value *predicted;
    bool busy;
    Indices needs; // of template->items
    enum { VISIT_NEW, VISIT_OPEN, VISIT_DONE } visit;
    size_t at; // in the order of deployment
};

struct Template {
    Arena *arena;
    Diags diags; // of the functions of compiler/evaluate
    const Value *json;
    TemplateContext context;
    TemplateScope scope;
    bool symbolic;
    Template *words; // whose parameters, variables, functions and context its texts use: itself, or
                     // the template around it (expressionEvaluationOptions: outer)
    Template *around;
    Map parameters, variables; // lower-cased names → Named
    struct {
        Item **items;
        size_t count, room;
    } items; // in the order of the template; with those that are absent
    struct {
        Item **items;
        size_t count, room;
    } sequence;  // in the order of deployment, without them
    Map symbols; // lower-cased symbolic names, 'name[0]' too; of a classic template names → Item
    Map ids;     // lower-cased IDs → Item
    Map empty_loops; // lower-cased names of loops without a turn
    TemplateResource *shown;
    size_t depth; // of what is being evaluated
    size_t guids; // made so far
};
