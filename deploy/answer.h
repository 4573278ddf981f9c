// deploy/answer.h: what stands in Azure's answers. Pure: text in, meaning out.
//   facts: RFC 9110 (dates, Retry-After), ISO 8601 as .NET writes it, RFC 7519 (tokens)
#pragma once
#include "deploy/failure.h"

// Seconds since 1970 of an HTTP date; 0 if it is none.
double answer_http_date(Text date);

// Seconds to wait: a number, or a date on the server's clock. 0: not said, or past.
double answer_retry_after(Text header, double server_now);

// "PT1M2.5S", "P1DT2H"; false if it is none.
bool answer_duration(Text text, double *seconds);

// "2026-11-27T13:40:01.1234567Z", or with +01:00: seconds since 1970; false if it is none.
bool answer_timestamp(Text text, double *seconds);

// What a token says of itself: the object in its middle part; NULL if it is no such token.
const Value *answer_claims(Arena *arena, Text token);

// Code, message and error of an answer that says no, whatever its shape: {error: {code, message}},
// {"odata.error": …}, OAuth's {error, error_description}, {code, message}, HTML, text, nothing.
void answer_failure(Arena *arena, int status, Text body, Failure *failure);

// `error` itself into `failure`: its code and message.
void answer_error(Arena *arena, const Value *error, Failure *failure);

// For one line on a terminal: control characters become spaces, and what is longer ends in …
Text answer_line(Arena *arena, Text text, size_t longest);
