// cli/stages.h: the stages of compiler/bundle/stage.def by the words that --dump takes.
#pragma once
#include "compiler/bundle/bundle.h"

typedef enum { STAGES_COMPILE, STAGES_BUILD } StagesOf;

#define STAGES_OF_COMPILE "tokens, syntax, formatted, arm"
#define STAGES_OF_BUILD "value, completed, residual, sections, main.bicep, azuredeploy.json"

// False after a message on standard error that names the stages there are.
bool stages_find(const char *word, StagesOf of, Stage *stage);
