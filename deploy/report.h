// deploy/report.h: what the reporters have in common; nobody else includes it.
#pragma once
#include "deploy/paint.h"
#include "deploy/progress.h"

Reporter *terminal_open(Arena *arena);
Reporter *lines_open(Arena *arena, bool quiet);
Reporter *events_open(Arena *arena);

// The steps of one section of the description, in the order of the first of each.
typedef struct {
    Text name;
    const Step **items;
    size_t count, room;
    size_t states[STEP_CANCELED + 1]; // how many are in each state
} Group;

typedef struct {
    Group *items;
    size_t count, room;
} Groups;

Groups report_groups(Arena *arena, const Progress *progress);

Text report_mark(StepState state); // ✓ ✗ ● · –
Paint report_paint(StepState state);
double report_seconds(const Progress *progress, const Step *step); // that it took until now
const Step *report_longest(const Progress *progress); // of the running ones; NULL: none runs
size_t report_count(const Progress *progress, StepState state);
size_t report_waiting_for(const Progress *progress, const Step *step); // how many wait for it

// Resource IDs in a text without what all of them share: virtualMachines/acme-manager-0
Text report_ids(Arena *arena, Text text);

// The whole list, compact, failures first; the line that says how it ended; and why it failed.
void report_list(Painter *painter, Arena *arena, const Progress *progress);
void report_problems(Painter *painter, const Progress *progress, const Ending *ending);
void report_ending(Painter *painter, Arena *arena, const Progress *progress, const Ending *ending);
