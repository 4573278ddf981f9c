// emulator/fault.c
#include "emulator/fault.h"

#include "compiler/evaluate/shape.h"
#include "emulator/handlers.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    FaultKind kind;
    Text text; // as it was given
    Text first, second;
    double left; // calls that it will still meet; negative: all
    Text method, path;
} Fault;

struct Faults {
    Arena arena;
    Fault *items;
    size_t count, room;
};

typedef struct {
    FaultKind kind;
    const char *name, *value;
} FaultRow;

static const FaultRow rows[] = {
#define FAULT(kind, name, value, help) {FAULT_##kind, name, value},
#include "emulator/fault.def"
#undef FAULT
};

typedef struct {
    const char *code;
    int status;
    bool later;
    const char *message;
} FailureRow;

static const FailureRow failures[] = {
#define FAILURE(code, status, later, message) {code, status, later, message},
#include "emulator/failure.def"
#undef FAILURE
};
enum { FAILURE_COUNT = sizeof failures / sizeof *failures };

// ---- reading

// What stands before `mark` in `*rest`, which loses it and the mark.
static Text take(Text *rest, char mark)
{
    const char *found = rest->length ? memchr(rest->at, mark, rest->length) : NULL;
    size_t length = found ? (size_t)(found - rest->at) : rest->length;
    Text part = text_slice(*rest, 0, length);
    *rest = text_slice(*rest, length + (found != NULL), rest->length);
    return part;
}

static bool number_of(Arena *arena, Text text, double otherwise, double *number)
{
    char *end, *string = text_string(arena, text);
    *number = text.length ? strtod(string, &end) : otherwise;
    return !text.length || (!*end && *number >= 0);
}

static const FailureRow *failure_row(Text code)
{
    for (size_t i = 0; i < FAILURE_COUNT; i++) {
        if (text_alike(code, text_of(failures[i].code))) return &failures[i];
    }
    return NULL;
}

// The numbers within its values; false if they are none.
static bool read_values(Arena *arena, Fault *fault)
{
    double ignored;
    Text first = fault->first, second = fault->second;
    switch (fault->kind) {
    case FAULT_THROTTLE:
    case FAULT_EXPIRE_TOKEN:
    case FAULT_GARBAGE:
    case FAULT_DROP:
    case FAULT_DROP_AFTER: return number_of(arena, first, 1, &fault->left);
    case FAULT_ERROR:
        return number_of(arena, first, 0, &ignored) && ignored >= 300 && ignored < 600 &&
               number_of(arena, second, 1, &fault->left);
    case FAULT_HANG:
        return number_of(arena, first, 600, &ignored) && number_of(arena, second, 1, &fault->left);
    case FAULT_SLOW: return number_of(arena, first, 1, &ignored);
    case FAULT_FAIL: return first.length && (!second.length || failure_row(second));
    case FAULT_POLICY:
    case FAULT_SOLD_OUT: return first.length;
    case FAULT_QUOTA:
    case FAULT_DENY:
    case FAULT_NAME_TAKEN:
    case FAULT_NOISE:
    case FAULT_NONE: return true;
    }
    return false;
}

bool fault_add(World *world, Text text, Text *why)
{
    if (!world->faults) world->faults = arena_new(&world->arena, Faults);
    Faults *faults = world->faults;
    Arena *arena = &faults->arena;
    Text rest = text_copy(arena, text), words = take(&rest, '@');
    Fault fault = {.text = text_copy(arena, text), .left = -1};
    fault.method = take(&rest, ' ');
    fault.path = rest;
    Text name = take(&words, ':');
    fault.first = take(&words, ':');
    fault.second = words;
    const FaultRow *row = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_is(name, rows[i].name)) row = &rows[i];
    }
    if (!row) {
        TextBuffer out = {.arena = &world->arena};
        buffer_format(&out, "'%.*s' is no fault; there are", TEXT_ARG(text));
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            buffer_format(&out, " %s%s", rows[i].name, rows[i].value);
        *why = buffer_done(&out);
        return false;
    }
    fault.kind = row->kind;
    if (!read_values(arena, &fault) || (fault.method.length && !fault.path.length)) {
        *why = text_format(&world->arena, "'%.*s' should be %s%s[@METHOD GLOB]", TEXT_ARG(text),
                           row->name, row->value);
        return false;
    }
    list_add(arena, faults, fault);
    return true;
}

void faults_clear(World *world)
{
    if (!world->faults) return;
    arena_free(&world->faults->arena);
    *world->faults = (Faults){0};
}

// Texts.
static const Value *faults_list(const World *world, Arena *arena)
{
    Value *items = value_array(arena);
    for (size_t i = 0; world->faults && i < world->faults->count; i++) {
        const Fault *fault = &world->faults->items[i];
        if (fault->left != 0)
            value_append(
                arena, items,
                shape_make(arena, "{fault:%t,left:%v}", text_copy(arena, fault->text),
                           fault->left < 0 ? NULL : value_int(arena, (int64_t)fault->left)));
    }
    return items;
}

// ---- meeting

// The case of paths does not count, as everywhere in IDs.
static bool meets(const Fault *fault, Exchange *exchange, bool open)
{
    if (fault->left == 0) return false;
    if (!fault->method.length) return !open;
    bool method = text_is(fault->method, "*") || text_is(fault->method, exchange->method);
    Text pattern = text_lower(exchange->arena, fault->path);
    Text path = text_lower(exchange->arena, exchange->path);
    return method && fnmatch(pattern.at, path.at, 0) == 0;
}

FaultEffect faults_meet(Exchange *exchange, bool open)
{
    FaultEffect effect = {0};
    Faults *faults = exchange->world->faults;
    for (size_t i = 0; faults && i < faults->count; i++) {
        Fault *fault = &faults->items[i];
        if (fault->kind >= FAULT_FAIL || !meets(fault, exchange, open)) continue;
        double first = 1;
        number_of(exchange->arena, fault->first, fault->kind == FAULT_HANG ? 600 : 1, &first);
        if (fault->kind == FAULT_SLOW) {
            effect.delay += first;
            continue;
        }
        if (effect.kind) continue; // one a call
        effect.kind = fault->kind;
        effect.status = fault->kind == FAULT_ERROR ? (int)first : 0;
        if (fault->kind == FAULT_HANG) effect.delay += first;
        if (fault->left > 0) fault->left--;
    }
    return effect;
}

static const char *status_code(int status)
{
    switch (status) {
    case 404: return "NotFound";
    case 408: return "RequestTimeout";
    case 409: return "Conflict";
    case 429: return "TooManyRequests";
    case 500: return "InternalServerError";
    case 502: return "BadGateway";
    case 503: return "ServerBusy";
    case 504: return "GatewayTimeout";
    default: return "Error";
    }
}

void fault_answer(Exchange *exchange, FaultEffect effect)
{
    if (effect.kind == FAULT_THROTTLE) {
        answer_retry(exchange, 20);
        refuse(exchange, 429, "TooManyRequests",
               "The request is being throttled as the limit has been reached for operation type - "
               "%s. For more information, see - https://aka.ms/srpthrottlinglimits",
               strcmp(exchange->method, "GET") == 0 ? "Read_ObservationWindow_00:05:00"
                                                    : "Write_ObservationWindow_00:05:00");
    } else if (effect.kind == FAULT_EXPIRE_TOKEN) {
        answer_header(
            exchange, "WWW-Authenticate",
            text_format(exchange->arena,
                        "Bearer authorization_uri=\"%.*s/%.*s\", error=\"invalid_token\", "
                        "error_description=\"The access token is expired.\"",
                        TEXT_ARG(exchange->world->url), TEXT_ARG(exchange->world->tenant)));
        refuse(exchange, 401, "ExpiredAuthenticationToken",
               "The access token expiry UTC time is earlier than current UTC time.");
    } else if (effect.kind == FAULT_GARBAGE) {
        answer_text(exchange, 200, "text/html",
                    TEXT("<html><head><title>Welcome</title></head><body>Please sign in to the "
                         "guest network.</body></html>"));
    } else {
        refuse(exchange, effect.status, status_code(effect.status),
               "The server answers %d because a fault was asked for.", effect.status);
    }
}

bool fault_holds(const World *world, FaultKind kind, Text *value)
{
    for (size_t i = 0; world->faults && i < world->faults->count; i++) {
        if (world->faults->items[i].kind != kind) continue;
        if (value) *value = world->faults->items[i].first;
        return true;
    }
    return false;
}

// ---- resources that fail

Text fault_failure(const World *world, Text type)
{
    for (size_t i = 0; world->faults && i < world->faults->count; i++) {
        const Fault *fault = &world->faults->items[i];
        if (fault->kind != FAULT_FAIL || !text_alike(fault->first, type)) continue;
        if (fault->second.length) return fault->second;
        if (text_ends(type, "/extensions")) return TEXT("VMExtensionProvisioningError");
        return text_starts_alike(type, "Microsoft.Compute/virtualMachine")
                   ? TEXT("AllocationFailed")
                   : text_of(failures[0].code);
    }
    return (Text){0};
}

Text fault_policy(const World *world, Text type)
{
    for (size_t i = 0; world->faults && i < world->faults->count; i++) {
        const Fault *fault = &world->faults->items[i];
        if (fault->kind == FAULT_POLICY && text_alike(fault->first, type))
            return fault->second.length ? fault->second : TEXT("Not allowed resource types");
    }
    return (Text){0};
}

const Value *failure_value(Arena *arena, Text code, Text id, bool *later)
{
    const FailureRow *row = failure_row(code);
    if (!row) row = &failures[0];
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    TextBuffer message = {.arena = arena};
    for (const char *at = row->message; *at;) {
        Text rest = text_of(at);
        bool name = text_starts(rest, "{name}"), type = text_starts(rest, "{type}");
        if (name || type) {
            buffer_text(&message, name ? parts.last : parts.type);
            at += strlen("{name}");
        } else {
            buffer_char(&message, *at++);
        }
    }
    if (later) *later = row->later;
    return shape_make(arena, "{status:%i,code:%s,message:%t}", (int64_t)row->status, row->code,
                      buffer_done(&message));
}

// ---- at run time

void faults_get(Exchange *exchange)
{
    answer(
        exchange, 200,
        shape_make(exchange->arena, "{value:%v}", faults_list(exchange->world, exchange->arena)));
}

// {faults: ["throttle:3", …]}: added to those that are.
void faults_post(Exchange *exchange)
{
    const Value *items = shape_at(exchange->body, "faults");
    for (size_t i = 0; items && items->kind == VALUE_ARRAY && i < items->array.count; i++) {
        Text why, text = shape_text(items->array.items[i], "");
        if (text.at && fault_add(exchange->world, text, &why)) continue;
        refuse(exchange, 400, "InvalidFault", "%.*s", TEXT_ARG(text.at ? why : TEXT("not a text")));
        return;
    }
    faults_get(exchange);
}

void faults_delete(Exchange *exchange)
{
    faults_clear(exchange->world);
    answer(exchange, 204, NULL);
}
