// deploy/manager.h: calls of Azure Resource Manager, signed in: tokens, repetition, pages, and the
// end of asynchronous operations.
//   errors: false or NULL with `failure` set; nothing is printed (but with `verbose`)
//   How calls are repeated, and which, stands in http.h; how one signs in, in credential.h.
#pragma once
#include "deploy/failure.h"

typedef struct Manager Manager;

typedef struct {
    const char *cloud; // NULL: public
    const char
        *subscription; // NULL: from the environment, or the Azure CLI's, or the only one there is
    bool verbose;      // each request on standard error, secrets masked
} ManagerOptions;

// Finds the cloud, signs in, finds the subscription. NULL on failure.
Manager *manager_open(Arena *arena, const ManagerOptions *options, Failure *failure);
void manager_close(Manager *manager);

Text manager_subscription(const Manager *manager); // ID
Text manager_tenant(const Manager *manager);
Text manager_portal(const Manager *manager); // https://portal.azure.com
Text manager_object(
    const Manager *manager); // who is signed in: object ID from the token; may be empty

typedef struct {
    const char *method;      // "GET", "PUT", "POST", "PATCH", "DELETE", "HEAD"
    Text path;               // from '/', or a whole address of the same host (nextLink)
    const char *api_version; // NULL: the path has one
    const Value *body;       // NULL: none
    bool safe;               // may be repeated after a broken connection although it is a POST
    Text
        host; // empty: Resource Manager; else the address of a service (a vault), whose token is used
} Call;

typedef struct {
    int status;
    const Value *body;  // NULL: none
    Text operation;     // Azure-AsyncOperation, else Location; empty if the answer is the end
    bool by_location;   // `operation` is a Location: 202 until it is done
    double retry_after; // seconds; 0: not said
} Answer;

// One call, repeated where that is safe. Statuses of 400 and above are failures.
bool manager_call(Manager *manager, const Call *call, Answer *answer, Failure *failure);

// GET; NULL on failure. A 404 too is a failure with status 404.
const Value *manager_get(Manager *manager, Text path, const char *api_version, Failure *failure);

// All pages of a list: an array of what stands in their `value`.
const Value *manager_list(Manager *manager, Text path, const char *api_version, Failure *failure);

// Waits for the end of the operation that `answer` began; its result (a body, or NULL) in `*result`.
bool manager_finish(Manager *manager, const Answer *answer, const Value **result, Failure *failure);
