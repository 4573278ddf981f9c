// deploy/identity.c: the managed identity of the machine that we run on, in the forms that it has in
// Service Fabric, App Service, Azure Machine Learning, Cloud Shell, on Azure Arc's servers, and on
// virtual machines; which it is, the environment tells.
//   facts: Microsoft's libraries (MSAL), whose order this is
#include "deploy/source.h"

#include "deploy/address.h"
#include "deploy/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ARC_KEYS "/var/opt/azcmagent/tokens/" // only what lies here is read
enum { LARGEST_KEY = 4096 };                  // bytes, of an Arc key
static const double probe = 1; // seconds that the metadata service has to show itself
static const char metadata[] = "http://169.254.169.254";

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

// `client_id`: how that parameter is called here.
static Text address_for(const SourceRequest *request, const char *endpoint, const char *version,
                        const char *client_id)
{
    TextBuffer out = {.arena = request->arena};
    const char *client = setting("AZURE_CLIENT_ID");
    buffer_format(&out, "%s?api-version=%s&resource=", endpoint, version);
    address_quote(&out, request->audience);
    if (client) buffer_format(&out, "&%s=", client_id);
    if (client) address_quote(&out, text_of(client));
    return buffer_done(&out);
}

static Text address_of(const SourceRequest *request, const char *endpoint, const char *version)
{
    return address_for(request, endpoint, version, "client_id");
}

static bool get(const SourceRequest *request, Text address, const HttpHeader *headers, size_t count,
                HttpAnswer *answer, Failure *failure)
{
    HttpRequest call = {.method = "GET",
                        .address = address,
                        .headers = headers,
                        .header_count = count,
                        .direct = true,
                        .patience = 30,
                        .tries = 5};
    return http_ask(request->http, request->secret, &call, answer, failure);
}

static SourceResult finish(const SourceRequest *request, const char *where,
                           const HttpAnswer *answer, SourceToken *token, Failure *failure)
{
    if (answer->status == 200) return source_read(request, answer, token, failure);
    Failure said;
    answer_failure(request->arena, answer->status, answer->body, &said);
    source_failed(request, failure, "the identity service of %s answers %d: %.*s", where,
                  answer->status, TEXT_ARG(said.message));
    failure->code = said.code;
    failure->status = answer->status;
    return SOURCE_FAILED;
}

static SourceResult app_service(const SourceRequest *request, const char *endpoint, const char *key,
                                SourceToken *token, Failure *failure)
{
    HttpAnswer answer;
    const HttpHeader header = {"X-IDENTITY-HEADER", text_of(key), true};
    Text address = address_of(request, endpoint, "2019-08-01");
    if (!get(request, address, &header, 1, &answer, failure)) return SOURCE_FAILED;
    return finish(request, "App Service", &answer, token, failure);
}

// Its certificate is its own; the thumbprint tells that it is the right one.
static SourceResult service_fabric(const SourceRequest *request, const char *endpoint,
                                   const char *key, const char *thumbprint, SourceToken *token,
                                   Failure *failure)
{
    HttpAnswer answer;
    const HttpHeader header = {"Secret", text_of(key), true};
    HttpRequest call = {.method = "GET",
                        .address = address_of(request, endpoint, "2019-07-01-preview"),
                        .headers = &header,
                        .header_count = 1,
                        .direct = true,
                        .thumbprint = text_of(thumbprint),
                        .patience = 30};
    if (!http_ask(request->http, request->secret, &call, &answer, failure)) return SOURCE_FAILED;
    return finish(request, "Service Fabric", &answer, token, failure);
}

static SourceResult machine_learning(const SourceRequest *request, const char *endpoint,
                                     const char *key, SourceToken *token, Failure *failure)
{
    HttpAnswer answer;
    const HttpHeader header = {"secret", text_of(key), true};
    Text address = address_for(request, endpoint, "2017-09-01", "clientid");
    if (!get(request, address, &header, 1, &answer, failure)) return SOURCE_FAILED;
    return finish(request, "Azure Machine Learning", &answer, token, failure);
}

// It has one identity: that of the person.
static SourceResult cloud_shell(const SourceRequest *request, const char *endpoint,
                                SourceToken *token, Failure *failure)
{
    HttpAnswer answer;
    TextBuffer form = {.arena = request->arena};
    buffer_string(&form, "resource=");
    address_quote(&form, request->audience);
    const HttpHeader headers[] = {
        {"Metadata", TEXT("true"), false},
        {"Content-Type", TEXT("application/x-www-form-urlencoded"), false},
    };
    HttpRequest call = {.method = "POST",
                        .address = text_of(endpoint),
                        .headers = headers,
                        .header_count = 2,
                        .body = buffer_done(&form),
                        .safe = true,
                        .direct = true,
                        .patience = 30};
    if (!http_ask(request->http, request->secret, &call, &answer, failure)) return SOURCE_FAILED;
    return finish(request, "Cloud Shell", &answer, token, failure);
}

// ---- Azure Arc: whoever can read a file that only administrators can gets a token

// The file that the challenge names; NULL with a failure if it breaks the rules.
static const char *arc_file(const SourceRequest *request, const HttpAnswer *answer,
                            Failure *failure)
{
    Text challenge = http_header(answer, "WWW-Authenticate");
    static const char realm[] = "Basic realm=";
    struct stat about;
    if (answer->status != 401 || !text_starts(challenge, realm)) {
        source_failed(request, failure, "Azure Arc's agent answers %d without its challenge",
                      answer->status);
        return NULL;
    }
    Text path = text_slice(challenge, sizeof realm - 1, challenge.length);
    if (path.length > 1 && *path.at == '"') path = text_slice(path, 1, path.length - 1);
    const char *file = text_string(request->arena, path);
    bool there = text_starts(path, ARC_KEYS) && text_ends(path, ".key") && !strstr(file, "/../");
    if (!there) {
        source_failed(request, failure,
                      "Azure Arc's agent names '%s', which is no .key file in " ARC_KEYS, file);
    } else if (stat(file, &about) != 0) {
        source_failed(request, failure, "%s: %s; members of group himds can read it", file,
                      strerror(errno));
    } else if (!S_ISREG(about.st_mode) || about.st_size > LARGEST_KEY) {
        source_failed(request, failure, "%s is no file of at most %d bytes", file, LARGEST_KEY);
    } else {
        return file;
    }
    return NULL;
}

static SourceResult arc(const SourceRequest *request, const char *endpoint, SourceToken *token,
                        Failure *failure)
{
    HttpAnswer answer;
    HttpHeader headers[] = {{"Metadata", TEXT("true"), false}, {"Authorization", {0}, true}};
    Text address = address_of(request, endpoint, "2020-06-01");
    if (!get(request, address, headers, 1, &answer, failure)) return SOURCE_FAILED;
    const char *file = arc_file(request, &answer, failure);
    if (!file) return SOURCE_FAILED;
    Text key = source_file(request, file);
    if (!key.length)
        return source_failed(request, failure, "%s: %s; members of group himds can read it", file,
                             errno ? strerror(errno) : "it is empty");
    headers[1].value = text_format(request->secret, "Basic %.*s", TEXT_ARG(key));
    if (!get(request, address, headers, 2, &answer, failure)) return SOURCE_FAILED;
    return finish(request, "Azure Arc", &answer, token, failure);
}

// ---- a virtual machine

static SourceResult machine(const SourceRequest *request, SourceToken *token, Failure *failure)
{
    const char *host = setting("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    if (!host) host = metadata;
    Text endpoint = text_format(request->arena, "%s/metadata/identity/oauth2/token", host);
    HttpRequest knock = {
        .method = "GET", .address = endpoint, .direct = true, .patience = probe, .tries = 1};
    HttpAnswer answer;
    if (!http_ask(request->http, request->secret, &knock, &answer, failure)) {
        if (failure->kind == FAILURE_INTERRUPTED) return SOURCE_FAILED;
        return source_not_here(request, failure,
                               "this is no machine of Azure: nobody answers at %s", host);
    }
    const HttpHeader header = {"Metadata", TEXT("true"), false};
    Text address = address_of(request, text_string(request->arena, endpoint), "2018-02-01");
    if (!get(request, address, &header, 1, &answer, failure)) return SOURCE_FAILED;
    if (answer.status == 200) return source_read(request, &answer, token, failure);
    Failure said;
    answer_failure(request->arena, answer.status, answer.body, &said);
    if (answer.status == 400 && setting("AZURE_CLIENT_ID"))
        return source_not_here(request, failure,
                               "this machine has no identity with AZURE_CLIENT_ID: %.*s",
                               TEXT_ARG(said.message));
    if (answer.status == 400)
        return source_not_here(request, failure, "this machine has no identity: %.*s",
                               TEXT_ARG(said.message));
    if (answer.status == 403 || answer.status == 404)
        return source_not_here(request, failure, "%s gives no tokens: %d", host, answer.status);
    return finish(request, "this machine", &answer, token, failure);
}

SourceResult identity_managed(const SourceRequest *request, SourceToken *token, Failure *failure)
{
    const char *endpoint = setting("IDENTITY_ENDPOINT"), *key = setting("IDENTITY_HEADER"),
               *thumbprint = setting("IDENTITY_SERVER_THUMBPRINT"),
               *other = setting("MSI_ENDPOINT"), *other_key = setting("MSI_SECRET");
    if (endpoint && key && thumbprint)
        return service_fabric(request, endpoint, key, thumbprint, token, failure);
    if (endpoint && key) return app_service(request, endpoint, key, token, failure);
    if (endpoint && setting("IMDS_ENDPOINT")) return arc(request, endpoint, token, failure);
    if (endpoint)
        return source_not_here(request, failure,
                               "IDENTITY_ENDPOINT is set without IDENTITY_HEADER or IMDS_ENDPOINT");
    if (other && other_key) return machine_learning(request, other, other_key, token, failure);
    if (other) return cloud_shell(request, other, token, failure);
    return machine(request, token, failure);
}
