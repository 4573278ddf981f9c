// compiler/swarm/setting.c
#include "compiler/swarm/setting.h"

#include <string.h>

// ----------------------------------------------------------------------------------------------
// values

static const Value *literal(Arena *arena, const Syntax *node);

static const Value *literal_object(Arena *arena, const Syntax *node)
{
    Value *object = value_object(arena);
    for (size_t i = 0; i < node->list.count; i++) {
        const Syntax *item = node->list.items[i];
        if (item->kind != SYNTAX_PROPERTY || !item->property.name.length) return NULL;
        const Value *value = literal(arena, item->property.value);
        if (!value) return NULL;
        value_set(arena, object, item->property.name, value);
    }
    return object;
}

static const Value *literal_array(Arena *arena, const Syntax *node)
{
    Value *array = value_array(arena);
    for (size_t i = 0; i < node->list.count; i++) {
        const Value *value = literal(arena, node->list.items[i]);
        if (!value) return NULL;
        value_append(arena, array, value);
    }
    return array;
}

// Of Bicep, also lists and objects of literals; NULL if it is none.
static const Value *literal(Arena *arena, const Syntax *node)
{
    node = syntax_bare(node);
    Text text;
    int64_t integer;
    if (node->kind == SYNTAX_OBJECT) return literal_object(arena, node);
    if (node->kind == SYNTAX_ARRAY) return literal_array(arena, node);
    if (node->kind == SYNTAX_BOOL) return value_bool(node->boolean);
    if (node->kind == SYNTAX_NULL) return &value_null;
    if (syntax_plain_string(node, &text)) return value_string(arena, text);
    if (type_integer(node, &integer)) return value_int(arena, integer);
    return NULL;
}

const Value *setting_metadata(Arena *arena, const Type *type, const char *key)
{
    const Syntax *node = type_metadata(type, key);
    return node ? literal(arena, node) : NULL;
}

Text setting_text(Arena *arena, const Type *type, const char *key)
{
    const Value *value = setting_metadata(arena, type, key);
    return value && value->kind == VALUE_STRING ? value->string : (Text){0};
}

// ----------------------------------------------------------------------------------------------
// choices and variants

bool setting_choices(Arena *arena, const Type *type, const Value ***choices, size_t *count)
{
    bool one = type->kind == TYPE_LITERAL;
    if (!one && type->kind != TYPE_UNION) return false;
    *count = one ? 1 : type->members.count;
    *choices = arena_array(arena, const Value *, *count);
    for (size_t i = 0; i < *count; i++) {
        const Type *member = one ? type : type->members.items[i];
        if (member->kind != TYPE_LITERAL) return false;
        (*choices)[i] = literal(arena, member->literal);
        if (!(*choices)[i]) return false;
    }
    return true;
}

Text setting_discriminator(const Type *type)
{
    Text text = {0};
    const Syntax *argument = type->kind == TYPE_UNION ? type_argument(type, "discriminator") : NULL;
    if (argument) syntax_plain_string(argument, &text);
    return text;
}

static Type *discriminator_type(Types *types, Type *member, Text discriminator)
{
    const TypeProperty *property = type_find(member, discriminator);
    return property ? type_property(types, member, (size_t)(property - member->object.items))
                    : NULL;
}

Text setting_variant(Types *types, Type *member, Text discriminator)
{
    Text text = {0};
    const Type *type = discriminator_type(types, member, discriminator);
    if (type && type->kind == TYPE_LITERAL) syntax_plain_string(type->literal, &text);
    return text;
}

Type *setting_usual_variant(Types *types, Type *type, Text discriminator)
{
    for (size_t i = 0; i < type->members.count; i++) {
        const Type *decides = discriminator_type(types, type->members.items[i], discriminator);
        if (decides && type_metadata(decides, "default")) return type->members.items[i];
    }
    return NULL;
}

// ----------------------------------------------------------------------------------------------
// words

Text setting_list(Arena *arena, const Text *words, size_t count)
{
    TextBuffer buffer = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_string(&buffer, i + 1 == count ? " or " : ", ");
        buffer_text(&buffer, words[i]);
    }
    return buffer_done(&buffer);
}

static Text choices_in_words(Arena *arena, const Value **choices, size_t count)
{
    Text *words = arena_array(arena, Text, count);
    for (size_t i = 0; i < count; i++) {
        words[i] = choices[i]->kind == VALUE_STRING
                       ? text_format(arena, "'%.*s'", TEXT_ARG(choices[i]->string))
                       : setting_yaml(arena, choices[i]);
    }
    return setting_list(arena, words, count);
}

static Text range_in_words(Arena *arena, const Type *type, const char *what, const char *least,
                           const char *most, const char *unit)
{
    int64_t low, high;
    bool has_low = type_limit(type, least, &low), has_high = type_limit(type, most, &high);
    if (has_low && has_high && low == high)
        return text_format(arena, "%s %lld%s", what, (long long)low, unit);
    if (has_low && has_high) {
        const char *from = *unit ? "" : " from";
        return text_format(arena, "%s%s %lld to %lld%s", what, from, (long long)low,
                           (long long)high, unit);
    }
    const char *of = *unit ? "" : " of";
    if (has_low) return text_format(arena, "%s%s at least %lld%s", what, of, (long long)low, unit);
    if (has_high) return text_format(arena, "%s%s at most %lld%s", what, of, (long long)high, unit);
    return (Text){0};
}

static Text text_in_words(Arena *arena, const Type *type)
{
    Text example = setting_text(arena, type, "example"),
         hint = setting_text(arena, type, "patternHint");
    if (type_metadata(type, "file")) return TEXT("the name of a file beside swarm.yaml");
    if (hint.length) return hint;
    Text pattern = setting_text(arena, type, "pattern");
    if (pattern.length && example.length)
        return text_format(arena, "a text like '%.*s'", TEXT_ARG(example));
    if (pattern.length) return text_format(arena, "a text that matches %.*s", TEXT_ARG(pattern));
    Text range = range_in_words(arena, type, "a text of", "minLength", "maxLength", " characters");
    return range.length ? range : TEXT("a text");
}

static Text list_in_words(Types *types, Type *type)
{
    Text range =
        range_in_words(types->arena, type, "a list of", "minLength", "maxLength", " items");
    Type *element = type_element(types, type);
    if (range.length) return range;
    if (!element) return TEXT("a list");
    if (element->kind == TYPE_STRING) return TEXT("a list of texts");
    if (element->kind == TYPE_UNION && !setting_discriminator(element).length) {
        Text choices = setting_expected(types, element);
        return text_format(types->arena, "a list of %.*s", TEXT_ARG(choices));
    }
    return TEXT("a list");
}

static Text bare_expectation(Types *types, Type *type)
{
    Arena *arena = types->arena;
    const Value **choices;
    size_t count;
    Text range;
    if (setting_choices(arena, type, &choices, &count))
        return choices_in_words(arena, choices, count);
    switch (type->kind) {
    case TYPE_BOOL: return TEXT("true or false");
    case TYPE_INT:
        range = range_in_words(arena, type, "a whole number", "minValue", "maxValue", "");
        return range.length ? range : TEXT("a whole number");
    case TYPE_STRING: return text_in_words(arena, type);
    case TYPE_ARRAY: return list_in_words(types, type);
    case TYPE_TUPLE: return text_format(arena, "a list of %zu items", type->members.count);
    case TYPE_OBJECT:
        if (type->object.rest && !type->object.count) return TEXT("entries of the form 'name: …'");
        return TEXT("settings of the form 'key: value'");
    case TYPE_UNION: return TEXT("settings of the form 'key: value'");
    case TYPE_NULL: return TEXT("nothing");
    case TYPE_ANY:
    case TYPE_RESOURCE:
    case TYPE_LITERAL: return TEXT("a value");
    }
    return TEXT("a value");
}

Text setting_expected(Types *types, Type *type)
{
    Text expected = bare_expectation(types, type), unit = setting_text(types->arena, type, "unit");
    if (!unit.length) return expected;
    return text_format(types->arena, "%.*s (%.*s)", TEXT_ARG(expected), TEXT_ARG(unit));
}

// ----------------------------------------------------------------------------------------------
// YAML

// A text that YAML 1.1 or 1.2 would read as something else, or that has characters with a meaning.
static bool needs_quotes(Text text)
{
    static const char *const words[] = {"true", "false", "null", "yes", "no",
                                        "on",   "off",   "y",    "n"};
    if (!text.length || strchr("0123456789+-.!&*?|>@`%{}[],#'\" ~=<:", text.at[0])) return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_is_alike(text, words[i])) return true;
    }
    for (size_t i = 0; i < text.length; i++) {
        bool address = text.at[i] == ':' && i + 1 < text.length && text.at[i + 1] == '/';
        if (strchr(":#,[]{}\n\t\"\\", text.at[i]) && !address) return true;
    }
    return text.at[text.length - 1] == ' ';
}

static void write_yaml_text(TextBuffer *out, Text text)
{
    if (!needs_quotes(text)) {
        buffer_text(out, text);
        return;
    }
    bool lines = false;
    for (size_t i = 0; i < text.length; i++) lines |= (unsigned char)text.at[i] < 0x20;
    if (lines) {
        json_quote(out, text); // JSON's escapes are YAML's
        return;
    }
    buffer_char(out, '\'');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '\'') buffer_char(out, '\'');
        buffer_char(out, text.at[i]);
    }
    buffer_char(out, '\'');
}

static void write_yaml(TextBuffer *out, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: buffer_string(out, "null"); break;
    case VALUE_BOOL: buffer_string(out, value->boolean ? "true" : "false"); break;
    case VALUE_INT: buffer_format(out, "%lld", (long long)value->integer); break;
    case VALUE_FLOAT: buffer_text(out, value_float_text(out->arena, value->number)); break;
    case VALUE_STRING: write_yaml_text(out, value->string); break;
    case VALUE_ARRAY:
        buffer_char(out, '[');
        for (size_t i = 0; i < value->array.count; i++) {
            if (i) buffer_string(out, ", ");
            write_yaml(out, value->array.items[i]);
        }
        buffer_char(out, ']');
        break;
    case VALUE_OBJECT:
        buffer_string(out, value->object.count ? "{ " : "{");
        for (size_t i = 0; i < value->object.count; i++) {
            if (i) buffer_string(out, ", ");
            write_yaml_text(out, value->object.items[i].name);
            buffer_string(out, ": ");
            write_yaml(out, value->object.items[i].value);
        }
        buffer_string(out, value->object.count ? " }" : "}");
        break;
    }
}

Text setting_yaml(Arena *arena, const Value *value)
{
    TextBuffer buffer = {.arena = arena};
    write_yaml(&buffer, value);
    return buffer_done(&buffer);
}
