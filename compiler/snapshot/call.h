// compiler/snapshot/call.h: expressions of ARM templates, the texts "[…]".
//   in:     a text of a template's JSON
//   out:    a value: a literal, or a string with `call` set
//   owns:   the arena; names and literals point into the text where they can
//   errors: the message that Resource Manager gives, without a code
//   facts:  the grammar as the engine within the Bicep CLI 0.49.2 takes it
#pragma once
#include "compiler/evaluate/value.h"

enum { CALL_TEXT_LIMIT = 24576 }; // characters of one expression

// space.name(arguments)accesses
typedef struct Call Call;
struct Call {
    Text space, name; // `space`: of a user function, else empty
    const Value **arguments;
    size_t count;
    const Value **accesses; // .name and [index]; a string that is no identifier prints as ['…']
    size_t access_count;
};

// Whether a text of a template is an expression: "[…]", but not "[[…".
bool call_is_expression(Text text);
// A text that is none, as what it stands for: "[[x]" is "[x]".
Text call_unescaped(Text text);

// NULL with `error` set.
const Value *call_read(Arena *arena, Text text, Text *error);

// A call that stays: a string with the text "[…]".
const Value *call_kept(Arena *arena, const Call *kept);
// The same of a function and arguments, which are copied.
const Value *call_made(Arena *arena, const char *function, const Value **arguments, size_t count);
// unknown(): a loop whose length nobody knows, or a parameter of which it is not known how it is given.
const Value *call_unknown(Arena *arena);
bool call_is_unknown(const Value *value);
// The same as an expression that is still to be evaluated.
const Value *call_on(Arena *arena, const char *function, const Value **arguments, size_t count);
// What stands within an expression for a value: f('x'), 'it''s', createArray(1, true()) …
void call_write(TextBuffer *out, const Value *value);

const Call *call_of(const Value *value); // NULL: it is another value
bool call_stays(const Value *value);     // it is, or has within it, what is not evaluated
