// compiler/snapshot/resourceid.h: IDs of resources.
#pragma once
#include "compiler/snapshot/engine.h"

// SCOPE/providers/A/b/NAME/c/NAME for the type A/b/c and the name NAME/NAME; resource groups,
// subscriptions and management groups have forms of their own. False if their parts do not match.
bool resourceid_of(Arena *arena, Text scope, Text type, Text name, Text *id);
// The scope of a deployment: "/subscriptions/S/resourceGroups/G" …; empty for the tenant.
Text resourceid_scope(const Template *template);
// The ID of a deployment that goes to a group, or a subscription (`group` NULL), of its own.
const Value *resourceid_in_group(const Frame *frame, Text type, const Value *name,
                                 const Value *subscription, const Value *group);
// The ID of a resource of this template, a kept call if its name is one; NULL with the frame's
// problem set.
const Value *resourceid_value(const Frame *frame, Text type, const Value *name, const Value *scope);
