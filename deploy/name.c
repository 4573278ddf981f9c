// deploy/name.c
#include "deploy/name.h"

#include "compiler/evaluate/hashes.h"

static bool is_secure(const Value *declared, Text name)
{
    const Value *row = value_find(declared, name);
    const Value *type = row ? value_find(row, TEXT("type")) : NULL;
    return !type || type->kind != VALUE_STRING || text_starts(type->string, "secure") ||
           text_starts(type->string, "Secure");
}

Text name_content(Arena *arena, Text template, const Value *given, const Value *declared)
{
    TextBuffer content = {.arena = arena}, name = {.arena = arena};
    JsonWriter json = {.out = &content, .compact = true};
    buffer_text(&content, template);
    for (size_t i = 0; i < given->object.count; i++) {
        const ValueProperty *parameter = &given->object.items[i];
        if (is_secure(declared, parameter->name)) continue;
        buffer_format(&content, "\n%.*s=", TEXT_ARG(parameter->name));
        value_write_json(&json, parameter->value);
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
