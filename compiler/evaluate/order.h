// compiler/evaluate/order.h: the two orders of texts in Azure.
#pragma once
#include "base/text.h"

// Keys of objects: by code, small letters taken as capitals (.NET's OrdinalIgnoreCase).
int order_keys(Text a, Text b);
bool order_same_key(Text a, Text b);

// `<` and its like: as people sort (.NET's invariant culture): marks, digits, letters; accents and
// case decide last.
int order_texts(Text a, Text b);
