// compiler/check/place.h: constructs that may stand in certain places only.
#pragma once
#include "compiler/check/shape.h"

void place_check(Check *check, BoundFile *file);
