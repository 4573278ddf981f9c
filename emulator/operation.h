// emulator/operation.h: asynchronous operations: their addresses, and what happens at their end.
//   shapes: a record {kind, subject, begun, ends, done, status, result, error} of SHELF_OPERATIONS; its
//           ID is '/subscriptions/…/operationresults/ID'
#pragma once
#include "emulator/exchange.h"

typedef enum {
    OPERATION_RESULT,       // nothing happens: `result` and `error` are known from the start
    OPERATION_DELETE_GROUP, // `subject` is the group
    OPERATION_RESOURCE,     // `subject` has the provisioning state that `result` says, or is gone
    OPERATION_DELETE_STACK, // `subject` is the stack
} OperationKind;

// Answers 202 with Location (and Azure-AsyncOperation, if `status`) of a new operation that takes
// `seconds` of Azure.
void operation_begin(Exchange *exchange, OperationKind kind, Text subject, double seconds,
                     const Value *result, const Value *error);
void operations_advance(World *world);
