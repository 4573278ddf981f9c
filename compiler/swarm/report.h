// compiler/swarm/report.h: for the checker: its state, and diagnostics in the words of the types.
#pragma once
#include "compiler/bind/type.h"
#include "compiler/swarm/path.h"
#include "compiler/swarm/pattern.h"

typedef struct {
    Types types;
    Diags *diags;
    Patterns patterns;
    Text folder;         // of swarm.yaml
    Type *root;          // Swarm
    bool checks_library; // defaults and examples too; files that are named are not read
} Checker;

Arena *report_arena(const Checker *checker);

// The path as it is shown; the file where there is none.
Text report_path(const Checker *checker, const Path *path);
// Of the value, or, for a default, of the decorator that declares it.
Place report_place(const Type *type, const Value *raw);
// Where a missing setting is shown: at the key that holds the object, or at the object itself.
Place report_owner(const Type *type, const Value *raw, const Path *path);
// "'web'", "12", "a list": what stands there instead.
Text report_found(Arena *arena, const Value *value);

// Suggestions for the diagnostic that was added last.
void report_hint_default(Checker *checker, const Type *type);
void report_hint_kind(Checker *checker, Type *type, const Value *raw);
void report_hint_choice(Checker *checker, const Value **choices, size_t count, const Value *raw);

void report_missing(Checker *checker, Type *type, Place place, const Path *path);
// A setting that `object` (a member of the union `whole`, or `whole` itself) does not have. `meant`
// gets the name of the setting that the author probably meant.
void report_unknown(Checker *checker, Type *whole, Type *object, const ValueProperty *property,
                    const Path *path, Text *meant);
