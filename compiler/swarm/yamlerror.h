// compiler/swarm/yamlerror.h: what libyaml does not understand, in the words of somebody who writes YAML
// and never read its grammar.
#pragma once
#include "compiler/swarm/yamltext.h"

// `parser` has just failed: adds one diagnostic, with a hint where the likely mistake is known.
void yamlerror_explain(Arena *arena, Diags *diags, const YamlText *yaml,
                       const yaml_parser_t *parser);
