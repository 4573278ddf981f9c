// emulator/world.h: what this Azure knows: everything that a request reads or changes.
//   owns:   a record has an arena of its own, which goes when the record is replaced or taken away;
//           what comes from a record is copied before the record may change
//   shapes: IDs are Resource Manager's, '/subscriptions/…'; they are equal without regard to case;
//           times are seconds since 1970
#pragma once
#include "compiler/evaluate/value.h"
#include "emulator/emulator.h"

typedef struct {
    Arena arena;
    Text id;
    const Value *value;  // as GET gives it
    const Value *wished; // a resource: the body of its last PUT; else NULL
} Record;

typedef struct {
    Record **items; // in the order of their making
    size_t count, room;
} Shelf;

typedef enum {
    SHELF_GROUPS,     // resource groups
    SHELF_RESOURCES,  // what deployments and PUTs made
    SHELF_OPERATIONS, // asynchronous ones: {kind, subject, ends, …}; see operation.h
    SHELF_STACKS,
    SHELF_STACK_WHAT_IFS,
    SHELF_DELETED,   // soft-deleted vaults
    SHELF_SECRETS,   // values of vaults' secrets: {value, version, …}; ID of the secret
    SHELF_PROVIDERS, // {registrationState} of those that were asked for
    SHELF_COUNT,
} ShelfKind;

typedef struct Deployments Deployments; // see deployment.h
typedef struct Faults Faults;           // see fault.h
typedef struct Journal Journal;         // see journal.h

typedef struct {
    Arena arena; // lives as long as the program
    const EmulatorOptions *options;
    Text url; // https://localhost:8443, without '/' at its end
    Text tenant, client, secret, object;
    Text *subscriptions; // IDs; the first one is there always
    size_t subscription_count;
    Text token_key; // signs tokens
    Shelf shelves[SHELF_COUNT];
    Deployments *deployments;
    Faults *faults;
    Journal *journal;
    double now;   // of this turn
    bool changed; // since it was last saved
} World;

Record *world_find(const World *world, ShelfKind kind, Text id);
// Makes or replaces the record; `value` and `wished` are copied.
Record *world_put(World *world, ShelfKind kind, Text id, const Value *value, const Value *wished);
void world_remove(World *world, ShelfKind kind, Text id);
void world_free(World *world);

// {id, subscriptionId, displayName, …}; NULL if it is none of this world's.
const Value *world_subscription(const World *world, Arena *arena, Text id);

// Lets the time until now pass: deployments, operations.
void world_advance(World *world);

// With a folder: writes what changed, whole or not at all. False after a message.
bool world_save(World *world);

double world_clock(void);
// Seconds of this world for `seconds` of Azure.
double world_seconds(const World *world, double seconds);

// ---- texts
Text time_text(Arena *arena, double time);          // 2026-11-27T13:40:01.1234567Z
Text duration_text(Arena *arena, double seconds);   // PT1M2.5S
Text guid_of(Arena *arena, const char *format, ...) // the same text gives the same GUID
    __attribute__((format(printf, 2, 3)));
Text random_guid(Arena *arena);
Text hex_text(Arena *arena, const unsigned char *bytes, size_t count);

// ---- IDs
typedef struct {
    Text scope; // what stands before the last '/providers/'; empty: the tenant
    Text type;  // Microsoft.Compute/virtualMachines/extensions
    Text name;  // vm/agent
    Text last;  // agent
} IdParts;

// False if `id` is no ID of a resource.
bool id_parts(Arena *arena, Text id, IdParts *parts);
Text id_management_group_name(Text id); // its name, or empty
Text id_group(Text id);                 // name of the resource group, or empty
Text id_group_scope(Text id);           // '/subscriptions/…/resourceGroups/…', or empty
Text id_subscription_name(Text id);     // or empty
Text id_parent(Text id); // of a child or of an extension resource: what it belongs to; else empty
