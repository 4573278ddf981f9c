// compiler/arm/closure.h: everything that a template takes from other files by `import`, with its
// name in the template.
//   facts: docs/emission.md, "Types"
#pragma once
#include "compiler/arm/emitter.h"

typedef struct {
    Unit *unit;           // it stands in
    const Symbol *symbol; // NULL: the variable of a load call
    const Load *load;
    Text name;     // in the template: `Own`, `_1.Own`
    Text original; // in its own file
} Imported;

typedef struct {
    Imported *items;
    size_t count, room;
} ImportedList;

typedef struct {
    ImportedList types, variables, functions; // in the order of the template
} Closure;

// Names all that is imported (Unit.names, Load.name).
Closure closure_collect(Emitter *emitter);
