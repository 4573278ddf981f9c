// emulator/route.c
#include "emulator/route.h"

#include "emulator/handlers.h"
#include "emulator/operation.h"
#include "emulator/signin.h"

#include <string.h>

enum { OPEN = 1, BARE = 2, OWN = 4, VAULT = 8 };

struct Route {
    const char *method, *pattern;
    void (*handler)(Exchange *exchange);
    int flags;
};

static const Route routes[] = {
#define ROUTE(method, pattern, handler, flags) {method, pattern, handler, flags},
#include "emulator/route.def"
#undef ROUTE
};

// Takes the last segment off `*text`, with its '/'; false if there is none.
static bool take_last(Text *text, Text *segment)
{
    if (!text->length) return false;
    size_t at = text->length;
    while (at > 0 && text->at[at - 1] != '/') at--;
    *segment = text_slice(*text, at, text->length);
    text->length = at ? at - 1 : 0;
    return true;
}

// From the end, so that '@' is what is left.
static bool fits(const Route *route, Exchange *exchange)
{
    Text pattern = text_of(route->pattern), path = exchange->path, wanted, given;
    Text words[4];
    size_t count = 0;
    while (take_last(&pattern, &wanted)) {
        if (text_is(wanted, "@")) break;
        if (!take_last(&path, &given)) return false;
        bool any = text_is(wanted, "*");
        if (any ? !given.length : !text_alike(wanted, given)) return false;
        if (any) words[count++] = given;
    }
    bool scoped = route->pattern[0] == '@';
    if (!scoped && path.length) return false;
    exchange->scope = path;
    for (size_t i = 0; i < count; i++) exchange->words[i] = words[count - 1 - i];
    return true;
}

static bool known_subscription(Exchange *exchange)
{
    Text given = id_subscription_name(exchange->path);
    if (!given.length || world_subscription(exchange->world, exchange->arena, given)) return true;
    refuse(exchange, 404, "SubscriptionNotFound", "The subscription '%.*s' could not be found.",
           TEXT_ARG(given));
    return false;
}

static bool has_version(Exchange *exchange)
{
    if (exchange_query(exchange, "api-version").length) return true;
    refuse(exchange, 400, "MissingApiVersionParameter",
           "The api-version query parameter (?api-version=) is required for all requests.");
    return false;
}

const Route *route_find(Exchange *exchange)
{
    const Route *near = NULL; // of another method
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!fits(&routes[i], exchange)) continue;
        if (strcmp(routes[i].method, exchange->method) == 0) return &routes[i];
        near = &routes[i];
    }
    return near;
}

bool route_open(const Route *route)
{
    return route && route->flags & OPEN;
}

bool route_own(const Route *route)
{
    return route && route->flags & OWN;
}

void route_answer(const Route *route, Exchange *exchange)
{
    bool open = route && route->flags & (OPEN | VAULT);
    if (!open && !signin_check(exchange)) return;
    if ((!route || !(route->flags & BARE)) && !has_version(exchange)) return;
    if (!known_subscription(exchange)) return;
    if (!route) {
        refuse(exchange, 404, "InvalidResourceType",
               "The path '%.*s' is of no resource that is known here.", TEXT_ARG(exchange->path));
    } else if (strcmp(route->method, exchange->method) != 0) {
        refuse(exchange, 405, "HttpMethodNotAllowed",
               "The http method '%s' is not supported for this request.", exchange->method);
    } else {
        route->handler(exchange);
    }
}
