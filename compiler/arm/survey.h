// compiler/arm/survey.h: one walk over a file that notes what the rest of the emitter asks for
// again and again.
//   out:   the unit's mentions, runtime calls, loads, and whether the file needs symbolic names
//   facts: docs/emission.md, "The file", "Expressions", "Resources"
#pragma once
#include "compiler/arm/emitter.h"

void survey_unit(Unit *unit);

// A variable that is pasted at each use, or an existing resource that is left out of the template.
bool survey_inlined(Unit *unit, const Symbol *symbol);

const Info *survey_info(Unit *unit, const Symbol *symbol);
// The type as Azure writes it.
Text survey_azure_name(Emitter *emitter, Text type, Text version);
// Whether it is a parameter that carries a resource, of which only parts of its id are known at the start.
bool survey_is_carrier(const Unit *unit, const Symbol *symbol);
