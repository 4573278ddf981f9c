// compiler/snapshot/prediction.h: what a deployment makes, as `bicep snapshot` prints it.
//   facts: property order and escapes of the Bicep CLI 0.49.2
#pragma once
#include "compiler/snapshot/template.h"

// {"predictedResources": […], "diagnostics": [], "outputs": {…}}; nested deployments are replaced by
// what they deploy. An empty text with `problem` set.
Text prediction_json(Arena *arena, Template *template, TemplateProblem *problem);
