// deploy/manager.h: calls of Azure Resource Manager, signed in: tokens, repetition, pages, and the
// end of asynchronous operations.
//   errors: false or NULL with `failure` set; nothing is printed (but with `verbose`)
//   owns:   answers live in the arena that the manager was opened with, or manager_use gave it
//   How calls are repeated, and which, stands in http.h; how one signs in, in credential.h.
#pragma once
#include "deploy/failure.h"

typedef struct Manager Manager;

// While something is waited for, several times a second. `why` is empty while it is an answer;
// otherwise a call is repeated in `seconds`: "management.azure.com asks for patience".
typedef void ManagerWaiting(void *context, Text why, double seconds);

typedef struct {
    const char *cloud; // NULL: public
    const char
        *subscription; // NULL: from the environment, or the Azure CLI's, or the only one there is
    bool verbose;      // each request on standard error, secrets masked
    ManagerWaiting *waiting; // NULL: nobody is told
    void *context;
} ManagerOptions;

// Finds the cloud, signs in, finds the subscription (by ID or name). NULL on failure. From then on
// Ctrl-C only asks (interrupt.h), and ends any wait here with FAILURE_INTERRUPTED.
Manager *manager_open(Arena *arena, const ManagerOptions *options, Failure *failure);
void manager_close(Manager *manager);

// Answers go to `arena` from now on; returns the one before. For who asks often.
Arena *manager_use(Manager *manager, Arena *arena);

// Who is told from now on; NULL: who was when it was opened.
void manager_on_wait(Manager *manager, ManagerWaiting *waiting, void *context);

Text manager_subscription(const Manager *manager); // ID
Text manager_tenant(const Manager *manager);
Text manager_portal(const Manager *manager); // https://portal.azure.com; may be empty
Text manager_object(
    const Manager *manager); // who is signed in: object ID from the token; may be empty
Text manager_vault(
    const Manager *manager); // vault.azure.net: a vault's host is NAME.vault.azure.net
Text manager_host(const Manager *manager);         // management.azure.com
double manager_server_now(const Manager *manager); // seconds since 1970 on Azure's clock

typedef struct {
    const char *method;      // "GET", "PUT", "POST", "PATCH", "DELETE", "HEAD"
    Text path;               // from '/', or a whole address of the same host (nextLink)
    const char *api_version; // NULL: the path has one
    const Value *body;       // NULL: none
    bool safe;               // may be repeated after a broken connection although it is a POST
    Text host; // empty: Resource Manager; else the address of a vault, https://NAME.…
} Call;

typedef struct {
    int status;
    const Value *body;   // NULL: none
    Text operation;      // Azure-AsyncOperation, else Location; empty if the answer is the end
    bool by_location;    // `operation` is a Location: 202 until it is done
    double retry_after;  // seconds; 0: not said
    Text correlation;    // x-ms-correlation-request-id
    const char *method;  // of the call
    Text address, final; // its address; where the result is then read: Location, may be empty
} Answer;

// One call, repeated where that is safe. Statuses of 400 and above are failures.
bool manager_call(Manager *manager, const Call *call, Answer *answer, Failure *failure);

// GET; NULL on failure. A 404 too is a failure with status 404.
const Value *manager_get(Manager *manager, Text path, const char *api_version, Failure *failure);

// All pages of a list: an array of what stands in their `value`.
const Value *manager_list(Manager *manager, Text path, const char *api_version, Failure *failure);

// Waits for the end of the operation that `answer` began; its result (a body, or NULL) in `*result`.
// After PUT and PATCH that is the resource as it is now.
bool manager_finish(Manager *manager, const Answer *answer, const Value **result, Failure *failure);
