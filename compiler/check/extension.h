// compiler/check/extension.h: resources of extensions that are not built in, against the types that
// the extension has.
//   limits: as for the official compiler, what is within a body and of a wrong type, or missing, is
//           wrong only where it says which resource is meant; what is unknown is wrong everywhere
//   facts:  ExtensionResourceTypeProvider.cs, TypeValidator.cs of the Bicep repository
#pragma once
#include "compiler/check/infer.h"

// The type of the resource's body; NULL: its extension is built in. Any, if there is no such type.
const Shape *extension_body(Check *check, const Symbol *resource);
// What the property is when it is read.
const Shape *extension_property(const InferPlace *place, Place at, const ShapeProperty *property);
// What a property that the type lacks is when it is read; NULL: it must not be.
const Shape *extension_other(const Symbol *resource);
// What a call of the resource's own functions gives.
const Shape *extension_call(const InferPlace *place, const Symbol *resource, const Syntax *node);
void extension_check_body(const InferPlace *place, const Symbol *resource, const Syntax *body);
// What a module gives to the extensions of the file that it calls.
void extension_check_given(const InferPlace *place, const Symbol *module, const Syntax *body);
// What the extension is given where it is declared.
void extension_check(Check *check, const Symbol *extension);
