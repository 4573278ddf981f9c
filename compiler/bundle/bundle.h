// compiler/bundle/bundle.h: the road from swarm.yaml to the files of the output folder.
//   in:     a swarm.yaml and the library (embedded, or a folder)
//   out:    OutputFiles: paths within the output folder and their texts, the same bytes on every
//           machine
//   errors: those of every stage; a stage starts only if none before it failed
#pragma once
#include "compiler/specialize/specialize.h"

typedef enum {
    STAGE_ALL, // no dump: the whole road
#define STAGE(name, word, command, what) STAGE_##name,
#include "compiler/bundle/stage.def"
#undef STAGE
} Stage;

typedef struct {
    const char *library; // folder with templates/, scripts/, stack/; NULL: the embedded library
    Text path;           // of swarm.yaml, as diagnostics show it
    Stage stop;          // a dump ends there
} BundleRequest;

// False after an error. With a stage to stop at, `dump` gets what it made and `files` stays empty.
bool bundle_make(Arena *arena, Diags *diags, const BundleRequest *request, OutputFiles *files,
                 TextBuffer *dump);

// Checks the description and its rules only.
bool bundle_validate(Arena *arena, Diags *diags, const BundleRequest *request);
