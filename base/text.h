// base/text.h: texts that know their length, and the buffer they are written to.
//   shapes: UTF-8; a Text points into somebody's memory (usually the arena) and never owns it;
//           it is not ended by a zero byte unless text_string made it so
#pragma once
#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *at;
    size_t length; // bytes
} Text;

#define TEXT(literal) ((Text){"" literal, sizeof(literal) - 1})
#define TEXT_ARG(text) (int)(text).length, (text).at // for "%.*s"

Text text_of(const char *string);
bool text_equal(Text a, Text b);
bool text_is(Text a, const char *string);
bool text_alike(Text a, Text b); // equal but for the case of ASCII letters
bool text_is_alike(Text a, const char *string);
bool text_starts_alike(Text text, const char *prefix);
int text_compare_alike(Text a, Text b);
bool text_within(Text path, Text folder); // alike, or `folder`, '/' and more
Text text_lower(Arena *arena, Text text); // the letters A to Z; ended by a zero byte
int text_compare(Text a, Text b);         // by bytes, which for UTF-8 is by code point
bool text_starts(Text text, const char *prefix);
bool text_ends(Text text, const char *suffix);
Text text_slice(Text text, size_t from, size_t to);
size_t text_index(Text text, char c); // offset of the first one; the length if there is none
Text text_copy(Arena *arena, Text text);
Text text_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *text_string(Arena *arena, Text text); // with a zero byte behind it
uint64_t text_hash(Text text);
// The environment variable of a template's parameter: 'adminPassword' → 'SWARM_ADMIN_PASSWORD'.
Text text_variable(Arena *arena, Text parameter);

// The code point at `*at` (moved past it); 0xFFFD for a byte that is not UTF-8.
uint32_t text_next(Text text, size_t *at);
bool text_valid_utf8(Text text, size_t *bad); // `bad`: offset of the first wrong byte
size_t text_utf16_length(Text text);

// ---- growing text
typedef struct {
    Arena *arena;
    char *items;
    size_t count, room;
} TextBuffer;

void buffer_grow(TextBuffer *buffer, size_t more); // what the others do where there is no room

static inline void buffer_char(TextBuffer *buffer, char c)
{
    if (buffer->count == buffer->room) buffer_grow(buffer, 1);
    buffer->items[buffer->count++] = c;
}

static inline void buffer_text(TextBuffer *buffer, Text text)
{
    if (text.length == 0) return;
    if (buffer->room - buffer->count < text.length) buffer_grow(buffer, text.length);
    memcpy(buffer->items + buffer->count, text.at, text.length);
    buffer->count += text.length;
}

void buffer_fill(TextBuffer *buffer, char c, size_t count);
void buffer_expect(TextBuffer *buffer, size_t more); // makes room at once for bytes to come
void buffer_string(TextBuffer *buffer, const char *string);
void buffer_int(TextBuffer *buffer, int64_t value);
void buffer_code_point(TextBuffer *buffer, uint32_t code);
void buffer_format(TextBuffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_format_list(TextBuffer *buffer, const char *format, va_list arguments);
Text buffer_done(const TextBuffer *buffer); // valid until the buffer grows again
