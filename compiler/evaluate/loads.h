// compiler/evaluate/loads.h: the functions load…(): what a file or a folder holds, as a value.
//   errors: SG1301, SG1415, and those of reading a file, at the call
#pragma once
#include "compiler/bind/bind.h"
#include "compiler/evaluate/functions.h"

// `name` is the function; relative paths are relative to `file`. NULL after a diagnostic.
const Value *load_value(FunctionCall *call, BoundFile *file, Text name, const Value **arguments,
                        size_t count);
