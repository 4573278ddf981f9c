// emulator/fault.h: what goes wrong by choice; the kinds are rows of fault.def.
#pragma once
#include "emulator/exchange.h"

typedef enum {
    FAULT_NONE,
#define FAULT(kind, name, value, help) FAULT_##kind,
#include "emulator/fault.def"
#undef FAULT
} FaultKind;

// What happens to one request.
typedef struct {
    FaultKind kind; // of those that a request meets; FAULT_NONE: all is well
    int status;     // of FAULT_ERROR
    double delay;   // seconds before it is answered, or cut off
} FaultEffect;

// False with `why` if the text is no fault.
bool fault_add(World *world, Text text, Text *why);
void faults_clear(World *world);

// Counts down those that meet this request. Its method, path and scope are known, nothing is answered.
FaultEffect faults_meet(Exchange *exchange, bool open);
// Answers for one of throttle, error, expire-token, garbage.
void fault_answer(Exchange *exchange, FaultEffect effect);

// Those that last: whether there is one; its value, or empty, in `*value`.
bool fault_holds(const World *world, FaultKind kind, Text *value);
// The code with which resources of that type fail; NULL `at` if they do not.
Text fault_failure(const World *world, Text type);

// The policy that forbids resources of that type; NULL `at` if none does.
Text fault_policy(const World *world, Text type);

// A row of failure.def as an error {status, code, message}; `later`: it shows only at the end.
const Value *failure_value(Arena *arena, Text code, Text id, bool *later);
