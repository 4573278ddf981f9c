// deploy/failure.h: why a call of Azure did not do what it should.
//   owns:   the arena of the call
#pragma once
#include "compiler/evaluate/value.h"

typedef enum {
    FAILURE_NONE,
    FAILURE_SIGN_IN,     // no credential works: exit status 5
    FAILURE_CONNECTION,  // no answer, even after all repetitions: exit status 5
    FAILURE_AZURE,       // an answer that says no: exit status 4
    FAILURE_INTERRUPTED, // Ctrl-C while we waited: exit status 130
} FailureKind;

typedef struct {
    FailureKind kind;
    int status;         // of HTTP; 0 if there was no answer
    Text code, message; // code as Azure gives it; our own words otherwise
    const Value *error; // Azure's {code, message, details, …} as it came; NULL if there is none
    Text correlation;   // x-ms-correlation-request-id, empty if there is none
    Text call;          // "PUT …/deployments/acme": what was asked
} Failure;
