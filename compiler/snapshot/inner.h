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
    Named **items;
    size_t count, room;
} NamedList;

typedef struct {
    size_t *items;
    size_t count, room;
} Indices;

// A resource of the template, or a turn of its copy loop.
typedef struct Item Item;
struct Item {
    TemplateResource shown;
    const Value *json, *name, *id;
    const Value *scope;                // of an extension; NULL: the deployment's
    const Value *subscription, *group; // where a nested deployment goes; NULL: where this one goes
    const Value *condition;            // what is not known of it; NULL: decided
    bool absent;                       // the condition is false
    bool foreign;                      // of an extension: without name; its symbol is its ID
    const Loop *loops;
    Text key; // symbolic name without the turn; in a classic template the name of the copy loop
    Item *parent;
    // Once they were made without a runtime:
    Template *inner;        // of a nested deployment
    Text skipped;           // why that cannot be looked into before its turn comes; else empty
    const Value *evaluated; // body while nothing is known of others
    const Value *body;      // as it is PUT
    const Value *predicted; // properties as others see them
    bool busy;              // `body` is being made
    Indices needs;          // of template->items
    enum { VISIT_NEW, VISIT_OPEN, VISIT_DONE } visit;
    size_t at; // in the order of the template; then in the order of deployment
};

typedef struct {
    Item **items;
    size_t count, room;
} ItemList;

struct Template {
    Arena *arena;
    Diags diags; // of the functions of compiler/evaluate
    const Value *json;
    TemplateContext context;
    TemplateScope scope;
    const Value *subscription, *group, *management_group; // IDs; kept calls if unknown
    bool told;                                            // the context says which group it is
    const Value *condition; // of the nested deployment, and those around it, if unknown
    bool symbolic;
    Template *words; // whose parameters, variables, functions and context its texts use: itself, or
                     // the template around it (expressionEvaluationOptions: outer)
    Template *around;
    Map parameters, variables; // lower-cased names → Named
    ItemList items;            // in the order of the template; with those that are absent
    ItemList sequence;         // in the order of deployment, without them
    TemplateResource *shown;   // the same
    Map symbols; // lower-cased symbolic names, 'name[0]' too; of a classic template names → Item
    Map ids;     // lower-cased IDs → Item
    Map loops;   // lower-cased names of loops, also without a turn
    NamedList busy;         // parameters and variables that are being evaluated, innermost last
    size_t depth;           // of what is being evaluated
    bool endless;           // the count of a loop of a template within this one is not known
    size_t guids;           // made so far
    Template *whole;        // the outermost of those around it, or itself; it has:
    size_t before, counted; // bytes of the arena when it was read, and what budget.h counts beside
};
