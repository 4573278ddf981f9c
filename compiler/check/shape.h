// compiler/check/shape.h: types of expressions.
//   shapes: a Shape is never changed after it was made. What a declared type holds is made when it
//           is asked for, as a type may contain itself
//   owns:   everything lives in the arena of the Check
#pragma once
#include "compiler/azure/types.h"
#include "compiler/bind/type.h"

typedef enum {
    SHAPE_ANY, // also: not known here
    SHAPE_NULL,
    SHAPE_BOOL,
    SHAPE_INT,
    SHAPE_STRING,
    SHAPE_ARRAY,    // item, NULL: any
    SHAPE_TUPLE,    // members
    SHAPE_OBJECT,   // properties, rest
    SHAPE_UNION,    // members: flat, with SHAPE_NULL among them if it may be null
    SHAPE_RESOURCE, // symbol; NULL: one that a parameter or output carries, `text` is T@v
    SHAPE_MODULE,   // symbol
} ShapeKind;

typedef struct Shape Shape;

typedef struct {
    const Shape **items;
    size_t count, room;
} ShapeList;

enum { PROPERTY_OF_EXTENSION = 1 << 30 }; // of an extension's type: BIND_… are known

typedef struct {
    Text name;
    const Shape *shape; // NULL: of `type`, not made yet
    Type *type;
    const Syntax *node; // its value, where it stands in an object; NULL in a type
    unsigned flags;     // BIND_… and PROPERTY_OF_EXTENSION
} ShapeProperty;

struct Shape {
    ShapeKind kind;
    bool literal;        // of a bool, an int or a string: the one value
    bool strict;         // of these, where it is not: cannot stand for a literal's type
    Text text;           // of a string; of a union of objects: the property that tells them apart
    int64_t integer;     // of an int or a bool
    int64_t least, most; // of an int: its values; of a string or array: its lengths
    ShapeList members;
    const Shape *item;
    Type *type; // item or rest are of this declared type, not made yet
    struct {
        ShapeProperty *items;
        size_t count, room;
    } properties;
    bool open;         // of an object: others than its properties may be there
    const Shape *rest; // the type of the others; NULL: any
    const Symbol *symbol;
    uint32_t azure; // 1 + the shape in Azure's table, of an object or array there; 0: none
};

typedef struct {
    Arena *arena;
    Diags *diags;
    Types types;
    Map files;         // checked already, by path
    Map named;         // bytes of a symbol's address → Shape *, of parameters and variables
    Map azure;         // type@version → AzureType *; its name is empty if Azure's table has none
    int depth;         // of types being compared
    bool unknown_only; // of what is assigned, only properties that the type lacks are said
    bool signature;    // a type of a function is checked, where decorators need their name space
    bool argument;     // of what a function is given, written lists count as their items' types
} Check;

extern const Shape shape_never; // no value: the result of fail()
extern const Shape shape_any, shape_null, shape_bool, shape_int, shape_string, shape_array,
    shape_object;

Shape *shape_new(Check *check, ShapeKind kind);
const Shape *shape_text(Check *check, Text text); // the one text
const Shape *shape_of_type(Check *check, Type *type);
const Shape *shape_of_azure(Check *check, uint32_t azure);
const Shape *shape_item(Check *check, const Shape *shape);  // of an array or tuple
const Shape *shape_rest(Check *check, const Shape *object); // NULL: there are no others
const ShapeProperty *shape_find(const Shape *object, Text name);
const Shape *shape_of_property(Check *check, const ShapeProperty *property);

const Shape *shape_union(Check *check, const Shape *a, const Shape *b);
const Shape *shape_without_null(Check *check, const Shape *shape);
bool shape_may_be_null(const Shape *shape);

// It, or one like it that may not (strict) or may stand for a literal; of a bool, an int or a string.
const Shape *shape_strict(Check *check, const Shape *shape, bool strict);

Text shape_name(Check *check, const Shape *shape); // as in messages: string, 'a' | 'b' …

// The member of the union `all` that `key` stands for, which tells its members apart; NULL: none.
const Shape *shape_variant(Check *check, const Shape *all, Text key);

// Whether values of the one type may stand where the other is wanted; not what is within arrays
// and objects.
bool shape_fits(const Shape *source, const Shape *target);
// The same with all within, and diagnostics.
void shape_assign(Check *check, const Syntax *node, const Shape *source, const Shape *target);
// The same for the argument of a function, which the official compiler looks at by its type only.
void shape_assign_argument(Check *check, const Syntax *node, const Shape *source,
                           const Shape *target);
