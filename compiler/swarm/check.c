// compiler/swarm/check.c: the description against `type Swarm`, and the completed value, in one
// walk. A wrong part gives a diagnostic and no value; the walk goes on beside it, so that all is
// reported at once. Values that come from defaults have no place: they go the same way, and a
// mistake in them is one of the library's.
#include "compiler/swarm/beside.h"
#include "compiler/swarm/report.h"
#include "compiler/swarm/setting.h"
#include "compiler/swarm/swarm.h"

static const Value *check(Checker *checker, Type *type, const Value *raw, const Path *path);
// A value of another kind than the type's.
static const Value *wrong_kind(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    diag_add_with(checker->diags, DIAG_WRONG_KIND, report_place(type, raw),
                  report_path(checker, path), setting_expected(&checker->types, type),
                  report_found(report_arena(checker), raw));
    report_hint_kind(checker, type, raw);
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
    diag_add_with(checker->diags, DIAG_OUT_OF_RANGE, report_place(type, raw),
                  report_path(checker, path), setting_expected(&checker->types, type),
                  report_found(report_arena(checker), raw));
    return NULL;
}

static bool check_length(Checker *checker, Type *type, const Value *raw, const Path *path,
                         size_t length, const char *unit)
{
    int64_t low = 0, high = INT64_MAX;
    bool has_low = type_limit(type, "minLength", &low),
         has_high = type_limit(type, "maxLength", &high);
    if ((int64_t)length >= low && (int64_t)length <= high) return true;
    Arena *arena = report_arena(checker);
    Text range = has_low && has_high
                     ? text_format(arena, "%lld to %lld", (long long)low, (long long)high)
                 : has_low ? text_format(arena, "at least %lld", (long long)low)
                           : text_format(arena, "at most %lld", (long long)high);
    bool one = (has_high ? high : low) == 1;
    diag_add_with(
        checker->diags, DIAG_WRONG_LENGTH, report_place(type, raw), report_path(checker, path),
        range, text_format(arena, "%s%s", unit, one ? "" : "s"), text_format(arena, "%zu", length));
    return false;
}

static bool check_pattern(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    Arena *arena = report_arena(checker);
    Text pattern = setting_text(arena, type, "pattern");
    if (!pattern.length) return true;
    PatternResult result = pattern_try(&checker->patterns, pattern, raw->string);
    if (result == PATTERN_FITS) return true;
    if (result == PATTERN_WRONG) {
        diag_add_with(checker->diags, DIAG_BAD_PATTERN,
                      syntax_place(type_metadata(type, "pattern")), pattern);
        return false;
    }
    diag_add_with(checker->diags, DIAG_WRONG_TEXT, report_place(type, raw),
                  report_path(checker, path), setting_expected(&checker->types, type),
                  report_found(arena, raw));
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
    const Value *rows = raw->place ? setting_metadata(report_arena(checker), type, "warn") : NULL;
    for (size_t i = 0; rows && rows->kind == VALUE_ARRAY && i < rows->array.count; i++) {
        const Value *pattern = value_get(rows->array.items[i], TEXT("pattern"));
        const Value *message = value_get(rows->array.items[i], TEXT("message"));
        if (!pattern || !message) continue;
        PatternResult result = pattern_try(&checker->patterns, pattern->string, raw->string);
        if (result == PATTERN_FITS) {
            diag_add_with(checker->diags, DIAG_ADVICE, *raw->place, report_path(checker, path),
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
    Arena *arena = report_arena(checker);
    Text text = beside_read(arena, checker->diags, report_place(type, raw),
                            report_path(checker, path), checker->folder, raw->string, &good);
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
    bool trusted = !raw->place && !checker->checks_library; // defaults fit: the tests see to it
    if (!trusted && !check_pattern(checker, type, raw, path)) return NULL;
    warn(checker, type, raw, path);
    bool names_file = type_metadata(type, "file") && !checker->checks_library;
    return names_file ? file_value(checker, type, raw, path) : raw;
}
// ----------------------------------------------------------------------------------------------
// choices
static const Value *check_choice(Checker *checker, Type *type, const Value *raw, const Path *path)
{
    const Value **choices;
    size_t count;
    if (!setting_choices(report_arena(checker), type, &choices, &count)) return raw;
    for (size_t i = 0; i < count; i++) {
        if (value_equal(choices[i], raw)) {
            if (raw->kind == VALUE_STRING) warn(checker, type, raw, path);
            return raw;
        }
    }
    diag_add_with(checker->diags, DIAG_NOT_A_CHOICE, report_place(type, raw),
                  report_path(checker, path), setting_expected(&checker->types, type),
                  report_found(report_arena(checker), raw));
    if (raw->kind == VALUE_NULL) report_hint_default(checker, type);
    report_hint_choice(checker, choices, count, raw);
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
    Value *list = value_array(report_arena(checker));
    list->place = raw->place;
    for (size_t i = 0; i < raw->array.count; i++) {
        Path item = {.outer = path, .index = i};
        Type *expected = item_type(checker, type, i);
        const Value *value = raw->array.items[i];
        if (expected) value = check(checker, expected, value, &item);
        if (value) value_append(report_arena(checker), list, value);
        good &= value != NULL;
    }
    return good ? list : NULL;
}
// ----------------------------------------------------------------------------------------------
// objects

static void add(Checker *checker, Value *object, Text name, const Value *value, const Place *key)
{
    list_add(report_arena(checker), &object->object, ((ValueProperty){name, value, key}));
}

static const ValueProperty *written_property(const Value *raw, Text name)
{
    for (size_t i = 0; i < raw->object.count; i++) {
        if (text_equal(raw->object.items[i].name, name)) return &raw->object.items[i];
    }
    return NULL;
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
        Text name = text_lower(report_arena(checker), property->name);
        const ValueProperty *twin = map_get(&lower, name);
        if (twin && property->key_place) {
            diag_add_with(checker->diags, DIAG_CASE_TWINS, *property->key_place,
                          report_path(checker, path), twin->name, property->name);
            good = false;
        }
        map_put(report_arena(checker), &lower, name, &raw->object.items[i]);
    }
    return good;
}

// The value of a declared setting that was not written: its default, nothing for T?, or an error.
static bool complete_property(Checker *checker, Type *type, Place owner, const Path *path,
                              const Value **value)
{
    const Value *usual = setting_metadata(report_arena(checker), type, "default");
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
    Value *object = value_object(report_arena(checker)),
          *others = value_object(report_arena(checker));
    Text *meant = arena_array(report_arena(checker), Text, raw->object.count);
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
            good &= complete_property(checker, expected, report_owner(whole, raw, path), &inner,
                                      &value);
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
    Arena *arena = report_arena(checker);
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
    Text shown = path_text(report_arena(checker), &inner);
    if (!written) {
        Type *usual = setting_usual_variant(&checker->types, type, decides);
        if (usual) return usual;
        *good = false;
        diag_add_with(checker->diags, DIAG_MISSING_SETTING, report_owner(type, raw, path), shown,
                      words, type_description(type));
        return NULL;
    }
    for (size_t i = 0; i < type->members.count; i++) {
        if (written->value->kind == VALUE_STRING && text_equal(variants[i], written->value->string))
            return type->members.items[i];
    }
    *good = false;
    diag_add_with(checker->diags, DIAG_NOT_A_CHOICE, report_place(type, written->value), shown,
                  words, report_found(report_arena(checker), written->value));
    if (written->value->kind != VALUE_STRING) return NULL;
    Text nearest = diag_nearest(written->value->string, variants, type->members.count);
    if (!nearest.length) return NULL;
    diag_hint(checker->diags,
              text_format(report_arena(checker), "did you mean '%.*s'?", TEXT_ARG(nearest)));
    size_t meant = 0;
    while (!text_equal(variants[meant], nearest)) meant++;
    return type->members.items[meant];
}

// A copy of the description with the discriminator that was meant, so that its other settings are
// checked too.
static const Value *corrected(Checker *checker, Type *member, Text decides, const Value *raw)
{
    Value *copy = value_object(report_arena(checker));
    copy->place = raw->place;
    for (size_t i = 0; i < raw->object.count; i++) {
        ValueProperty property = raw->object.items[i];
        if (text_equal(property.name, decides)) {
            property.value = value_string(report_arena(checker),
                                          setting_variant(&checker->types, member, decides));
        }
        list_add(report_arena(checker), &copy->object, property);
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
    case TYPE_ANY:
    case TYPE_RESOURCE: break;
    }
    if (has_fraction(raw)) { // Bicep has no such numbers
        diag_add_with(checker->diags, DIAG_FRACTION, report_place(type, raw),
                      report_path(checker, path));
        return NULL;
    }
    return raw;
}

static Type *swarm_type(Checker *checker, BoundFile *types)
{
    const Symbol *symbol = bind_lookup(types, TEXT("Swarm"));
    if (symbol && symbol->kind == SYMBOL_TYPE) return type_declared(&checker->types, symbol);
    diag_add_with(checker->diags, DIAG_NO_SWARM_TYPE, ((Place){types->syntax->source, 0, 0}),
                  TEXT("Swarm"));
    return NULL;
}

const Value *swarm_complete(Arena *arena, Diags *diags, BoundFile *types, const Value *raw,
                            Text folder)
{
    Checker checker = {
        .types = {.arena = arena}, .diags = diags, .patterns = {.arena = arena}, .folder = folder};
    checker.root = swarm_type(&checker, types);
    if (!checker.root) return NULL;
    const Value *completed = check(&checker, checker.root, raw, NULL);
    pattern_free(&checker.patterns);
    return diag_failed(diags) ? NULL : completed;
}

// ----------------------------------------------------------------------------------------------
// the library itself

static void audit(Checker *checker, Type *type, const Path *path);

static void audit_object(Checker *checker, Type *object, const Path *path)
{
    for (size_t i = 0; i < object->object.count; i++) {
        Path inner = {.outer = path, .name = object->object.items[i].name};
        audit(checker, type_property(&checker->types, object, i), &inner);
    }
    Path any = {.outer = path, .name = TEXT("NAME")};
    Type *rest = type_rest(&checker->types, object);
    if (rest && rest->kind != TYPE_STRING) audit(checker, rest, &any);
}

// Everything that the decorators say about a setting, and about those within it.
static void audit(Checker *checker, Type *type, const Path *path)
{
    static const char *const keys[] = {"default", "example"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const Value *value = setting_metadata(report_arena(checker), type, keys[i]);
        if (value) check(checker, type, value, path);
    }
    if (path && !type_description(type).length) {
        diag_add_with(checker->diags, DIAG_NO_DESCRIPTION, (Place){0}, report_path(checker, path));
    }
    Path item = {.outer = path};
    if (type->kind == TYPE_OBJECT) audit_object(checker, type, path);
    for (size_t i = 0; type->kind == TYPE_UNION && i < type->members.count; i++) {
        if (type->members.items[i]->kind == TYPE_OBJECT) {
            audit_object(checker, type->members.items[i], path);
        }
    }
    Type *element = type->kind == TYPE_ARRAY ? type_element(&checker->types, type) : NULL;
    if (element && element->kind != TYPE_STRING && element->kind != TYPE_UNION) {
        audit(checker, element, &item);
    }
}

bool swarm_check_library(Arena *arena, Diags *diags, BoundFile *types)
{
    Checker checker = {.types = {.arena = arena},
                       .diags = diags,
                       .patterns = {.arena = arena},
                       .checks_library = true};
    checker.root = swarm_type(&checker, types);
    if (!checker.root) return false;
    audit(&checker, checker.root, NULL);
    pattern_free(&checker.patterns);
    return !diag_failed(diags);
}
