// compiler/swarm/yaml.c: libyaml's events become values with places. libyaml reads YAML 1.1's
// grammar, which for what we accept is that of 1.2; what a plain scalar means (YAML 1.2 core
// schema), keys, aliases and limits are decided here. Characters that the two versions treat
// differently are refused before libyaml sees them.
#include "base/map.h"
#include "compiler/swarm/swarm.h"

#include <yaml.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIZE_LIMIT = 1024 * 1024, // bytes of swarm.yaml
    NODE_LIMIT = 100000,      // values, those of aliases counted at each use
    DEPTH_LIMIT = 64,         // lists and settings within each other, through aliases too
    MARK_STEP = 64,           // characters between two known offsets
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
    Text text;         // what libyaml reads
    size_t skipped;    // bytes of the byte order mark in front of it
    uint32_t *offsets; // of every MARK_STEP-th character; NULL if all are ASCII
    size_t offset_count;
    Map anchors; // Text → Node *
    size_t nodes;
    bool stopped; // a diagnostic was added after which reading makes no sense
} Reader;

// ----------------------------------------------------------------------------------------------
// places

// libyaml counts characters.
static uint32_t offset_of(const Reader *reader, size_t character)
{
    if (!reader->offsets) {
        if (character > reader->text.length) character = reader->text.length;
        return (uint32_t)(reader->skipped + character);
    }
    size_t step = character / MARK_STEP;
    if (step >= reader->offset_count) step = reader->offset_count - 1;
    size_t at = reader->offsets[step];
    for (size_t i = step * MARK_STEP; i < character && at < reader->text.length; i++) {
        text_next(reader->text, &at);
    }
    return (uint32_t)(reader->skipped + at);
}

static void index_offsets(Reader *reader)
{
    size_t i = 0;
    while (i < reader->text.length && (unsigned char)reader->text.at[i] < 0x80) i++;
    if (i == reader->text.length) return;
    reader->offsets = arena_array(reader->arena, uint32_t, reader->text.length / MARK_STEP + 1);
    size_t character = 0;
    for (size_t at = 0; at < reader->text.length; character++) {
        if (character % MARK_STEP == 0) reader->offsets[reader->offset_count++] = (uint32_t)at;
        text_next(reader->text, &at);
    }
}

static Place place_between(const Reader *reader, yaml_mark_t from, yaml_mark_t to)
{
    return (Place){reader->source, offset_of(reader, from.index), offset_of(reader, to.index)};
}

static Place place_at(const Reader *reader, yaml_mark_t mark)
{
    uint32_t from = offset_of(reader, mark.index);
    return (Place){reader->source, from, from + (from < reader->source->text.length)};
}

static const Place *kept(const Reader *reader, Place place)
{
    Place *copy = arena_new(reader->arena, Place);
    *copy = place;
    return copy;
}

// The line of a byte offset, from its first character that is no space to its end.
static Place line_of(const Source *source, uint32_t at)
{
    uint32_t from = at, to = at;
    while (from > 0 && source->text.at[from - 1] != '\n') from--;
    while (to < source->text.length && source->text.at[to] != '\n' && source->text.at[to] != '\r') {
        to++;
    }
    while (from < to && source->text.at[from] == ' ') from++;
    return (Place){source, from, to};
}

static uint32_t line_number(const Source *source, uint32_t at)
{
    uint32_t line, column;
    diag_line_column(source, at, &line, &column);
    return line;
}

// ----------------------------------------------------------------------------------------------
// syntax errors

typedef enum { AT_PROBLEM, AT_CONTEXT } Where;

// What libyaml finds, in the words of somebody who writes YAML and never read its grammar.
static const struct {
    const char *problem;
    const char *context; // begins with this; NULL: any
    Where where;
    const char *message, *hint;
} explanations[] = {
    {"mapping values are not allowed in this context", NULL, AT_PROBLEM,
     "a ':' where no key can end",
     "a text with ': ' in it must stand in quotes; a key must begin its own line"},
    {"could not find expected ':'", NULL, AT_CONTEXT, "a ':' is missing behind this key",
     "a setting is written 'key: value', with a space behind the ':'"},
    {"did not find expected key", "while parsing a block mapping", AT_PROBLEM,
     "this does not fit what stands above", NULL},
    {"did not find expected '-' indicator", NULL, AT_PROBLEM,
     "here the list above goes on without a '-'",
     "each item of a list begins with '- ', all in the same column"},
    {"block sequence entries are not allowed in this context", NULL, AT_PROBLEM,
     "a list cannot begin here", "put the '-' on a line of its own, below the key"},
    {"mapping keys are not allowed in this context", NULL, AT_PROBLEM, "a key cannot begin here",
     "each key begins a line of its own"},
    {"did not find expected ',' or ']'", NULL, AT_CONTEXT,
     "the list that begins here is not closed",
     "items of a list in brackets are separated by ',', and a ']' ends it"},
    {"did not find expected ',' or '}'", NULL, AT_CONTEXT,
     "the settings that begin here are not closed",
     "settings in braces are separated by ',', and a '}' ends them"},
    {"did not find expected node content", NULL, AT_PROBLEM, "a value is missing here", NULL},
    {"found unexpected end of stream", NULL, AT_CONTEXT, "the quote that begins here is not closed",
     NULL},
    {"found unexpected document indicator", NULL, AT_CONTEXT,
     "the quote that begins here is not closed before the next document", NULL},
    {"found unknown escape character", NULL, AT_PROBLEM, "an unknown escape behind the '\\'",
     "in double quotes a backslash is written \\\\; in single quotes it means itself"},
    {"did not find expected hexdecimal number", NULL, AT_PROBLEM,
     "hexadecimal digits are missing behind \\x, \\u or \\U", NULL},
    {"found invalid Unicode character escape code", NULL, AT_PROBLEM,
     "this escape names no Unicode character", NULL},
    {"did not find expected alphabetic or numeric character", "while scanning an alias", AT_CONTEXT,
     "a text cannot begin with '*', which means an alias", "put the text in quotes"},
    {"did not find expected alphabetic or numeric character", NULL, AT_CONTEXT,
     "a text cannot begin with '&', which means an anchor", "put the text in quotes"},
    {"did not find expected comment or line break", "while scanning a block scalar", AT_PROBLEM,
     "a text cannot begin with '|' or '>' and go on in the same line",
     "put the text in quotes, or begin it on the next line"},
    {"found an indentation indicator equal to 0", NULL, AT_PROBLEM,
     "the number behind '|' or '>' must be 1 to 9", NULL},
    {"did not find expected <document start>", NULL, AT_PROBLEM,
     "this does not belong to what stands above", "settings of one level begin in the same column"},
    {"found incompatible YAML document", NULL, AT_PROBLEM, "only YAML 1.1 and 1.2 are understood",
     NULL},
    {"found undefined tag handle", NULL, AT_PROBLEM, "a tag with an unknown prefix",
     "a text that begins with '!' must stand in quotes"},
};

static bool is_tab_problem(const char *problem)
{
    return strstr(problem, "tab character") != NULL;
}

// The line in front of the one that begins at or holds `at`, comments and empty lines left out;
// empty if there is none.
static Place line_before(const Source *source, uint32_t at)
{
    Place line = line_of(source, at);
    for (;;) {
        uint32_t end = line.from;
        while (end > 0 && source->text.at[end - 1] != '\n') end--;
        if (end == 0) return (Place){source, 0, 0};
        line = line_of(source, end - 1);
        if (line.from < line.to && source->text.at[line.from] != '#') return line;
    }
}

// The ':' of a key directly followed by its value, as in 'name:acme'; an empty place if the line
// has none.
static Place tight_colon(const Source *source, Place line)
{
    uint32_t i = line.from;
    if (i < line.to && strchr("'\"", source->text.at[i])) { // a quoted key
        const char *end = memchr(source->text.at + i + 1, source->text.at[i], line.to - i - 1);
        if (end) i = (uint32_t)(end - source->text.at) + 1;
    }
    for (; i + 1 < line.to; i++) {
        char c = source->text.at[i], next = source->text.at[i + 1];
        bool tight = next != ' ' && next != '/' && next != '\t';
        if (c == '"' || c == '\'' || c == '#') break;
        if (c == ':' && i > line.from && tight) return (Place){source, i, i + 1};
        if (c == ':') break;
    }
    return (Place){source, 0, 0};
}

// True if the place of the mistake is such a ':', on the line of `at` or in front of it.
static bool explain_tight_colon(Reader *reader, Place at)
{
    Place here = tight_colon(reader->source, line_of(reader->source, at.from));
    Place before = tight_colon(reader->source, line_before(reader->source, at.from));
    Place place = before.to ? before : here;
    if (!place.to) return false;
    diag_add_with(reader->diags, DIAG_YAML_SYNTAX, place,
                  TEXT("a space is missing behind this ':'"));
    return true;
}

// A key that is deeper than the setting above, which has its value already: libyaml sees one text
// over two lines.
static bool explain_too_deep_key(Reader *reader, Place at)
{
    Text text = reader->source->text;
    Place line = line_of(reader->source, at.from), before = line_before(reader->source, at.from);
    for (uint32_t i = line.from; i < at.from; i++) {
        if (strchr(" :'\"", text.at[i])) return false;
    }
    if (!before.to) return false;
    diag_add_with(
        reader->diags, DIAG_YAML_SYNTAX, ((Place){reader->source, line.from, at.from}),
        TEXT("this key is indented deeper than the setting above, which has its value already"));
    diag_hint(reader->diags, TEXT("settings of one level begin in the same column"));
    return true;
}

static void explain_character(Reader *reader, Place place)
{
    char c = place.from < reader->source->text.length ? reader->source->text.at[place.from] : ' ';
    if (c == '\t') {
        diag_add(reader->diags, DIAG_YAML_TAB, place);
        diag_hint(reader->diags, TEXT("replace it by spaces"));
        return;
    }
    diag_add_with(reader->diags, DIAG_YAML_SYNTAX, place,
                  text_format(reader->arena, "a text cannot begin with '%c'", c));
    diag_hint(reader->diags, TEXT("put the text in quotes"));
}

// A line that is neither at the level of the settings above nor within them, or text behind a
// closing quote.
static void explain_indentation(Reader *reader, Place place)
{
    const yaml_parser_t *parser = &reader->parser;
    Text text = reader->source->text;
    if (place.from > 0 && strchr("'\"", text.at[place.from - 1])) {
        diag_hint(reader->diags, TEXT("nothing may follow a closing quote; in single quotes a "
                                      "quote is written twice: 'it''s'"));
        return;
    }
    diag_hint(reader->diags,
              text_format(reader->arena,
                          "the settings above begin in column %zu (line %zu); those of one level "
                          "begin in the same column",
                          parser->context_mark.column + 1, parser->context_mark.line + 1));
}

static void explain(Reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "unreadable";
    const char *context = parser->context ? parser->context : "";
    Place at = place_at(reader, parser->problem_mark);
    reader->stopped = true;
    if (is_tab_problem(problem)) {
        diag_add(reader->diags, DIAG_YAML_TAB, at);
        diag_hint(reader->diags, TEXT("replace it by spaces"));
        return;
    }
    if (strcmp(problem, "found character that cannot start any token") == 0) {
        explain_character(reader, at);
        return;
    }
    for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++) {
        const char *wanted = explanations[i].context;
        if (strcmp(problem, explanations[i].problem) != 0) continue;
        if (wanted && strncmp(context, wanted, strlen(wanted)) != 0) continue;
        bool has_context = parser->context != NULL;
        if (explanations[i].where == AT_CONTEXT && has_context) {
            at = place_at(reader, parser->context_mark);
        }
        bool colon = strstr(problem, "mapping values") != NULL;
        if ((colon || strchr(problem, ':')) && explain_tight_colon(reader, at)) return;
        if (colon && explain_too_deep_key(reader, at)) return;
        diag_add_with(reader->diags, DIAG_YAML_SYNTAX, at, text_of(explanations[i].message));
        if (explanations[i].hint) {
            diag_hint(reader->diags, text_of(explanations[i].hint));
        } else if (strcmp(problem, "did not find expected key") == 0) {
            explain_indentation(reader, at);
        }
        return;
    }
    diag_add_with(reader->diags, DIAG_YAML_SYNTAX, at, text_of(problem));
}

// ----------------------------------------------------------------------------------------------
// before libyaml

static bool looks_utf16(Text text)
{
    if (text_starts(text, "\xFE\xFF") || text_starts(text, "\xFF\xFE")) return true;
    return text.length >= 2 && (text.at[0] == 0) != (text.at[1] == 0);
}

static bool check_size(Reader *reader)
{
    size_t length = reader->source->text.length;
    if (length <= SIZE_LIMIT) return true;
    diag_add_with(reader->diags, DIAG_YAML_SIZE, ((Place){reader->source, 0, 0}),
                  text_format(reader->arena, "%zu", length),
                  text_format(reader->arena, "%d", SIZE_LIMIT));
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

static bool check_characters(Reader *reader)
{
    Text text = reader->source->text;
    bool good = true;
    for (size_t at = reader->skipped; at < text.length;) {
        size_t from = at;
        unsigned char byte = (unsigned char)text.at[at];
        if ((byte >= 0x20 && byte < 0x7F) || byte == '\n') {
            at++;
            continue;
        }
        uint32_t code = text_next(text, &at);
        if (!is_refused(code)) continue;
        diag_add_with(reader->diags, DIAG_YAML_CHARACTER,
                      ((Place){reader->source, (uint32_t)from, (uint32_t)at}),
                      text_of(character_name(code)), text_format(reader->arena, "U+%04X", code));
        diag_hint(reader->diags,
                  text_format(reader->arena,
                              code < 0x100 ? "in double quotes it can be written \\x%02X"
                                           : "in double quotes it can be written \\u%04X",
                              code));
        good = false;
    }
    return good;
}

static bool check_bytes(Reader *reader)
{
    Text text = reader->source->text;
    size_t bad = 0;
    if (!check_size(reader)) return false;
    if (looks_utf16(text)) {
        diag_add_with(reader->diags, DIAG_YAML_ENCODING, ((Place){.source = NULL}),
                      reader->source->path, TEXT("UTF-16"));
        return false;
    }
    if (!text_valid_utf8(text, &bad)) {
        diag_add_with(reader->diags, DIAG_NOT_UTF8,
                      ((Place){reader->source, (uint32_t)bad, (uint32_t)bad + 1}),
                      text_format(reader->arena, "%zu", bad),
                      text_format(reader->arena, "0x%02x", (unsigned char)text.at[bad]));
        return false;
    }
    if (text_starts(text, "\xEF\xBB\xBF")) reader->skipped = 3;
    reader->text = text_slice(text, reader->skipped, text.length);
    return check_characters(reader);
}

// ----------------------------------------------------------------------------------------------
// scalars

static bool is_one_of(Text text, const char *const *words)
{
    for (; *words; words++) {
        if (text_is(text, *words)) return true;
    }
    return false;
}

static size_t digits(Text text, size_t at)
{
    size_t from = at;
    while (at < text.length && text.at[at] >= '0' && text.at[at] <= '9') at++;
    return at - from;
}

// [-+]?[0-9]+  0o[0-7]+  0x[0-9a-fA-F]+; `base` is set.
static bool is_integer(Text text, int *base)
{
    const char *set = text_starts(text, "0o") ? "01234567" : "0123456789abcdefABCDEF";
    *base = text_starts(text, "0o") ? 8 : text_starts(text, "0x") ? 16 : 10;
    if (*base == 10) {
        size_t at = text.length && (text.at[0] == '-' || text.at[0] == '+');
        return text.length > at && digits(text, at) == text.length - at;
    }
    for (size_t i = 2; i < text.length; i++) {
        if (!text.at[i] || !strchr(set, text.at[i])) return false;
    }
    return text.length > 2;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?, and infinity and not-a-number
static bool is_float(Text text)
{
    static const char *const words[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                        "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
                                        ".NaN",  ".NAN",  NULL};
    if (is_one_of(text, words)) return true;
    size_t at = text.length && (text.at[0] == '-' || text.at[0] == '+');
    size_t whole = digits(text, at), fraction = 0;
    at += whole;
    if (at < text.length && text.at[at] == '.') {
        fraction = digits(text, ++at);
        at += fraction;
    }
    if (whole + fraction == 0) return false;
    if (at < text.length && (text.at[at] | 32) == 'e') {
        at++;
        at += at < text.length && (text.at[at] == '-' || text.at[at] == '+');
        size_t exponent = digits(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.length;
}

static double float_of(Arena *arena, Text text)
{
    size_t sign = text.at[0] == '-' || text.at[0] == '+';
    if (text.length > sign + 1 && text.at[sign] == '.' && (text.at[sign + 1] | 32) == 'i') {
        return text.at[0] == '-' ? -strtod("inf", NULL) : strtod("inf", NULL);
    }
    if (text.at[0] == '.' && (text.at[1] | 32) == 'n') return strtod("nan", NULL);
    return strtod(text_string(arena, text), NULL);
}

static bool read_integer(Reader *reader, Text text, int base, Place place, int64_t *integer)
{
    errno = 0;
    *integer = strtoll(
        text_string(reader->arena, text_slice(text, base == 10 ? 0 : 2, text.length)), NULL, base);
    if (errno == 0) return true;
    diag_add_with(reader->diags, DIAG_YAML_INTEGER, place, text);
    return false;
}

static const char *const null_words[] = {"", "~", "null", "Null", "NULL", NULL};
static const char *const true_words[] = {"true", "True", "TRUE", NULL};
static const char *const false_words[] = {"false", "False", "FALSE", NULL};

// What a plain scalar means in the core schema of YAML 1.2.
static ValueKind plain_kind(Text text, int *base)
{
    if (is_one_of(text, null_words)) return VALUE_NULL;
    if (is_one_of(text, true_words) || is_one_of(text, false_words)) return VALUE_BOOL;
    if (is_integer(text, base)) return VALUE_INT;
    if (is_float(text)) return VALUE_FLOAT;
    return VALUE_STRING;
}

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
    case VALUE_BOOL: value->boolean = is_one_of(text, true_words); break;
    case VALUE_INT: read_integer(reader, text, base, place, &value->integer); break;
    case VALUE_FLOAT: value->number = float_of(reader->arena, text); break;
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
    Place place = place_between(reader, event->start_mark, event->end_mark);
    int base = 10;
    bool tagged;
    bool bare = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_tag_alone(reader, place);
    ValueKind kind = bare ? plain_kind(text, &base) : VALUE_STRING;
    ValueKind wanted = kind;
    if (!tagged_kind(reader, event->data.scalar.tag, place, &tagged, &wanted)) wanted = kind;
    if (tagged && wanted != VALUE_STRING) {
        kind = plain_kind(text, &base);
        if (wanted == VALUE_FLOAT && kind == VALUE_INT) kind = VALUE_FLOAT;
        if (kind != wanted) {
            diag_add_with(reader->diags, DIAG_YAML_TAG_VALUE, place, text_copy(reader->arena, text),
                          tag_shown(reader, (const char *)event->data.scalar.tag));
        }
    }
    return scalar_value(reader, text, tagged ? wanted : kind, base, place);
}

// ----------------------------------------------------------------------------------------------
// composing

static bool next_event(Reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event)) return true;
    explain(reader);
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
    Place place = place_between(reader, event->start_mark, event->end_mark);
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
    Place place = place_between(reader, begin->start_mark, begin->end_mark);
    bool flow = begin->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    check_depth(reader, depth, place);
    check_collection_tag(reader, begin->data.sequence_start.tag, VALUE_ARRAY, place);
    yaml_event_t event;
    while (!reader->stopped && next_event(reader, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        if (end && flow) place.to = offset_of(reader, event.end_mark.index);
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
        diag_hint(reader->diags, text_format(reader->arena, "the first is on line %u",
                                             line_number(reader->source, first->from)));
        return false;
    }
    return true;
}

static void read_entry(Reader *reader, yaml_event_t *event, Value *object, Node *node, Map *seen,
                       size_t depth)
{
    Node key = read_node(reader, event, depth);
    const Place *at = key.value->place;
    Place place = at ? *at : place_at(reader, event->start_mark);
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
    Place place = place_between(reader, begin->start_mark, begin->end_mark);
    bool flow = begin->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, first = true;
    check_depth(reader, depth, place);
    check_collection_tag(reader, begin->data.mapping_start.tag, VALUE_OBJECT, place);
    yaml_event_t event;
    while (!reader->stopped && next_event(reader, &event)) {
        bool end = event.type == YAML_MAPPING_END_EVENT;
        if (end ? flow : first && !flow) place.to = offset_of(reader, event.end_mark.index);
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
    Place place = place_between(reader, event->start_mark, event->end_mark);
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

// ----------------------------------------------------------------------------------------------
// the file

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
    diag_add(reader->diags, DIAG_YAML_DOCUMENTS,
             line_of(reader->source, offset_of(reader, event->start_mark.index)));
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
    if (!check_bytes(&reader)) return NULL;
    index_offsets(&reader);
    if (!yaml_parser_initialize(&reader.parser)) abort();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text.at,
                                 reader.text.length);
    value = read_stream(&reader);
    yaml_parser_delete(&reader.parser);
    return diags->errors == errors ? value : NULL;
}
