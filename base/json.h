// base/json.h: writes JSON as the official compiler does: two spaces, "key": value, LF, no final
// newline.
//   shapes: the caller says what comes next; commas, line ends and indentation are the writer's
//   facts:  seen in output of the Bicep CLI 0.49.2: escapes \" \\ \b \f \n \r \t; other controls,
//           U+0085, U+2028, U+2029 as \u and four lower-case digits; all else raw
// Reading JSON is value_read_json's work.
#pragma once
#include "base/text.h"

typedef struct {
    TextBuffer *out;
    int depth;
    bool fresh;   // nothing was written yet at this depth
    bool keyed;   // a key was written, its value comes next
    bool compact; // on one line, without spaces
} JsonWriter;

void json_begin_object(JsonWriter *json);
void json_end_object(JsonWriter *json);
void json_begin_array(JsonWriter *json);
void json_end_array(JsonWriter *json);
void json_key(JsonWriter *json, Text key);
void json_text(JsonWriter *json, Text value);
void json_int(JsonWriter *json, int64_t value);
void json_bool(JsonWriter *json, bool value);
void json_null(JsonWriter *json);
void json_member(JsonWriter *json, const char *key, Text value); // left out if the text is empty
void json_raw(JsonWriter *json, Text value); // a number's text, or another value written already

// Text in quotes, escaped.
void json_quote(TextBuffer *out, Text text);
