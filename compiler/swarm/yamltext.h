// compiler/swarm/yamltext.h: the bytes of swarm.yaml as libyaml may read them, and the way back from
// the characters that it counts to places.
//   owns:   what was made lies in the arena; `text` points into the source
//   errors: SG1103, SG1104, SG1116, SG1602 from yamltext_open
#pragma once
#include "base/diag.h"

#include <yaml.h>

typedef struct {
    const Source *source;
    Text text;         // without a byte order mark
    size_t skipped;    // bytes of the byte order mark in front of it
    uint32_t *offsets; // of every 64th character; NULL if all are ASCII
    size_t offset_count;
} YamlText;

// False after a diagnostic: too long, not UTF-8, or characters that YAML 1.1 and 1.2 treat
// differently.
bool yamltext_open(YamlText *yaml, Arena *arena, Diags *diags, const Source *source);

uint32_t yamltext_offset(const YamlText *yaml, size_t character); // of the source, in bytes
Place yamltext_between(const YamlText *yaml, yaml_mark_t from, yaml_mark_t to);
Place yamltext_at(const YamlText *yaml, yaml_mark_t mark); // one byte, or none at the end
// The line of a byte offset, from its first character that is no space to its end.
Place yamltext_line(const Source *source, uint32_t at);
