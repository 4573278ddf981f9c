// compiler/evaluate/value.h: values of the Bicep language.
//   shapes: a value is never changed after it was made; objects keep the order of their properties
//   owns:   the arena of whoever made it
#pragma once
#include "base/diag.h"
#include "base/json.h"

typedef enum {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT, // only json() and files make them
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
} ValueKind;

typedef struct Value Value;
typedef struct {
    Text name;
    const Value *value;
    const Place *key_place; // of the key in swarm.yaml; NULL if computed
} ValueProperty;

struct Value {
    ValueKind kind;
    const Place *place; // where it stands in swarm.yaml; NULL if computed
    const char *file; // beside swarm.yaml, that the text is of (`@metadata({file: …})`); else NULL
    union {
        bool boolean;
        int64_t integer;
        struct {
            double number;
            Text digits; // of an integer beyond 64 bits in a template, as written; else empty
        };
        struct {
            Text string;
            // What an ARM template calls and is not evaluated (compiler/snapshot/call.h); NULL
            // elsewhere. `string` is its text, "[…]".
            const struct Call *call;
        };
        struct {
            const Value **items;
            size_t count, room;
        } array;
        struct {
            ValueProperty *items;
            size_t count, room;
        } object;
    };
};

extern const Value value_null, value_true, value_false;

const Value *value_bool(bool boolean);
Value *value_int(Arena *arena, int64_t integer);
Value *value_float(Arena *arena, double number);
Value *value_string(Arena *arena, Text text);
Value *value_array(Arena *arena); // empty, to be filled by value_append before anybody else sees it
Value *value_object(Arena *arena);
void value_append(Arena *arena, Value *array, const Value *item);
// Replaces one of that name in place.
void value_set(Arena *arena, Value *object, Text name, const Value *value);

const Value *value_get(const Value *object, Text name); // exact name; NULL if absent
// As Azure looks properties up: without regard to case.
const Value *value_find(const Value *object, Text name);

bool value_equal(const Value *a, const Value *b); // as ==
const char *value_kind_name(ValueKind kind);      // "string", "int" … as in messages

void value_write_json(JsonWriter *json, const Value *value);
// As .NET prints a double: shortest text that reads back (1E+20, 0.1).
Text value_float_text(Arena *arena, double number);
// JSON text to a value; NULL with `error` set (what, and where). Reads what Azure's reader reads.
// Written in jsonreader.c.
const Value *value_read_json(Arena *arena, Text text, Text *error);
// The same for ARM templates, in which whole numbers may be of any size.
const Value *value_read_template(Arena *arena, Text text, Text *error);
// The same for bicepconfig.json: JSON as it is defined, and comments.
const Value *value_read_settings(Arena *arena, Text text, Text *error);
// Where `wanted`, which is in the tree `root` (by address), stands in `text`, which that tree was read
// from: bytes from … to. False if it is not there. For messages: it reads the text again.
bool value_json_span(Arena *arena, Text text, const Value *root, const Value *wanted, size_t *from,
                     size_t *to);
// The first document of a YAML text, likewise. Written in yamlreader.c.
const Value *value_read_yaml(Arena *arena, Text text, Text *error);
