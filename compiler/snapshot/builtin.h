// compiler/snapshot/builtin.h: the functions of the template language as rows of builtin.def.
#pragma once
#include "compiler/snapshot/engine.h"

typedef enum {
    BUILTIN_PLAIN, // a row of compiler/evaluate/functions.def; stays while any part is unknown
    BUILTIN_DEEP,  // likewise, but lists and objects may have unknown parts
    BUILTIN_WALK,  // takes lambdas
    BUILTIN_OWN,   // `run` with arguments, as PLAIN
    BUILTIN_SHAPE, // `run` with arguments, which may be unknown themselves
    BUILTIN_LAZY,  // `run` evaluates the arguments
} BuiltinKind;

typedef const Value *BuiltinRun(const Frame *frame, const Call *call, const Value **arguments);

typedef struct {
    const char *name;
    BuiltinKind kind;
    int least, most; // arguments; most -1: any number; of PLAIN, DEEP and WALK: functions.def's
    BuiltinRun *run;
} Builtin;

const Builtin *builtin_find(Text name); // without regard to case; list… is one row; NULL if unknown

// Every run of the table.
#define BUILTIN(name, kind, least, most, run) BuiltinRun run;
#define BUILTIN_OF_EVALUATE(name, kind)
#include "compiler/snapshot/builtin.def"
#undef BUILTIN
#undef BUILTIN_OF_EVALUATE
