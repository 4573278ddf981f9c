// compiler/bind/bind.h: a Bicep file with all that it imports and calls: who is meant by a name.
//   in:     the path of a file and a reader for paths
//   out:    BoundFile: symbols by name and in source order; modules and imports bound too, each
//           file once
//   errors: SG1201–SG1249: unknown or doubled names, missing files, cycles
#pragma once
#include "base/file.h"
#include "base/map.h"
#include "compiler/bicep/syntax.h"

typedef struct BoundFile BoundFile;
typedef struct Symbol Symbol;

typedef enum {
    SYMBOL_PARAM,
    SYMBOL_VAR,
    SYMBOL_RESOURCE, // also nested ones: BoundFile.resources has all
    SYMBOL_MODULE,
    SYMBOL_TYPE,
    SYMBOL_FUNC,
    SYMBOL_NAMESPACE, // import * as name: `target_file`
    SYMBOL_EXTENSION,
    SYMBOL_ASSERT,
    SYMBOL_TEST, // `target_file`: what it tests
} SymbolKind;

typedef struct {
    Symbol **items;
    size_t count, room;
} SymbolList;

struct Symbol {
    SymbolKind kind;
    Text name;
    const Syntax *declaration; // the statement; of an imported symbol, the one in the other file
    BoundFile *file;           // where the declaration stands
    const Syntax *import;   // the import statement in this file, NULL for own symbols, and for an
                            // extension that bicepconfig.json implies
    BoundFile *target_file; // of a module: the file it calls; of a namespace: the file imported;
                            // of an extension: its types, NULL if it is built in
    Symbol *parent;         // of a nested resource: the one around it
    SymbolList children;    // of a resource: those nested directly in it
    Symbol *origin; // of an imported symbol: the symbol in its own file; NULL for own symbols
    size_t index;   // position among the symbols of its file
    bool used;      // its file mentions it
};

// A function of a resource of an extension.
typedef struct {
    Text name, result; // the declared type of what it gives
    Text *parameters;  // declared types
    size_t count;
} BindMethod;

// What a property of an extension's type is, as bits: the numbers of its publisher.
enum {
    BIND_REQUIRED = 1,
    BIND_READ_ONLY = 2,
    BIND_WRITE_ONLY = 4,
    BIND_KNOWN_AT_START = 8,
    BIND_IDENTIFIES = 16,
};

// A type of resource that an extension has.
typedef struct {
    Text name;                   // T@v, as published
    Text body;                   // the declared type of its body
    unsigned readable, writable; // scopes, as bits: those of Azure's types
    struct {
        BindMethod *items;
        size_t count, room;
    } methods;
} BindResourceType;

// What an extension that is not built in says of itself.
typedef struct {
    Text name;              // as files know it
    Text provider, version; // as templates name it
    bool lenient;           // properties that a type lacks may be given
    Text config, fallback;  // declared types: of its configuration, of the body of other resources;
                            // empty: there is none
    struct {
        BindResourceType *items;
        size_t count, room;
    } types;
} BindExtension;

// What is called, imported from or declared as an extension, and is no Bicep file: read as Bicep
// declarations.
typedef struct {
    Text path;            // where it was found
    Text identifier;      // as templates name it: br:registry/repository:tag; empty for a file
    const Source *source; // the Bicep text made of it
    const Source *json;   // its own text
    Text spec;            // of a template spec: its id; else empty
    const BindExtension *extension; // `source` declares its types; NULL: it is none
} BindArtifact;

// Gives a file's content. Paths are normal, '/'-separated; `base` is the path of the file that asks
// (empty for the root).
typedef struct BindReader BindReader;
struct BindReader {
    Arena *arena; // of what it reads
    // Any bytes.
    const Source *(*read)(BindReader *reader, Diags *diags, Place asked_at, Text path);
    // The files in a folder; false after a diagnostic. NULL: what it reads lies in no folder.
    bool (*list)(BindReader *reader, Diags *diags, Place asked_at, Text folder, FileNames *names);
    // A JSON template, or what a reference such as br:… means; false after a diagnostic. NULL: this
    // reader knows Bicep files only. `found->source` is NULL if it is a Bicep file after all. Written in compiler/artifact.
    bool (*artifact)(BindReader *reader, Diags *diags, Place asked_at, BoundFile *asker,
                     Text reference, BindArtifact *found);
    // What `specification` (a name that bicepconfig.json explains, or a reference) means; false after
    // a diagnostic. `found->path` stays empty if it is built in, or not known at all. NULL: this
    // reader knows built-in ones only. Written in compiler/artifact.
    bool (*extension)(BindReader *reader, Diags *diags, BoundFile *asker,
                      const Syntax *specification, BindArtifact *found);
    // Extensions that bicepconfig.json gives to each file around which it lies, as statements of
    // Bicep. NULL: none.
    Text (*implied)(BindReader *reader, BoundFile *asker);
    bool exact; // it writes Azure's types as Azure does: the emitter need not look them up
    Map opened; // bind_file's: files bound already, which later calls share
    Map loaded; // bind_load's: full path → const Source *
};

struct BoundFile {
    Text path;
    SyntaxFile *syntax;
    Map names; // Text → Symbol *: parameters, variables, top-level resources, modules, types,
               // functions, imports
    SymbolList
        symbols; // own symbols in source order, nested resources behind the resource they stand in
    SymbolList imports;         // imported by name, in source order
    SyntaxList outputs;         // SYNTAX_OUTPUT in source order
    const Syntax *target_scope; // the first targetScope; NULL: none
    BoundFile *target; // of a .bicepparam: the file it gives values for; NULL for `using none`
    BoundFile *base;   // of a .bicepparam: the one it extends
    const BindArtifact *artifact; // what `syntax` was made of; NULL for a Bicep file
    BindReader *reader;
};

// NULL after an error.
BoundFile *bind_file(Arena *arena, Diags *diags, BindReader *reader, Text path);

// Binds an expression's or parsed file's names without any file of its own (console, made text).
BoundFile *bind_parsed(Arena *arena, Diags *diags, BindReader *reader, Text path,
                       SyntaxFile *syntax);

Symbol *bind_lookup(const BoundFile *file, Text name);  // NULL if unknown
Symbol *bind_nested(const Symbol *resource, Text name); // resource::name
// As seen in the body of `within` (may be NULL): resources nested there or further out, then the
// file's names.
Symbol *bind_lookup_within(const BoundFile *file, const Symbol *within, Text name);
// `name` of another file, if it is exported there.
Symbol *bind_exported(const BoundFile *file, Text name);
// The name that an identifier of an artifact stands for: `__x2e__` is a dot, and so on.
Text bind_original_name(Arena *arena, Text identifier);
// Says if `name` stands in `seen` already but for its case: `what` ("parameter") is looked up by Azure
// without regard to it. Puts it there.
void bind_check_case(Arena *arena, Diags *diags, Map *seen, Text name, Place place,
                     const char *what);
// What an extension is, whatever it is called here: az, sys, kubernetes. Empty if it is none of the
// built-in ones.
Text bind_extension_kind(const Symbol *extension);
// A type of resource that the extension has; NULL if it has none of that name (T@v), or is built in.
const BindResourceType *bind_extension_type(const Symbol *extension, Text type);
// That of a resource, of a nested one with those around it.
const BindResourceType *bind_extension_type_of(Arena *arena, const Symbol *resource);
// BIND_… of a property of its body; 0 if it has none such.
unsigned bind_extension_flags(Arena *arena, const Symbol *resource, Text property);
// Whose functions are called as `name.function()`: those of `sys` or `az`, also by another name; else
// empty.
Text bind_built_in_space(const BoundFile *file, Text name);
// The type of a resource as it is written, without an extension's name in front. `*extension` is
// what it belongs to; NULL is Azure's, where that is not declared.
Text bind_resource_type(const Symbol *resource, const Symbol **extension);
// Whether it is not Azure's.
bool bind_is_foreign(const Symbol *resource);
// The whole type of a resource, of a nested one with those around it; false if it is not Azure's.
bool bind_whole_type(Arena *arena, const Symbol *resource, Text *type, Text *version);
// A written type of no resource: without an extension's name in front; false if it is not Azure's.
bool bind_azure_type(const BoundFile *file, Text *type);
// Takes `@version` from a type's end; empty if there is none.
Text bind_cut_version(Text *type);
// "a type", "a parameter" … as in messages.
const char *bind_kind_name(SymbolKind kind);

// A file named in the source (load functions), relative to `file`; read once, its text any bytes.
// NULL after a diagnostic.
const Source *bind_load(Arena *arena, Diags *diags, BoundFile *file, Place asked_at, Text path);
// The names of the files in a folder, likewise; false after a diagnostic.
bool bind_list(Arena *arena, Diags *diags, BoundFile *file, Place asked_at, Text path,
               FileNames *names);
// The bicepconfig.json of the nearest folder around `file` that has one; NULL if none has.
const Source *bind_config(Arena *arena, Diags *diags, BoundFile *file);

// A reader that takes paths as they are in the file system.
BindReader *bind_disk_reader(Arena *arena);
