// compiler/arm/emitter.h: what the files of this part share while they write one template.
//   shapes: an Emitter is one template; a Unit one Bicep file it takes declarations from (its own,
//           and imported ones); an Env says what the names in an expression stand for
//   owns:   everything lives in the emitter's arena
#pragma once
#include "base/json.h"
#include "compiler/arm/tree.h"
#include "compiler/bind/bind.h"

typedef struct Emitter Emitter;
typedef struct External External;
typedef struct Unit Unit;
typedef struct Env Env;
typedef struct Local Local;

typedef enum {
    LOCAL_LAMBDA,    // lambdaVariables('x')
    LOCAL_PARAMETER, // of a function: parameters('x')
    LOCAL_ITEM,      // of a loop: array[index]
    LOCAL_INDEX,     // of a loop: index
} LocalKind;

struct Local {
    Text name;
    LocalKind kind;
    Tree *index;         // of a loop: copyIndex(), or the written index that takes its place
    const Syntax *array; // of a loop
    const Env *around;   // where the loop's array is understood
    const Local *outer;
    bool written;   // of a loop's item: it stands for the written array[index], so that a chain of
                    // accesses goes on
    Symbol *module; // of a lambda: the module whose collection it runs over; else NULL
};

struct Env {
    Emitter *emitter;
    Unit *unit;
    const Local *locals;
    const Symbol *within; // the resource whose nested ones are visible
    bool in_function;
};

typedef enum { PART_BODY, PART_PARENT, PART_SCOPE, PART_DEPENDS_ON } Part;

// One place in a declaration that names a symbol.
typedef struct {
    Symbol *symbol;
    const Syntax *index; // c[index], if the index means the same outside
    Part part;
    bool weak;       // reads no more than id, name, type, apiVersion, or calls a method
    bool identifies; // reads id, name, type or apiVersion: known at the start
} Mention;

typedef struct {
    Mention *items;
    size_t count, room;
} MentionList;

// What a resource or module is, found once.
typedef struct {
    Text type, version; // of a nested one: the whole type
    Text symbolic;      // a::b
    const Syntax *loop, *condition, *body;
    const Syntax *name, *parent, *scope; // property values, NULL if absent
    const Symbol *extension;             // NULL: Azure's, which is not declared
    bool foreign;                        // not Azure's
    bool existing;
    bool item_in_name,
        index_in_name; // its name depends on the loop's variable: only then is that one replaced
                       // where an index is written, as in the official compiler
    const Env *env;    // of its body, inside its own loop
} Info;

// A call of loadTextContent and its like that becomes the variable $fxv#number.
typedef struct {
    const Syntax *call;
    const Symbol *owner; // the declaration around it
    size_t number;
    Text name; // in this template
} Load;

typedef struct {
    Load *items;
    size_t count, room;
} LoadList;

// A name or call where only what is known at the start may stand.
typedef struct {
    Symbol *symbol; // NULL: a call that needs the deployment
    const Syntax *node;
    const char *what; // the place: "the name" …
    bool identifies;
} Start;

typedef struct {
    Start *items;
    size_t count, room;
} StartList;

struct Unit {
    Emitter *emitter;
    BoundFile *file;
    Unit *next;
    Env root;
    Text path;             // relative to the template's file
    Text *names;           // by symbol index: in this template; empty if not imported
    MentionList *mentions; // by symbol index
    bool *calls_runtime;   // by symbol index: a function that needs the deployment
    char *inlined;         // by symbol index: 0 unknown, 1 no, 2 yes
    Info **infos;          // by symbol index, of resources and modules
    unsigned *stamps;      // by symbol index: the search that saw it last
    unsigned last_stamp;
    LoadList loads; // in source order
    StartList starts;
    bool symbolic; // something in the file asks for symbolic names
};

typedef enum {
    TARGET_RESOURCE_GROUP,
    TARGET_SUBSCRIPTION,
    TARGET_MANAGEMENT_GROUP,
    TARGET_TENANT,
} Target;

struct Emitter {
    Arena *arena;
    Diags *diags;
    Unit *unit;  // the template's own file
    Unit *units; // all
    JsonWriter *json;
    TextBuffer printed; // one expression, until it is written
    Target target;
    unsigned features; // of feature.h
    bool symbolic;
    Map types;          // T@v → Text *: the type as Azure writes it
    External *external; // of a parameters file, for expressions in it; else NULL
    int depth;          // of conversions, against runaway pasting of variables
};

enum { EMITTER_DEPTH = 400 };

// The unit of `file`, surveyed.
Unit *emitter_unit(Emitter *emitter, BoundFile *file);

// `around` with the variables of a loop, each at its index.
const Env *emitter_loop_env(const Env *around, const Syntax *loop, Tree *item_at, Tree *number_at);

// ---- diagnostics
void emitter_unsupported(Emitter *emitter, const Syntax *node, const char *what);
