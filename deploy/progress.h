// deploy/progress.h: what a deployment is doing, and who shows it.
//   follow.h asks Azure and changes it; terminal.c, lines.c and events.c show it.
#pragma once
#include "deploy/failure.h"

typedef enum { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_FAILED, STEP_CANCELED } StepState;

// One resource.
typedef struct {
    Text symbol; // poolWeb; else the last part of the resource's name
    Text group;  // part of the description: "network", "vault", "managers", "pool web"
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
    Text note;         // what the follower itself waits for: "Azure asks for patience: 20 s"
} Progress;

// How a run ended, for the last lines.
typedef struct {
    StepState state; // STEP_DONE, STEP_FAILED, STEP_CANCELED; STEP_RUNNING: it goes on without us
    const Value *outputs;   // {name: {type, value}}; NULL if there are none
    const Failure *failure; // NULL if it ended well
    double seconds;
} Ending;

// One way of showing it. `changed` is NULL when only time has passed.
typedef struct Reporter Reporter;
struct Reporter {
    void (*begin)(Reporter *self, const Progress *progress);
    void (*show)(Reporter *self, const Progress *progress, const Step *changed);
    void (*end)(Reporter *self, const Progress *progress, const Ending *ending);
};

typedef enum { REPORT_TERMINAL, REPORT_LINES, REPORT_EVENTS, REPORT_NOTHING } ReportKind;

// Which of them suits: --format json, --quiet, CI, TERM, whether `out` is a terminal.
ReportKind report_kind(const char *format, bool quiet, int out);
Reporter *report_open(Arena *arena, ReportKind kind);

double progress_now(void); // seconds, from a clock that only goes forward
