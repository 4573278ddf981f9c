// cli/deploy/status.c: status, cancel and outputs of the deployment that --name tells, or of the last.
#include "cli/deploy/work.h"

#include "compiler/evaluate/shape.h"

// A run that is over is followed too: its end is what there is to see.
Status status_run(Work *work)
{
    const Value *run;
    Status status = work_find(work, &run);
    return status == STATUS_DONE ? work_follow(work) : status;
}

Status cancel_run(Work *work)
{
    const Value *run;
    Failure failure = {0};
    Status status = work_find(work, &run);
    if (status != STATUS_DONE) return status;
    if (existing_runs(run)) {
        if (order_cancel(work->arena, work->manager, &work->order, &failure)) {
            work_say(work, "%.*s is being canceled. What it made stays.",
                     TEXT_ARG(work->order.name));
            return STATUS_DONE;
        }
        if (failure.status != 409) return work_refused(work, &failure);
        status =
            work_find(work, &run); // it has ended meanwhile, or by a call whose answer was lost
        if (status != STATUS_DONE) return status;
    }
    work_say(work, "%.*s does not run any more: %.*s", TEXT_ARG(work->order.name),
             TEXT_ARG(shape_text(run, "properties.provisioningState")));
    return STATUS_DONE;
}

static void write_text(TextBuffer *out, Text name, const Value *value)
{
    if (value->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < value->array.count; i++)
            write_text(out, name, value->array.items[i]);
        return;
    }
    if (value->kind == VALUE_NULL) return;
    buffer_format(out, "%-16.*s ", TEXT_ARG(name));
    JsonWriter json = {.out = out, .compact = true};
    if (value->kind == VALUE_STRING) {
        buffer_text(out, value->string);
    } else {
        value_write_json(&json, value);
    }
    buffer_char(out, '\n');
}

// {NAME: value}, for programs.
static void write_json(TextBuffer *out, const Value *outputs)
{
    JsonWriter json = {.out = out};
    json_begin_object(&json);
    for (size_t i = 0; i < outputs->object.count; i++) {
        const Value *value = shape_at(outputs->object.items[i].value, "value");
        json_key(&json, outputs->object.items[i].name);
        value_write_json(&json, value ? value : &value_null);
    }
    json_end_object(&json);
    buffer_char(out, '\n');
}

Status outputs_run(Work *work)
{
    const Value *run;
    Status status = work_find(work, &run);
    if (status != STATUS_DONE) return status;
    const Value *outputs = shape_at(run, "properties.outputs");
    if (!outputs || outputs->kind != VALUE_OBJECT)
        return work_fail(work, STATUS_AZURE, "%.*s has no outputs: %.*s",
                         TEXT_ARG(work->order.name),
                         TEXT_ARG(shape_text(run, "properties.provisioningState")));
    TextBuffer out = {.arena = work->arena};
    if (work->json) write_json(&out, outputs);
    for (size_t i = 0; !work->json && i < outputs->object.count; i++) {
        const Value *value = shape_at(outputs->object.items[i].value, "value");
        if (value) write_text(&out, outputs->object.items[i].name, value);
    }
    return command_print(buffer_done(&out)) ? STATUS_DONE : STATUS_INPUT;
}
