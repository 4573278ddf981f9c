// compiler/swarm/swarm.h: swarm.yaml to the completed description.
//   in:     the file, and the bound library that declares `type Swarm` (templates/swarm.bicep)
//   out:    a value with places: every default filled in, files named in it read
//   errors: SG1101–SG1199, all at once
#pragma once
#include "compiler/bind/bind.h"
#include "compiler/evaluate/value.h"

// YAML text to a value with places (libyaml; YAML 1.2 core types). NULL after a diagnostic.
const Value *swarm_read_yaml(Arena *arena, Diags *diags, const Source *source);

// Checks `raw` against `type Swarm` of `types` and fills in defaults. `folder`: of swarm.yaml, for
// files named in it. NULL after an error.
const Value *swarm_complete(Arena *arena, Diags *diags, BoundFile *types, const Value *raw,
                            Text folder);

// The rules across fields: problems() of templates/rules.bicep, shown at their places. False after
// an error. `at` of a problem is a path such as workers.web.count or ingress.ports[0].port; it is
// shown at the deepest part that is written, and a part that is a default is named as such. `level:
// 'warning'` makes it a warning.
bool swarm_check_rules(Arena *arena, Diags *diags, BoundFile *rules, const Value *completed);

// What a description may say, made from the types alone. False after an error.
bool swarm_write_reference(Arena *arena, Diags *diags, BoundFile *types,
                           TextBuffer *out); // docs/swarm-yaml.md
bool swarm_write_schema(Arena *arena, Diags *diags, BoundFile *types,
                        TextBuffer *out); // JSON Schema, draft 7

// Whether the types keep to their own rules: defaults and examples fit, patterns are regular
// expressions, every setting is described. For the tests of the library, not for every build.
bool swarm_check_library(Arena *arena, Diags *diags, BoundFile *types);
