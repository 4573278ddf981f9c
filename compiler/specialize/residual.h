// compiler/specialize/residual.h: what an expression of the library becomes: a known value, or the
// part of it that Azure has to evaluate, as a tree.
//   shapes: `value` is set where all is known, also on a node whose form is kept (base64('…'), a
//           written object). Objects and arrays may be known in part: their members are trees again
//           (partly static structures)
//   owns:   the arena of the compilation; a node is never changed after it was made
#pragma once
#include "compiler/bind/bind.h"
#include "compiler/evaluate/value.h"

typedef struct Residual Residual;
typedef struct Declaration Declaration;
typedef struct Unit Unit;
typedef struct Instance Instance;

typedef enum {
    RESIDUAL_ERROR,    // a diagnostic was added; what uses it stays silent
    RESIDUAL_VALUE,    // known
    RESIDUAL_PARAM,    // declaration: a parameter of the residual
    RESIDUAL_BOUND,    // declaration: a variable, module parameter or output; its content is looked
                       // through where it helps
    RESIDUAL_KEYED,    // declaration: a parameter of which each key becomes a parameter of its own
    RESIDUAL_ENTRY,    // entry: one key of such a parameter, before `??` gives it a default
    RESIDUAL_LOCAL,    // local: the variable of a lambda that stays
    RESIDUAL_UNIT,     // unit: a resource, or a module that stays one
    RESIDUAL_ABSENT,   // name: of a resource or module whose condition is false
    RESIDUAL_MODULE,   // instance: an inlined module
    RESIDUAL_OUTPUTS,  // instance: its outputs
    RESIDUAL_LAMBDA,   // lambda: not applied yet (`body` NULL), or one that stays
    RESIDUAL_ACCESS,   // access:  base.name
    RESIDUAL_INDEX,    // index:   base[at]
    RESIDUAL_CALL,     // call:    name(…), base.name(…)
    RESIDUAL_UNARY,    // unary
    RESIDUAL_BINARY,   // binary
    RESIDUAL_TERNARY,  // ternary
    RESIDUAL_NON_NULL, // inner:   x!
    RESIDUAL_STRING,   // string:  '…${x}…'
    RESIDUAL_OBJECT,   // object
    RESIDUAL_ARRAY,    // array
} ResidualKind;

typedef struct {
    Residual **items;
    size_t count, room;
} ResidualList;

// What the library says beside a property, an item or a statement.
typedef struct {
    Text above;  // whole lines of comment, without indentation; empty if there are none
    Text behind; // on the same line
} Notes;

typedef struct {
    Text name;
    Residual *key; // of a computed key; `name` is empty then
    Residual *value;
    bool spread;        // ...value
    const Notes *notes; // NULL: none
} ResidualEntry;

typedef struct {
    ResidualEntry *items;
    size_t count, room;
} ResidualEntries;

// Names that stand for trees: variables of loops and lambdas, parameters of functions; innermost
// first.
typedef struct Local Local;
struct Local {
    Text name;
    Residual *value;
    const Local *outer;
};

// Where an expression is evaluated.
typedef struct {
    Instance *instance;
    const Local *locals;
    const Symbol *within; // the resource in whose body it stands, for names of nested resources
    unsigned loops;       // how many unrolled loops are around it
} Frame;

typedef struct {
    Text wish; // the name in the library
    Text name; // the one that is printed
} LambdaLocal;

struct Residual {
    ResidualKind kind;
    const Value *value; // NULL: not known
    union {
        Declaration *declaration;
        LambdaLocal *local;
        Unit *unit;
        Text name;
        Instance *instance;
        Residual *inner;
        struct {
            Declaration *keyed;
            Text key;
            bool safe;
        } entry;
        struct {
            const Syntax *syntax;
            Frame frame;
            LambdaLocal **locals;
            size_t count;
            Residual *body;
        } lambda;
        struct {
            Residual *base;
            Text name;
            bool safe, nested;
        } access;
        struct {
            Residual *base, *at;
            bool safe, from_end;
        } index;
        struct {
            Residual *base; // NULL, or what stands before the dot
            Text name;
            ResidualList arguments;
            Text path; // of a load…(): the file within the output folder; else empty
        } call;
        struct {
            SyntaxOp op;
            Residual *operand;
        } unary;
        struct {
            SyntaxOp op;
            Residual *left, *right;
        } binary;
        struct {
            Residual *condition, *then, *otherwise;
        } ternary;
        struct {
            Text *segments; // one more than parts
            ResidualList parts;
        } string;
        struct {
            ResidualEntries entries;
            bool lines;  // written over several lines
        } object, array; // items of an array have no name
    };
};

Residual *residual_new(Arena *arena, ResidualKind kind);
Residual *residual_value(Arena *arena, const Value *value);
Residual *residual_null(void);
Residual *residual_error(void);
Residual *residual_bool(bool boolean);
Residual *residual_text(Arena *arena, Text text);
Residual *residual_int(Arena *arena, int64_t integer);

// Sets `value` if all members are known. `entries` is taken over.
Residual *residual_object(Arena *arena, ResidualEntries entries, bool lines);
Residual *residual_array(Arena *arena, ResidualEntries items, bool lines);

// Without variables around it: content that a variable, module parameter or output stands for.
Residual *residual_seen(Residual *residual);

// The members of a list or object whose shape is known (no unknown spread, no unknown key). False:
// it is not.
bool residual_items(Arena *arena, Residual *residual, ResidualEntries *items);
bool residual_fields(Arena *arena, Residual *residual, ResidualEntries *fields);

// As Azure looks properties up; SIZE_MAX if absent.
size_t residual_field(const ResidualEntries *fields, Text name);

bool residual_known_text(const Residual *residual, Text *text); // also sees through variables
bool residual_is_null(const Residual *residual);                // known to be null
bool residual_not_null(const Residual *residual); // known to be something, even if not what

// What kind of value it will be, as far as that can be seen.
typedef enum { SORT_ANY, SORT_STRING, SORT_INT, SORT_BOOL, SORT_OBJECT, SORT_ARRAY } ResidualSort;
ResidualSort residual_sort(const Residual *residual);

// Short enough to be repeated: a name, a property of one.
bool residual_trivial(const Residual *residual);

// Whether an object or array is written in it, which '…${ }…' cannot hold.
bool residual_has_literal(const Residual *residual);

// Whether the text of a user's own file is somewhere in it.
bool value_holds_file(const Value *value);
