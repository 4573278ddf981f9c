// compiler/check/made.h: types made of others, as functions of lists and objects give them.
//   owns:  the arena of the Check
//   facts: SystemNamespaceType.cs and TypeSystem/TypeHelper.cs of the Bicep repository
#pragma once
#include "compiler/check/shape.h"

const Shape *made_array(Check *check, const Shape *item);
const Shape *made_dictionary(Check *check, const Shape *value);

bool made_is_list(const Shape *shape); // false for NULL
// Any value of the one kind that all its values are; any where they are of several.
const Shape *made_kind(Check *check, const Shape *shape);

// Of an object: what its keys are, and its values; items().
const Shape *made_keys(Check *check, const Shape *object);
const Shape *made_values(Check *check, const Shape *object);
const Shape *made_items(Check *check, const Shape *object);

// Of a list: its first or last item, null if there may be none; flatten().
const Shape *made_end(Check *check, const Shape *list, bool last);
const Shape *made_flat(Check *check, const Shape *list);
