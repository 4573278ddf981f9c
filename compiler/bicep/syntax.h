// compiler/bicep/syntax.h: the syntax tree of one Bicep file.
//   shapes: a Syntax has a kind, the file it stands in, its first and last token (so all text and
//           trivia can be found again), and one member of the union, named after the kind where it
//           has its own
//   owns:   nodes live in the arena of the parser; the tree is never changed after parsing. A node
//           of the parser is only as large as its kind needs: never copy `*node`
//   A part that could not be parsed is SYNTAX_SKIPPED: its diagnostic was added, later stages stay
//   silent about it.
#pragma once
#include "compiler/bicep/lexer.h"

typedef struct Syntax Syntax;

typedef struct {
    Syntax **items;
    size_t count, room;
} SyntaxList;

// One parsed file.
typedef struct {
    const Source *source;
    TokenList tokens;
    SyntaxList statements; // in source order, SYNTAX_SKIPPED among them
} SyntaxFile;

typedef enum {
    SYNTAX_SKIPPED,
    // ---- expressions
    SYNTAX_NULL,
    SYNTAX_BOOL,    // boolean
    SYNTAX_INTEGER, // integer: the magnitude; a minus in front is an own SYNTAX_UNARY
    SYNTAX_STRING,  // string
    SYNTAX_NAME,    // name
    SYNTAX_ACCESS, // access:   base.name  base.?name  base::name; in types base.* with the name `*`
    SYNTAX_INDEX,  // index:    base[at]  base[?at]  base[^at]  base[?^at]; in types base[*] with at
                   // == NULL
    SYNTAX_CALL,   // call:     name(…)  base.name(…)
    SYNTAX_UNARY,  // unary:    -x  !x
    SYNTAX_BINARY, // binary
    SYNTAX_TERNARY,  // ternary
    SYNTAX_PAREN,    // inner
    SYNTAX_NON_NULL, // inner:    x!
    SYNTAX_OBJECT,   // list of SYNTAX_PROPERTY, SYNTAX_SPREAD, SYNTAX_RESOURCE (nested)
    SYNTAX_PROPERTY, // property: key: value
    SYNTAX_ARRAY,    // list of expressions, SYNTAX_SPREAD
    SYNTAX_SPREAD,   // inner:    ...x
    SYNTAX_LAMBDA,   // lambda
    SYNTAX_FOR,      // loop:     [for item in array: body]
    SYNTAX_IF,       // condition: if (…) {…}, only as the body of a resource or module
    // ---- types; literals, names, accesses, indexes, parentheses and non-null as above
    SYNTAX_TYPE_OBJECT,   // list of SYNTAX_TYPE_PROPERTY
    SYNTAX_TYPE_PROPERTY, // property: key: type; any other property has key == NULL and an empty
                          // name
    SYNTAX_TYPE_ARRAY,    // inner:   T[]
    SYNTAX_TYPE_TUPLE,    // list of SYNTAX_TYPE_ITEM
    SYNTAX_TYPE_ITEM,     // property: decorators and value only
    SYNTAX_TYPE_UNION,    // list
    SYNTAX_TYPE_NULLABLE, // inner:   T?
    SYNTAX_TYPE_GENERIC,  // call:    resourceInput<'…'>
    SYNTAX_TYPE_RESOURCE, // inner:   resource 'T@v'; NULL: `resource` alone, of an output
    // ---- statements; all but the last few have decorators
    SYNTAX_PARAM,        // declaration: type or NULL, value (default) or NULL; in .bicepparam the
                         // assignment
    SYNTAX_VAR,          // declaration: type or NULL, value
    SYNTAX_OUTPUT,       // declaration: type, value
    SYNTAX_TYPE,         // declaration: type
    SYNTAX_FUNC,         // declaration: value is a SYNTAX_LAMBDA with types
    SYNTAX_ASSERT,       // declaration: value
    SYNTAX_METADATA,     // declaration: value
    SYNTAX_RESOURCE,     // resource
    SYNTAX_MODULE,       // resource: type is the path, a SYNTAX_STRING
    SYNTAX_TEST,         // resource: type is the path
    SYNTAX_IMPORT,       // import
    SYNTAX_EXTENSION,    // extension
    SYNTAX_TARGET_SCOPE, // declaration: value
    SYNTAX_USING,        // declaration: value (a path, or SYNTAX_NAME none)
    SYNTAX_EXTENDS,      // declaration: value
    SYNTAX_KIND_COUNT
} SyntaxKind;

typedef enum {
    OP_NONE,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_MODULO,
    OP_ADD,
    OP_SUBTRACT,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_EQUALS,
    OP_NOT_EQUALS,
    OP_EQUALS_INSENSITIVE,
    OP_NOT_EQUALS_INSENSITIVE,
    OP_AND,
    OP_OR,
    OP_COALESCE,
    OP_MINUS,
    OP_NOT, // unary
} SyntaxOp;

typedef struct {
    Text name;
    Syntax *type; // NULL without a type (lambdas that are no functions)
    uint32_t token;
} SyntaxParameter;

enum { SYNTAX_HEIGHT = 1000 }; // of any tree: recursion over one needs no limit of its own

struct Syntax {
    SyntaxKind kind;
    uint32_t first,
        last; // tokens, inclusive, without separators and surrounding newlines, with decorators
    uint32_t height; // 1 for a leaf, at most SYNTAX_HEIGHT
    const SyntaxFile *file;
    union {
        bool boolean;
        uint64_t integer;
        Text name;
        Syntax *inner;
        SyntaxList list;
        struct {
            Text *segments; // unescaped, one more than expressions
            SyntaxList expressions;
            bool multiline;
        } string;
        struct {
            Syntax *base;
            Text name;
            uint32_t name_token;
            bool safe, nested; // .?  ::
        } access;
        struct {
            Syntax *base, *at;
            bool safe, from_end;
        } index;
        struct {
            Syntax *base; // NULL, or what stands before the dot
            Text name;
            uint32_t name_token;
            SyntaxList arguments;
        } call;
        struct {
            SyntaxOp op;
            Syntax *operand;
        } unary;
        struct {
            SyntaxOp op;
            Syntax *left, *right;
        } binary;
        struct {
            Syntax *condition, *then, *otherwise;
        } ternary;
        struct {
            Text name;   // of a plain key, also quoted without ${}; empty if computed
            Syntax *key; // SYNTAX_NAME or SYNTAX_STRING; NULL for `*` in types
            Syntax *value;
            SyntaxList decorators; // each a SYNTAX_CALL; a SYNTAX_PROPERTY has no room for them
        } property;
        struct {
            SyntaxParameter *parameters;
            size_t count;
            Syntax *result; // type, NULL if it is no function
            Syntax *body;
        } lambda;
        struct {
            Text item, index; // `index` is empty if there is none
            uint32_t item_token, index_token;
            Syntax *array, *body; // `body` may be a SYNTAX_IF
        } loop;
        struct {
            Syntax *test, *body;
        } condition;
        struct {
            SyntaxList decorators; // each a SYNTAX_CALL
            Text name;
            uint32_t name_token;
            Syntax *type, *value;
            Syntax *with; // of SYNTAX_USING: an object; NULL: none
        } declaration;
        struct {
            SyntaxList decorators;
            Text name;
            uint32_t name_token;
            Syntax *type; // SYNTAX_STRING: 'Type@version', or a module's path
            bool existing;
            Syntax *value; // SYNTAX_OBJECT, SYNTAX_IF or SYNTAX_FOR
        } resource;
        struct {
            Text wildcard; // `* as name`; empty: the list
            struct SyntaxImport {
                Text name, alias; // equal if there is no `as`
                uint32_t token;
            } * items;
            size_t count;
            Syntax *path;
            SyntaxList decorators;
        } import;
        struct {
            Syntax *specification, *with;
            bool assigns; // extensionConfig name with {…}, in a .bicepparam
            Text alias;
            SyntaxList decorators;
        } extension;
    };
};

Place syntax_place(const Syntax *node);
Place syntax_token_place(const Syntax *node, uint32_t token); // `token`: such as call.name_token
Text syntax_text(const Syntax *node);                         // as it stands in the source

// Bytes of a parser's node.
size_t syntax_size(SyntaxKind kind);

// The lines between the one on which the token before ends and `node`: comments, directives and
// spaces.
Text syntax_leading_trivia(const Syntax *node);

// `node` without parentheses around it.
const Syntax *syntax_bare(const Syntax *node);

// The property `name` of an object, NULL if it has none.
const Syntax *syntax_property(const Syntax *object, const char *name);

// The object that is the body of a resource or module, below SYNTAX_IF and SYNTAX_FOR.
const Syntax *syntax_body(const Syntax *resource);

// The decorator `name` (also sys.name) of a list, NULL if absent. Of several the last one counts.
const Syntax *syntax_decorator(SyntaxList decorators, const char *name);

// How many turns of a loop run at a time, by @batchSize; 0 for all. The official compiler, too,
// passes over a size that is not written as a number, and of two takes the first.
size_t syntax_batch_size(SyntaxList decorators);

// The text of a string without ${}, also with `!` behind it; false if it is no such string.
bool syntax_plain_string(const Syntax *node, Text *text);

// True if `holds` is for one of the values directly within an expression: operands, arguments, items,
// bodies; keys where they are computed.
bool syntax_any(const Syntax *node, bool (*holds)(const Syntax *within, void *state), void *state);

// One node a line, indented: span, kind, text.
void syntax_dump(TextBuffer *out, const SyntaxFile *file);
