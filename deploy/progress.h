// deploy/progress.h: what a deployment is doing, and who shows it.
//   follow.h asks Azure and changes it; terminal.c, lines.c and events.c show it.
#pragma once
#include "deploy/failure.h"

typedef enum { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_FAILED, STEP_CANCELED } StepState;

// One resource.
typedef struct {
    Text symbol; // poolWeb; else the last part of the resource's name
    Text group;  // section of the description: "network", "vault", "managers", "pool web"
    Text type, id;
    StepState state;
    double begun, ended; // seconds on the clock of progress_now(); 0: not yet
    Text waits_for;      // symbols, separated by ", ", of what it waits for; empty if it runs
    Text code, message;  // why it failed
    double usual;        // seconds that it took in an earlier run; 0: not known
} Step;

typedef struct {
    Text deployment, group, subscription, portal; // `portal`: the address of its page
    Step *steps;                                  // in the order of the template
    size_t count;
    double begun, now; // seconds
    double left;       // estimate of the seconds to go; negative: not known
    bool removes;      // the resources go; else they are made or changed
    Text note;         // what the follower itself waits for: "Azure asks for patience: 20 s"
} Progress;

// How a run ended, for the last lines.
typedef struct {
    StepState state; // STEP_DONE, STEP_FAILED, STEP_CANCELED; STEP_RUNNING: it goes on without us
    const Value *outputs;   // {name: {type, value}}; NULL if there are none
    const Failure *failure; // NULL if it ended well
    double seconds;
} Ending;

// One way of showing it. `show` wants to be called at least twice a second, since time passes and
// windows change their size; `changed` is NULL then. `end` says all: the list of steps, how long it
// took, and the problems (problem.h) of `failure`; only the outputs are left to the caller.
typedef struct Reporter Reporter;
struct Reporter {
    void (*begin)(Reporter *self, const Progress *progress);
    void (*show)(Reporter *self, const Progress *progress, const Step *changed);
    void (*end)(Reporter *self, const Progress *progress, const Ending *ending);
};

typedef enum { REPORT_TERMINAL, REPORT_LINES, REPORT_EVENTS, REPORT_NOTHING } ReportKind;

// Which of them suits: --format, --quiet, --verbose, CI, TERM, whether standard error is a terminal.
ReportKind report_kind(const char *format, bool quiet, bool verbose);

// REPORT_EVENTS writes to standard output, all others to standard error; REPORT_NOTHING only the
// problems at the end.
Reporter *report_open(Arena *arena, ReportKind kind);

// What is not progress, as an event of its own on standard output: {"event", "time", KEY: value}, and
// {"event": "error", "time", "errors" …} of problem.h, and {"event": "changes", …} of changes.h.
void report_event(Arena *arena, const char *event, const char *key, const Value *value);
void report_failure(Arena *arena, const Failure *failure);
void report_changes(Arena *arena, const Value *changes, const Value *sections);

// Gives the terminal back as it was (cursor, screen). May be called by a signal handler, by anybody
// at any time, and who ends the process in a handler of its own must.
void report_restore(void);

// Seconds, from a clock that only goes forward and is so far from 0 that what began before this
// computer did is above it.
double progress_now(void);
Text progress_time(Arena *arena, double seconds); // "0:07", "12:34", "1:02:03"

Text report_type(Arena *arena, Text type); // "Microsoft.Compute/virtualMachines": "virtual machine"
