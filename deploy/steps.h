// deploy/steps.h: the steps of a deployment: first as the template has them, then as Azure's
// operations tell. Modules (nested deployments) are steps, and so are the resources in them, behind
// them, named `module.resource`.
//   owns:   everything is in `arena`; what it is given may go
#pragma once
#include "deploy/progress.h"
#include "deploy/times.h"

typedef struct Entry Entry;
struct Entry {
    Step step;
    Text name;    // within its deployment: a symbol, or the last part of the name
    Text literal; // the resource's whole name where the template says it; else empty
    Text *needs;  // names, within its deployment, of what it waits for
    size_t need_count;
    const Entry *module; // whose nested deployment it is in; NULL: the deployment itself
    bool seen;           // Azure told of it
    bool read;           // a module's: its operations are known and final
};

typedef struct {
    Arena *arena;
    const Times *times;
    Entry **items; // in the order of the template
    size_t count, room;
    const Value *sections; // {symbol: section}; NULL: none
    Step *shown;           // what steps_show copies to
    size_t shown_room;
    bool stale; // what each waits for
} Steps;

// `template` and `sections` may be NULL.
Steps steps_of(Arena *arena, const Times *times, const Value *template, const Value *sections);

// Operations of one deployment (`module` NULL: of the whole). `offset`: progress_now() less the
// server's seconds since 1970; `begun`: nothing began before. What changed is added to `changed`,
// which lives in `work`.
typedef struct {
    const Entry **items;
    size_t count, room;
} StepChanges;
void steps_take(Steps *steps, Arena *work, Entry *module, const Value *operations, double offset,
                double begun, StepChanges *changed);

bool steps_is_module(const Entry *entry);

// Into `progress`: steps, count, what each waits for, and the estimate of what is left.
void steps_show(Steps *steps, Progress *progress);
// The step of `entry` there.
const Step *steps_shown(const Steps *steps, const Progress *progress, const Entry *entry);

// The deployment is over, and ended so: what never ran goes if all went well, since its condition
// was false; what still ran otherwise was cancelled. Changes as above.
void steps_end(Steps *steps, Arena *work, StepState state, StepChanges *changed);
