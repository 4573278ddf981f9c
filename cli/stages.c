// cli/stages.c
#include "cli/stages.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    StagesOf of;
    Stage stage;
} rows[] = {
#define STAGE(name, word, command, what) {word, STAGES_##command, STAGE_##name},
#include "compiler/bundle/stage.def"
#undef STAGE
};

bool stages_find(const char *word, StagesOf of, Stage *stage)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].of == of && strcmp(rows[i].word, word) == 0) {
            *stage = rows[i].stage;
            return true;
        }
    }
    fprintf(stderr, "swarmgen: no stage '%s'; there are: %s\n", word,
            of == STAGES_BUILD ? STAGES_OF_BUILD : STAGES_OF_COMPILE);
    return false;
}
