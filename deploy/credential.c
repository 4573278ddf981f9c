// deploy/credential.c: the sources are a table, tried from the first; the one that gave a token is
// asked from then on.
#include "deploy/credential.h"

#include "compiler/evaluate/shape.h"
#include "deploy/answer.h"
#include "deploy/progress.h"
#include "deploy/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef enum { USE_PRODUCTION, USE_DEVELOPMENT } Use;

static const struct Row {
    const char *name, *sdk; // `sdk`: what AZURE_TOKEN_CREDENTIALS calls it
    Use use;
    SourceAsk *ask;
} sources[] = {
    {"environment", "EnvironmentCredential", USE_PRODUCTION, entra_environment},
    {"workload identity", "WorkloadIdentityCredential", USE_PRODUCTION, entra_workload},
    {"managed identity", "ManagedIdentityCredential", USE_PRODUCTION, identity_managed},
    {"Azure CLI", "AzureCliCredential", USE_DEVELOPMENT, azurecli_ask},
};
enum { SOURCES = sizeof sources / sizeof *sources, AUDIENCES = 8 };
static const double early = 300; // seconds before its end that a token is renewed

typedef struct {
    Text audience;
    Secret bearer;
    double renew_at, ends_at; // on the clock of progress_now
} Token;

struct Credential {
    Arena *arena;
    Http *http;
    const Cloud *cloud;
    const char *wanted;
    const struct Row *source; // NULL: not found yet
    Text tenant, object, subscription;
    Token tokens[AUDIENCES];
    size_t count;
};

static bool chosen(const struct Row *row)
{
    const char *choice = getenv("AZURE_TOKEN_CREDENTIALS");
    if (!choice || !*choice) return true;
    if (strcasecmp(choice, "prod") == 0) return row->use == USE_PRODUCTION;
    if (strcasecmp(choice, "dev") == 0) return row->use == USE_DEVELOPMENT;
    return strcasecmp(choice, row->sdk) == 0;
}

static void learn(Credential *credential, Arena *secret, const SourceToken *given)
{
    const Value *claims = answer_claims(secret, given->token);
    credential->tenant = text_copy(credential->arena, shape_text(claims, "tid"));
    credential->object = text_copy(credential->arena, shape_text(claims, "oid"));
    credential->subscription = given->subscription;
}

static void keep(Token *token, Arena *secret, const SourceToken *given)
{
    double now = progress_now();
    secret_wipe(&token->bearer);
    token->bearer = secret_keep(text_format(secret, "Bearer %.*s", TEXT_ARG(given->token)));
    token->ends_at = now + given->life;
    token->renew_at = now + (given->life > 2 * early ? given->life - early : given->life / 2);
}

// All sources, or the one that is known. Adds to `tried` why each does not apply.
static bool find(Credential *credential, Token *token, TextBuffer *tried, Failure *failure)
{
    for (const struct Row *row = sources; row < sources + SOURCES; row++) {
        if (credential->source ? row != credential->source : !chosen(row)) continue;
        Arena secret = {0};
        SourceToken given = {0};
        SourceRequest request = {credential->arena, &secret,         credential->http,
                                 credential->cloud, token->audience, credential->wanted};
        *failure = (Failure){.kind = FAILURE_SIGN_IN};
        SourceResult result = row->ask(&request, &given, failure);
        if (result == SOURCE_TOKEN) {
            if (!credential->source) learn(credential, &secret, &given);
            keep(token, &secret, &given);
            credential->source = row;
        } else { // what it says must outlive `secret`
            failure->message = text_copy(credential->arena, failure->message);
            failure->call = text_copy(credential->arena, failure->call);
        }
        arena_wipe(&secret);
        if (result == SOURCE_TOKEN) return true;
        buffer_format(tried, "\n  %s: %.*s", row->name, TEXT_ARG(failure->message));
        if (result == SOURCE_FAILED) return false;
    }
    failure->code = TEXT("NoSignIn");
    return false;
}

static Text bearer_of(const Token *token)
{
    return (Text){token->bearer.at, token->bearer.length};
}

static bool renew(Credential *credential, Token *token, Failure *failure)
{
    TextBuffer tried = {.arena = credential->arena};
    if (find(credential, token, &tried, failure)) return true;
    failure->error = NULL;
    if (failure->kind == FAILURE_INTERRUPTED) return false;
    if (!failure->code.length) failure->code = TEXT("SignInFailed");
    bool nothing = text_is(failure->code, "NoSignIn");
    failure->message = text_format(
        credential->arena, "%s%.*s%s",
        nothing ? "no way to sign in was found. Tried, in this order:" : "signing in failed:",
        TEXT_ARG(buffer_done(&tried)),
        nothing
            ? "\nThe quickest way is: az login. In scripts: AZURE_TENANT_ID, AZURE_CLIENT_ID and "
              "AZURE_CLIENT_SECRET"
            : "");
    return false;
}

Text credential_bearer(Credential *credential, Text audience, bool fresh, Failure *failure)
{
    Token *token = NULL;
    for (size_t i = 0; i < credential->count && !token; i++) {
        if (text_equal(credential->tokens[i].audience, audience)) token = &credential->tokens[i];
    }
    if (!token) {
        if (credential->count == AUDIENCES)
            secret_wipe(&credential->tokens[--credential->count].bearer);
        token = &credential->tokens[credential->count++];
        *token = (Token){.audience = text_copy(credential->arena, audience)};
    }
    double now = progress_now();
    if (token->bearer.length && !fresh && now < token->renew_at) return bearer_of(token);
    if (renew(credential, token, failure)) return bearer_of(token);
    bool good = token->bearer.length && !fresh && now < token->ends_at;
    if (good && failure->kind == FAILURE_CONNECTION)
        return bearer_of(token); // the next call tries again
    return (Text){0};
}

Credential *credential_open(Arena *arena, Http *http, const Cloud *cloud, const char *subscription)
{
    secret_protect();
    Credential *credential = arena_new(arena, Credential);
    *credential =
        (Credential){.arena = arena, .http = http, .cloud = cloud, .wanted = subscription};
    return credential;
}

void credential_close(Credential *credential)
{
    for (size_t i = 0; i < credential->count; i++) secret_wipe(&credential->tokens[i].bearer);
}

Text credential_tenant(const Credential *credential)
{
    return credential->tenant;
}

Text credential_object(const Credential *credential)
{
    return credential->object;
}

Text credential_subscription(const Credential *credential)
{
    return credential->subscription;
}

const char *credential_source(const Credential *credential)
{
    return credential->source ? credential->source->name : "none";
}
