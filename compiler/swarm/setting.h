// compiler/swarm/setting.h: what the decorators of a type in templates/swarm.bicep say about a
// setting, as values and in words. For the checker, the reference page and the JSON Schema.
#pragma once
#include "compiler/bind/type.h"
#include "compiler/evaluate/value.h"

// The value of `key` in the nearest @metadata; NULL if there is none.
const Value *setting_metadata(Arena *arena, const Type *type, const char *key);
// As above, a text; empty if there is none.
Text setting_text(Arena *arena, const Type *type, const char *key);

// The literals of a choice; false if the type is no choice.
bool setting_choices(Arena *arena, const Type *type, const Value ***choices, size_t *count);

// The property that decides between the members of a union of objects; an empty text if the type is
// no such union.
Text setting_discriminator(const Type *type);
// What that property is in one of the members; an empty text if it is no text.
Text setting_variant(Types *types, Type *member, Text discriminator);
// The member that is meant where the property is left out: the one with a default for it. NULL if
// there is none.
Type *setting_usual_variant(Types *types, Type *type, Text discriminator);

// What a value must be: "a whole number from 4 to 120 (minutes)", "'Tcp' or 'Udp'", "a text like
// '10.0.0.0/16'".
Text setting_expected(Types *types, Type *type);

// "'a', 'b' or 'c'"; an empty text for none.
Text setting_list(Arena *arena, const Text *words, size_t count);

// A value as it is written in one line of YAML.
Text setting_yaml(Arena *arena, const Value *value);
