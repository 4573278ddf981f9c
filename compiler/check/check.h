// compiler/check/check.h: what the official compiler refuses although every name is known: values
// of wrong types, and constructs in places where they cannot stand.
//   needs:  a bound file without errors
//   errors: SG1250–SG1299, all of the file and of the files that it calls or imports from
//   limits: of Azure's types the kinds of properties are known (compiler/azure), and the values only
//           where they are fixed (names, what tells variants apart); of a type that is not in the table, everything may be read
//   facts:  TypeSystem/ and Emit/*Validator* of the Bicep repository
#pragma once
#include "compiler/bind/bind.h"

void check_file(Arena *arena, Diags *diags, BoundFile *file);
