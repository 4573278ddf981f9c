// compiler/azure/types.h: what Azure's resource types look like, as far as a compiler's output
// depends on it: how their names are written, at which scopes they live, and of what kind the
// values in them are.
//   in:    types.bin, made by tools/azuretypes.py of the types that the official compiler has
//   facts: the table is searched where it lies; nothing is unpacked
#pragma once
#include "base/text.h"

// Scopes, as bits.
enum {
    AZURE_TENANT = 1,
    AZURE_MANAGEMENT_GROUP = 2,
    AZURE_SUBSCRIPTION = 4,
    AZURE_RESOURCE_GROUP = 8,
    AZURE_RESOURCE = 16, // another resource: an extension of it
};

typedef enum {
    AZURE_ANY,
    AZURE_STRING,
    AZURE_INT,
    AZURE_BOOL,
    AZURE_ARRAY,
    AZURE_OBJECT,
    AZURE_UNION, // of objects, told apart by a property
} AzureKind;

typedef struct {
    Text name;                   // as Azure writes it
    unsigned readable, writable; // scopes at which it can exist, and be deployed
    uint32_t shape;
    // What only some values can stand for: `key` is the property that tells the variants of the body
    // apart; empty: it is the name, which has variants or is always the same.
    bool fixed;
    Text key;
    size_t count; // of values
    const unsigned char *values;
} AzureType;

// The type in that version, whatever the case of its name; false if it is not known.
bool azure_find(Text type, Text version, AzureType *found);

Text azure_value(const AzureType *type, size_t index);

AzureKind azure_kind(uint32_t shape);
// Of an object: the property `name`; the type of all others; of an array: its items. False if
// there is none.
bool azure_property(uint32_t shape, Text name, uint32_t *inner);
bool azure_rest(uint32_t shape, uint32_t *inner);
bool azure_item(uint32_t shape, uint32_t *inner);

// Properties that any resource may have, also one of an unknown type. `kind` is what they are; what
// is within the objects among them is in azure_common_part.
bool azure_common(Text name, AzureKind *kind);
bool azure_common_part(Text name, Text part, AzureKind *kind);
