// compiler/swarm/yaml.c: libyaml's events become values with places. libyaml reads YAML 1.1's
// grammar, which for what we accept is that of 1.2; keys, tags, aliases and limits are decided here.
#include "base/map.h"
#include "compiler/swarm/swarm.h"
#include "compiler/swarm/yamlerror.h"
#include "compiler/swarm/yamlscalar.h"

#include <stdlib.h>
#include <string.h>

enum {
    NODE_LIMIT = 100000, // values, those of aliases counted at each use
    DEPTH_LIMIT = 64,    // lists and settings within each other, through aliases too
};

typedef struct {
    const Value *value; // NULL while the anchor's own value is being read
    size_t nodes, height;
} Node;

typedef struct {
    Arena *arena;
    Diags *diags;
    const Source *source;
    yaml_parser_t parser;
    YamlText text;
    Map anchors; // Text → Node *
    size_t nodes;
    bool stopped; // a diagnostic was added after which reading makes no sense
} Reader;

static const Place *kept(const Reader *reader, Place place)
{
    Place *copy = arena_new(reader->arena, Place);
    *copy = place;
    return copy;
}

// ---- scalars

// The kinds that '!!name' stands for.
static const struct {
    const char *tag;
    ValueKind kind;
} core_tags[] = {
    {YAML_NULL_TAG, VALUE_NULL},   {YAML_BOOL_TAG, VALUE_BOOL},  {YAML_INT_TAG, VALUE_INT},
    {YAML_FLOAT_TAG, VALUE_FLOAT}, {YAML_STR_TAG, VALUE_STRING}, {YAML_SEQ_TAG, VALUE_ARRAY},
    {YAML_MAP_TAG, VALUE_OBJECT},
};

static Text tag_shown(Reader *reader, const char *tag)
{
    Text text = text_of(tag);
    static const char core[] = "tag:yaml.org,2002:";
    if (!text_starts(text, core)) return text_copy(reader->arena, text);
    return text_format(reader->arena, "!!%s", tag + strlen(core));
}

// The kind that a tag asks for. False after a diagnostic; `*tagged` says whether there is one that
// decides.
static bool tagged_kind(Reader *reader, const yaml_char_t *tag, Place place, bool *tagged,
                        ValueKind *kind)
{
    const char *name = (const char *)tag;
    *tagged = false;
    if (!name || strcmp(name, "!") == 0) return true; // '!' alone: a scalar is a text, as if quoted
    for (size_t i = 0; i < sizeof core_tags / sizeof *core_tags; i++) {
        if (strcmp(name, core_tags[i].tag) == 0) {
            *tagged = true;
            *kind = core_tags[i].kind;
            return true;
        }
    }
    diag_add_with(reader->diags, DIAG_YAML_TAG, place, tag_shown(reader, name));
    diag_hint(reader->diags,
              TEXT("tags of YAML itself are !!str, !!int, !!float, !!bool, !!null, !!seq, !!map; a "
                   "text that begins with '!' must stand in quotes"));
    return false;
}

static Value *scalar_value(Reader *reader, Text text, ValueKind kind, int base, Place place)
{
    Value *value = arena_new(reader->arena, Value);
    value->kind = kind;
    value->place = kept(reader, place);
    switch (kind) {
    case VALUE_NULL: break;
    case VALUE_BOOL: value->boolean = yamlscalar_is_true(text); break;
    case VALUE_INT:
        if (!yamlscalar_integer(reader->arena, text, base, &value->integer)) {
            diag_add_with(reader->diags, DIAG_YAML_INTEGER, place, text);
        }
        break;
    case VALUE_FLOAT: value->number = yamlscalar_float(reader->arena, text); break;
    case VALUE_STRING: value->string = text_copy(reader->arena, text); break;
    case VALUE_ARRAY:
    case VALUE_OBJECT: break; // an empty one; a diagnostic was added
    }
    return value;
}

// '! 12': the tag that says text, of which libyaml does not tell.
static bool is_tag_alone(const Reader *reader, Place place)
{
    Text text = text_slice(reader->source->text, place.from, place.to);
    return text_starts(text, "! ");
}

static const Value *read_scalar(Reader *reader, const yaml_event_t *event)
{
    Text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    Place place = yamltext_between(&reader->text, event->start_mark, event->end_mark);
    int base = 10;
    bool tagged;
    bool bare = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_tag_alone(reader, place);
    ValueKind kind = bare ? yamlscalar_kind(text, &base) : VALUE_STRING;
    ValueKind wanted = kind;
    if (!tagged_kind(reader, event->data.scalar.tag, place, &tagged, &wanted)) wanted = kind;
    if (tagged && wanted != VALUE_STRING) {
        kind = yamlscalar_kind(text, &base);
        if (wanted == VALUE_FLOAT && kind == VALUE_INT) kind = VALUE_FLOAT;
        if (kind != wanted) {
            diag_add_with(reader->diags, DIAG_YAML_TAG_VALUE, place, text_copy(reader->arena, text),
                          tag_shown(reader, (const char *)event->data.scalar.tag));
        }
    }
    return scalar_value(reader, text, tagged ? wanted : kind, base, place);
}

// ---- values

static bool next_event(Reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event)) return true;
    yamlerror_explain(reader->arena, reader->diags, &reader->text, &reader->parser);
    reader->stopped = true;
    return false;
}

static Node read_node(Reader *reader, yaml_event_t *event, size_t depth);

static void count_nodes(Reader *reader, size_t more, Place place)
{
    reader->nodes += more;
    if (reader->nodes <= NODE_LIMIT || reader->stopped) return;
    diag_add_with(reader->diags, DIAG_YAML_TOO_MANY, place,
                  text_format(reader->arena, "%d", NODE_LIMIT));
    reader->stopped = true;
}

static void check_depth(Reader *reader, size_t depth, Place place)
{
    if (depth <= DEPTH_LIMIT || reader->stopped) return;
    diag_add_with(reader->diags, DIAG_YAML_TOO_DEEP, place,
                  text_format(reader->arena, "%d", DEPTH_LIMIT));
    reader->stopped = true;
}

static Node *open_anchor(Reader *reader, const yaml_char_t *name)
{
    if (!name) return NULL;
    Node *node = arena_new(reader->arena, Node);
    map_put(reader->arena, &reader->anchors, text_copy(reader->arena, text_of((const char *)name)),
            node);
    return node;
}

static void report_alias(Reader *reader, Text name, Place place)
{
    Text *known = arena_array(reader->arena, Text, reader->anchors.count);
    for (size_t i = 0; i < reader->anchors.count; i++) known[i] = reader->anchors.items[i].key;
    Text nearest = diag_nearest(name, known, reader->anchors.count);
    diag_add_with(reader->diags, DIAG_YAML_ALIAS, place, text_copy(reader->arena, name));
    if (nearest.length) {
        diag_hint(reader->diags,
                  text_format(reader->arena, "did you mean '*%.*s'?", TEXT_ARG(nearest)));
    } else {
        diag_hint(reader->diags, TEXT("a text that begins with '*' must stand in quotes"));
    }
}

// The anchor's value as it is, but with the place of the alias, where it is used.
static Node read_alias(Reader *reader, const yaml_event_t *event, size_t depth)
{
    Text name = text_of((const char *)event->data.alias.anchor);
    Place place = yamltext_between(&reader->text, event->start_mark, event->end_mark);
    const Node *node = map_get(&reader->anchors, name);
    if (!node) {
        report_alias(reader, name, place);
        return (Node){&value_null, 1, 0};
    }
    if (!node->value) {
        diag_add_with(reader->diags, DIAG_YAML_CYCLE, place, text_copy(reader->arena, name));
        return (Node){&value_null, 1, 0};
    }
    check_depth(reader, depth + node->height, place);
    count_nodes(reader, node->nodes, place);
    Value *value = arena_new(reader->arena, Value);
    *value = *node->value;
    value->place = kept(reader, place);
    return (Node){value, node->nodes, node->height};
}

static void take(Node *whole, Node part)
{
    whole->nodes += part.nodes;
    if (part.height + 1 > whole->height) whole->height = part.height + 1;
}

static void check_collection_tag(Reader *reader, const yaml_char_t *tag, ValueKind is, Place place)
{
    bool tagged;
    ValueKind wanted = is;
    if (tagged_kind(reader, tag, place, &tagged, &wanted) && wanted != is) {
        diag_add_with(reader->diags, DIAG_YAML_TAG_VALUE, place,
                      is == VALUE_ARRAY ? TEXT("a list") : TEXT("an object"),
                      tag_shown(reader, (const char *)tag));
    }
}

static Node read_sequence(Reader *reader, const yaml_event_t *begin, size_t depth)
{
    Node node = {.nodes = 1};
    Value *array = arena_new(reader->arena, Value);
    array->kind = VALUE_ARRAY;
    Place place = yamltext_between(&reader->text, begin->start_mark, begin->end_mark);
    bool flow = begin->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    check_depth(reader, depth, place);
    check_collection_tag(reader, begin->data.sequence_start.tag, VALUE_ARRAY, place);
    yaml_event_t event;
    while (!reader->stopped && next_event(reader, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        if (end && flow) place.to = yamltext_offset(&reader->text, event.end_mark.index);
        if (!end) {
            Node item = read_node(reader, &event, depth + 1);
            list_add(reader->arena, &array->array, item.value);
            take(&node, item);
        }
        yaml_event_delete(&event);
        if (end) break;
    }
    if (!flow && place.to == place.from) place.to = place.from + 1; // the first '-'
    array->place = kept(reader, place);
    node.value = array;
    return node;
}

// True if the scalar is a usable key; else a diagnostic was added.
static bool check_key(Reader *reader, const yaml_event_t *event, const Value *key, Place place,
                      Map *seen)
{
    bool plain =
        event->type == YAML_SCALAR_EVENT && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (key->kind != VALUE_STRING) {
        Text written = text_slice(reader->source->text, place.from, place.to);
        bool scalar = plain && written.length;
        static const char *const names[] = {"nothing", "true or false", "a number", "a number",
                                            "a text",  "a list",        "settings"};
        diag_add_with(reader->diags, DIAG_YAML_KEY, place, text_of(names[key->kind]));
        if (text_starts(text_slice(reader->source->text, place.from - (place.from > 0), place.to),
                        "{{")) {
            diag_hint(reader->diags, TEXT("a text that begins with '{' must stand in quotes"));
        } else if (scalar) {
            diag_hint(reader->diags,
                      text_format(reader->arena, "put it in quotes: '%.*s'", TEXT_ARG(written)));
        }
        return false;
    }
    if (plain && text_is(key->string, "<<")) {
        diag_add(reader->diags, DIAG_YAML_MERGE, place);
        diag_hint(
            reader->diags,
            TEXT("write the settings out, or use an alias for a whole value: 'image: *image'"));
        return false;
    }
    const Place *first = map_get(seen, key->string);
    if (first) {
        diag_add_with(reader->diags, DIAG_YAML_DUPLICATE, place, key->string);
        uint32_t line, column;
        diag_line_column(reader->source, first->from, &line, &column);
        diag_hint(reader->diags, text_format(reader->arena, "the first is on line %u", line));
        return false;
    }
    return true;
}

static void read_entry(Reader *reader, yaml_event_t *event, Value *object, Node *node, Map *seen,
                       size_t depth)
{
    Node key = read_node(reader, event, depth);
    const Place *at = key.value->place;
    Place place = at ? *at : yamltext_at(&reader->text, event->start_mark);
    bool usable = !reader->stopped && check_key(reader, event, key.value, place, seen);
    yaml_event_t value_event;
    if (reader->stopped || !next_event(reader, &value_event)) return;
    Node value = read_node(reader, &value_event, depth + 1);
    yaml_event_delete(&value_event);
    take(node, value);
    if (!usable) return;
    const Place *key_place = kept(reader, place);
    map_put(reader->arena, seen, key.value->string, (void *)(uintptr_t)key_place);
    list_add(reader->arena, &object->object,
             ((ValueProperty){key.value->string, value.value, key_place}));
}

static Node read_mapping(Reader *reader, const yaml_event_t *begin, size_t depth)
{
    Node node = {.nodes = 1};
    Value *object = arena_new(reader->arena, Value);
    object->kind = VALUE_OBJECT;
    Map seen = {0};
    Place place = yamltext_between(&reader->text, begin->start_mark, begin->end_mark);
    bool flow = begin->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, first = true;
    check_depth(reader, depth, place);
    check_collection_tag(reader, begin->data.mapping_start.tag, VALUE_OBJECT, place);
    yaml_event_t event;
    while (!reader->stopped && next_event(reader, &event)) {
        bool end = event.type == YAML_MAPPING_END_EVENT;
        if (end ? flow : first && !flow)
            place.to = yamltext_offset(&reader->text, event.end_mark.index);
        if (!end) read_entry(reader, &event, object, &node, &seen, depth);
        yaml_event_delete(&event);
        first = false;
        if (end) break;
    }
    object->place = kept(reader, place);
    node.value = object;
    return node;
}

static Node read_node(Reader *reader, yaml_event_t *event, size_t depth)
{
    Node node = {&value_null, 1, 0}, *anchor = NULL;
    Place place = yamltext_between(&reader->text, event->start_mark, event->end_mark);
    if (event->type == YAML_ALIAS_EVENT) return read_alias(reader, event, depth);
    count_nodes(reader, 1, place);
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = open_anchor(reader, event->data.scalar.anchor);
        node.value = read_scalar(reader, event);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = open_anchor(reader, event->data.sequence_start.anchor);
        node = read_sequence(reader, event, depth);
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = open_anchor(reader, event->data.mapping_start.anchor);
        node = read_mapping(reader, event, depth);
    }
    if (anchor) *anchor = node;
    return node;
}

// ---- the file

static bool is_nothing(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event->data.scalar.tag;
}

static void report_empty(Reader *reader)
{
    diag_add(reader->diags, DIAG_YAML_EMPTY, ((Place){reader->source, 0, 0}));
    diag_hint(reader->diags, TEXT("the shortest description is a name: 'name: acme'"));
}

static void report_second_document(Reader *reader, const yaml_event_t *event)
{
    diag_add(
        reader->diags, DIAG_YAML_DOCUMENTS,
        yamltext_line(reader->source, yamltext_offset(&reader->text, event->start_mark.index)));
    diag_hint(reader->diags,
              TEXT("one file describes one swarm; put the others into folders of their own"));
}

// The only document of the stream.
static const Value *read_stream(Reader *reader)
{
    const Value *value = NULL;
    yaml_event_t event;
    for (bool more = true; more && !reader->stopped && next_event(reader, &event);) {
        switch (event.type) {
        case YAML_DOCUMENT_START_EVENT:
            if (value) {
                report_second_document(reader, &event);
                reader->stopped = true;
            }
            break;
        case YAML_STREAM_END_EVENT: more = false; break;
        case YAML_NO_EVENT:
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT: break;
        case YAML_ALIAS_EVENT:
        case YAML_SCALAR_EVENT:
        case YAML_SEQUENCE_START_EVENT:
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_START_EVENT:
        case YAML_MAPPING_END_EVENT:
            if (is_nothing(&event)) {
                report_empty(reader);
                reader->stopped = true;
            } else {
                value = read_node(reader, &event, 1).value;
            }
            break;
        }
        yaml_event_delete(&event);
    }
    if (!value && !reader->stopped) report_empty(reader);
    return value;
}

const Value *swarm_read_yaml(Arena *arena, Diags *diags, const Source *source)
{
    Reader reader = {.arena = arena, .diags = diags, .source = source};
    size_t errors = diags->errors;
    const Value *value = NULL;
    if (!yamltext_open(&reader.text, arena, diags, source)) return NULL;
    if (!yaml_parser_initialize(&reader.parser)) abort();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text.text.at,
                                 reader.text.text.length);
    value = read_stream(&reader);
    yaml_parser_delete(&reader.parser);
    return diags->errors == errors ? value : NULL;
}
