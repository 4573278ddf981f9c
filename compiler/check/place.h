// compiler/check/place.h: constructs that may stand in certain places only.
#pragma once
#include "compiler/check/shape.h"

void place_check(Check *check, BoundFile *file);
// 'Provider/type@version' of a resource that is carried.
void place_check_resource_type(Check *check, const BoundFile *file, const Syntax *node);
