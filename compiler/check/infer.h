// compiler/check/infer.h: the type of an expression; what is wrong within it is said on the way.
#pragma once
#include "compiler/check/shape.h"

typedef struct InferLocal InferLocal;
struct InferLocal {
    Text name;
    const Shape *shape;
    const InferLocal *outer;
};

// Where an expression stands.
typedef struct {
    Check *check;
    BoundFile *file;
    const Symbol *within; // the resource whose nested ones are visible; NULL: none
    const InferLocal *locals;
} InferPlace;

const Shape *infer(const InferPlace *place, const Syntax *node);
// A condition must be bool; after a diagnostic it is any bool.
const Shape *infer_condition(const InferPlace *place, const Syntax *node);
// The items of a loop's array, with the variables of the loop added to `inner`; both live in `at`.
void infer_loop(const InferPlace *place, const Syntax *loop, InferPlace *inner, InferLocal at[2]);
// What `symbol` stands for as a value; an assignment, before it is held against the parameter.
const Shape *infer_symbol(Check *check, const Symbol *symbol);
// The assignment of a parameters file, or of those that it extends, that counts; NULL: none.
const Symbol *infer_assignment(const BoundFile *file, Text name);
// What Azure knows of the resource's type; false if it is none of the table.
bool infer_azure_type(Check *check, const Symbol *resource, AzureType *found);
// The resource's whole type, without the version; empty if it cannot be told.
Text infer_type_name(Check *check, const Symbol *resource);
Text infer_type_of(Check *check, const Shape *resource); // the same of a SHAPE_RESOURCE
const Shape *infer_parameter(Check *check, const Symbol *symbol);
