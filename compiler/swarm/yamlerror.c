// compiler/swarm/yamlerror.c: a row for each problem of libyaml; where it sees only the consequence, the
// lines around are searched for the mistake.
#include "compiler/swarm/yamlerror.h"

#include <string.h>

typedef struct {
    Arena *arena;
    Diags *diags;
    const Source *source;
    const YamlText *yaml;
    const yaml_parser_t *parser;
} Explainer;

typedef enum { AT_PROBLEM, AT_CONTEXT } Where;

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

// The line in front of the one that begins at or holds `at`, comments and empty lines left out;
// empty if there is none.
static Place line_before(const Source *source, uint32_t at)
{
    Place line = yamltext_line(source, at);
    for (;;) {
        uint32_t end = line.from;
        while (end > 0 && source->text.at[end - 1] != '\n') end--;
        if (end == 0) return (Place){source, 0, 0};
        line = yamltext_line(source, end - 1);
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
static bool explain_tight_colon(const Explainer *explainer, Place at)
{
    Place here = tight_colon(explainer->source, yamltext_line(explainer->source, at.from));
    Place before = tight_colon(explainer->source, line_before(explainer->source, at.from));
    Place place = before.to ? before : here;
    if (!place.to) return false;
    diag_add_with(explainer->diags, DIAG_YAML_SYNTAX, place,
                  TEXT("a space is missing behind this ':'"));
    return true;
}

// A key that is deeper than the setting above, which has its value already: libyaml sees one text
// over two lines.
static bool explain_too_deep_key(const Explainer *explainer, Place at)
{
    Text text = explainer->source->text;
    Place line = yamltext_line(explainer->source, at.from),
          before = line_before(explainer->source, at.from);
    for (uint32_t i = line.from; i < at.from; i++) {
        if (strchr(" :'\"", text.at[i])) return false;
    }
    if (!before.to) return false;
    diag_add_with(
        explainer->diags, DIAG_YAML_SYNTAX, ((Place){explainer->source, line.from, at.from}),
        TEXT("this key is indented deeper than the setting above, which has its value already"));
    diag_hint(explainer->diags, TEXT("settings of one level begin in the same column"));
    return true;
}

static void explain_character(const Explainer *explainer, Place place)
{
    char c =
        place.from < explainer->source->text.length ? explainer->source->text.at[place.from] : ' ';
    if (c == '\t') {
        diag_add(explainer->diags, DIAG_YAML_TAB, place);
        diag_hint(explainer->diags, TEXT("replace it by spaces"));
        return;
    }
    diag_add_with(explainer->diags, DIAG_YAML_SYNTAX, place,
                  text_format(explainer->arena, "a text cannot begin with '%c'", c));
    diag_hint(explainer->diags, TEXT("put the text in quotes"));
}

// A line that is neither at the level of the settings above nor within them, or text behind a
// closing quote.
static void explain_indentation(const Explainer *explainer, Place place)
{
    const yaml_parser_t *parser = explainer->parser;
    Text text = explainer->source->text;
    if (place.from > 0 && strchr("'\"", text.at[place.from - 1])) {
        diag_hint(explainer->diags, TEXT("nothing may follow a closing quote; in single quotes a "
                                         "quote is written twice: 'it''s'"));
        return;
    }
    diag_hint(explainer->diags,
              text_format(explainer->arena,
                          "the settings above begin in column %zu (line %zu); those of one level "
                          "begin in the same column",
                          parser->context_mark.column + 1, parser->context_mark.line + 1));
}

static void explain(const Explainer *explainer)
{
    const yaml_parser_t *parser = explainer->parser;
    const char *problem = parser->problem ? parser->problem : "unreadable";
    const char *context = parser->context ? parser->context : "";
    Place at = yamltext_at(explainer->yaml, parser->problem_mark);
    if (strstr(problem, "tab character")) {
        diag_add(explainer->diags, DIAG_YAML_TAB, at);
        diag_hint(explainer->diags, TEXT("replace it by spaces"));
        return;
    }
    if (strcmp(problem, "found character that cannot start any token") == 0) {
        explain_character(explainer, at);
        return;
    }
    for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++) {
        const char *wanted = explanations[i].context;
        if (strcmp(problem, explanations[i].problem) != 0) continue;
        if (wanted && strncmp(context, wanted, strlen(wanted)) != 0) continue;
        bool has_context = parser->context != NULL;
        if (explanations[i].where == AT_CONTEXT && has_context) {
            at = yamltext_at(explainer->yaml, parser->context_mark);
        }
        bool colon = strstr(problem, "mapping values") != NULL;
        if ((colon || strchr(problem, ':')) && explain_tight_colon(explainer, at)) return;
        if (colon && explain_too_deep_key(explainer, at)) return;
        diag_add_with(explainer->diags, DIAG_YAML_SYNTAX, at, text_of(explanations[i].message));
        if (explanations[i].hint) {
            diag_hint(explainer->diags, text_of(explanations[i].hint));
        } else if (strcmp(problem, "did not find expected key") == 0) {
            explain_indentation(explainer, at);
        }
        return;
    }
    diag_add_with(explainer->diags, DIAG_YAML_SYNTAX, at, text_of(problem));
}

void yamlerror_explain(Arena *arena, Diags *diags, const YamlText *yaml,
                       const yaml_parser_t *parser)
{
    explain(&(Explainer){arena, diags, yaml->source, yaml, parser});
}
