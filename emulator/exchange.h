// emulator/exchange.h: one request and its answer.
//   owns:   all of it is in `arena`, which goes when the answer is sent
#pragma once
#include "emulator/world.h"

#include "base/map.h"

typedef struct {
    const char *name;
    Text value;
} Header;

typedef struct {
    World *world;
    Arena *arena;
    const char *method;
    Text path;          // decoded, without the query
    Text target;        // as it came, with the query
    Map query, headers; // name in small letters → Text *
    Text text;          // the body as it came
    const Value *body;  // read as JSON; NULL if there is none
    Text scope;         // what stood for '@' in the route
    Text words[4];      // what stood for '*'
    Text request_id, correlation;

    int status; // 0 until it is answered
    const Value *answer;
    Text raw;                 // instead of `answer`
    const char *content_type; // of `raw`
    Header headers_out[12];
    size_t header_count;
} Exchange;

Text exchange_query(const Exchange *exchange, const char *name);  // empty if absent
Text exchange_header(const Exchange *exchange, const char *name); // likewise

// ID of what the first word names: '…/resourceGroups/G/providers/Microsoft.Resources/TYPE/NAME', its
// group written as it was made.
Text exchange_id(Exchange *exchange, const char *type);

// The template in the body as it was written; empty if there is none.
Text exchange_source(Exchange *exchange);

void answer(Exchange *exchange, int status, const Value *value);
void answer_text(Exchange *exchange, int status, const char *content_type, Text text);
// Azure's {error: {code, message}}.
void refuse(Exchange *exchange, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void refuse_with(Exchange *exchange, int status, const Value *error); // {code, message, details …}
void answer_header(Exchange *exchange, const char *name, Text value);
void answer_retry(Exchange *exchange, double azure_seconds); // Retry-After, by the world's speed

// {value: […]}, cut to a page where `size` is not 0; the rest by nextLink with $skiptoken.
void answer_page(Exchange *exchange, const Value *items, size_t size);
