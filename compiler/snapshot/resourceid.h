// compiler/snapshot/resourceid.h: IDs of resources.
#pragma once
#include "compiler/snapshot/engine.h"

// The scope of a deployment: "/subscriptions/S/resourceGroups/G" …; empty for the tenant.
Text resourceid_scope(const Template *template);
// The ID of a deployment that goes to a group, or a subscription (`group` NULL), of its own.
const Value *resourceid_in_group(const Frame *frame, Text type, const Value *name,
                                 const Value *subscription, const Value *group);
// The ID of a resource of this template, a kept call if its name is one; NULL with the frame's
// problem set.
const Value *resourceid_value(const Frame *frame, Text type, const Value *name, const Value *scope);
