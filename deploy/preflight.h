// deploy/preflight.h: what would make the deployment fail, found before it begins.
//   in:     the template as Azure would read it, what exists, and Azure's answers to some questions
//   out:    findings, each with what to do; a question that Azure does not answer finds nothing
//   facts:  the checks are rows of preflight.c
#pragma once
#include "deploy/existing.h"

typedef enum { FIX_NONE, FIX_REGISTER, FIX_RECOVER } Fix;

typedef struct {
    Text what, todo; // a sentence each; `todo` may be a command
    bool fatal;      // Azure will surely refuse
    Fix fix;         // what preflight_fix can do
    Text target;     // of the fix: name of a provider, or ID of the vault
    Text location;   // of the vault
} Finding;

typedef struct {
    Finding *items;
    size_t count, room;
} Findings;

typedef struct {
    Template *known;
    const Existing *existing;
    Text group;    // ID
    Text location; // of the group
    Text asked;    // --location, as Azure writes it; may be empty
} PreflightWanted;

Findings preflight(Arena *arena, Manager *manager, const PreflightWanted *wanted);

// Registers the provider, or brings the vault back; waits until it is done.
bool preflight_fix(Arena *arena, Manager *manager, const Finding *finding, Failure *failure);
