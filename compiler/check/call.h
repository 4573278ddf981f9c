// compiler/check/call.h: calls of functions: whether the arguments are what one of the function's
// rows in signature.def takes, and what it gives.
#pragma once
#include "compiler/check/infer.h"

const Shape *call_infer(const InferPlace *place, const Syntax *node);
