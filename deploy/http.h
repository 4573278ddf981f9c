// deploy/http.h: requests over HTTP, by libcurl: connections are kept, certificates checked always.
//   repetition: after 408, 429, 5xx and broken connections, where it is safe: GET, HEAD, PUT,
//           DELETE, and what says `safe`. What never reached the server (no connection), or was
//           refused unread (429), is safe for all. Retry-After says when; else it is doubled from
//           1 s, with chance in it
//   redirects: 5 at most, never from https to http; to another host without headers that are
//           `secret`, and only where there is no body
//   time:   every wait ends at Ctrl-C (interrupt.h). SWARMGEN_TIMEOUT: seconds without a byte after
//           which an answer is given up; 120
//   SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY, NO_PROXY and their like are honoured.
#pragma once
#include "deploy/failure.h"

typedef struct Http Http;

typedef struct {
    const char *name;
    Text value;
    bool secret;
} HttpHeader;

typedef struct {
    const char *method;
    Text address;
    const HttpHeader *headers;
    size_t header_count;
    Text body;       // of PUT, POST, PATCH
    bool safe;       // a POST that may be repeated
    bool direct;     // without a proxy: services on this machine
    Text thumbprint; // SHA-1 of the server's certificate, which no authority has signed; else empty
    double patience; // seconds for the whole answer; 0: no limit but SWARMGEN_TIMEOUT
    int tries;       // 0: 6
} HttpRequest;

typedef struct {
    int status;
    Text body;
    HttpHeader *headers;
    size_t header_count;
} HttpAnswer;

// `why` and `seconds` while it waits before a repetition; `why` is empty while an answer is waited
// for. Called several times a second.
typedef void HttpWaiting(void *context, Text why, double seconds);

Http *http_open(Arena *arena, bool verbose);
void http_close(Http *http);
void http_on_wait(Http *http, HttpWaiting *waiting, void *context);

// False if there is no answer: FAILURE_CONNECTION or FAILURE_INTERRUPTED. An answer of any status is
// one. It lives in `arena`.
bool http_ask(Http *http, Arena *arena, const HttpRequest *request, HttpAnswer *answer,
              Failure *failure);

Text http_header(const HttpAnswer *answer, const char *name);        // empty if there is none
double http_retry_after(const Http *http, const HttpAnswer *answer); // seconds; 0: not said
Text http_correlation(Arena *arena, const HttpAnswer *answer);

// Seconds since 1970 on the server's clock, for this machine's may be wrong; on this machine's
// before the first answer.
double http_server_now(const Http *http);

Text http_uuid(Arena *arena); // at random
