// compiler/swarm/check.c: the description against `type Swarm`, and the completed value, in one
// walk. A wrong part gives a diagnostic and no value; the walk goes on beside it, so that all is
// reported at once. Values that come from defaults have no place: they go the same way, and a
// mistake in them is one of the library's.
#include "compiler/swarm/beside.h"
#include "compiler/swarm/path.h"
#include "compiler/swarm/pattern.h"
#include "compiler/swarm/setting.h"
#include "compiler/swarm/swarm.h"

#include <string.h>

typedef struct {
    Types types;
    Diags *diags;
    Patterns patterns;
    Text folder;      // of swarm.yaml
    Type *root;       // Swarm
    const Value *raw; // the whole description
} Checker;

static const Value *check(Checker *checker, Type *type, const Value *raw, const Path *path);

// ----------------------------------------------------------------------------------------------
// saying what is wrong

static Arena *arena_of(const Checker *checker)
{
    return checker->types.arena;
}

static Text shown_path(const Checker *checker, const Path *path)
{
    return path ? path_text(arena_of(checker), path) : TEXT("swarm.yaml");
}

// A mistake in a default: shown at the declaration of the setting.
static Place place_of(const Type *type, const Value *raw)
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

static Text found(Arena *arena, const Value *value)
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

static void hint_default(Checker *checker, const Type *type)
{
    const Value *usual = setting_metadata(arena_of(checker), type, "default");
    if (usual) {
        Text text = setting_yaml(arena_of(checker), usual);
        diag_hint(checker->diags,
                  text_format(arena_of(checker), "leave the key out for %.*s", TEXT_ARG(text)));
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
    Text unit = setting_text(arena_of(checker), type, "unit");
    if (raw->kind != VALUE_STRING || !holds_digits(raw->string)) return;
    if (all_digits(raw->string)) {
        diag_hint(checker->diags, text_format(arena_of(checker), "write it without quotes: %.*s",
                                              TEXT_ARG(raw->string)));
    } else if (unit.length) {
        diag_hint(checker->diags,
                  text_format(arena_of(checker), "write the number alone; it is in %.*s",
                              TEXT_ARG(unit)));
    }
}

static void hint_text(Checker *checker, const Value *raw)
{
    Text written = as_written(raw);
    bool scalar = raw->kind == VALUE_BOOL || raw->kind == VALUE_INT || raw->kind == VALUE_FLOAT;
    if (scalar && written.length) {
        diag_hint(checker->diags,
                  text_format(arena_of(checker), "put it in quotes: '%.*s'", TEXT_ARG(written)));
    }
}

static void hint_list(Checker *checker, const Value *raw)
{
    if (raw->kind == VALUE_STRING || raw->kind == VALUE_INT) {
        Text item = setting_yaml(arena_of(checker), raw);
        diag_hint(
            checker->diags,
            text_format(arena_of(checker), "a list of one item is written [%.*s]", TEXT_ARG(item)));
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
    Text value = setting_yaml(arena_of(checker), raw);
    diag_hint(checker->diags, text_format(arena_of(checker), "write { %.*s: %.*s }", TEXT_ARG(name),
                                          TEXT_ARG(value)));
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
            diag_hint(checker->diags, text_format(arena_of(checker), "write { %.*s: %.*s }",
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
        hint_default(checker, type);
    } else if (raw->kind == VALUE_ARRAY && type->kind == TYPE_OBJECT && type->object.rest) {
        diag_hint(checker->diags, TEXT("each entry has a name: 'name: …' instead of '- …'"));
    }
}

static void hint_kind(Checker *checker, Type *type, const Value *raw)
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
    case TYPE_NULL:
    case TYPE_LITERAL: break;
    }
    if (raw->kind == VALUE_NULL && type->kind != TYPE_OBJECT && type->kind != TYPE_UNION)
        hint_default(checker, type);
}

// A value of another kind than the type's.
static const Value *wrong_kind(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    diag_add_with(checker->diags, DIAG_WRONG_KIND, place_of(type, raw), shown_path(checker, path),
                  setting_expected(&checker->types, type), found(arena_of(checker), raw));
    hint_kind(checker, type, raw);
    if (!path && raw->kind != VALUE_OBJECT)
        diag_hint(checker->diags, TEXT("the shortest description is a name: 'name: acme'"));
    return NULL;
}

// ----------------------------------------------------------------------------------------------
// scalars

static const Value *check_int(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    int64_t low = INT64_MIN, high = INT64_MAX;
    if (raw->kind != VALUE_INT) return wrong_kind(checker, type, raw, path);
    type_limit(type, "minValue", &low);
    type_limit(type, "maxValue", &high);
    if (raw->integer >= low && raw->integer <= high) return raw;
    diag_add_with(checker->diags, DIAG_OUT_OF_RANGE, place_of(type, raw), shown_path(checker, path),
                  setting_expected(&checker->types, type), found(arena_of(checker), raw));
    return NULL;
}

static bool check_length(Checker *checker, Type *type, const Value *raw, const Path *path,
                         size_t length, const char *unit)
{
    int64_t low = 0, high = INT64_MAX;
    bool has_low = type_limit(type, "minLength", &low),
         has_high = type_limit(type, "maxLength", &high);
    if ((int64_t)length >= low && (int64_t)length <= high) return true;
    Arena *arena = arena_of(checker);
    Text range = has_low && has_high
                     ? text_format(arena, "%lld to %lld", (long long)low, (long long)high)
                 : has_low ? text_format(arena, "at least %lld", (long long)low)
                           : text_format(arena, "at most %lld", (long long)high);
    bool one = (has_high ? high : low) == 1;
    diag_add_with(checker->diags, DIAG_WRONG_LENGTH, place_of(type, raw), shown_path(checker, path),
                  range, text_format(arena, "%s%s", unit, one ? "" : "s"),
                  text_format(arena, "%zu", length));
    return false;
}

static bool check_pattern(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    Arena *arena = arena_of(checker);
    Text pattern = setting_text(arena, type, "pattern");
    if (!pattern.length) return true;
    PatternResult result = pattern_try(&checker->patterns, pattern, raw->string);
    if (result == PATTERN_FITS) return true;
    if (result == PATTERN_WRONG) {
        diag_add_with(checker->diags, DIAG_BAD_PATTERN,
                      syntax_place(type_metadata(type, "pattern")), pattern);
        return false;
    }
    diag_add_with(checker->diags, DIAG_WRONG_TEXT, place_of(type, raw), shown_path(checker, path),
                  setting_expected(&checker->types, type), found(arena, raw));
    Text example = setting_text(arena, type, "example");
    bool told = setting_text(arena, type, "patternHint").length > 0;
    if (told && example.length) {
        diag_hint(checker->diags,
                  text_format(arena, "for example %.*s",
                              TEXT_ARG(setting_yaml(arena, value_string(arena, example)))));
    } else if (!told && example.length) {
        diag_hint(checker->diags, text_format(arena, "it must match %.*s", TEXT_ARG(pattern)));
    }
    return false;
}

// Legal, but worth a warning: only where the author wrote it.
static void warn(Checker *checker, const Type *type, const Value *raw, const Path *path)
{
    const Value *rows = raw->place ? setting_metadata(arena_of(checker), type, "warn") : NULL;
    for (size_t i = 0; rows && rows->kind == VALUE_ARRAY && i < rows->array.count; i++) {
        const Value *pattern = value_get(rows->array.items[i], TEXT("pattern"));
        const Value *message = value_get(rows->array.items[i], TEXT("message"));
        if (!pattern || !message) continue;
        PatternResult result = pattern_try(&checker->patterns, pattern->string, raw->string);
        if (result == PATTERN_FITS) {
            diag_add_with(checker->diags, DIAG_ADVICE, *raw->place, shown_path(checker, path),
                          raw->string, message->string);
        } else if (result == PATTERN_WRONG) {
            diag_add_with(checker->diags, DIAG_BAD_PATTERN,
                          syntax_place(type_metadata(type, "warn")), pattern->string);
        }
    }
}

static const Value *file_value(Checker *checker, const Type *type, const Value *raw,
                               const Path *path)
{
    bool good;
    Arena *arena = arena_of(checker);
    Text text = beside_read(arena, checker->diags, place_of(type, raw), shown_path(checker, path),
                            checker->folder, raw->string, &good);
    if (!good) return NULL;
    Value *value = value_string(arena, text);
    value->place = raw->place;
    value->file = text_string(arena, raw->string);
    return value;
}

static const Value *check_text(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    if (raw->kind != VALUE_STRING) return wrong_kind(checker, type, raw, path);
    if (!check_length(checker, type, raw, path, text_utf16_length(raw->string), "character"))
        return NULL;
    if (raw->place && !check_pattern(checker, type, raw, path)) return NULL;
    warn(checker, type, raw, path);
    return type_metadata(type, "file") ? file_value(checker, type, raw, path) : raw;
}

// ----------------------------------------------------------------------------------------------
// choices

// The choice that was meant: the same text without its quotes or with them, or one with a similar
// spelling.
static void hint_choice(Checker *checker, const Value **choices, size_t count, const Value *raw)
{
    Arena *arena = arena_of(checker);
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

static const Value *check_choice(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    const Value **choices;
    size_t count;
    if (!setting_choices(arena_of(checker), type, &choices, &count)) return raw;
    for (size_t i = 0; i < count; i++) {
        if (value_equal(choices[i], raw)) {
            if (raw->kind == VALUE_STRING) warn(checker, type, raw, path);
            return raw;
        }
    }
    diag_add_with(checker->diags, DIAG_NOT_A_CHOICE, place_of(type, raw), shown_path(checker, path),
                  setting_expected(&checker->types, type), found(arena_of(checker), raw));
    if (raw->kind == VALUE_NULL) hint_default(checker, type);
    hint_choice(checker, choices, count, raw);
    return NULL;
}

// ----------------------------------------------------------------------------------------------
// lists

static Type *item_type(Checker *checker, Type *type, size_t index)
{
    if (type->kind == TYPE_ARRAY) return type_element(&checker->types, type);
    return index < type->members.count ? type->members.items[index] : NULL;
}

static const Value *check_list(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    if (raw->kind != VALUE_ARRAY) return wrong_kind(checker, type, raw, path);
    bool fixed = type->kind == TYPE_TUPLE;
    if (fixed && raw->array.count != type->members.count)
        return wrong_kind(checker, type, raw, path);
    bool good = fixed || check_length(checker, type, raw, path, raw->array.count, "item");
    Value *list = value_array(arena_of(checker));
    list->place = raw->place;
    for (size_t i = 0; i < raw->array.count; i++) {
        Path item = {.outer = path, .index = i};
        Type *expected = item_type(checker, type, i);
        const Value *value = raw->array.items[i];
        if (expected) value = check(checker, expected, value, &item);
        if (value) value_append(arena_of(checker), list, value);
        good &= value != NULL;
    }
    return good ? list : NULL;
}

// ----------------------------------------------------------------------------------------------
// objects

static void add(Checker *checker, Value *object, Text name, const Value *value, const Place *key)
{
    list_add(arena_of(checker), &object->object, ((ValueProperty){name, value, key}));
}

static const ValueProperty *written_property(const Value *raw, Text name)
{
    for (size_t i = 0; i < raw->object.count; i++) {
        if (text_equal(raw->object.items[i].name, name)) return &raw->object.items[i];
    }
    return NULL;
}

static size_t property_names(Checker *checker, const Type *object, Text **names)
{
    *names = arena_array(arena_of(checker), Text, object->object.count);
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
        *where = path_text(arena_of(checker), &found_at);
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
    Arena *arena = arena_of(checker);
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
    return text_format(arena_of(checker), "%.*s: %.*s", TEXT_ARG(decides), TEXT_ARG(variant));
}

// True if the setting belongs to another member of the union; a diagnostic was then added.
static bool report_other_variant(Checker *checker, Type *whole, Type *member,
                                 const ValueProperty *property, Text shown)
{
    Arena *arena = arena_of(checker);
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
static void report_unknown(Checker *checker, Type *whole, Type *object,
                           const ValueProperty *property, const Path *path, Text *meant)
{
    Path inner = {.outer = path, .name = property->name};
    Text shown = path_text(arena_of(checker), &inner);
    Place place = property->key_place ? *property->key_place : place_of(whole, property->value);
    if (property->key_place && report_other_variant(checker, whole, object, property, shown))
        return;
    diag_add_with(checker->diags, DIAG_UNKNOWN_SETTING, place, shown);
    hint_unknown(checker, object, property, meant);
}

// Where a missing setting is reported: the key that holds the object, or the object itself.
static Place owner_place(const Type *type, const Value *raw, const Path *path)
{
    return path && path->key ? *path->key : place_of(type, raw);
}

static void report_missing(Checker *checker, Type *type, Place place, const Path *path)
{
    Arena *arena = arena_of(checker);
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

static bool is_meant(const Text *meant, size_t count, Text name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(meant[i], name)) return true;
    }
    return false;
}

// Settings that the type does not name: entries of a map, or mistakes. False after an error.
static bool check_rest(Checker *checker, Type *whole, Type *type, const Value *raw,
                       const Path *path, Value *object, Text *meant)
{
    bool good = true;
    Type *rest = type_rest(&checker->types, type);
    for (size_t i = 0; i < raw->object.count; i++) {
        const ValueProperty *property = &raw->object.items[i];
        Path inner = {.outer = path, .name = property->name, .key = property->key_place};
        const Value *value = property->value;
        if (type_find(type, property->name)) continue;
        if (rest) {
            value = check(checker, rest, value, &inner);
        } else if (!type->object.open) {
            report_unknown(checker, whole, type, property, path, &meant[i]);
            value = NULL;
        }
        if (value) add(checker, object, property->name, value, property->key_place);
        good &= value != NULL;
    }
    return good;
}

// Azure does not tell names apart that differ only in case.
static bool check_twins(Checker *checker, const Value *raw, const Path *path)
{
    bool good = true;
    Map lower = {0};
    for (size_t i = 0; i < raw->object.count; i++) {
        const ValueProperty *property = &raw->object.items[i];
        char *name = text_string(arena_of(checker), property->name);
        for (size_t j = 0; j < property->name.length; j++) {
            if (name[j] >= 'A' && name[j] <= 'Z') name[j] = (char)(name[j] | 32);
        }
        const ValueProperty *twin = map_get(&lower, (Text){name, property->name.length});
        if (twin && property->key_place) {
            diag_add_with(checker->diags, DIAG_CASE_TWINS, *property->key_place,
                          shown_path(checker, path), twin->name, property->name);
            good = false;
        }
        map_put(arena_of(checker), &lower, (Text){name, property->name.length},
                &raw->object.items[i]);
    }
    return good;
}

// The value of a declared setting that was not written: its default, nothing for T?, or an error.
static bool complete_property(Checker *checker, Type *type, Place owner, const Path *path,
                              const Value **value)
{
    const Value *usual = setting_metadata(arena_of(checker), type, "default");
    *value = NULL;
    if (usual) {
        *value = check(checker, type, usual, path);
        return *value != NULL;
    }
    if (type->nullable) return true;
    report_missing(checker, type, owner, path);
    return false;
}

// `whole`: the union that `type` is a member of, or `type` itself.
static const Value *check_object(Checker *checker, Type *whole, Type *type, const Value *raw,
                                 const Path *path)
{
    if (raw->kind != VALUE_OBJECT) return wrong_kind(checker, whole, raw, path);
    Value *object = value_object(arena_of(checker)), *others = value_object(arena_of(checker));
    Text *meant = arena_array(arena_of(checker), Text, raw->object.count);
    object->place = raw->place;
    bool good = check_rest(checker, whole, type, raw, path, others, meant);
    if (type->object.rest) good &= check_twins(checker, raw, path);
    for (size_t i = 0; i < type->object.count; i++) {
        Text name = type->object.items[i].name;
        Type *expected = type_property(&checker->types, type, i);
        const ValueProperty *written = written_property(raw, name);
        Path inner = {.outer = path, .name = name, .key = written ? written->key_place : NULL};
        const Value *value = NULL;
        if (written && !(expected->nullable && written->value->kind == VALUE_NULL)) {
            value = check(checker, expected, written->value, &inner);
            good &= value != NULL;
        } else if (!is_meant(meant, raw->object.count, name)) {
            good &=
                complete_property(checker, expected, owner_place(whole, raw, path), &inner, &value);
        }
        if (value) add(checker, object, name, value, written ? written->key_place : NULL);
    }
    for (size_t i = 0; i < others->object.count; i++) {
        const ValueProperty *other = &others->object.items[i];
        add(checker, object, other->name, other->value, other->key_place);
    }
    return good ? object : NULL;
}

// ----------------------------------------------------------------------------------------------
// unions of objects

static Text variants_in_words(Checker *checker, Type *type, Text decides, Text **variants)
{
    Arena *arena = arena_of(checker);
    Text *words = arena_array(arena, Text, type->members.count);
    *variants = arena_array(arena, Text, type->members.count);
    for (size_t i = 0; i < type->members.count; i++) {
        (*variants)[i] = setting_variant(&checker->types, type->members.items[i], decides);
        words[i] = text_format(arena, "'%.*s'", TEXT_ARG((*variants)[i]));
    }
    return setting_list(arena, words, type->members.count);
}

// The member that the written (or usual) discriminator names. `*good` is false after a diagnostic;
// then it is the member that was probably meant, or NULL.
static Type *chosen_member(Checker *checker, Type *type, Text decides, const Value *raw,
                           const Path *path, bool *good)
{
    *good = true;
    Text *variants, words = variants_in_words(checker, type, decides, &variants);
    const ValueProperty *written = written_property(raw, decides);
    Path inner = {.outer = path, .name = decides};
    Text shown = path_text(arena_of(checker), &inner);
    if (!written) {
        Type *usual = setting_usual_variant(&checker->types, type, decides);
        if (usual) return usual;
        *good = false;
        diag_add_with(checker->diags, DIAG_MISSING_SETTING, owner_place(type, raw, path), shown,
                      words, type_description(type));
        return NULL;
    }
    for (size_t i = 0; i < type->members.count; i++) {
        if (written->value->kind == VALUE_STRING && text_equal(variants[i], written->value->string))
            return type->members.items[i];
    }
    *good = false;
    diag_add_with(checker->diags, DIAG_NOT_A_CHOICE, place_of(type, written->value), shown, words,
                  found(arena_of(checker), written->value));
    if (written->value->kind != VALUE_STRING) return NULL;
    Text nearest = diag_nearest(written->value->string, variants, type->members.count);
    if (!nearest.length) return NULL;
    diag_hint(checker->diags,
              text_format(arena_of(checker), "did you mean '%.*s'?", TEXT_ARG(nearest)));
    size_t meant = 0;
    while (!text_equal(variants[meant], nearest)) meant++;
    return type->members.items[meant];
}

// A copy of the description with the discriminator that was meant, so that its other settings are
// checked too.
static const Value *corrected(Checker *checker, Type *member, Text decides, const Value *raw)
{
    Value *copy = value_object(arena_of(checker));
    copy->place = raw->place;
    for (size_t i = 0; i < raw->object.count; i++) {
        ValueProperty property = raw->object.items[i];
        if (text_equal(property.name, decides)) {
            property.value =
                value_string(arena_of(checker), setting_variant(&checker->types, member, decides));
        }
        list_add(arena_of(checker), &copy->object, property);
    }
    return copy;
}

static const Value *check_union(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    Text decides = setting_discriminator(type);
    if (!decides.length) return check_choice(checker, type, raw, path);
    if (raw->kind != VALUE_OBJECT) return wrong_kind(checker, type, raw, path);
    bool good;
    Type *member = chosen_member(checker, type, decides, raw, path, &good);
    if (!good && member)
        check_object(checker, type, member, corrected(checker, member, decides, raw), path);
    return good ? check_object(checker, type, member, raw, path) : NULL;
}

// ----------------------------------------------------------------------------------------------
// any value

static bool has_fraction(const Value *value)
{
    bool found_one = value->kind == VALUE_FLOAT;
    for (size_t i = 0; value->kind == VALUE_ARRAY && i < value->array.count; i++) {
        found_one |= has_fraction(value->array.items[i]);
    }
    for (size_t i = 0; value->kind == VALUE_OBJECT && i < value->object.count; i++) {
        found_one |= has_fraction(value->object.items[i].value);
    }
    return found_one;
}

static const Value *check(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    switch (type->kind) {
    case TYPE_BOOL: return raw->kind == VALUE_BOOL ? raw : wrong_kind(checker, type, raw, path);
    case TYPE_INT: return check_int(checker, type, raw, path);
    case TYPE_STRING: return check_text(checker, type, raw, path);
    case TYPE_LITERAL: return check_choice(checker, type, raw, path);
    case TYPE_ARRAY:
    case TYPE_TUPLE: return check_list(checker, type, raw, path);
    case TYPE_OBJECT: return check_object(checker, type, type, raw, path);
    case TYPE_UNION: return check_union(checker, type, raw, path);
    case TYPE_NULL: return raw->kind == VALUE_NULL ? raw : wrong_kind(checker, type, raw, path);
    case TYPE_ANY: break;
    }
    if (has_fraction(raw)) { // Bicep has no such numbers
        diag_add_with(checker->diags, DIAG_FRACTION, place_of(type, raw),
                      shown_path(checker, path));
        return NULL;
    }
    return raw;
}

const Value *swarm_complete(Arena *arena, Diags *diags, BoundFile *types, const Value *raw,
                            Text folder)
{
    Checker checker = {.types = {.arena = arena},
                       .diags = diags,
                       .patterns = {.arena = arena},
                       .folder = folder,
                       .raw = raw};
    const Symbol *symbol = bind_lookup(types, TEXT("Swarm"));
    if (!symbol || symbol->kind != SYMBOL_TYPE) {
        diag_add_with(diags, DIAG_NO_SWARM_TYPE, ((Place){types->syntax->source, 0, 0}),
                      TEXT("Swarm"));
        return NULL;
    }
    checker.root = type_declared(&checker.types, symbol);
    const Value *completed = check(&checker, checker.root, raw, NULL);
    pattern_free(&checker.patterns);
    return diag_failed(diags) ? NULL : completed;
}
