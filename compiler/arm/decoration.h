// compiler/arm/decoration.h: what decorators add to the JSON of parameters, outputs, types and functions.
//   facts: docs/emission.md, "Types"
#pragma once
#include "compiler/arm/node.h"

// The properties that decorators add to those of a type. `exported`: @export() is mentioned.
void decoration_merge(const Env *env, Node *object, SyntaxList decorators, bool exported);
// The text of @description, with its indentation taken away; false if there is none.
bool decoration_description(const Env *env, SyntaxList decorators, Text *text);
