// deploy/name.c
#include "deploy/name.h"

#include "compiler/evaluate/hashes.h"
#include "compiler/evaluate/shape.h"

static bool is_secure(const Value *declared)
{
    Text type = shape_text(declared, "type");
    return !type.length || text_starts(type, "secure") || text_starts(type, "Secure");
}

Text name_content(Arena *arena, Text template, const Value *given, const Value *declared)
{
    TextBuffer content = {.arena = arena}, name = {.arena = arena};
    JsonWriter json = {.out = &content, .compact = true};
    buffer_text(&content, template);
    for (size_t i = 0; declared && i < declared->object.count; i++) {
        const ValueProperty *parameter = &declared->object.items[i];
        const Value *value = value_get(given, parameter->name);
        if (!value || is_secure(parameter->value)) continue;
        buffer_format(&content, "\n%.*s=", TEXT_ARG(parameter->name));
        value_write_json(&json, value);
    }
    uint64_t hash = hash_end(&(HashState){0}, buffer_done(&content));
    for (int i = 0; i < 13; i++) {
        buffer_char(&name, "abcdefghijklmnopqrstuvwxyz234567"[hash >> 59]);
        hash <<= 5;
    }
    return buffer_done(&name);
}

Text name_deployment(Arena *arena, Text swarm, Text content)
{
    return text_format(arena, "%.*s-%.*s",
                       TEXT_ARG(text_slice(swarm, 0, swarm.length < 50 ? swarm.length : 50)),
                       TEXT_ARG(content));
}
