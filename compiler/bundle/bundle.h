// compiler/bundle/bundle.h: the output folder: what belongs into it, written whole or not at all.
//   shapes: paths within the folder; a manifest (.swarmgen-manifest.json) names the files that are ours
//   errors: SG1610–SG1699
#pragma once
#include "compiler/specialize/specialize.h"

typedef enum { BUNDLE_SAME, BUNDLE_DIFFERS, BUNDLE_FAILED } BundleState;

// Writes `files` into `folder`: first beside it, then by renaming; stale files of an earlier build go, files of somebody
// else are never touched (one in the way is an error).
bool bundle_write(Arena *arena, Diags *diags, Text folder, const OutputFiles *files);

// Compares and prints a diff to `out`.
BundleState bundle_check(Arena *arena, Diags *diags, Text folder, const OutputFiles *files, FILE *out, bool colour);
