// compiler/arm/derived.h: types taken from Azure's own: resourceInput<'T@v'>.properties.x[*].
//   facts: Azure's types (compiler/azure), and the properties that any resource may have
#pragma once
#include "compiler/arm/emitter.h"
#include "compiler/azure/types.h"

typedef struct {
    Text type; // T@v, as Azure writes it
    bool output;
    TextBuffer path; // properties/sku/properties/name
    bool known;      // `shape` is it
    uint32_t shape;
    AzureKind kind;
    Text top;     // of a part of all resources: the top-level property
    size_t depth; // steps from the resource
} Derived;

// `generic`: the SYNTAX_TYPE_GENERIC. False if it is something else.
bool derived_begin(Arena *arena, const Syntax *generic, Derived *derived);
// One step further; false if there is nothing.
bool derived_property(Derived *derived, Text name);
bool derived_items(Derived *derived);
bool derived_others(Derived *derived);
// The type as ARM's templates call it; NULL: they cannot tell.
const char *derived_type_name(const Derived *derived);
