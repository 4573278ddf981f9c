// compiler/arm/identity.h: names, scopes and ids of resources and modules.
//   facts: docs/emission.md, "Resources"
#pragma once
#include "compiler/arm/expression.h"
#include "compiler/arm/reference.h"

typedef struct {
    enum {
        SCOPE_RESOURCE_GROUP,
        SCOPE_SUBSCRIPTION,
        SCOPE_MANAGEMENT_GROUP,
        SCOPE_TENANT,
        SCOPE_RESOURCE,
    } kind;
    Tree *subscription, *group, *management; // NULL if not said
    Reference resource;
} TargetScope;

TargetScope identity_scope(Reference reference);
Tree *identity_id(Reference reference);
// The whole name, with those of the parents.
Tree *identity_full_name(Reference reference);
// A module's name, made if it has none.
Tree *identity_module_name(Reference reference);
// Writes the properties that place a resource or module: scope, subscriptionId, resourceGroup.
void identity_write_scope(Reference reference);
