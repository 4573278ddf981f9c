// deploy/source.h: one way of signing in: it gives a token, or says why it does not apply.
//   owns: `secret` is wiped by the caller; `arena` lasts
#pragma once
#include "deploy/cloud.h"

typedef struct {
    Arena *arena, *secret;
    Http *http;
    const Cloud *cloud;
    Text audience;            // whom the token is for
    const char *subscription; // that is wanted; NULL: any
} SourceRequest;

typedef struct {
    Text token;        // in `secret`
    double life;       // seconds that it is good for
    Text subscription; // the Azure CLI's default; else empty
} SourceToken;

typedef enum {
    SOURCE_TOKEN,
    SOURCE_NOT_HERE, // not set up on this machine: `failure->message` says why in a few words
    SOURCE_FAILED,   // set up, but refused, or without an answer: the search ends
} SourceResult;

typedef SourceResult SourceAsk(const SourceRequest *request, SourceToken *token, Failure *failure);

SourceAsk entra_environment; // AZURE_CLIENT_ID with a secret or a certificate
SourceAsk entra_workload;    // AZURE_FEDERATED_TOKEN_FILE
SourceAsk identity_managed;  // App Service, Azure Arc, a virtual machine
SourceAsk azurecli_ask;      // az account get-access-token

SourceResult source_not_here(const SourceRequest *request, Failure *failure, const char *format,
                             ...) __attribute__((format(printf, 3, 4)));
SourceResult source_failed(const SourceRequest *request, Failure *failure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The token of an answer of status 200, by access_token and expires_in or expires_on.
SourceResult source_read(const SourceRequest *request, const HttpAnswer *answer, SourceToken *token,
                         Failure *failure);
// Seconds that a token is good for: `said` if that is known, else by its own claims.
double source_life(const SourceRequest *request, Text token, double said);

// Of a file that holds a secret, at most 64 KiB, in `secret`. Empty with errno set, to 0 if the
// file is empty.
Text source_file(const SourceRequest *request, const char *path);
