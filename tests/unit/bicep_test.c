// Reading Bicep: tokens, trees, questions about them; and the formatter, on what the official CLI
// 0.49.2 prints.
#include "check.h"

#include "compiler/bicep/format.h"
#include "compiler/bicep/parser.h"

#include <string.h>

static Arena arena;
static Diags diags = {.arena = &arena};

static const SyntaxFile *read_as(const char *path, const char *text)
{
    Source *source = arena_new(&arena, Source);
    *source = (Source){text_of(path), text_of(text)};
    diags.count = diags.errors = 0;
    return parser_read(&arena, &diags, source);
}

static const SyntaxFile *read(const char *text)
{
    return read_as("main.bicep", text);
}

// The tree of an expression in one line, each node in brackets.
static Text dump_of(const char *text)
{
    const SyntaxFile *file = read(text);
    CHECK(!diag_failed(&diags));
    TextBuffer out = {.arena = &arena};
    syntax_dump(&out, file);
    return buffer_done(&out);
}

static const Syntax *value_of(const char *text)
{
    return read(text)->statements.items[0]->declaration.value;
}

// ---- strings

static void check_string(const char *source, const char *want)
{
    Text text;
    const Syntax *node = value_of(text_string(&arena, text_format(&arena, "var a = %s\n", source)));
    CHECK(!diag_failed(&diags));
    CHECK(syntax_plain_string(node, &text));
    CHECK_TEXT(text, want);
}

static void test_strings(void)
{
    check_string("'a'", "a");
    check_string("''", "");
    check_string("'\\n\\r\\t\\\\\\'\\$'", "\n\r\t\\'$");
    check_string("'\\${x}$ $'", "${x}$ $");
    check_string("'\\u{41}\\u{00000e9}\\u{1F600}'", "Aé😀");
    check_string("'\\u{D83D}\\u{DE00}'", "😀"); // halves of a pair
    check_string("'\\u{D83D}'", "\xEF\xBF\xBD");
    check_string("'''\n a\n'''", " a\n");
    check_string("'''a\\n${b}'''", "a\\n${b}");
    check_string("'''\r\na\r\n'''", "a\r\n");
    check_string("'''a'''''", "a''");
    check_string("$$'''a${b}'''", "a${b}");
    const Syntax *node = value_of("var a = $$'''\nx$${1}${2}$$${3}'''\n");
    CHECK(!diag_failed(&diags));
    CHECK(node->string.expressions.count == 2 && node->string.multiline);
    CHECK_TEXT(node->string.segments[0], "x");
    CHECK_TEXT(node->string.segments[1], "${2}$");
    CHECK_TEXT(node->string.segments[2], "");
}

// ---- trees

static void test_precedence(void)
{
    CHECK_TEXT(dump_of("var a = 1 + 2 * 3 == b || !c ?? d\n"),
               "0-33 var a\n"
               "  8-33 value: binary ??\n"
               "    8-28 left: binary ||\n"
               "      8-22 left: binary ==\n"
               "        8-17 left: binary +\n"
               "          8-9 left: integer 1\n"
               "          12-17 right: binary *\n"
               "            12-13 left: integer 2\n"
               "            16-17 right: integer 3\n"
               "        21-22 right: name b\n"
               "      26-28 right: unary !\n"
               "        27-28 operand: name c\n"
               "    32-33 right: name d\n");
    CHECK_TEXT(dump_of("var a = 1 - 2 - 3\n"), "0-17 var a\n"
                                               "  8-17 value: binary -\n"
                                               "    8-13 left: binary -\n"
                                               "      8-9 left: integer 1\n"
                                               "      12-13 right: integer 2\n"
                                               "    16-17 right: integer 3\n");
}

static void test_members(void)
{
    CHECK_TEXT(dump_of("var a = b[^1].?c!.d(1)::e[?0]\n"), "0-29 var a\n"
                                                           "  8-29 value: index safe\n"
                                                           "    8-25 base: access ::e\n"
                                                           "      8-22 base: call d\n"
                                                           "        8-17 base: non-null\n"
                                                           "          8-16 inner: access .?c\n"
                                                           "            8-13 base: index from-end\n"
                                                           "              8-9 base: name b\n"
                                                           "              11-12 at: integer 1\n"
                                                           "        20-21 argument: integer 1\n"
                                                           "    27-28 at: integer 0\n");
}

static void test_statements(void)
{
    const SyntaxFile *file = read("// about a\n"
                                  "@description('x')\n"
                                  "@sys.secure()\n"
                                  "param a string = 'b' // trailing\n"
                                  "\n"
                                  "// about c\n"
                                  "resource c 'd@e' existing = [for (f, g) in h: if (i) {\n"
                                  "  'name': 'j'\n"
                                  "}]\n");
    CHECK(!diag_failed(&diags) && file->statements.count == 2);
    const Syntax *param = file->statements.items[0], *resource = file->statements.items[1];
    CHECK(param->kind == SYNTAX_PARAM && resource->kind == SYNTAX_RESOURCE);
    CHECK_TEXT(param->declaration.name, "a");
    CHECK(syntax_decorator(param->declaration.decorators, "secure") != NULL);
    CHECK(syntax_decorator(param->declaration.decorators, "description") != NULL);
    CHECK(syntax_decorator(param->declaration.decorators, "export") == NULL);
    CHECK_TEXT(syntax_leading_trivia(param), "// about a\n");
    CHECK_TEXT(syntax_leading_trivia(resource), "\n// about c\n");
    CHECK(resource->resource.existing);
    const Syntax *loop = resource->resource.value;
    CHECK_TEXT(loop->loop.item, "f");
    CHECK_TEXT(loop->loop.index, "g");
    const Syntax *body = syntax_body(resource);
    CHECK(syntax_property(body, "name") != NULL && syntax_property(body, "nam") == NULL);
    CHECK_TEXT(syntax_text(syntax_property(body, "name")), "'name': 'j'");
    Place place = syntax_place(body);
    CHECK(place.source == file->source && file->source->text.at[place.from] == '{');
}

static void test_parameters_file(void)
{
    const SyntaxFile *file = read_as("main.bicepparam", "using none\n"
                                                        "extends 'a.bicepparam'\n"
                                                        "param b = 1\n");
    CHECK(!diag_failed(&diags) && file->statements.count == 3);
    CHECK(file->statements.items[2]->declaration.type == NULL);
    read_as("main.bicepparam", "output a int = 1\n");
    CHECK(diags.count == 1 && diag_number(diags.items[0].code) == 1023);
    read("using none\n");
    CHECK(diags.count == 1 && diag_number(diags.items[0].code) == 1023);
}

static void test_imports(void)
{
    const SyntaxFile *file = read("import { a, b as c, 'd-e' as f } from 'g.bicep'\n"
                                  "import * as h from 'g.bicep'\n");
    CHECK(!diag_failed(&diags));
    const Syntax *list = file->statements.items[0], *all = file->statements.items[1];
    CHECK(list->import.count == 3 && list->import.wildcard.length == 0);
    CHECK_TEXT(list->import.items[0].alias, "a");
    CHECK_TEXT(list->import.items[1].name, "b");
    CHECK_TEXT(list->import.items[1].alias, "c");
    CHECK_TEXT(list->import.items[2].name, "d-e");
    CHECK_TEXT(all->import.wildcard, "h");
}

static void test_expression(void)
{
    Source source = {TEXT("(console)"), TEXT("\n concat('a',\n 'b') // c\n")};
    diags.count = diags.errors = 0;
    const Syntax *node = parser_read_expression(&arena, &diags, &source);
    CHECK(node && node->kind == SYNTAX_CALL && node->call.arguments.count == 2);
    Source rest = {TEXT("(console)"), TEXT("1 2")};
    CHECK(!parser_read_expression(&arena, &diags, &rest) && diags.count == 1);
    Source none = {TEXT("(console)"), TEXT("")};
    CHECK(!parser_read_expression(&arena, &diags, &none) && diags.count == 2);
}

// `count` times `piece` between the two.
static const char *repeated(const char *before, const char *piece, int count, const char *behind)
{
    TextBuffer out = {.arena = &arena};
    buffer_string(&out, before);
    for (int i = 0; i < count; i++) buffer_string(&out, piece);
    buffer_string(&out, behind);
    return text_string(&arena, buffer_done(&out));
}

static void check_depth(const char *text)
{
    read(text);
    bool deep = diags.count == 1 && diags.items[0].code == DIAG_TOO_DEEP;
    CHECK(deep);
    if (!deep) fprintf(stderr, "  %zu diagnostics: %.20s\n", diags.count, text);
}

static void test_depth(void)
{
    read(repeated("var a = ", "[", 150, repeated("", "]", 150, "\n")));
    CHECK(!diag_failed(&diags));
    read(repeated("var a = b", ".c", 900, "\n"));
    CHECK(!diag_failed(&diags));
    check_depth(repeated("var a = ", "(", 100000, "\n"));
    check_depth(repeated("var a = ", "[", 100000, "\n"));
    check_depth(repeated("var a = ", "f(", 100000, "\n"));
    check_depth(repeated("var a = ", "{ b: ", 100000, "\n"));
    check_depth(repeated("var a = ", "x => ", 100000, "\n"));
    check_depth(repeated("var a = ", "'${", 100000, ""));
    check_depth(repeated("var a = ", "b ? ", 100000, "\n"));
    check_depth(repeated("var a = 1", " + 1", 100000, "\n"));
    check_depth(repeated("var a = b", "[0]", 100000, "\n"));
    check_depth(repeated("var a = b", "!", 100000, "\n"));
    check_depth(repeated("type a = b", "? ", 100000, "\n"));
    check_depth(repeated("type a = b", "[]", 100000, "\n"));
    check_depth(repeated("type a = ", "{ *: ", 100000, "\n"));
    check_depth(repeated("resource a 'b@c' = {", "\nresource d 'e' = {", 100000, "\n"));
}

// ---- the formatter

static const struct {
    const char *what, *source, *formatted;
} formats[] = {
    {"lines: one empty line stays, more become one; the file's begin and end have none",
     "\n"
     "\n"
     "var a = 1\n"
     "\n"
     "\n"
     "\n"
     "var b = 2\n"
     "var c = 3   \n"
     "\n",
     "var a = 1\n"
     "\n"
     "var b = 2\n"
     "var c = 3\n"},
    {"lines of spaces count each",
     "var a = 1\n"
     "  \n"
     "var b = 2\n"
     " \n"
     " \n"
     " \n"
     "var c = 3\n",
     "var a = 1\n"
     "\n"
     "var b = 2\n"
     "\n"
     "\n"
     "\n"
     "var c = 3\n"},
    {"an empty file", "", "\n"},
    {"line ends become LF",
     "var a = 1\r\n"
     "var b = '''\r\n"
     "x\r\n"
     "'''\r\n",
     "var a = 1\n"
     "var b = '''\n"
     "x\n"
     "'''\n"},
    {"an object opened by a new line keeps its lines, others are joined",
     "var a = {\n"
     "  b: 1 }\n"
     "var c = { d: 1\n"
     "  e: 2\n"
     "}\n"
     "var f = {\n"
     "}\n"
     "var g = [ 1\n"
     " 2 ]\n"
     "var h = [\n"
     "]\n",
     "var a = {\n"
     "  b: 1\n"
     "}\n"
     "var c = { d: 1, e: 2 }\n"
     "var f = {}\n"
     "var g = [1, 2]\n"
     "var h = []\n"},
    {"a spread alone does not",
     "var a = [\n"
     "  ...b\n"
     "]\n"
     "var c = {\n"
     "  ...d\n"
     "}\n",
     "var a = [...b]\n"
     "var c = { ...d }\n"},
    {"what is wider than 120 columns is broken",
     "var a = [ "
     "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxx', 'y' ]\n"
     "var a = [ "
     "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxx', 'y' ]\n",
     "var a = "
     "['"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxx', 'y']\n"
     "var a = [\n"
     "  "
     "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxx'\n"
     "  'y'\n"
     "]\n"},
    {"width counts UTF-16 units",
     "var a = [ 'ééééééééééééééééééééééééééééééééééééééééééééééééééééé😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀', "
     "'y' ]\n"
     "var a = [ 'ééééééééééééééééééééééééééééééééééééééééééééééééééééé😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀x', "
     "'y' ]\n",
     "var a = ['ééééééééééééééééééééééééééééééééééééééééééééééééééééé😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀', "
     "'y']\n"
     "var a = [\n"
     "  'ééééééééééééééééééééééééééééééééééééééééééééééééééééé😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀x'\n"
     "  'y'\n"
     "]\n"},
    {"arguments",
     "var a = f( 1,2 , 3 )\n"
     "var b = f(\n"
     "  1,\n"
     "  2\n"
     ")\n"
     "var c = concat('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', "
     "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')\n",
     "var a = f(1, 2, 3)\n"
     "var b = f(1, 2)\n"
     "var c = concat(\n"
     "  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n"
     "  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n"
     "  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\n"
     ")\n"},
    {"a literal as the last argument",
     "var a = union(b, {\n"
     "  c: 1\n"
     "})\n"
     "var d = map(e, x => {\n"
     "  y: x\n"
     "})\n"
     "var f = union({\n"
     "  c: 1\n"
     "}, b)\n"
     "var g = string({\n"
     "  c: 1\n"
     "})\n"
     "var h = union(b, {\n"
     "  c: 1\n"
     "} // why\n"
     ")\n",
     "var a = union(b, {\n"
     "  c: 1\n"
     "})\n"
     "var d = map(e, x => {\n"
     "  y: x\n"
     "})\n"
     "var f = union(\n"
     "  {\n"
     "    c: 1\n"
     "  },\n"
     "  b\n"
     ")\n"
     "var g = string({\n"
     "  c: 1\n"
     "})\n"
     "var h = union(\n"
     "  b,\n"
     "  {\n"
     "    c: 1\n"
     "  } // why\n"
     ")\n"},
    {"lambdas",
     "var a = map(b, x=>\n"
     "  x + 1)\n"
     "var c = reduce(d, 0, ( e,f ) => e+f)\n"
     "var g = sort(h, (\n"
     "  i,\n"
     "  j\n"
     ") => i < j)\n",
     "var a = map(b, x => x + 1)\n"
     "var c = reduce(d, 0, (e, f) => e + f)\n"
     "var g = sort(h, (i, j) => i < j)\n"},
    {"ternaries",
     "var a = b ?c:d\n"
     "var e = f\n"
     "  ? g\n"
     "  : h\n"
     "var i = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ? "
     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb : ccccccccccccccccccccccccccccccc\n",
     "var a = b ? c : d\n"
     "var e = f ? g : h\n"
     "var i = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
     "  ? bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
     "  : ccccccccccccccccccccccccccccccc\n"},
    {"operators",
     "var a = 1+2*3-(4)/ - 5\n"
     "var b = !c&&d||e\n"
     "var f = g \?\? h\n"
     "var i = j [ 0 ] . k . ? l ! [ ? 1 ] [ ^ 2 ] :: m\n",
     "var a = 1 + 2 * 3 - (4) / -5\n"
     "var b = !c && d || e\n"
     "var f = g \?\? h\n"
     "var i = j[0].k.?l![?1][^2]::m\n"},
    {"strings are left alone, but for spaces behind ${",
     "var a = 'b${  c  }d${ /* e */ f }'\n"
     "var g = $$'''\n"
     " $${  h }\n"
     "'''\n",
     "var a = 'b${c  }d${/* e */ f }'\n"
     "var g = $$'''\n"
     " $${h }\n"
     "'''\n"},
    {"comments stay with their token",
     "var a = /* b */ 1 // c\n"
     "// d\n"
     "var e = [ // f\n"
     "  1 // g\n"
     "  // h\n"
     "  2 /* i */\n"
     "  /* j */ ]\n"
     "var k = f(/* l */)\n"
     "var m = { /* n */ }\n",
     "var a = /* b */ 1 // c\n"
     "// d\n"
     "var e = [\n"
     "  // f\n"
     "  1 // g\n"
     "  // h\n"
     "  2 /* i */\n"
     "  /* j */\n"
     "]\n"
     "var k = f(/* l */)\n"
     "var m = {\n"
     "  /* n */\n"
     "}\n"},
    {"comments without a token to stick to are dropped",
     "var a = b + /* c */ d\n"
     "var e = [1, /* f */ 2]\n",
     "var a = b + /* c */ d\n"
     "var e = [1, /* f */ 2]\n"},
    {"directives",
     "#disable-next-line   BCP001    no-x   \n"
     "var a = {\n"
     "  #disable-next-line BCP002\n"
     "  b: 1\n"
     "}\n"
     "#disable-diagnostics A\n"
     "#restore-diagnostics A\n",
     "#disable-next-line BCP001 no-x\n"
     "var a = {\n"
     "  #disable-next-line BCP002\n"
     "  b: 1\n"
     "}\n"
     "#disable-diagnostics A\n"
     "#restore-diagnostics A\n"},
    {"decorators",
     "@a()\n"
     "\n"
     "@sys.b( 'c' )   // d\n"
     "// e\n"
     "\n"
     "param f string\n",
     "@a()\n"
     "@sys.b('c') // d\n"
     "// e\n"
     "param f string\n"},
    {"loops",
     "var a = [for b in c: b]\n"
     "resource d 'e@f' = [for (g, i) in h: if (j) {\n"
     "  name: g\n"
     "}]\n"
     "var k = [\n"
     "  for l in m: l ]\n",
     "var a = [for b in c: b]\n"
     "resource d 'e@f' = [\n"
     "  for (g, i) in h: if (j) {\n"
     "    name: g\n"
     "  }\n"
     "]\n"
     "var k = [for l in m: l]\n"},
    {"conditions",
     "resource a 'b@c' = if (d) {\n"
     "}\n"
     "resource e 'f@g' =\n"
     "if (h) {\n"
     "  name: 'i'\n"
     "}\n"
     "resource j 'k@l' = // m\n"
     "  if (n) {\n"
     "  name: 'o'\n"
     "}\n",
     "resource a 'b@c' = if (d) {}\n"
     "resource e 'f@g' = if (h) {\n"
     "  name: 'i'\n"
     "}\n"
     "resource j 'k@l' =\n"
     "  // m\n"
     "  if (n) {\n"
     "    name: 'o'\n"
     "  }\n"},
    {"types",
     "type a = 'b'|'c'\n"
     "type d = | 'e'\n"
     "  | 'f' // g\n"
     "  | 'h'\n"
     "type i = { j: string\n"
     " k: int? }\n"
     "type l = {\n"
     "  @m()\n"
     "  n: string[]\n"
     "\n"
     "  *: bool\n"
     "}\n"
     "type o = [\n"
     "  string\n"
     "  int\n"
     "]\n"
     "type p = (string|int) [] ?\n"
     "type q = resourceInput < 'r@s' > . t\n"
     "type u = - 1 | true\n",
     "type a = 'b' | 'c'\n"
     "type d =\n"
     "  | 'e'\n"
     "  | 'f' // g\n"
     "  | 'h'\n"
     "type i = { j: string, k: int? }\n"
     "type l = {\n"
     "  @m()\n"
     "  n: string[]\n"
     "\n"
     "  *: bool\n"
     "}\n"
     "type o = [string, int]\n"
     "type p = (string | int)[]?\n"
     "type q = resourceInput<'r@s'>.t\n"
     "type u = -1 | true\n"},
    {"a long union",
     "type a = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' | "
     "'cccccccccccccccccccccccccccc' | 'ddddddddd'\n",
     "type a =\n"
     "  | 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\n"
     "  | 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'\n"
     "  | 'cccccccccccccccccccccccccccc'\n"
     "  | 'ddddddddd'\n"},
    {"functions",
     "func a(b string,c int)string=>b\n"
     "func d(\n"
     "  e string\n"
     ") object => {\n"
     "  f: e\n"
     "}\n"
     "func g() string => "
     "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxx'\n",
     "func a(b string, c int) string => b\n"
     "func d(e string) object => {\n"
     "  f: e\n"
     "}\n"
     "func g() string =>\n"
     "  "
     "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxx'\n"},
    {"imports and extensions",
     "import {a,b as c} from 'd.bicep'\n"
     "import {\n"
     "  e\n"
     "  f } from 'd.bicep'\n"
     "import * as g from 'h.bicep'\n"
     "extension i with {\n"
     "  j: 1\n"
     "} as k\n"
     "extension l as m\n"
     "extension n\n",
     "import { a, b as c } from 'd.bicep'\n"
     "import {\n"
     "  e\n"
     "  f\n"
     "} from 'd.bicep'\n"
     "import * as g from 'h.bicep'\n"
     "extension i with {\n"
     "  j: 1\n"
     "} as k\n"
     "extension l  as m\n"
     "extension n\n"},
    {"nested resources",
     "resource a 'b@c' = {\n"
     "  name: 'd'\n"
     "\n"
     "  @onlyIfNotExists()\n"
     "  resource e 'f' = {\n"
     "    name: 'g'\n"
     "  }\n"
     "}\n",
     "resource a 'b@c' = {\n"
     "  name: 'd'\n"
     "\n"
     "  @onlyIfNotExists()\n"
     "  resource e 'f' = {\n"
     "    name: 'g'\n"
     "  }\n"
     "}\n"},
};

static void test_formats(void)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const SyntaxFile *file = read(formats[i].source);
        CHECK(!diag_failed(&diags));
        int before = check_failures;
        CHECK_TEXT(format_file(&arena, file), formats[i].formatted);
        if (check_failures > before) fprintf(stderr, "  %s\n", formats[i].what);
    }
}

int main(void)
{
    test_strings();
    test_precedence();
    test_members();
    test_statements();
    test_parameters_file();
    test_imports();
    test_expression();
    test_depth();
    test_formats();
    arena_free(&arena);
    return check_done();
}
