// compiler/swarm/yamltext.c: what the two versions of YAML treat differently is refused before libyaml
// sees it.
#include "compiler/swarm/yamltext.h"

enum {
    SIZE_LIMIT = 1024 * 1024, // bytes of swarm.yaml
    MARK_STEP = 64,           // characters between two known offsets
};

// ---- places

// libyaml counts characters.
uint32_t yamltext_offset(const YamlText *yaml, size_t character)
{
    if (!yaml->offsets) {
        if (character > yaml->text.length) character = yaml->text.length;
        return (uint32_t)(yaml->skipped + character);
    }
    size_t step = character / MARK_STEP;
    if (step >= yaml->offset_count) step = yaml->offset_count - 1;
    size_t at = yaml->offsets[step];
    for (size_t i = step * MARK_STEP; i < character && at < yaml->text.length; i++) {
        text_next(yaml->text, &at);
    }
    return (uint32_t)(yaml->skipped + at);
}

static void index_offsets(YamlText *yaml, Arena *arena)
{
    size_t i = 0;
    while (i < yaml->text.length && (unsigned char)yaml->text.at[i] < 0x80) i++;
    if (i == yaml->text.length) return;
    yaml->offsets = arena_array(arena, uint32_t, yaml->text.length / MARK_STEP + 1);
    size_t character = 0;
    for (size_t at = 0; at < yaml->text.length; character++) {
        if (character % MARK_STEP == 0) yaml->offsets[yaml->offset_count++] = (uint32_t)at;
        text_next(yaml->text, &at);
    }
}

Place yamltext_between(const YamlText *yaml, yaml_mark_t from, yaml_mark_t to)
{
    return (Place){yaml->source, yamltext_offset(yaml, from.index),
                   yamltext_offset(yaml, to.index)};
}

Place yamltext_at(const YamlText *yaml, yaml_mark_t mark)
{
    uint32_t from = yamltext_offset(yaml, mark.index);
    return (Place){yaml->source, from, from + (from < yaml->source->text.length)};
}

Place yamltext_line(const Source *source, uint32_t at)
{
    uint32_t from = at, to = at;
    while (from > 0 && source->text.at[from - 1] != '\n') from--;
    while (to < source->text.length && source->text.at[to] != '\n' && source->text.at[to] != '\r') {
        to++;
    }
    while (from < to && source->text.at[from] == ' ') from++;
    return (Place){source, from, to};
}

// ---- bytes

static bool looks_utf16(Text text)
{
    if (text_starts(text, "\xFE\xFF") || text_starts(text, "\xFF\xFE")) return true;
    return text.length >= 2 && (text.at[0] == 0) != (text.at[1] == 0);
}

static bool check_size(Arena *arena, Diags *diags, const Source *source)
{
    size_t length = source->text.length;
    if (length <= SIZE_LIMIT) return true;
    diag_add_with(diags, DIAG_YAML_SIZE, ((Place){source, 0, 0}), text_format(arena, "%zu", length),
                  text_format(arena, "%d", SIZE_LIMIT));
    return false;
}

static bool is_refused(uint32_t code)
{
    if (code < 0x20) return code != '\t' && code != '\n' && code != '\r';
    return (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || code == 0xFEFF ||
           code == 0xFFFE || code == 0xFFFF;
}

static const char *character_name(uint32_t code)
{
    switch (code) {
    case 0: return "a zero byte";
    case 0x1B: return "an escape character of a terminal";
    case 0x85: return "a 'next line' character";
    case 0x2028: return "a 'line separator' character";
    case 0x2029: return "a 'paragraph separator' character";
    case 0xFEFF: return "a byte order mark in the middle of the file";
    default: return "a control character";
    }
}

static bool check_characters(const YamlText *yaml, Arena *arena, Diags *diags)
{
    Text text = yaml->source->text;
    bool good = true;
    for (size_t at = yaml->skipped; at < text.length;) {
        size_t from = at;
        unsigned char byte = (unsigned char)text.at[at];
        if ((byte >= 0x20 && byte < 0x7F) || byte == '\n') {
            at++;
            continue;
        }
        uint32_t code = text_next(text, &at);
        if (!is_refused(code)) continue;
        diag_add_with(diags, DIAG_YAML_CHARACTER,
                      ((Place){yaml->source, (uint32_t)from, (uint32_t)at}),
                      text_of(character_name(code)), text_format(arena, "U+%04X", code));
        diag_hint(diags, text_format(arena,
                                     code < 0x100 ? "in double quotes it can be written \\x%02X"
                                                  : "in double quotes it can be written \\u%04X",
                                     code));
        good = false;
    }
    return good;
}

bool yamltext_open(YamlText *yaml, Arena *arena, Diags *diags, const Source *source)
{
    Text text = source->text;
    size_t bad = 0;
    if (!check_size(arena, diags, source)) return false;
    if (looks_utf16(text)) {
        diag_add_with(diags, DIAG_YAML_ENCODING, ((Place){.source = NULL}), source->path,
                      TEXT("UTF-16"));
        return false;
    }
    if (!text_valid_utf8(text, &bad)) {
        diag_add_with(diags, DIAG_NOT_UTF8, ((Place){source, (uint32_t)bad, (uint32_t)bad + 1}),
                      text_format(arena, "%zu", bad),
                      text_format(arena, "0x%02x", (unsigned char)text.at[bad]));
        return false;
    }
    size_t skipped = text_starts(text, "\xEF\xBB\xBF") ? 3 : 0;
    *yaml = (YamlText){source, text_slice(text, skipped, text.length), skipped, NULL, 0};
    if (!check_characters(yaml, arena, diags)) return false;
    index_offsets(yaml, arena);
    return true;
}
