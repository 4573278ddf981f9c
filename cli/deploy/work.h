// cli/deploy/work.h: what the commands that talk to Azure have in common.
//   errors: a step returns STATUS_DONE, or says why not and returns the exit status
#pragma once
#include "cli/azure.h"
#include "deploy/existing.h"
#include "deploy/order.h"
#include "deploy/parameters.h"
#include "deploy/progress.h"

typedef struct {
    Arena *arena;
    Session *session;
    const AzureOptions *want;
    bool json;              // --format json
    const Value *swarm;     // the completed description; NULL: there is none here
    const Value *sections;  // {symbol: section of the description}
    const Value *template;  // azuredeploy.json
    Text source;            // the same as text
    const Value *given;     // of -p
    Manager *manager;       // NULL before work_open
    double wait;            // seconds of the wait that was said last
    Text group_name, place; // `place`: region for a group that is made; empty: not said
    ExistingWanted wanted;
    Existing existing;
    Order order;
    bool elsewhere; // the run that was found has another content than what is described here
} Work;

// Reads what was built, checks the options, signs in.
Status work_open(Work *work, Session *session, const AzureOptions *want);
void work_close(Work *work);

// A line for people on standard error; with --format json the event {"event": "note", "text"}.
// Nothing with --quiet.
void work_say(const Work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Why it cannot go on: a sentence, or an event "error".
Status work_fail(const Work *work, Status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
Status work_complain(const Work *work, Status status, const Sentences *sentences);
Status work_refused(const Work *work, const Failure *failure);
Status work_status(const Failure *failure); // its exit status, nothing said

// {"event": EVENT, KEY: VALUE} on a line of standard output, with --format json only.
void work_event(const Work *work, const char *event, const char *key, const Value *value);

// "swarmgen COMMAND …" for this order.
Text work_told(const Work *work, const char *command);

// Follows the order until it ends, and says what to do next. `submitted`: just now, by us.
Status work_follow(Work *work);

// The deployment or stack that --name tells, or the last one of the swarm; STATUS_AZURE if there is
// none.
Status work_find(Work *work, const Value **run);

Status deploy_run(Work *work);
Status what_if_run(Work *work);
Status status_run(Work *work);
Status cancel_run(Work *work);
Status outputs_run(Work *work);
Status destroy_run(Work *work);

// Parameters with their values, and the template as Azure would read it (deploy.c, whatif.c).
typedef struct {
    Parameters parameters;
    Template *known; // NULL: `problem` says why
} Resolved;
Status work_resolve(Work *work, Resolved *resolved);
// What would change, shown; `any`: something would.
Status work_changes(Work *work, const Resolved *resolved, FILE *out, bool *any);
