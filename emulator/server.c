// emulator/server.c: libmicrohttpd without threads: a turn waits on its descriptors, so that nothing
// needs a lock. Two listeners, for 127.0.0.1 and ::1.
#include "emulator/server.h"

#include "compiler/evaluate/shape.h"
#include "emulator/fault.h"
#include "emulator/journal.h"
#include "emulator/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_LIMIT = 4 * 1024 * 1024, IDLE_SECONDS = 120 };

typedef struct Conversation Conversation;

struct Server {
    World *world;
    Conversation *waiting; // those that are suspended
    struct MHD_Daemon *daemons[2];
    size_t count;
};

// One request while it comes in.
struct Conversation {
    Arena arena;
    Exchange exchange;
    TextBuffer body;
    bool too_long;
    const Route *route;
    FaultEffect fault;
    double begun, until; // when it had come whole; when it may be answered
    struct MHD_Connection *connection;
    Conversation *next;
};

// ---- what came

static enum MHD_Result keep_pair(void *into, enum MHD_ValueKind kind, const char *key,
                                 const char *value)
{
    Conversation *conversation = into;
    Arena *arena = &conversation->arena;
    Map *map =
        kind == MHD_HEADER_KIND ? &conversation->exchange.headers : &conversation->exchange.query;
    Text *text = arena_new(arena, Text);
    *text = text_copy(arena, text_of(value ? value : ""));
    map_put(arena, map, text_lower(arena, text_of(key)), text);
    return MHD_YES;
}

static void *begin(void *closure, const char *target, struct MHD_Connection *connection)
{
    (void)connection;
    Server *server = closure;
    Conversation *conversation = calloc(1, sizeof *conversation);
    if (!conversation) return NULL;
    Arena *arena = &conversation->arena;
    conversation->exchange.world = server->world;
    conversation->exchange.arena = arena;
    conversation->exchange.target = text_copy(arena, text_of(target));
    conversation->body.arena = arena;
    return conversation;
}

static void take(Conversation *conversation, const char *data, size_t size)
{
    conversation->too_long |= conversation->body.count + size > BODY_LIMIT;
    if (!conversation->too_long) buffer_text(&conversation->body, (Text){data, size});
}

// Reads the body, unless a form. False after an answer.
static bool read_body(Exchange *exchange)
{
    Text type = exchange_header(exchange, "content-type"), error;
    if (!exchange->text.length || text_starts_alike(type, "application/x-www-form-urlencoded"))
        return true;
    exchange->body = value_read_json(exchange->arena, exchange->text, &error);
    if (exchange->body && exchange->body->kind == VALUE_OBJECT) return true;
    refuse(exchange, 400, "InvalidRequestContent",
           "The request content was invalid and could not be deserialized: '%.*s'.",
           TEXT_ARG(error.length ? error : TEXT("an object is expected")));
    return false;
}

static void identify(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text correlation = exchange_header(exchange, "x-ms-correlation-request-id");
    exchange->request_id = random_guid(arena);
    exchange->correlation = correlation.length ? correlation : random_guid(arena);
}

// 'NAME' of the host 'NAME.vault.localhost:PORT'; else empty.
static Text vault_named(Text host)
{
    size_t dot = 0;
    while (dot < host.length && host.at[dot] != '.') dot++;
    Text rest = text_slice(host, dot, host.length);
    return text_starts_alike(rest, ".vault.localhost") ? text_slice(host, 0, dot) : (Text){0};
}

// Without empty segments, which the Azure CLI sends now and then, and without '/' at the end.
static Text tidy_path(Arena *arena, Text path)
{
    TextBuffer out = {.arena = arena};
    buffer_expect(&out, path.length + 1);
    for (size_t i = 0; i < path.length; i++) {
        bool empty = path.at[i] == '/' && (i + 1 == path.length || path.at[i + 1] == '/');
        if (!empty) buffer_char(&out, path.at[i]);
    }
    return buffer_done(&out);
}

// It has come whole: what it asks for, and what will go wrong.
static void judge(Conversation *conversation, const char *method, const char *path)
{
    Exchange *exchange = &conversation->exchange;
    exchange->method = text_string(exchange->arena, text_of(method));
    exchange->path = text_copy(exchange->arena, text_of(path));
    Text vault = vault_named(exchange_header(exchange, "host"));
    if (vault.length)
        exchange->path = text_format(exchange->arena, "/vaults/%.*s%s", TEXT_ARG(vault), path);
    exchange->path = tidy_path(exchange->arena, exchange->path);
    exchange->text = buffer_done(&conversation->body);
    identify(exchange);
    conversation->route = route_find(exchange);
    if (!route_own(conversation->route))
        conversation->fault = faults_meet(exchange, route_open(conversation->route));
    conversation->begun = world_clock();
    conversation->until = conversation->begun + conversation->fault.delay;
}

static void work(Conversation *conversation)
{
    Exchange *exchange = &conversation->exchange;
    World *world = exchange->world;
    FaultKind fault = conversation->fault.kind;
    world_advance(world);
    if (conversation->too_long)
        refuse(exchange, 413, "RequestContentTooLarge",
               "The request content size exceeds the maximum size of %d MB.", BODY_LIMIT >> 20);
    else if (fault != FAULT_NONE && fault != FAULT_DROP_AFTER)
        fault_answer(exchange, conversation->fault);
    else if (read_body(exchange))
        route_answer(conversation->route, exchange);
    world_save(world);
}

static void note(Conversation *conversation)
{
    if (!route_own(conversation->route))
        journal_add(&conversation->exchange, world_clock() - conversation->begun);
}

// Without an answer.
static enum MHD_Result cut(Conversation *conversation)
{
    conversation->exchange.status = 0;
    note(conversation);
    return MHD_NO;
}

// ---- what goes

static void add_header(struct MHD_Response *response, Arena *arena, const char *name, Text value)
{
    MHD_add_response_header(response, name, text_string(arena, value));
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, Exchange *exchange)
{
    Arena *arena = exchange->arena;
    bool raw = exchange->content_type != NULL;
    Text body = raw                ? exchange->raw
                : exchange->answer ? shape_json(arena, exchange->answer)
                                   : TEXT("");
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.length, text_string(arena, body), MHD_RESPMEM_PERSISTENT);
    if (!response) return MHD_NO;
    if (body.length)
        MHD_add_response_header(response, "Content-Type",
                                raw ? exchange->content_type : "application/json; charset=utf-8");
    for (size_t i = 0; i < exchange->header_count; i++)
        add_header(response, arena, exchange->headers_out[i].name, exchange->headers_out[i].value);
    add_header(response, arena, "x-ms-request-id", exchange->request_id);
    add_header(response, arena, "x-ms-correlation-request-id", exchange->correlation);
    add_header(response, arena, "x-ms-routing-request-id",
               text_format(arena, "LOCAL:%.*s", TEXT_ARG(exchange->request_id)));
    bool write = strcmp(exchange->method, "GET") != 0 && strcmp(exchange->method, "HEAD") != 0;
    add_header(response, arena,
               write ? "x-ms-ratelimit-remaining-subscription-writes"
                     : "x-ms-ratelimit-remaining-subscription-reads",
               TEXT("1199"));
    MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result handle(void *closure, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    (void)version;
    Server *server = closure;
    Conversation *conversation = *state;
    if (!conversation) return MHD_NO;
    if (!conversation->connection) { // the head has come
        conversation->connection = connection;
        MHD_get_connection_values(connection, MHD_HEADER_KIND | MHD_GET_ARGUMENT_KIND, keep_pair,
                                  conversation);
        return MHD_YES;
    }
    if (*size) {
        take(conversation, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (!conversation->begun) judge(conversation, method, path);
    if (conversation->until > world_clock()) {
        conversation->next = server->waiting;
        server->waiting = conversation;
        MHD_suspend_connection(connection);
        return MHD_YES;
    }
    FaultKind fault = conversation->fault.kind;
    if (fault == FAULT_DROP || fault == FAULT_HANG) return cut(conversation);
    work(conversation);
    if (fault == FAULT_DROP_AFTER) return cut(conversation);
    note(conversation);
    return send_answer(connection, &conversation->exchange);
}

// Those whose time has come; all of them with `all`.
static void resume(Server *server, bool all)
{
    double now = world_clock();
    for (Conversation **link = &server->waiting; *link;) {
        Conversation *conversation = *link;
        if (!all && conversation->until > now) {
            link = &conversation->next;
            continue;
        }
        *link = conversation->next;
        conversation->until = 0;
        MHD_resume_connection(conversation->connection);
    }
}

static void finish(void *closure, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code)
{
    (void)connection, (void)code;
    Server *server = closure;
    Conversation *conversation = *state;
    if (!conversation) return;
    for (Conversation **link = &server->waiting; *link; link = &(*link)->next) {
        if (*link != conversation) continue;
        *link = conversation->next;
        break;
    }
    arena_free(&conversation->arena);
    free(conversation);
    *state = NULL;
}

// ---- listening

static struct MHD_Daemon *listen_on(Server *server, const struct sockaddr *address, bool six,
                                    const Certificate *certificate)
{
    Arena *arena = &server->world->arena;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (six ? MHD_USE_IPv6 : 0) |
                     (certificate ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, certificate ? text_string(arena, certificate->key) : NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0,
         certificate ? text_string(arena, certificate->certificate) : NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags, 0, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, address,
                            MHD_OPTION_URI_LOG_CALLBACK, begin, server, MHD_OPTION_NOTIFY_COMPLETED,
                            finish, server, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
                            MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_ARRAY,
                            certificate ? tls : none, MHD_OPTION_END);
}

Server *server_open(World *world, int *port, const Certificate *certificate)
{
    Server *server = arena_new(&world->arena, Server);
    server->world = world;
    struct sockaddr_in four = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)*port),
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    server->daemons[0] = listen_on(server, (const struct sockaddr *)&four, false, certificate);
    if (!server->daemons[0]) {
        fprintf(stderr, "swarmgen: cannot listen on 127.0.0.1, port %d: %s\n", *port,
                strerror(errno));
        return NULL;
    }
    server->count = 1;
    *port = MHD_get_daemon_info(server->daemons[0], MHD_DAEMON_INFO_BIND_PORT)->port;
    struct sockaddr_in6 six = {.sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)*port),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    server->daemons[1] = listen_on(server, (const struct sockaddr *)&six, true, certificate);
    if (server->daemons[1]) server->count = 2; // a machine may have no IPv6
    return server;
}

void server_turn(Server *server, int milliseconds)
{
    struct pollfd waited[2];
    for (size_t i = 0; i < server->count; i++) {
        struct MHD_Daemon *daemon = server->daemons[i];
        waited[i] =
            (struct pollfd){.fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
                            .events = POLLIN};
        MHD_UNSIGNED_LONG_LONG most;
        if (MHD_get_timeout(daemon, &most) == MHD_YES && most < (unsigned)milliseconds)
            milliseconds = (int)most;
    }
    poll(waited, server->count, milliseconds);
    resume(server, false);
    for (size_t i = 0; i < server->count; i++) MHD_run(server->daemons[i]);
}

void server_close(Server *server)
{
    resume(server, true);
    for (size_t i = 0; i < server->count; i++) MHD_stop_daemon(server->daemons[i]);
}
