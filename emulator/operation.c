// emulator/operation.c
#include "emulator/operation.h"

#include "compiler/evaluate/shape.h"
#include "emulator/deployment.h"
#include "emulator/group.h"
#include "emulator/handlers.h"
#include "emulator/resource.h"
#include "emulator/stack.h"

#include <math.h>
#include <string.h>

enum { KEPT = 50 }; // operations that are over

static const char *const kind_names[] = {"result", "deleteGroup", "resource", "deleteStack"};

void operation_begin(Exchange *exchange, OperationKind kind, Text subject, double seconds,
                     const Value *result, const Value *error)
{
    World *world = exchange->world;
    Arena *arena = exchange->arena;
    Text id = text_format(arena, "/subscriptions/%.*s/operationresults/%.*s",
                          TEXT_ARG(world->subscriptions[0]), TEXT_ARG(random_guid(arena)));
    const Value *record =
        shape_make(arena, "{kind:%s,subject:%t,begun:%f,ends:%f,done:false,result:%v,error:%v}",
                   kind_names[kind], subject, world->now,
                   world->now + world_seconds(world, seconds), result, error);
    world_put(world, SHELF_OPERATIONS, id, record, NULL);
    Text version = exchange_query(exchange, "api-version");
    answer_header(exchange, "Location",
                  text_format(arena, "%.*s%.*s?api-version=%.*s", TEXT_ARG(world->url),
                              TEXT_ARG(id), TEXT_ARG(version)));
    answer_retry(exchange, 15);
    answer(exchange, 202, NULL);
}

// The results of those that ended long ago go; nobody asks for them.
static void forget_old(World *world)
{
    const Shelf *shelf = &world->shelves[SHELF_OPERATIONS];
    size_t over = 0;
    for (size_t i = 0; i < shelf->count; i++) over += shape_bool(shelf->items[i]->value, "done");
    for (size_t i = 0; i < shelf->count && over > KEPT;) {
        if (!shape_bool(shelf->items[i]->value, "done")) {
            i++;
            continue;
        }
        world_remove(world, SHELF_OPERATIONS, shelf->items[i]->id);
        over--;
    }
}

static void end(World *world, Record *record)
{
    Arena work = {0};
    Text kind = shape_text(record->value, "kind"), subject = shape_text(record->value, "subject");
    subject = text_copy(&work, subject);
    kind = text_copy(&work, kind);
    bool group = text_is(kind, kind_names[OPERATION_DELETE_GROUP]);
    bool resource = text_is(kind, kind_names[OPERATION_RESOURCE]);
    Value *done = shape_copy(&work, record->value);
    value_set(&work, done, TEXT("done"), &value_true);
    world_put(world, SHELF_OPERATIONS, record->id, done, NULL);
    if (group) group_remove(world, subject);
    if (text_is(kind, kind_names[OPERATION_DELETE_STACK])) stack_remove(world, subject);
    if (resource)
        resource_settle(world, subject, shape_text(done, "result.properties.provisioningState"));
    arena_free(&work);
}

void operations_advance(World *world)
{
    Shelf *shelf = &world->shelves[SHELF_OPERATIONS];
    for (size_t i = 0; i < shelf->count; i++) {
        Record *record = shelf->items[i];
        if (!shape_bool(record->value, "done") &&
            shape_number(record->value, "ends", 0) <= world->now)
            end(world, record);
    }
    forget_old(world);
}

void operation_result(Exchange *exchange)
{
    Record *record = world_find(exchange->world, SHELF_OPERATIONS, exchange->path);
    if (!record) {
        refuse(exchange, 404, "OperationNotFound", "The operation '%.*s' could not be found.",
               TEXT_ARG(exchange->words[1]));
        return;
    }
    const Value *result = shape_at(record->value, "result"),
                *error = shape_at(record->value, "error");
    if (!shape_bool(record->value, "done")) {
        answer_header(exchange, "Location",
                      text_format(exchange->arena, "%.*s%.*s", TEXT_ARG(exchange->world->url),
                                  TEXT_ARG(exchange->target)));
        answer_retry(exchange, 15);
        answer(exchange, 202, NULL);
    } else if (error) {
        refuse_with(exchange, (int)shape_number(error, "status", 409),
                    shape_with(exchange->arena, error, "status", NULL));
    } else {
        answer(exchange, 200, result);
    }
}
