// deploy/entra.c: an application signs in at Entra ID (or AD FS) by a secret, a certificate, or a
// token that somebody else gave it.
#include "deploy/source.h"

#include "compiler/evaluate/shape.h"
#include "deploy/address.h"
#include "deploy/answer.h"
#include "deploy/assertion.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define JWT_BEARER "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

typedef struct {
    const char *tenant, *client, *secret, *certificate, *federated;
} Settings;

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static Settings settings_read(void)
{
    return (Settings){setting("AZURE_TENANT_ID"), setting("AZURE_CLIENT_ID"),
                      setting("AZURE_CLIENT_SECRET"), setting("AZURE_CLIENT_CERTIFICATE_PATH"),
                      setting("AZURE_FEDERATED_TOKEN_FILE")};
}

static bool is_adfs(const Cloud *cloud)
{
    return text_ends(cloud->login, "/adfs");
}

static Text endpoint_of(const SourceRequest *request, const Settings *settings)
{
    if (is_adfs(request->cloud))
        return text_format(request->arena, "%.*s/oauth2/token", TEXT_ARG(request->cloud->login));
    return text_format(request->arena, "%.*s/%s/oauth2/v2.0/token", TEXT_ARG(request->cloud->login),
                       settings->tenant);
}

static void field(TextBuffer *form, const char *name, Text value)
{
    if (form->count) buffer_char(form, '&');
    buffer_string(form, name);
    buffer_char(form, '=');
    address_quote(form, value);
}

// The proof is a secret or an assertion.
static bool ask(const SourceRequest *request, const Settings *settings, const char *kind,
                Text proof, HttpAnswer *answer, Failure *failure)
{
    TextBuffer form = {.arena = request->secret};
    buffer_expect(&form, 3 * proof.length + 4096);
    field(&form, "grant_type", TEXT("client_credentials"));
    field(&form, "client_id", text_of(settings->client));
    field(&form, "scope",
          text_format(request->secret, "%.*s/.default", TEXT_ARG(request->audience)));
    if (strcmp(kind, "client_assertion") == 0)
        field(&form, "client_assertion_type", TEXT(JWT_BEARER));
    field(&form, kind, proof);
    const HttpHeader header = {"Content-Type", TEXT("application/x-www-form-urlencoded"), false};
    HttpRequest token = {
        .method = "POST",
        .address = endpoint_of(request, settings),
        .headers = &header,
        .header_count = 1,
        .body = buffer_done(&form),
        .safe = true,
    };
    return http_ask(request->http, request->secret, &token, answer, failure);
}

// Entra's own words, without the lines of IDs behind them.
static SourceResult refused(const SourceRequest *request, const HttpAnswer *answer,
                            Failure *failure)
{
    Failure said;
    answer_failure(request->arena, answer->status, answer->body, &said);
    Text message = said.message;
    for (size_t i = 0; i < message.length; i++) {
        if (text_starts(text_slice(message, i, message.length), " Trace ID:"))
            message = text_slice(message, 0, i);
    }
    source_failed(request, failure, "%.*s says: %.*s",
                  TEXT_ARG(address_host(request->arena, request->cloud->login)), TEXT_ARG(message));
    failure->code = text_copy(request->arena, said.code);
    failure->status = answer->status;
    const Value *claims = said.error;
    Text id = shape_text(claims, "correlation_id");
    failure->correlation =
        text_copy(request->arena, id.length ? id : http_correlation(request->arena, answer));
    return SOURCE_FAILED;
}

static SourceResult finish(const SourceRequest *request, bool answered, const HttpAnswer *answer,
                           SourceToken *token, Failure *failure)
{
    if (!answered) return SOURCE_FAILED;
    return answer->status == 200 ? source_read(request, answer, token, failure)
                                 : refused(request, answer, failure);
}

// ---- by certificate

static Text assert_by(const SourceRequest *request, const Settings *settings, Failure *failure)
{
    const char *chain = setting("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN");
    Text why = {0}, made = {0}, file = source_file(request, settings->certificate);
    if (!file.length) {
        source_failed(request, failure, "AZURE_CLIENT_CERTIFICATE_PATH: %s: %s",
                      settings->certificate, errno ? strerror(errno) : "it is empty");
        return made;
    }
    AssertionRequest assertion = {
        .file = file,
        .password = setting("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        .adfs = is_adfs(request->cloud),
        .chain = chain && (strcmp(chain, "1") == 0 || strcasecmp(chain, "true") == 0),
        .client = text_of(settings->client),
        .endpoint = endpoint_of(request, settings),
        .now = http_server_now(request->http),
    };
    made = assertion_make(request->secret, request->arena, &assertion, &why);
    if (!made.length)
        source_failed(request, failure,
                      "AZURE_CLIENT_CERTIFICATE_PATH: %s %.*s. It must hold an RSA key and its "
                      "certificate, as PEM or PKCS#12 (.pfx); AZURE_CLIENT_CERTIFICATE_PASSWORD "
                      "opens it",
                      settings->certificate, TEXT_ARG(why));
    return made;
}

// The assertion says when it is valid by a clock. If ours was wrong, the answer tells the right time.
static SourceResult by_certificate(const SourceRequest *request, const Settings *settings,
                                   SourceToken *token, Failure *failure)
{
    HttpAnswer answer = {0};
    bool answered = false;
    for (int tried = 0; tried < 2; tried++) {
        double before = http_server_now(request->http);
        Text assertion = assert_by(request, settings, failure);
        if (!assertion.length) return SOURCE_FAILED;
        answered = ask(request, settings, "client_assertion", assertion, &answer, failure);
        bool wrong = fabs(http_server_now(request->http) - before) > 240;
        if (!answered || answer.status == 200 || !wrong) break;
    }
    return finish(request, answered, &answer, token, failure);
}

// ---- the sources

SourceResult entra_environment(const SourceRequest *request, SourceToken *token, Failure *failure)
{
    Settings settings = settings_read();
    HttpAnswer answer;
    bool adfs = is_adfs(request->cloud);
    if (!settings.client) return source_not_here(request, failure, "AZURE_CLIENT_ID is not set");
    if (!settings.tenant && !adfs)
        return source_not_here(request, failure, "AZURE_TENANT_ID is not set");
    if (!settings.secret && !settings.certificate)
        return source_not_here(
            request, failure,
            "neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set");
    if (!settings.secret) return by_certificate(request, &settings, token, failure);
    bool answered =
        ask(request, &settings, "client_secret", text_of(settings.secret), &answer, failure);
    return finish(request, answered, &answer, token, failure);
}

SourceResult entra_workload(const SourceRequest *request, SourceToken *token, Failure *failure)
{
    Settings settings = settings_read();
    HttpAnswer answer;
    if (!settings.federated)
        return source_not_here(request, failure, "AZURE_FEDERATED_TOKEN_FILE is not set");
    if (!settings.client) return source_not_here(request, failure, "AZURE_CLIENT_ID is not set");
    if (!settings.tenant) return source_not_here(request, failure, "AZURE_TENANT_ID is not set");
    Text proof = source_file(request, settings.federated); // read anew: it changes every hour
    while (proof.length && strchr(" \r\n\t", proof.at[proof.length - 1])) proof.length--;
    if (!proof.length)
        return source_failed(request, failure, "AZURE_FEDERATED_TOKEN_FILE: %s: %s",
                             settings.federated, errno ? strerror(errno) : "it is empty");
    bool answered = ask(request, &settings, "client_assertion", proof, &answer, failure);
    return finish(request, answered, &answer, token, failure);
}
