// deploy/credential.h: who we are: tokens, from the first source that has one, in the order of the
// Azure SDKs' DefaultAzureCredential.
//   AZURE_TOKEN_CREDENTIALS narrows the search as it does there: prod, dev, or a source's name
//   tokens live in memory that is locked, and are renewed five minutes before they end
#pragma once
#include "deploy/source.h"

typedef struct Credential Credential;

// `subscription`: that is wanted, for the Azure CLI; NULL: any.
Credential *credential_open(Arena *arena, Http *http, const Cloud *cloud, const char *subscription);
void credential_close(Credential *credential); // wipes the tokens

// "Bearer …" for an audience, to be used at once and not copied. `fresh`: not the one from before,
// which was refused. Empty on failure, whose message lists what was tried.
Text credential_bearer(Credential *credential, Text audience, bool fresh, Failure *failure);

// Known once there was a token; empty if it does not tell.
Text credential_tenant(const Credential *credential);
Text credential_object(const Credential *credential);
Text credential_subscription(const Credential *credential);  // the Azure CLI's default
const char *credential_source(const Credential *credential); // "Azure CLI"
