// compiler/specialize/program.h: the residual program while it is being made: instances of library
// files, the units that they deploy, and the parameters and variables that stay.
//   shapes: a Program is one file of the residual: main.bicep, or a module with a scope of its own.
//           An Instance is one use of a library file: the root, an inlined module (one for each
//           turn of its loop), a file imported from
//   owns:   the arena of the compilation
#pragma once
#include "compiler/evaluate/functions.h"
#include "compiler/specialize/residual.h"
#include "compiler/specialize/specialize.h"

typedef struct Program Program;

typedef enum {
    DECLARATION_PARAM, // as in the library
    DECLARATION_ENTRY, // one key of a parameter
    DECLARATION_VAR,   // made of a var, a module parameter or an output
    DECLARATION_FILE,  // loads a file of the library, or of the user
} DeclarationKind;

struct Declaration {
    DeclarationKind kind;
    const Symbol *symbol; // of the library; NULL for the user's own files
    Instance *instance;
    Text wish;         // the name without regard to others
    Text name;         // the final one
    Text key;          // of DECLARATION_ENTRY
    Residual *content; // of a variable; the default of a parameter or NULL
    unsigned loops;    // loops around the instance
    size_t uses;       // places where the residual mentions it
    bool
        often; // used within a loop that it is outside of: a variable however often that loop turns
    bool unlike_body;   // used where null is not the same as absent
    bool live;          // it is printed
    uint64_t *mentions; // units that the content mentions, once known
    const Source
        *source; // of DECLARATION_FILE: its text, and where it goes within the output folder
    Text path;
};

typedef struct {
    Declaration **items;
    size_t count, room;
} DeclarationList;

struct Unit {
    const Symbol *symbol;
    Instance *instance;  // where it stands
    const Local *locals; // variables of its loop
    Text key;            // of its turn; empty without a loop
    Text label;          // the same as it is written in swarm.yaml
    bool looped;
    bool existing;
    const Syntax *body;  // the object
    Unit *parent;        // of a nested resource: the unit around it
    Unit *same;          // of an existing one: the unit that is the same resource, see unroll_merge
    Residual *condition; // NULL: always deployed
    Residual *content;   // the body, once evaluated
    Residual *before;    // with @batchSize: units that come first (an array), or NULL
    Program *module;     // of a module that stays one: its file
    Instance *target;    // and what is in it
    Text wish, name;
    bool live;
    bool visited;                       // by the walk over what is used
    size_t index;                       // among the deployed units of the program
    uint64_t *needs, *reach, *mentions; // sets of indices
    int depth_state;                    // of the search in depend.c
    struct {
        Unit **items;
        size_t count, room;
    } waits; // printed in dependsOn
};

typedef struct {
    Unit **items;
    size_t count, room;
} UnitList;

struct Instance {
    BoundFile *file;
    Program *program;
    Instance *outer;      // NULL for a root and for imported files
    const Symbol *module; // in `outer`
    const Local *locals;  // of the module's loop, in `outer`
    const Syntax *body;   // of the module statement
    Text prefix; // of names made from this instance: poolWeb; empty if the module is not looped
    Text module_name; // joined to a name that is taken
    Text label;       // of the turn of the module's loop, as it is written in swarm.yaml
    unsigned loops;
    Residual *condition;         // of the module and those around it; NULL: always
    Residual *before;            // with @batchSize
    Residual **slots;            // by Symbol.index: parameters, variables, resources, modules
    unsigned char *states;       // of slots, to find circles
    Map outputs;                 // Text → Residual *
    UnitList units;              // of this instance and those within
    uint64_t *needs, *expansion; // sets of units
    Map variable_mentions;       // name → Mentions *
};

struct Program {
    Text path; // within the output folder
    Instance *root;
    Program *outer; // NULL for main.bicep
    Map parameters; // name → Declaration *
    DeclarationList params;
    DeclarationList variables; // in the order of their making
    Map files;                 // key of a loaded file → Declaration *
    UnitList units;            // deployed and existing, in the order of printing
    size_t deployed;
    DeclarationList params_printed, variables_printed;
    Map names;          // in lower case: taken
    Map wanted_outputs; // of a module: name → Residual * of those that its callers use
    Map imported;       // path → Instance *: files that are only imported from
};

typedef struct {
    Program **items;
    size_t count, room;
} ProgramList;

typedef struct {
    Arena *arena;
    Diags *diags;
    BoundFile *library;
    const Value *swarm;
    ProgramList modules; // programs other than main.bicep
    OutputFiles loaded;  // files that the residual loads
    Map loaded_paths;    // their paths
    Map own_paths;       // path of a user's file → Text *: its path in the output folder
    Map results;         // of user functions of known values: evaluate_key() → Residual *
    int undecided;       // > 0: within a branch that may never be taken
    bool quiet;          // diagnostics were added already, or do not matter
} Specializer;

// ---- reduce.c: expressions
Residual *reduce(Specializer *s, Frame frame, const Syntax *node);
Residual *reduce_symbol(Specializer *s, Frame frame, const Symbol *symbol, const Syntax *node);
Residual *reduce_error(Specializer *s, DiagCode code, const Syntax *node, Text a, Text b);
// The lambda as it stays in the residual.
Residual *reduce_lambda(Specializer *s, Residual *lambda);
const Local *reduce_local(const Local *locals, Text name); // NULL: no local is named so
const Local *reduce_with_local(Specializer *s, const Local *outer, Text name, Residual *value);
const Symbol *reduce_symbol_of(Frame frame, Text name); // in the file that declares it
Instance *reduce_instance(Specializer *s, Frame frame, const Symbol *symbol); // where it is one
// Used within a loop that it is outside of: it will be used again when that loop turns once more.
void reduce_note_use(Frame frame, Residual *used);
// For a function of known values. Errors within a branch that may never be taken go to `unheard`:
// they are left to Azure, the call stays as it is.
FunctionCall reduce_call_at(Specializer *s, const Syntax *node, Diags *unheard);
// Known, but never to be printed: the user's file is in it.
const Value *reduce_pasted(Specializer *s, Text text);
// Where any(x) and x! still say something about the type of x.
bool reduce_keeps_shape(const Residual *residual);

// ---- access.c: properties and items
Residual *access_property(Specializer *s, const Syntax *node, Residual *base, Text name, bool safe);
Residual *access_item(Specializer *s, const Syntax *node, Residual *base, Residual *at, bool safe,
                      bool from_end);

// ---- apply.c: functions
Residual *apply_call(Specializer *s, Frame frame, const Syntax *node);
Residual *apply_builtin(Specializer *s, const Syntax *node, Residual *base, Text name,
                        Residual **arguments, size_t count);
Residual *apply_lambda(Specializer *s, const Residual *lambda, Residual **arguments, size_t count);

// ---- shape.c: functions on lists and objects of known shape. NULL: the shape is not known
Residual *shape_call(Specializer *s, const Syntax *node, Text name, Residual **arguments,
                     size_t count);

// ---- unroll.c: instances and units
Instance *unroll_root(Specializer *s, BoundFile *file, Text path);
Instance *unroll_imported(Specializer *s, Program *program, BoundFile *file);
Residual *unroll_symbol(Specializer *s, Instance *instance,
                        const Symbol *symbol);       // resources and modules
void unroll_all(Specializer *s, Instance *instance); // fills Program.units, in order
Residual *unroll_body(Specializer *s, Unit *unit);   // evaluates the body once
void unroll_merge(Specializer *s,
                  Program *program); // existing resources that the residual has already
Unit *unroll_unit(Unit *unit);       // the one that stands for it after merging
Residual *unroll_output(Specializer *s, Instance *instance, const Syntax *node, Text name);
Residual *unroll_parameter(Specializer *s, Instance *instance, const Symbol *symbol);
// A variable's content, to be named where it is used often; trivial content stands for itself.
Residual *unroll_bind(Specializer *s, Instance *instance, const Symbol *symbol, Text name,
                      Residual *content);
Residual *unroll_load(Specializer *s, Frame frame, const Syntax *call);
Declaration *unroll_own_file(Specializer *s, Program *program, const Value *text);
Declaration *unroll_entry(Specializer *s, Residual *entry,
                          Residual *fallback);            // one key of a keyed parameter
Text unroll_joined(Arena *arena, Text prefix, Text name); // poolWeb + scale → poolWebScale

// ---- live.c: what the residual uses, and how often
void live_mark(Specializer *s, Program *program);

// ---- depend.c: what waits for what
void depend_find(Specializer *s, Program *program);

// ---- names.c: the name of everything that is printed
void names_give(Specializer *s, Program *program);

// ---- write.c: Bicep text
Text write_program(Specializer *s, Arena *result, Program *program);

// ---- notes.c: comments of the library
const Notes *notes_of(Arena *arena, const Syntax *node); // NULL: none
bool notes_on_lines(const Syntax *node); // an object or array that is opened by a newline
