// deploy/manager.c: on http.c and credential.c.
//   facts: the Resource Manager's contract for asynchronous operations and pages
//          (resource-provider-contract: v1.0/async-api-reference.md); Azure-AsyncOperation goes
//          before Location
#include "deploy/manager.h"

#include "compiler/evaluate/shape.h"
#include "deploy/address.h"
#include "deploy/answer.h"
#include "deploy/credential.h"
#include "deploy/interrupt.h"
#include "deploy/progress.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PAGES = 10000, NAMED_SUBSCRIPTIONS = 10 };
static const double first_pause = 1, longest_pause = 10; // seconds between two looks
static const char subscriptions_version[] = "2022-12-01";

struct Manager {
    Arena *arena; // of answers
    Http *http;
    Cloud cloud;
    Credential *credential;
    Text subscription;
    ManagerOptions options;
    ManagerWaiting *waiting;
    void *context;
};

// ---- one call

static Text address_of(Manager *manager, const Call *call)
{
    bool whole = text_starts(call->path, "http://") || text_starts(call->path, "https://");
    Text host = call->host.length ? call->host : manager->cloud.manager;
    if (whole) host.length = 0;
    while (host.length && host.at[host.length - 1] == '/') host.length--;
    TextBuffer out = {.arena = manager->arena};
    buffer_text(&out, host);
    buffer_text(&out, address_clean(manager->arena, call->path));
    if (call->api_version)
        buffer_format(&out, "%capi-version=%s",
                      text_index(call->path, '?') < call->path.length ? '&' : '?',
                      call->api_version);
    return buffer_done(&out);
}

static bool refuse(Failure *failure, FailureKind kind, const char *code, Text message)
{
    Text call = failure->call;
    *failure = (Failure){.kind = kind, .code = text_of(code), .message = message, .call = call};
    return false;
}

// Whom the token is for that this address may see; empty: no token of ours.
static Text audience_of(Manager *manager, Text address)
{
    if (address_same_host(address, manager->cloud.manager)) return manager->cloud.audience;
    Text host = address_host(manager->arena, address), vault = manager->cloud.vault;
    Text suffix = text_slice(vault, 0, text_index(vault, ':')); // a local cloud's has a port
    bool is_vault = suffix.length && host.length > suffix.length &&
                    text_ends(host, text_string(manager->arena, suffix)) &&
                    host.at[host.length - suffix.length - 1] == '.';
    bool safe = text_starts(address, "https://") || address_is_local(manager->arena, address);
    if (!is_vault || !safe) return (Text){0};
    return text_format(manager->arena, "https://%.*s", TEXT_ARG(vault));
}

// A conditional access policy wants more than the token has. What to do about it.
static bool wants_claims(Manager *manager, const HttpAnswer *answer, Failure *failure)
{
    Text challenge = http_header(answer, "WWW-Authenticate");
    const char *line = text_string(manager->arena, challenge);
    if (!strstr(line, "insufficient_claims") && !strstr(line, "claims=\"")) return false;
    refuse(
        failure, FAILURE_SIGN_IN, "InsufficientClaims",
        text_format(manager->arena,
                    "your organisation's rules ask for a fresh sign-in (%s). Sign out and in again "
                    "as they ask (az logout, then az login), from a network that they allow",
                    credential_source(manager->credential)));
    failure->status = answer->status;
    return true;
}

// The answer itself, whatever its status.
static bool ask(Manager *manager, const HttpRequest *request, HttpAnswer *answer, Failure *failure)
{
    Text audience = audience_of(manager, request->address);
    if (!audience.length)
        return refuse(failure, FAILURE_CONNECTION, "OtherHost",
                      text_format(manager->arena, "%.*s is no host of this cloud: it gets no token",
                                  TEXT_ARG(address_host(manager->arena, request->address))));
    for (int tried = 0;; tried++) {
        Failure why = {0};
        Text bearer = credential_bearer(manager->credential, audience, tried > 0, &why);
        if (!bearer.length) {
            why.call = why.call.length ? why.call : failure->call;
            *failure = why;
            return false;
        }
        HttpHeader headers[] = {
            {"Authorization", bearer, true},
            {"Accept", TEXT("application/json"), false},
            {"x-ms-client-request-id", http_uuid(manager->arena), false},
            {"Content-Type", TEXT("application/json"), false},
        };
        HttpRequest signed_in = *request;
        signed_in.headers = headers;
        signed_in.header_count = request->body.at ? 4 : 3;
        if (!http_ask(manager->http, manager->arena, &signed_in, answer, failure)) return false;
        if (answer->status != 401) return true;
        if (wants_claims(manager, answer, failure)) return false;
        if (tried > 0) return true;
    }
}

// JSON, or nothing, or a failure: something between us and Azure answered.
static bool read_body(Manager *manager, const HttpAnswer *http, Answer *answer, Failure *failure)
{
    Text error, body = http->body;
    while (body.length && isspace((unsigned char)body.at[body.length - 1])) body.length--;
    if (text_starts(body, "\xEF\xBB\xBF")) body = text_slice(body, 3, body.length);
    if (!body.length) return true;
    answer->body = value_read_json(manager->arena, body, &error);
    if (answer->body) return true;
    Failure said;
    answer_failure(manager->arena, http->status, body, &said);
    return refuse(
        failure, FAILURE_CONNECTION, "NoJson",
        text_format(manager->arena,
                    "the answer is no JSON (%.*s): '%.*s'. Does something stand between this "
                    "machine and Azure, such as a proxy?",
                    TEXT_ARG(error), TEXT_ARG(answer_line(manager->arena, said.message, 200))));
}

static void read_headers(Manager *manager, const HttpAnswer *http, Answer *answer)
{
    Text operation = http_header(http, "Azure-AsyncOperation");
    Text location = http_header(http, "Location");
    answer->status = http->status;
    answer->retry_after = http_retry_after(manager->http, http);
    answer->correlation = http_correlation(manager->arena, http);
    answer->final = location;
    if (operation.length) {
        answer->operation = operation;
    } else if (location.length && http->status == 202) {
        answer->operation = location;
        answer->by_location = true;
    }
}

static bool call_at(Manager *manager, const Call *call, Text address, Answer *answer,
                    Failure *failure)
{
    TextBuffer body = {.arena = manager->arena};
    JsonWriter json = {.out = &body, .compact = true};
    if (call->body) value_write_json(&json, call->body);
    HttpRequest request = {.method = call->method, .address = address, .safe = call->safe};
    if (call->body) request.body = buffer_done(&body);
    HttpAnswer http = {0};
    *answer = (Answer){.method = call->method, .address = address};
    *failure = (Failure){.call = address_call(manager->arena, call->method, address)};
    if (!ask(manager, &request, &http, failure)) return false;
    read_headers(manager, &http, answer);
    failure->status = http.status;
    failure->correlation = answer->correlation;
    if (http.status >= 400) {
        answer_failure(manager->arena, http.status, http.body, failure);
        if (http.status == 401) failure->kind = FAILURE_SIGN_IN;
        return false;
    }
    if (!read_body(manager, &http, answer, failure)) return false;
    *failure = (Failure){0};
    return true;
}

bool manager_call(Manager *manager, const Call *call, Answer *answer, Failure *failure)
{
    return call_at(manager, call, address_of(manager, call), answer, failure);
}

const Value *manager_get(Manager *manager, Text path, const char *api_version, Failure *failure)
{
    Answer answer;
    Call call = {.method = "GET", .path = path, .api_version = api_version};
    if (!manager_call(manager, &call, &answer, failure)) return NULL;
    return answer.body ? answer.body : &value_null;
}

const Value *manager_list(Manager *manager, Text path, const char *api_version, Failure *failure)
{
    Value *all = value_array(manager->arena);
    Call call = {.method = "GET", .path = path, .api_version = api_version};
    Text address = address_of(manager, &call);
    for (int page = 0; page < MOST_PAGES; page++) {
        Answer answer;
        if (!call_at(manager, &call, address, &answer, failure)) return NULL;
        const Value *items = shape_at(answer.body, "value");
        for (size_t i = 0; items && items->kind == VALUE_ARRAY && i < items->array.count; i++)
            value_append(manager->arena, all, items->array.items[i]);
        Text next = shape_text(answer.body, "nextLink");
        if (!next.length) return all;
        Text resolved =
            address_resolve(manager->arena, address, address_clean(manager->arena, next));
        failure->call = address_call(manager->arena, "GET", address);
        if (!address_same_host(resolved, address)) {
            refuse(failure, FAILURE_CONNECTION, "OtherHost",
                   text_format(manager->arena, "the next page is at another host: '%.*s'",
                               TEXT_ARG(address_masked(manager->arena, next))));
            return NULL;
        }
        if (text_equal(resolved, address)) break;
        address = resolved;
    }
    refuse(failure, FAILURE_AZURE, "EndlessList", TEXT("the pages of this list have no end"));
    return NULL;
}

// ---- asynchronous operations

typedef enum { GOES_ON, ENDED, ENDED_BADLY } State;

static State state_of(Text name)
{
    static const char *const bad[] = {"Failed", "Canceled", "Cancelled"};
    static const char *const good[] = {"Succeeded", "Completed"};
    for (size_t i = 0; i < 3; i++) {
        if (text_alike(name, text_of(bad[i]))) return ENDED_BADLY;
    }
    for (size_t i = 0; i < 2; i++) {
        if (text_alike(name, text_of(good[i]))) return ENDED;
    }
    return GOES_ON;
}

static bool ended_badly(Manager *manager, const Answer *look, Text state, Failure *failure)
{
    const Value *error = shape_at(look->body, "error");
    if (!error) error = shape_at(look->body, "properties.error");
    *failure = (Failure){
        .kind = FAILURE_AZURE,
        .status = look->status,
        .code = text_copy(manager->arena, state),
        .message = text_format(manager->arena, "the operation ended as %.*s", TEXT_ARG(state)),
        .correlation = look->correlation,
        .call = address_call(manager->arena, look->method, look->address),
    };
    if (error && error->kind == VALUE_OBJECT) answer_error(manager->arena, error, failure);
    return false;
}

static bool pause(Manager *manager, double seconds)
{
    double left = seconds, end = progress_now() + seconds;
    while (left > 0 && !interrupt_asked()) {
        if (manager->waiting) manager->waiting(manager->context, (Text){0}, 0);
        interrupt_wait(left < 0.25 ? left : 0.25);
        left = end - progress_now();
    }
    return !interrupt_asked();
}

static bool look_at(Manager *manager, Text address, Answer *look, Failure *failure)
{
    Call call = {.method = "GET", .path = address};
    return manager_call(manager, &call, look, failure);
}

// Where the end of an operation without an address of its own shows: in the resource.
static Text state_in(const Value *body)
{
    const Value *state = shape_at(body, "properties.provisioningState");
    return state && state->kind == VALUE_STRING ? state->string : (Text){0};
}

// The result, once the operation ended well.
static bool read_result(Manager *manager, const Answer *began, const Answer *last,
                        const Value **result, Failure *failure)
{
    bool is_put = strcmp(began->method, "PUT") == 0 || strcmp(began->method, "PATCH") == 0;
    bool is_post = strcmp(began->method, "POST") == 0;
    *result = last->body;
    if (began->by_location || !began->operation.length) return true;
    Text at = is_put ? began->address : is_post ? began->final : (Text){0};
    if (!at.length) {
        const Value *inside = shape_at(last->body, "properties");
        *result = inside ? inside : last->body;
        return true;
    }
    Answer answer;
    if (!look_at(manager, at, &answer, failure)) return false;
    *result = answer.body;
    return true;
}

bool manager_finish(Manager *manager, const Answer *answer, const Value **result, Failure *failure)
{
    Answer look = *answer;
    double seconds = first_pause;
    bool in_resource = !answer->operation.length;
    Text at = in_resource ? answer->address : answer->operation;
    *result = answer->body;
    if (in_resource &&
        (strcmp(answer->method, "DELETE") == 0 || strcmp(answer->method, "POST") == 0))
        return true;
    for (;; seconds = seconds * 1.5 > longest_pause ? longest_pause : seconds * 1.5) {
        Text state = in_resource ? state_in(look.body) : (Text){0};
        if (in_resource && (!state.length || state_of(state) == ENDED)) {
            *result = look.body;
            return true;
        }
        if (in_resource && state_of(state) == ENDED_BADLY)
            return ended_badly(manager, &look, state, failure);
        failure->call = address_call(manager->arena, "GET", at);
        if (!pause(manager, look.retry_after > 0 ? look.retry_after : seconds))
            return refuse(failure, FAILURE_INTERRUPTED, "Interrupted",
                          TEXT("interrupted while waiting for the end of an operation"));
        if (!look_at(manager, at, &look, failure)) return false;
        if (in_resource) continue;
        state = shape_text(look.body, "status");
        bool done = answer->by_location ? look.status != 202 : state_of(state) == ENDED;
        if (answer->by_location && look.status == 202 && look.final.length) at = look.final;
        if (!answer->by_location && state_of(state) == ENDED_BADLY)
            return ended_badly(manager, &look, state, failure);
        if (!answer->by_location && !state.length) done = look.status == 200 || look.status == 204;
        if (done) return read_result(manager, answer, &look, result, failure);
    }
}

// ---- opening

static bool is_guid(Text text)
{
    if (text.length != 36) return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.at[i] != '-' : !isxdigit((unsigned char)text.at[i])) return false;
    }
    return true;
}

// The one of that name, or the only one.
static bool choose(Manager *manager, const Value *all, Text wanted, Failure *failure)
{
    size_t enabled = 0;
    TextBuffer names = {.arena = manager->arena};
    for (size_t i = 0; i < all->array.count; i++) {
        const Value *one = all->array.items[i];
        Text id = shape_text(one, "subscriptionId"), name = shape_text(one, "displayName");
        Text state = shape_text(one, "state");
        bool named = text_alike(name, wanted);
        if (wanted.length ? !named : state.length && !text_is(state, "Enabled")) continue;
        manager->subscription = id;
        if (enabled++ < NAMED_SUBSCRIPTIONS)
            buffer_format(&names, "\n  %.*s  %.*s", TEXT_ARG(id), TEXT_ARG(name));
    }
    if (enabled == 1) return true;
    if (wanted.length && !enabled)
        return refuse(
            failure, FAILURE_SIGN_IN, "NoSubscription",
            text_format(manager->arena, "no subscription is called '%.*s'", TEXT_ARG(wanted)));
    if (!enabled)
        return refuse(
            failure, FAILURE_SIGN_IN, "NoSubscription",
            text_format(manager->arena,
                        "who is signed in (%s) sees no subscription: it needs a role on one, "
                        "such as Contributor",
                        credential_source(manager->credential)));
    return refuse(failure, FAILURE_SIGN_IN, "WhichSubscription",
                  text_format(manager->arena,
                              "there are %zu subscriptions; say which by --subscription:%.*s%s",
                              enabled, TEXT_ARG(buffer_done(&names)),
                              enabled > NAMED_SUBSCRIPTIONS ? "\n  …" : ""));
}

static bool find_subscription(Manager *manager, const char *wanted, Failure *failure)
{
    Text said = wanted ? text_of(wanted) : credential_subscription(manager->credential);
    manager->subscription = said;
    if (is_guid(said)) return true;
    const Value *all =
        manager_list(manager, TEXT("/subscriptions"), subscriptions_version, failure);
    if (!all) return false;
    failure->call = TEXT("GET …/subscriptions");
    return choose(manager, all, said, failure);
}

Manager *manager_open(Arena *arena, const ManagerOptions *options, Failure *failure)
{
    Manager *manager = arena_new(arena, Manager);
    const char *wanted = options->subscription;
    if (!wanted) wanted = getenv("AZURE_SUBSCRIPTION_ID");
    if (wanted && !*wanted) wanted = NULL;
    interrupt_watch();
    *failure = (Failure){0};
    *manager =
        (Manager){.arena = arena, .http = http_open(arena, options->verbose), .options = *options};
    manager_on_wait(manager, NULL, NULL);
    if (cloud_find(arena, manager->http, options->cloud, &manager->cloud, failure)) {
        manager->credential = credential_open(arena, manager->http, &manager->cloud, wanted);
        Text bearer =
            credential_bearer(manager->credential, manager->cloud.audience, false, failure);
        if (bearer.length && find_subscription(manager, wanted, failure)) return manager;
    }
    manager_close(manager);
    return NULL;
}

void manager_close(Manager *manager)
{
    if (manager->credential) credential_close(manager->credential);
    http_close(manager->http);
}

Arena *manager_use(Manager *manager, Arena *arena)
{
    Arena *before = manager->arena;
    manager->arena = arena;
    return before;
}

void manager_on_wait(Manager *manager, ManagerWaiting *waiting, void *context)
{
    manager->waiting = waiting ? waiting : manager->options.waiting;
    manager->context = waiting ? context : manager->options.context;
    http_on_wait(manager->http, manager->waiting, manager->context);
}

Text manager_subscription(const Manager *manager)
{
    return manager->subscription;
}

Text manager_tenant(const Manager *manager)
{
    return credential_tenant(manager->credential);
}

Text manager_portal(const Manager *manager)
{
    return manager->cloud.portal;
}

Text manager_object(const Manager *manager)
{
    return credential_object(manager->credential);
}

Text manager_vault(const Manager *manager)
{
    return manager->cloud.vault;
}

Text manager_host(const Manager *manager)
{
    return address_host(manager->arena, manager->cloud.manager);
}

double manager_server_now(const Manager *manager)
{
    return http_server_now(manager->http);
}
