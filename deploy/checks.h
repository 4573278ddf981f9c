// deploy/checks.h: what the checks before a deployment have in common; only preflight.c and sizes.c
// include it.
#pragma once
#include "compiler/evaluate/shape.h"
#include "deploy/preflight.h"

// A machine or a scale set of the template.
typedef struct {
    Text symbol, size, location;
    const Value *zones; // a list, may be empty
    int64_t now, most;  // how many more than today: at once, and at most
    bool spot;
    const Value *sku; // as Azure describes the size; NULL: not known
} Machines;

typedef struct {
    Machines *items;
    size_t count, room;
} MachineList;

typedef struct {
    Arena *arena;
    Manager *manager;
    const PreflightWanted *wanted;
    Text subscription; // ID: /subscriptions/…
    const TemplateResource *resources;
    const Value **bodies;
    size_t count;
    MachineList machines;
    Findings findings;
} Preflight;

#define SENTENCE(...) text_format(self->arena, __VA_ARGS__)

Finding *check_found(Preflight *self, bool fatal, Text what, Text todo);
bool check_type(const TemplateResource *resource, const char *type);
// NULL if Azure does not answer; that is no finding.
const Value *check_ask(Preflight *self, Text path, const char *version);
const Value *check_list(Preflight *self, Text path, const char *version);

// ---- sizes.c
void check_machines(Preflight *self); // reads them from the template
void check_sizes(Preflight *self);    // needs: check_machines
void check_quotas(Preflight *self);   // needs: check_sizes
