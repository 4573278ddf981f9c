// compiler/swarm/report.c: what is wrong with a part of a description, and what its author probably
// meant.
#include "compiler/swarm/report.h"

#include "compiler/swarm/setting.h"

#include <string.h>

Arena *report_arena(const Checker *checker)
{
    return checker->types.arena;
}

Text report_path(const Checker *checker, const Path *path)
{
    return path ? path_text(report_arena(checker), path) : TEXT("swarm.yaml");
}

// A mistake in a default: shown at the declaration of the setting.
Place report_place(const Type *type, const Value *raw)
{
    if (raw->place) return *raw->place;
    const Syntax *metadata = type_decorator(type, "metadata");
    return metadata ? syntax_place(metadata) : (Place){0};
}

static Text as_written(const Value *value)
{
    const Place *place = value->place;
    return place ? text_slice(place->source->text, place->from, place->to) : (Text){0};
}

static Text shortened(Arena *arena, Text text)
{
    enum { LONGEST = 60 };
    if (text.length <= LONGEST) return text;
    size_t end = 0;
    for (size_t at = 0; at < LONGEST - 3; end = at) text_next(text, &at);
    return text_format(arena, "%.*s…", (int)end, text.at);
}

static bool is_one_line(Text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.at[i] < 0x20) return false;
    }
    return true;
}

// A text in quotes; one with line ends or control characters as in JSON.
static Text quoted(Arena *arena, Text text)
{
    text = shortened(arena, text);
    if (is_one_line(text)) return text_format(arena, "'%.*s'", TEXT_ARG(text));
    TextBuffer buffer = {.arena = arena};
    json_quote(&buffer, text);
    return buffer_done(&buffer);
}

Text report_found(Arena *arena, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: return TEXT("nothing");
    case VALUE_STRING: return quoted(arena, value->string);
    case VALUE_ARRAY: return TEXT("a list");
    case VALUE_OBJECT: return TEXT("settings of the form 'key: value'");
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: break;
    }
    Text written = as_written(value);
    return written.length ? shortened(arena, written) : setting_yaml(arena, value);
}

void report_hint_default(Checker *checker, const Type *type)
{
    const Value *usual = setting_metadata(report_arena(checker), type, "default");
    if (usual) {
        Text text = setting_yaml(report_arena(checker), usual);
        diag_hint(checker->diags,
                  text_format(report_arena(checker), "leave the key out for %.*s", TEXT_ARG(text)));
    }
}

static bool is_word_of(Text text, const char *const *words)
{
    for (; *words; words++) {
        Text word = text_of(*words);
        if (text.length != word.length) continue;
        size_t i = 0;
        while (i < text.length && (text.at[i] | 32) == word.at[i]) i++;
        if (i == text.length) return true;
    }
    return false;
}

static bool holds_digits(Text text)
{
    size_t digits = 0;
    while (digits < text.length && text.at[digits] >= '0' && text.at[digits] <= '9') digits++;
    return digits > 0;
}

static bool all_digits(Text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return false;
    }
    return text.length > 0;
}

static void hint_bool(Checker *checker, const Value *raw)
{
    static const char *const yes[] = {"yes", "on", "y", "true", NULL}, *const no[] = {"no", "off",
                                                                                      "n", "false",
                                                                                      NULL};
    if (raw->kind != VALUE_STRING) return;
    if (is_word_of(raw->string, yes)) diag_hint(checker->diags, TEXT("write true"));
    if (is_word_of(raw->string, no)) diag_hint(checker->diags, TEXT("write false"));
}

static void hint_int(Checker *checker, const Type *type, const Value *raw)
{
    Text unit = setting_text(report_arena(checker), type, "unit");
    if (raw->kind != VALUE_STRING || !holds_digits(raw->string)) return;
    if (all_digits(raw->string)) {
        diag_hint(checker->diags,
                  text_format(report_arena(checker), "write it without quotes: %.*s",
                              TEXT_ARG(raw->string)));
    } else if (unit.length) {
        diag_hint(checker->diags,
                  text_format(report_arena(checker), "write the number alone; it is in %.*s",
                              TEXT_ARG(unit)));
    }
}

static void hint_text(Checker *checker, const Value *raw)
{
    Text written = as_written(raw);
    bool scalar = raw->kind == VALUE_BOOL || raw->kind == VALUE_INT || raw->kind == VALUE_FLOAT;
    if (scalar && written.length) {
        diag_hint(checker->diags, text_format(report_arena(checker), "put it in quotes: '%.*s'",
                                              TEXT_ARG(written)));
    }
}

static void hint_list(Checker *checker, const Value *raw)
{
    if (raw->kind == VALUE_STRING || raw->kind == VALUE_INT) {
        Text item = setting_yaml(report_arena(checker), raw);
        diag_hint(checker->diags,
                  text_format(report_arena(checker), "a list of one item is written [%.*s]",
                              TEXT_ARG(item)));
    }
}

// `80` for a port, `setup.sh` for a script: an object with one setting that must be written, of the
// value's kind.
static bool hint_only_setting(Checker *checker, Type *type, const Value *raw)
{
    Text decides = setting_discriminator(type), name = {0};
    if (decides.length) type = setting_usual_variant(&checker->types, type, decides);
    if (!type || type->kind != TYPE_OBJECT) return false;
    for (size_t i = 0; i < type->object.count; i++) {
        const Type *inner = type_property(&checker->types, type, i);
        if (inner->nullable || type_metadata(inner, "default")) continue;
        bool fits = (inner->kind == TYPE_STRING && raw->kind == VALUE_STRING) ||
                    (inner->kind == TYPE_INT && raw->kind == VALUE_INT);
        if (name.length || !fits) return false;
        name = type->object.items[i].name;
    }
    if (!name.length) return false;
    Text value = setting_yaml(report_arena(checker), raw);
    diag_hint(checker->diags, text_format(report_arena(checker), "write { %.*s: %.*s }",
                                          TEXT_ARG(name), TEXT_ARG(value)));
    return true;
}

// `jumpbox: linux`, `stack: false`: what the author meant, written in full.
static void hint_object(Checker *checker, Type *type, const Value *raw)
{
    static const char *const no[] = {"no", "off", "none", "false", NULL}, *const yes[] = {
                                                                              "yes", "on", "true",
                                                                              NULL};
    Text written = raw->kind == VALUE_STRING ? raw->string : as_written(raw);
    Text decides = setting_discriminator(type);
    for (size_t i = 0; decides.length && i < type->members.count; i++) {
        Text variant = setting_variant(&checker->types, type->members.items[i], decides);
        if (text_equal(variant, written) || (text_is(variant, "none") && is_word_of(written, no))) {
            diag_hint(checker->diags, text_format(report_arena(checker), "write { %.*s: %.*s }",
                                                  TEXT_ARG(decides), TEXT_ARG(variant)));
            return;
        }
    }
    bool off = is_word_of(written, no);
    if (hint_only_setting(checker, type, raw)) return;
    if (type_find(type, TEXT("enabled")) && (off || is_word_of(written, yes))) {
        diag_hint(checker->diags,
                  off ? TEXT("write { enabled: false }") : TEXT("write { enabled: true }"));
    } else if (raw->kind == VALUE_NULL) {
        report_hint_default(checker, type);
    } else if (raw->kind == VALUE_ARRAY && type->kind == TYPE_OBJECT && type->object.rest) {
        diag_hint(checker->diags, TEXT("each entry has a name: 'name: …' instead of '- …'"));
    }
}

void report_hint_kind(Checker *checker, Type *type, const Value *raw)
{
    switch (type->kind) {
    case TYPE_BOOL: hint_bool(checker, raw); break;
    case TYPE_INT: hint_int(checker, type, raw); break;
    case TYPE_STRING: hint_text(checker, raw); break;
    case TYPE_ARRAY:
    case TYPE_TUPLE: hint_list(checker, raw); break;
    case TYPE_OBJECT:
    case TYPE_UNION: hint_object(checker, type, raw); break;
    case TYPE_ANY:
    case TYPE_RESOURCE:
    case TYPE_NULL:
    case TYPE_LITERAL: break;
    }
    if (raw->kind == VALUE_NULL && type->kind != TYPE_OBJECT && type->kind != TYPE_UNION)
        report_hint_default(checker, type);
}
// The choice that was meant: the same text without its quotes or with them, or one with a similar
// spelling.
void report_hint_choice(Checker *checker, const Value **choices, size_t count, const Value *raw)
{
    Arena *arena = report_arena(checker);
    Text *words = arena_array(arena, Text, count);
    Text written = raw->kind == VALUE_STRING ? raw->string : as_written(raw);
    for (size_t i = 0; i < count; i++) {
        bool is_text = choices[i]->kind == VALUE_STRING;
        words[i] = is_text ? choices[i]->string : setting_yaml(arena, choices[i]);
        if (!text_equal(words[i], written)) continue;
        diag_hint(checker->diags,
                  is_text ? text_format(arena, "put it in quotes: '%.*s'", TEXT_ARG(written))
                          : text_format(arena, "write it without quotes: %.*s", TEXT_ARG(written)));
        return;
    }
    Text nearest = raw->kind == VALUE_STRING ? diag_nearest(written, words, count) : (Text){0};
    for (size_t i = 0; !nearest.length && written.length > 2 && i < count; i++) { // 'Premium'
        if (text_starts(words[i], text_string(arena, written))) nearest = words[i];
    }
    if (nearest.length)
        diag_hint(checker->diags, text_format(arena, "did you mean '%.*s'?", TEXT_ARG(nearest)));
}
static size_t property_names(Checker *checker, const Type *object, Text **names)
{
    *names = arena_array(report_arena(checker), Text, object->object.count);
    for (size_t i = 0; i < object->object.count; i++) (*names)[i] = object->object.items[i].name;
    return object->object.count;
}

// A setting of that very name somewhere below `type`; false if there is none.
static bool find_elsewhere(Checker *checker, Type *type, Text name, const Path *path, size_t depth,
                           Text *where)
{
    if (depth > 4) return false;
    if (type->kind == TYPE_UNION) {
        for (size_t i = 0; i < type->members.count; i++) {
            if (find_elsewhere(checker, type->members.items[i], name, path, depth + 1, where))
                return true;
        }
    }
    if (type->kind != TYPE_OBJECT) return false;
    if (path && type_find(type, name)) {
        Path found_at = {.outer = path, .name = name};
        *where = path_text(report_arena(checker), &found_at);
        return true;
    }
    for (size_t i = 0; i < type->object.count; i++) {
        Path inner = {.outer = path, .name = type->object.items[i].name};
        if (find_elsewhere(checker, type_property(&checker->types, type, i), name, &inner,
                           depth + 1, where))
            return true;
    }
    return false;
}

// 'count:2' without a space is a key without a value.
static bool lacks_space(const ValueProperty *property)
{
    return property->value->kind == VALUE_NULL &&
           memchr(property->name.at, ':', property->name.length);
}

static void hint_unknown(Checker *checker, Type *object, const ValueProperty *property,
                         Text *nearest)
{
    Arena *arena = report_arena(checker);
    Text *names, where;
    size_t count = property_names(checker, object, &names);
    *nearest = diag_nearest(property->name, names, count);
    if (property->name.length && lacks_space(property)) {
        diag_hint(checker->diags, TEXT("a space is missing behind the ':'"));
    } else if (nearest->length) {
        diag_hint(checker->diags, text_format(arena, "did you mean '%.*s'?", TEXT_ARG(*nearest)));
    } else if (find_elsewhere(checker, checker->root, property->name, NULL, 0, &where)) {
        diag_hint(checker->diags, text_format(arena, "there is '%.*s'", TEXT_ARG(where)));
    } else {
        Text list = setting_list(arena, names, count);
        diag_hint(checker->diags, text_format(arena, "known here: %.*s", TEXT_ARG(list)));
    }
}
// The words for a variant of a union: "kind: windows".
static Text variant_in_words(Checker *checker, Type *member, Text decides)
{
    Text variant = setting_variant(&checker->types, member, decides);
    return text_format(report_arena(checker), "%.*s: %.*s", TEXT_ARG(decides), TEXT_ARG(variant));
}

// True if the setting belongs to another member of the union; a diagnostic was then added.
static bool report_other_variant(Checker *checker, Type *whole, Type *member,
                                 const ValueProperty *property, Text shown)
{
    Arena *arena = report_arena(checker);
    Text decides = setting_discriminator(whole);
    if (!decides.length) return false;
    Text *variants = arena_array(arena, Text, whole->members.count);
    size_t count = 0;
    for (size_t i = 0; i < whole->members.count; i++) {
        if (!type_find(whole->members.items[i], property->name)) continue;
        variants[count++] = variant_in_words(checker, whole->members.items[i], decides);
    }
    if (count == 0) return false;
    diag_add_with(checker->diags, DIAG_OTHER_VARIANT, *property->key_place, shown,
                  setting_list(arena, variants, count), variant_in_words(checker, member, decides));
    if (count == 1) {
        diag_hint(checker->diags, text_format(arena, "write '%.*s' beside it if that is meant",
                                              TEXT_ARG(variants[0])));
    }
    return true;
}

// `meant`: gets the name of the setting that the author probably meant.
void report_unknown(Checker *checker, Type *whole, Type *object, const ValueProperty *property,
                    const Path *path, Text *meant)
{
    Path inner = {.outer = path, .name = property->name};
    Text shown = path_text(report_arena(checker), &inner);
    Place place = property->key_place ? *property->key_place : report_place(whole, property->value);
    if (property->key_place && report_other_variant(checker, whole, object, property, shown))
        return;
    diag_add_with(checker->diags, DIAG_UNKNOWN_SETTING, place, shown);
    hint_unknown(checker, object, property, meant);
}

// Where a missing setting is reported: the key that holds the object, or the object itself.
Place report_owner(const Type *type, const Value *raw, const Path *path)
{
    return path && path->key ? *path->key : report_place(type, raw);
}

void report_missing(Checker *checker, Type *type, Place place, const Path *path)
{
    Arena *arena = report_arena(checker);
    Text description = type_description(type);
    diag_add_with(checker->diags, DIAG_MISSING_SETTING, place, path_text(arena, path),
                  setting_expected(&checker->types, type), description);
    const Value *example = setting_metadata(arena, type, "example");
    if (example) {
        Text text = setting_yaml(arena, example);
        diag_hint(checker->diags, text_format(arena, "for example %.*s: %.*s", TEXT_ARG(path->name),
                                              TEXT_ARG(text)));
    }
}
