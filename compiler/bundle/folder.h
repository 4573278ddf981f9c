// compiler/bundle/folder.h: the output folder on disk: written whole or not at all.
//   How: all files are written into a new folder beside it (those that stay the same only get a
//   second name there, and where all do, nothing happens); then the two change places in one step
//   of the kernel. Where somebody else's files stand in the folder (or the file system cannot
//   exchange), the finished files are renamed into it one by one instead; that needs no space and
//   cannot fail half-way for lack of it. .swarmgen-manifest.json lists what is ours: the files of
//   an earlier build that are no longer made go with the next, files of somebody else are never
//   touched, one in the way is an error.
//   errors: SG1610–SG1612
#pragma once
#include "compiler/specialize/specialize.h"

#define FOLDER_MANIFEST ".swarmgen-manifest.json"

typedef enum { FOLDER_SAME, FOLDER_DIFFERS, FOLDER_FAILED } FolderState;

bool folder_write(Arena *arena, Diags *diags, Text folder, const OutputFiles *files);

// Compares only; the differences go to `out` as a unified diff.
FolderState folder_check(Arena *arena, Diags *diags, Text folder, const OutputFiles *files,
                         FILE *out, bool colour);
