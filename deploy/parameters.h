// deploy/parameters.h: a value for each parameter of the template.
//   From where, the first that has one:
//     -p NAME=VALUE; the environment (SWARM_SSH_KEY for sshKey, as main.bicepparam says);
//     what exists: machines keep their first key, name of the administrator and password, pools their
//     number of machines, secrets what the vault has (by reference: no value comes here);
//     sshKey: ~/.ssh/*.pub; windowsPassword: made up; other secure ones: asked for;
//     the template's default.
//   errors: complaints, a sentence each; all are found at once
#pragma once
#include "deploy/existing.h"

typedef struct {
    Text *items;
    size_t count, room;
} Sentences;

// -p NAME=VALUE (VALUE: text, number, true, JSON; @FILE: the content of a file) as {NAME: value}, by
// the types that the template declares.
Value *parameters_given(Arena *arena, const Value *template, const char *const *given, size_t count,
                        Sentences *complaints);

typedef struct {
    const Value *template;
    const Value *given; // of parameters_given
    const Existing *existing;
    const Value *secrets;  // [{id, name}] of the vault's secrets; NULL: it has none
    const Template *known; // the template with stand-ins: names of resources
    const Value *swarm;    // the completed description
    bool ask;              // somebody is at the terminal
} ParametersWanted;

typedef struct {
    const Value
        *values; // {NAME: {"value": …} or {"reference": {"keyVault": {"id"}, "secretName"}}}
    const Value *plain; // {NAME: {"value": …}}: a stand-in for what is in the vault
    Sentences notes;    // what a person should know: which SSH key was taken, and why
    Sentences complaints;
    bool interrupted; // Ctrl-C at a question
} Parameters;

// Something of the right type for each parameter without default: {NAME: {"value": …}}. Enough to
// know the names of resources.
const Value *parameters_stand_ins(Arena *arena, const Value *template, const Value *given);

// False if there are complaints, or the person would not answer.
bool parameters_resolve(Arena *arena, const ParametersWanted *wanted, Parameters *parameters);

// Bytes of the template and parameters as they are sent; Azure takes 4 MiB of each.
enum { PARAMETERS_LIMIT = 4 * 1024 * 1024 };
