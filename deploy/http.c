// deploy/http.c: one transfer at a time. Whether to repeat and how long to wait first are two small
// functions; the rest is libcurl's.
#define _DEFAULT_SOURCE // explicit_bzero
#include "deploy/http.h"

#include "deploy/address.h"
#include "deploy/answer.h"
#include "deploy/interrupt.h"
#include "deploy/progress.h"
#include "deploy/thumbprint.h"

#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

enum {
    TRIES = 6,
    TRIES_TO_CONNECT = 4,
    REDIRECTS = 5,
    LARGEST_ANSWER = 64 * 1024 * 1024,
    FIRST_ROOM = 64 * 1024, // a token's answer never moves, and leaves no copy behind
};
static const double longest_pause = 30, // seconds, of those that we choose
    longest_patience = 900, connect_limit = 15, tick = 0.25;

struct Http {
    CURLM *multi;
    CURL *easy;
    bool verbose, clock_known;
    double ahead;   // server's clock less progress_now()
    double stalled; // SWARMGEN_TIMEOUT
    HttpWaiting *waiting;
    void *context;
    char *body; // of the answer that is being read
    size_t length, room;
    bool too_large, stranger; // `stranger`: its certificate has not the thumbprint wanted
    char error[CURL_ERROR_SIZE];
};

// What belongs to one transfer.
typedef struct {
    Http *http;
    Arena *arena;
    Text thumbprint;
    HttpAnswer *answer;
    size_t room;
} Reading;

// ---- reading an answer

static size_t read_body(char *bytes, size_t one, size_t count, void *given)
{
    (void)one;
    Http *http = ((Reading *)given)->http;
    if (count > LARGEST_ANSWER - http->length) {
        http->too_large = true;
        return 0;
    }
    if (http->room - http->length < count) {
        size_t room = (http->length + count) * 2;
        char *larger = realloc(http->body, room);
        if (!larger) return 0;
        http->body = larger;
        http->room = room;
    }
    memcpy(http->body + http->length, bytes, count);
    http->length += count;
    return count;
}

static size_t read_header(char *bytes, size_t one, size_t count, void *given)
{
    (void)one;
    Reading *reading = given;
    HttpAnswer *answer = reading->answer;
    Text line = {bytes, count};
    while (line.length && strchr("\r\n ", line.at[line.length - 1])) line.length--;
    if (text_starts(line, "HTTP/")) answer->header_count = 0; // those before were of a 1xx
    size_t name = text_index(line, ':'), value = name + 1;
    if (name == line.length) return count;
    while (value < line.length && line.at[value] == ' ') value++;
    if (answer->header_count == reading->room) {
        size_t room = reading->room ? reading->room * 2 : 16;
        answer->headers = arena_grow(reading->arena, answer->headers,
                                     reading->room * sizeof(HttpHeader), room * sizeof(HttpHeader));
        reading->room = room;
    }
    answer->headers[answer->header_count++] =
        (HttpHeader){text_string(reading->arena, text_slice(line, 0, name)),
                     text_copy(reading->arena, text_slice(line, value, line.length)), false};
    return count;
}

Text http_header(const HttpAnswer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (strcasecmp(answer->headers[i].name, name) == 0) return answer->headers[i].value;
    }
    return (Text){0};
}

Text http_correlation(Arena *arena, const HttpAnswer *answer)
{
    static const char *const names[] = {"x-ms-correlation-request-id", "x-ms-request-id"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Text found = http_header(answer, names[i]);
        if (found.length) return answer_line(arena, found, 100);
    }
    return (Text){0};
}

// ---- clocks

double http_server_now(const Http *http)
{
    return http->clock_known ? progress_now() + http->ahead : (double)time(NULL);
}

double http_retry_after(const Http *http, const HttpAnswer *answer)
{
    return answer_retry_after(http_header(answer, "Retry-After"), http_server_now(http));
}

// Dates are in whole seconds, cut off: of several the one that is furthest ahead is nearest to the
// truth.
static void learn_clock(Http *http, const HttpAnswer *answer)
{
    double then = answer_http_date(http_header(answer, "Date")), ahead = then - progress_now();
    if (then <= 0) return;
    bool jumped = !http->clock_known || fabs(ahead - http->ahead) > 2;
    if (jumped || ahead > http->ahead) http->ahead = ahead;
    http->clock_known = true;
}

// ---- one transfer

static void add_header(struct curl_slist **list, const HttpHeader *header)
{
    size_t size = strlen(header->name) + header->value.length + 3;
    char *line = malloc(size);
    if (!line) return;
    snprintf(line, size, "%s: %.*s", header->name, TEXT_ARG(header->value));
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer) *list = longer;
    explicit_bzero(line, size);
    free(line);
}

static struct curl_slist *headers_of(const HttpRequest *request, bool with_secrets)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); // no waiting for 100 Continue
    for (size_t i = 0; i < request->header_count; i++) {
        if (with_secrets || !request->headers[i].secret) add_header(&list, &request->headers[i]);
    }
    return list;
}

static void wipe_headers(struct curl_slist *list)
{
    for (struct curl_slist *at = list; at; at = at->next)
        explicit_bzero(at->data, strlen(at->data));
    curl_slist_free_all(list);
}

// Before anything is sent.
static int meet(void *given, char *address, char *own, int port, int own_port)
{
    (void)address, (void)own, (void)port, (void)own_port;
    const Reading *reading = given;
    struct curl_certinfo *certificates = NULL;
    curl_easy_getinfo(reading->http->easy, CURLINFO_CERTINFO, &certificates);
    bool fits = false;
    if (certificates && certificates->num_of_certs > 0) {
        for (const struct curl_slist *at = certificates->certinfo[0]; at; at = at->next) {
            if (strncmp(at->data, "Cert:", 5) == 0)
                fits = thumbprint_fits(at->data + 5, reading->thumbprint);
        }
    }
    reading->http->stranger = !fits;
    return fits ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

// Nobody's signature counts but this certificate; a kept connection would not show it.
static void trust_only(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, meet);
}

static bool is_safe(const HttpRequest *request) // to repeat
{
    static const char *const safe[] = {"GET", "HEAD", "PUT", "DELETE"};
    bool found = request->safe;
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        found = found || strcmp(request->method, safe[i]) == 0;
    return found;
}

static void set_up(Http *http, const HttpRequest *request, const char *address,
                   const struct curl_slist *headers)
{
    CURL *easy = http->easy;
    const char *method = request->method, *authorities = getenv("SSL_CERT_FILE"),
               *folder = getenv("SSL_CERT_DIR");
    curl_easy_reset(easy); // keeps connections
    curl_easy_setopt(easy, CURLOPT_URL, address);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "swarmgen/" SWARMGEN_VERSION);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (authorities && *authorities) curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
    if (folder && *folder) curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
    if (request->direct) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (request->thumbprint.length) trust_only(easy);
    // A kept connection that turns out to be closed makes libcurl repeat by itself.
    if (!is_safe(request)) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    double connect = request->patience > 0 && request->patience < connect_limit ? request->patience
                                                                                : connect_limit;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect * 1000));
    if (request->patience > 0)
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(request->patience * 1000));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)http->stalled);
    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (request->body.at || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.at ? request->body.at : "");
    }
    if (strcmp(method, "HEAD") != 0) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, http->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, read_body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, read_header);
}

// CURLE_ABORTED_BY_CALLBACK after Ctrl-C.
static CURLcode perform(Http *http)
{
    CURLcode result = CURLE_FAILED_INIT;
    if (curl_multi_add_handle(http->multi, http->easy) != CURLM_OK) return result;
    for (int running = 1; running && !interrupt_asked();) {
        if (curl_multi_perform(http->multi, &running) != CURLM_OK) break;
        if (!running) break;
        struct curl_waitfd stop = {.fd = interrupt_descriptor(), .events = CURL_WAIT_POLLIN};
        curl_multi_poll(http->multi, &stop, stop.fd >= 0, (int)(tick * 1000), NULL);
        if (http->waiting) http->waiting(http->context, (Text){0}, 0);
    }
    int left;
    CURLMsg *message = curl_multi_info_read(http->multi, &left);
    if (message && message->msg == CURLMSG_DONE) {
        result = message->data.result;
    } else if (interrupt_asked()) {
        result = CURLE_ABORTED_BY_CALLBACK;
    }
    curl_multi_remove_handle(http->multi, http->easy);
    return result;
}

static CURLcode transfer(Http *http, Arena *arena, const HttpRequest *request, Text address,
                         bool with_secrets, HttpAnswer *answer)
{
    struct curl_slist *headers = headers_of(request, with_secrets);
    Reading reading = {http, arena, request->thumbprint, answer, 0};
    *answer = (HttpAnswer){0};
    http->length = 0;
    http->too_large = http->stranger = false;
    http->error[0] = '\0';
    set_up(http, request, text_string(arena, address), headers);
    curl_easy_setopt(http->easy, CURLOPT_WRITEDATA, &reading);
    curl_easy_setopt(http->easy, CURLOPT_HEADERDATA, &reading);
    curl_easy_setopt(http->easy, CURLOPT_PREREQDATA, &reading);
    CURLcode result = perform(http);
    if (http->stranger) {
        result = CURLE_PEER_FAILED_VERIFICATION;
        snprintf(http->error, sizeof http->error, "its certificate is another one than expected");
    }
    long status = 0, of_proxy = 0;
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(http->easy, CURLINFO_HTTP_CONNECTCODE, &of_proxy);
    if (result != CURLE_OK && of_proxy == 407) result = CURLE_PROXY; // it will not think again
    answer->status = (int)status;
    answer->body = text_copy(arena, (Text){http->body, http->length});
    explicit_bzero(http->body, http->length);
    wipe_headers(headers);
    if (result == CURLE_OK) learn_clock(http, answer);
    return result;
}

// ---- redirects

// The address to go on with; empty if the answer is the end. `*why` says why a redirect is refused.
static Text redirected(Arena *arena, const HttpRequest *request, Text address,
                       const HttpAnswer *answer, Text *why)
{
    bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    bool same_method = answer->status == 307 || answer->status == 308;
    if (!same_method && !(reads && answer->status >= 301 && answer->status <= 303))
        return (Text){0};
    Text to = address_resolve(arena, address, http_header(answer, "Location"));
    bool other = !address_same_host(to, address);
    if (!to.length) {
        *why = TEXT("redirects to no address");
    } else if (text_starts(address, "https:") && !text_starts(to, "https:")) {
        *why = text_format(arena, "redirects from https to %.*s, which is not followed",
                           TEXT_ARG(address_masked(arena, to)));
    } else if (other && request->body.length) {
        *why = text_format(arena,
                           "redirects what was sent to another host, %.*s; that is not followed",
                           TEXT_ARG(address_host(arena, to)));
    }
    if (why->length) to.length = 0;
    return to;
}

static CURLcode follow_redirects(Http *http, Arena *arena, const HttpRequest *request,
                                 HttpAnswer *answer, Text *why)
{
    Text address = request->address;
    bool with_secrets = true;
    for (int count = 0;; count++) {
        CURLcode result = transfer(http, arena, request, address, with_secrets, answer);
        if (result != CURLE_OK) return result;
        Text next = redirected(arena, request, address, answer, why);
        if (next.length && count == REDIRECTS) *why = TEXT("redirects without end");
        if (!next.length || why->length) return result;
        with_secrets = with_secrets && address_same_host(next, request->address);
        address = next;
    }
}

// ---- repetition

static bool never_sent(CURLcode result)
{
    return result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_RESOLVE_PROXY ||
           result == CURLE_COULDNT_CONNECT;
}

static bool hopeless(CURLcode result) // whatever is repeated
{
    return result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE ||
           result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL ||
           result == CURLE_PROXY || result == CURLE_ABORTED_BY_CALLBACK ||
           result == CURLE_WRITE_ERROR || result == CURLE_OUT_OF_MEMORY;
}

static bool may_repeat(const HttpRequest *request, CURLcode result, const HttpAnswer *answer)
{
    int status = result == CURLE_OK ? answer->status : 0;
    if (hopeless(result)) return false;
    if (status == 429 || never_sent(result)) return true;
    bool broken =
        result != CURLE_OK || status == 408 || (status >= 500 && status != 501 && status != 505);
    return is_safe(request) && broken;
}

// Seconds before the next try.
static double pause_before(const Http *http, int tried, const HttpAnswer *answer)
{
    double said = http_retry_after(http, answer);
    if (said > 0) return said;
    double pause = longest_pause;
    if (tried <= 5) pause = 1 << (tried - 1);
    unsigned char chance = 128;
    ssize_t got = getrandom(&chance, 1, GRND_NONBLOCK);
    (void)got;
    return (pause > longest_pause ? longest_pause : pause) * (0.5 + chance / 256.0);
}

static bool wait_before_repetition(Http *http, Text why, double seconds)
{
    double left = seconds, end = progress_now() + seconds;
    while (left > 0 && !interrupt_asked()) {
        if (http->waiting) http->waiting(http->context, why, left);
        interrupt_wait(left < tick ? left : tick);
        left = end - progress_now();
    }
    return !interrupt_asked();
}

// ---- what is said

static void say(const Http *http, Arena *arena, const HttpRequest *request,
                const HttpAnswer *answer, CURLcode result, double seconds)
{
    Text address = address_masked(arena, request->address);
    fprintf(stderr, "swarmgen: %s %.*s ", request->method, TEXT_ARG(address));
    if (result == CURLE_OK) {
        Text id = http_correlation(arena, answer);
        fprintf(stderr, "%d %.2f s, %zu bytes%s%.*s\n", answer->status, seconds,
                answer->body.length, id.length ? ", correlation ID " : "", TEXT_ARG(id));
    } else {
        fprintf(stderr, "failed after %.2f s: %s\n", seconds,
                http->error[0] ? http->error : curl_easy_strerror(result));
    }
}

// What a person may do about it; empty if the error says it all.
static const char *hint_for(CURLcode result, const char *error)
{
    if (result == CURLE_PEER_FAILED_VERIFICATION && strstr(error, "not yet valid"))
        return "; is this machine's clock right?";
    if (result == CURLE_PEER_FAILED_VERIFICATION && strstr(error, "expired"))
        return "; is this machine's clock right?";
    if (result == CURLE_PEER_FAILED_VERIFICATION && !strstr(error, "than expected"))
        return "; SSL_CERT_FILE names a file of authorities to trust instead of the system's";
    if (result == CURLE_COULDNT_RESOLVE_PROXY) return "; see HTTPS_PROXY";
    if (result == CURLE_PROXY)
        return "; the proxy asks who you are: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT";
    return "";
}

static void no_answer(const Http *http, Arena *arena, const HttpRequest *request, CURLcode result,
                      Text refused, Failure *failure)
{
    Text host = address_host(arena, request->address);
    const char *error = http->error[0] ? http->error : curl_easy_strerror(result);
    bool interrupted = result == CURLE_ABORTED_BY_CALLBACK;
    *failure = (Failure){.kind = interrupted ? FAILURE_INTERRUPTED : FAILURE_CONNECTION,
                         .code = interrupted ? TEXT("Interrupted") : TEXT("NoConnection"),
                         .call = address_call(arena, request->method, request->address)};
    if (interrupted) {
        failure->message = TEXT("interrupted while waiting for an answer");
    } else if (refused.length) {
        failure->message = text_format(arena, "%.*s %.*s", TEXT_ARG(host), TEXT_ARG(refused));
    } else if (http->too_large) {
        failure->message = text_format(arena, "%.*s answers with more than %d MiB", TEXT_ARG(host),
                                       LARGEST_ANSWER / 1024 / 1024);
    } else if (result == CURLE_OPERATION_TIMEDOUT) {
        failure->message =
            text_format(arena, "%.*s did not answer in time: %s", TEXT_ARG(host), error);
    } else {
        failure->message = text_format(arena, "no connection to %.*s: %s%s", TEXT_ARG(host), error,
                                       hint_for(result, error));
    }
}

// ---- the whole

bool http_ask(Http *http, Arena *arena, const HttpRequest *request, HttpAnswer *answer,
              Failure *failure)
{
    int tries = request->tries ? request->tries : TRIES;
    for (int tried = 1;; tried++) {
        Text refused = {0};
        double begun = progress_now();
        CURLcode result = follow_redirects(http, arena, request, answer, &refused);
        if (http->verbose) say(http, arena, request, answer, result, progress_now() - begun);
        int most = never_sent(result) && tries > TRIES_TO_CONNECT ? TRIES_TO_CONNECT : tries;
        double pause = pause_before(http, tried, answer);
        if (refused.length || tried >= most || pause > longest_patience ||
            !may_repeat(request, result, answer)) {
            if (result == CURLE_OK && !refused.length) return true;
            no_answer(http, arena, request, result, refused, failure);
            return false;
        }
        Text host = address_host(arena, request->address);
        Text why = result != CURLE_OK ? text_format(arena, "no answer from %.*s", TEXT_ARG(host))
                   : answer->status == 429
                       ? text_format(arena, "%.*s asks for patience", TEXT_ARG(host))
                       : text_format(arena, "%.*s answers %d", TEXT_ARG(host), answer->status);
        if (!wait_before_repetition(http, why, pause)) {
            no_answer(http, arena, request, CURLE_ABORTED_BY_CALLBACK, refused, failure);
            return false;
        }
    }
}

Http *http_open(Arena *arena, bool verbose)
{
    Http *http = arena_new(arena, Http);
    const char *stalled = getenv("SWARMGEN_TIMEOUT");
    *http = (Http){.verbose = verbose, .stalled = stalled ? strtod(stalled, NULL) : 0};
    if (!(http->stalled >= 1 && http->stalled < 1e6)) http->stalled = 120;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    http->multi = curl_multi_init();
    http->easy = curl_easy_init();
    http->room = FIRST_ROOM;
    http->body = malloc(http->room);
    if (!http->multi || !http->easy || !http->body) {
        fputs("swarmgen: out of memory\n", stderr); // as in arena.c
        exit(1);
    }
    return http;
}

void http_close(Http *http)
{
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    free(http->body);
    curl_global_cleanup();
}

void http_on_wait(Http *http, HttpWaiting *waiting, void *context)
{
    http->waiting = waiting;
    http->context = context;
}

Text http_uuid(Arena *arena)
{
    unsigned char b[16] = {0};
    ssize_t got = getrandom(b, sizeof b, 0);
    (void)got;
    return text_format(arena,
                       "%02x%02x%02x%02x-%02x%02x-4%01x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                       b[0], b[1], b[2], b[3], b[4], b[5], b[6] & 15, b[7], (b[8] & 63) | 128, b[9],
                       b[10], b[11], b[12], b[13], b[14], b[15]);
}
