// compiler/check/check.h: what the official compiler refuses although every name is known: values
// of wrong types, and constructs in places where they cannot stand.
//   needs:  a bound file without errors
//   errors: SG1250–SG1269, all of the file and of the files that it calls or imports from
//   limits: Azure's own types are not known here: what is read of a resource, beyond its id, name,
//           type and apiVersion, may be anything
//   facts:  TypeSystem/ and Emit/*Validator* of the Bicep repository
#pragma once
#include "compiler/bind/bind.h"

void check_file(Arena *arena, Diags *diags, BoundFile *file);
