// compiler/specialize/specialize.h: the library, specialised for one swarm: the residual program as
// Bicep text.
//   in:     the bound library (templates/main.bicep) and the completed description
//   out:    main.bicep (and modules/NAME.bicep for modules with a scope of their own) as plain text
//           that the parser reads; the caller formats and emits it. Files named by load…() in it:
//           `files`
//   errors: SG1501–SG1549, at the place in the library or in swarm.yaml that caused it
#pragma once
#include "compiler/bind/bind.h"
#include "compiler/evaluate/value.h"

typedef struct {
    Text path; // within the output folder: main.bicep, modules/NAME.bicep, scripts/…
    Text text;
} OutputFile;

typedef struct {
    OutputFile *items;
    size_t count, room;
} OutputFiles;

// Where a resource of main.bicep comes from.
typedef struct {
    Text symbol; // poolWeb
    Text origin; // the module or resource of templates/main.bicep: pool
    Text label;  // of the turn of its loop: web; empty without a loop
} Origin;

typedef struct {
    Origin *items;
    size_t count, room;
} Origins;

// `files` gets main.bicep first, then modules, then each file that the residual loads. False after
// a diagnostic. `origins`: NULL if nobody asks.
bool specialize_library(Arena *arena, Diags *diags, BoundFile *library, const Value *swarm,
                        OutputFiles *files, Origins *origins);
