// compiler/bind/type.h: Bicep's types, as far as a checker of values needs them.
//   in:     a type expression and the file in which it stands
//   out:    a Type: names (also imported ones, Type.property, Type[*]) are followed to what they
//           mean; the decorators met on the way are kept, the nearest first
//   owns:   types live in the arena of the Types; a declaration is resolved once. What is inside
//           (items, properties) is resolved when asked for: a type may contain itself, and most of
//           a large type is never looked at
//   errors: none; what cannot be resolved is TYPE_ANY (names that do not exist are reported by
//           bind_file)
#pragma once
#include "compiler/bind/bind.h"

typedef enum {
    TYPE_ANY,
    TYPE_NULL,
    TYPE_BOOL,
    TYPE_INT,
    TYPE_STRING,
    TYPE_LITERAL,  // literal
    TYPE_ARRAY,    // element, NULL for plain `array`
    TYPE_TUPLE,    // members
    TYPE_OBJECT,   // object
    TYPE_UNION,    // members: flat, no unions among them, without null (see `nullable`)
    TYPE_RESOURCE, // resource
} TypeKind;

typedef struct Type Type;

typedef struct {
    Type **items;
    size_t count, room;
} TypeList;

typedef struct {
    Text name;
    const Syntax *node; // SYNTAX_TYPE_PROPERTY
    Type *type;         // NULL until type_property asked for it
} TypeProperty;

// Decorators met on the way to a type: a property's own, then those of the declaration that it
// names, and so on.
typedef struct TypeDecorators TypeDecorators;
struct TypeDecorators {
    SyntaxList list;
    const TypeDecorators *further;
};

struct Type {
    TypeKind kind;
    Text name; // of the declaration that it was named by, such as Pool; empty if written in place
    bool nullable; // T?
    const TypeDecorators *decorators;
    BoundFile *file; // in which its inside is resolved
    union {
        const Syntax *literal; // a plain string, integer or boolean, or minus an integer
        struct {
            const Syntax *node; // of the element's type
            Type *type;         // NULL until type_element asked for it
        } element;
        TypeList members;
        const Syntax *resource; // 'T@v'; NULL: not said
        struct {
            TypeProperty *items;
            size_t count, room;
            const Syntax *rest; // T of {*: T}; NULL if there is none
            Type *rest_type;    // NULL until type_rest asked for it
            bool open;          // plain `object`: any property
        } object;
    };
};

typedef struct {
    Arena *arena;
    Map declared; // the bytes of a declaration's address → Type *
} Types;

Type *type_read(Types *types, BoundFile *file, const Syntax *node);
bool type_may_be_null(const Type *type);                 // T?, or null itself
Type *type_declared(Types *types, const Symbol *symbol); // of `type X = …`

Type *type_property(Types *types, Type *object, size_t index);
Type *type_rest(Types *types, Type *object);   // T of {*: T}; NULL if there is none
Type *type_element(Types *types, Type *array); // T of T[]; NULL for plain `array`
TypeProperty *type_find(const Type *object, Text name);

// The nearest decorator of that name; NULL if there is none.
const Syntax *type_decorator(const Type *type, const char *name);
// Its first argument; NULL if there is none.
const Syntax *type_argument(const Type *type, const char *name);
// The value of `key` in the nearest @metadata that has it; NULL if there is none.
const Syntax *type_metadata(const Type *type, const char *key);
// The text of @description; empty if there is none.
Text type_description(const Type *type);
// minValue, maxValue, minLength, maxLength: false if there is none.
bool type_limit(const Type *type, const char *name, int64_t *limit);

// An integer literal, possibly negative; false if `node` is none.
bool type_integer(const Syntax *node, int64_t *integer);
