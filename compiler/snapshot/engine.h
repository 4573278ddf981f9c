// compiler/snapshot/engine.h: evaluates what stands in a template.
//   in:     JSON of a template, or an expression that call_read made; a frame that says where it stands
//   out:    a value; with a partial context what is not known stays in it as texts "[…]" (call.h)
//   errors: NULL with the frame's problem set
#pragma once
#include "compiler/evaluate/evaluate.h"
#include "compiler/snapshot/call.h"
#include "compiler/snapshot/template.h"

// A turn of a copy loop.
typedef struct Loop Loop;
struct Loop {
    Text name;
    int64_t index;
    bool of_resource; // copyIndex() without a name means the innermost such, else the innermost
    const Loop *outer;
};

typedef enum {
    FRAME_BODY = 1,     // reference(), list*() …
    FRAME_DEFAULT = 2,  // newGuid(), utcNow()
    FRAME_RESOURCE = 4, // copyIndex()
    FRAME_SETTLED = 16, // what the template says of its resources is known (settle.h)
    FRAME_COPY = 8,     // "copy": [{name, count, input}] is a loop
} FrameFlags;

typedef struct {
    Template *template;
    unsigned flags;
    const Loop *loops;      // innermost first
    const Scope *lambdas;   // likewise
    const Value *arguments; // of the user function that is evaluated; NULL outside of any
    Text function;          // its name
    const TemplateRuntime *runtime;
    TemplateProblem *problem;
    const Value *at; // of the template: the resource that this is about; NULL: none
} Frame;

const Value *engine_json(const Frame *frame, const Value *json);
const Value *engine_call(const Frame *frame, const Value *expression);
// What stands as an argument, access or condition: a call that was kept, and a value, stay as they are.
const Value *engine_value(const Frame *frame, const Value *value);
// .name or [index] of a value.
const Value *engine_access(const Frame *frame, const Value *base, const Value *access);
// A call with its arguments evaluated, as a text that stays.
const Value *engine_keep(const Frame *frame, const Call *call, const Value **arguments);

// A function of compiler/evaluate, with values that are known.
const Value *engine_evaluated(const Frame *frame, const Call *call, Text function,
                              const Value **values);

// NULL, after the message.
const Value *engine_fail(const Frame *frame, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Where that JSON, or the frame's with NULL, stands in the template: behind its first token, as Azure
// counts. 1 and 1 where the context has no source, as the official snapshot writes.
typedef struct {
    size_t line, column;
} EnginePlace;
EnginePlace engine_place(const Frame *frame, const Value *json);
const char *engine_at(const Frame *frame, const Value *json); // "line '3' and column '5'"

// NULL; the problem of a function or an expression is said to be one of `name`, which is a `kind`:
// variable, resource, expression in parameter; and stands at `json`, or where the frame is with NULL.
const Value *engine_within(const Frame *frame, const char *kind, Text name, const Value *json);

const char *engine_kind(const Value *value); // "String" … as in messages
Arena *engine_arena(const Frame *frame);
