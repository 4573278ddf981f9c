// tests/unit/snapshot_test.c: what the official snapshot cannot show: order, cycles, batches,
// duplicates, and calls that ask what exists.
#include "check.h"
#include "compiler/snapshot/template.h"

static const char head[] = "{\"$schema\":\"https://schema.management.azure.com/schemas/2019-04-01/"
                           "deploymentTemplate.json#\",\"contentVersion\":\"1.0.0.0\",";

static Arena arena;
static TemplateProblem problem;

static const TemplateContext context = {
    .tenant = {"99999999-1111-2222-3333-444444444444", 36},
    .subscription = {"00000000-1111-2222-3333-444444444444", 36},
    .group = {"acme", 4},
    .location = {"westeurope", 10},
    .name = {"main", 4},
    .now = 1700000000,
    .seed = 1,
};

// Single quotes stand for double ones, and '`' for single ones.
static Template *read(const char *rest)
{
    char *text = text_string(&arena, text_format(&arena, "%s%s}", head, rest));
    for (char *at = text; *at; at++) *at = *at == '\'' ? '"' : *at == '`' ? '\'' : *at;
    Text error = {0};
    const Value *json = value_read_json(&arena, text_of(text), &error);
    CHECK(json);
    return json ? template_read(&arena, json, NULL, &context, &problem) : NULL;
}

#define RESOURCE(name, rest)                                                                       \
    "'" name "':{'type':'Microsoft.A/b','apiVersion':'2020-01-01','name':'" name "'" rest "}"

// ---- what exists

static const Value *resource(void *self, Arena *own, Text id, Text version)
{
    (void)self;
    if (!text_ends(id, "/there")) return NULL;
    Value *object = value_object(own), *properties = value_object(own);
    value_set(own, properties, TEXT("state"), value_string(own, TEXT("up")));
    value_set(own, object, TEXT("location"), value_string(own, version));
    value_set(own, object, TEXT("properties"), properties);
    return object;
}

static const Value *list(void *self, Arena *own, Text function, Text id, Text version,
                         const Value *body)
{
    (void)self;
    (void)id;
    (void)version;
    (void)body;
    Value *object = value_object(own);
    value_set(own, object, TEXT("key"), value_string(own, function));
    return object;
}

static const TemplateRuntime runtime = {NULL, resource, list};

static Text property(const Value *body, const char *name)
{
    const Value *properties = body ? value_find(body, TEXT("properties")) : NULL;
    const Value *value = properties ? value_find(properties, text_of(name)) : NULL;
    return value && value->kind == VALUE_STRING ? value->string : (Text){0};
}

static void test_runtime(void)
{
    Template *template =
        read("'languageVersion':'2.0','resources':{" RESOURCE("there", "") "," RESOURCE(
            "x",
            ",'properties':{'a':'[reference(`there`).state]','b':"
            "'[reference(`there`, `v`, `full`).location]','c':"
            "'[listKeys(`there`, `v`).key]'}") "," RESOURCE("y", ",'properties':{'a':'[reference(`"
                                                                 "x`).state]'}") "}");
    size_t count = 0;
    CHECK(template);
    if (!template) return;
    const TemplateResource *resources = template_resources(template, &count);
    CHECK(count == 3);
    CHECK(resources[1].need_count == 1 && resources[1].needs[0] == 0); // by reference() alone
    const Value *body = template_body(template, 1, &runtime, &problem);
    CHECK_TEXT(property(body, "a"), "up");
    CHECK_TEXT(property(body, "b"), "v");
    CHECK_TEXT(property(body, "c"), "listKeys");
    body = template_body(template, 1, NULL, &problem);
    CHECK_TEXT(
        property(body, "a"),
        "[reference('/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/acme/"
        "providers/Microsoft.A/b/there', '2020-01-01').state]");
    CHECK(!template_body(template, 2, &runtime, &problem)); // x does not exist
    CHECK_TEXT(problem.code, "ResourceNotFound");
}

// ---- order

static void test_order(void)
{
    Template *template = read("'languageVersion':'2.0','resources':{" RESOURCE(
        "a",
        ",'dependsOn':['c','"
        "off']") "," RESOURCE("b",
                              "") "," RESOURCE("c",
                                               ",'dependsOn':['b']") "," RESOURCE("off",
                                                                                  ",'condition':"
                                                                                  "false,'"
                                                                                  "dependsOn':['b'"
                                                                                  "]") "}");
    size_t count = 0;
    CHECK(template);
    const TemplateResource *resources = template ? template_resources(template, &count) : NULL;
    CHECK(count == 3);
    if (count != 3) return;
    CHECK_TEXT(resources[0].symbol, "b");
    CHECK_TEXT(resources[1].symbol, "c");
    CHECK_TEXT(resources[2].symbol, "a");
    CHECK(resources[2].need_count == 1); // what is not deployed, nobody waits for
}

static void test_batches(void)
{
    Template *template = read(
        "'languageVersion':'2.0','resources':{'l':{'type':'Microsoft.A/b','apiVersion':'1','name':"
        "'[concat(`n`, copyIndex())]','copy':{'name':'l','count':5,'mode':'serial','batchSize':2"
        "}}}");
    size_t count = 0;
    CHECK(template);
    const TemplateResource *resources = template ? template_resources(template, &count) : NULL;
    CHECK(count == 5);
    for (size_t i = 0; i < count; i++) CHECK(resources[i].need_count == (i < 2 ? 0 : 2));
    if (count == 5) CHECK_TEXT(resources[4].symbol, "l[4]");
}

// ---- problems

static void refused(const char *rest, const char *why)
{
    CHECK(!read(rest));
    CHECK_TEXT(problem.code, "InvalidTemplate");
    Text wanted = text_format(&arena, "Deployment template validation failed: '%s'.", why);
    CHECK_TEXT(problem.message, text_string(&arena, wanted));
}

static void test_problems(void)
{
    refused(
        "'languageVersion':'2.0','resources':{" RESOURCE("a", ",'dependsOn':['b']") "," RESOURCE(
            "b", ",'properties':{'x':'[reference(`a`).y]'}") "}",
        "Circular dependency detected on resource: 'a'. Please see "
        "https://aka.ms/arm-syntax-resources for usage details.");
    refused("'languageVersion':'2.0','resources':{" RESOURCE("a", ",'dependsOn':['z']") "}",
            "The resource 'z' is not defined in the template. Please see https://aka.ms/arm-syntax "
            "for usage details.");
    refused("'parameters':{'p':{'type':'string'}},'resources':[]",
            "The value for the template parameter 'p' at line '1' and column '1' is not provided. "
            "Please see https://aka.ms/arm-create-parameter-file for usage details.");
    refused(
        "'resources':[],'outputs':{'o':{'type':'string','value':'[reference(`a`]'}}",
        "Unable to parse language expression 'reference('a'': expected token 'RightParenthesis' "
        "and actual 'EndOfData'.");
    refused(
        "'resources':[{'type':'Microsoft.A/b','apiVersion':'1','name':'a'},{'type':'microsoft.a/B',"
        "'apiVersion':'1','name':'A'}]",
        "The resource '/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/acme/"
        "providers/microsoft.a/B/A' at line '1' and column '1' is defined multiple times in a "
        "template. Please see https://aka.ms/arm-syntax-resources for usage details.");
}

// Behind the first token of what is wrong, in the text that the template was read from.
static void test_places(void)
{
    Text text = TEXT("{\n  // comments count\n  \"resources\": [],\n"
                     "  \"parameters\": {\"p\": {\"type\": \"string\"}}}");
    TemplateContext own = context;
    Text error = {0};
    const Value *json = value_read_json(&arena, text, &error);
    own.source = text;
    CHECK(json && !template_read(&arena, json, NULL, &own, &problem));
    CHECK(text_starts(problem.message, "Deployment template validation failed: 'The value for the "
                                       "template parameter 'p' at line '4' and column '24'"));
    size_t from = 0, to = 0;
    const Value *type = json ? value_find(value_find(json, TEXT("parameters")), TEXT("p")) : NULL;
    type = type ? value_find(type, TEXT("type")) : NULL;
    CHECK(type && value_json_span(&arena, text, json, type, &from, &to));
    CHECK_TEXT(text_slice(text, from, to), "\"string\"");
    CHECK(json && !value_json_span(&arena, text, json, &value_null, &from, &to));
}

// ---- a few lines that would take all there is

static void too_much(const char *variables, const char *what)
{
    Text text = text_format(&arena, "'variables':{%s},'resources':[],'outputs':{}", variables);
    Template *template = read(text_string(&arena, text));
    CHECK(!template);
    CHECK_TEXT(problem.code, "InvalidTemplate");
    Text end = text_format(
        &arena, "%s. Please see https://aka.ms/arm-functions for usage details.'.", what);
    if (!text_ends(problem.message, text_string(&arena, end))) CHECK_TEXT(problem.message, what);
}

static void test_budget(void)
{
#define VALUE_LIMIT "a value exceeds the limit of '8' MiB"
#define TEXT_LIMIT "a text exceeds the limit of '8' MiB"
#define DOUBLED(name, of) "'" name "':{'x':'[variables(`" of "`)]','y':'[variables(`" of "`)]'}"
    // 10^12 numbers, one after the other
    too_much("'a':'[map(range(0, 10000), lambda(`x`, map(range(0, 10000), lambda(`y`, range(0, "
             "10000)))))]'",
             "what they take together exceeds the limit of '1024' MiB");
    // 2^40 values that are one value in memory
    too_much("'a':'[length(reduce(range(0, 40), createArray(1), lambda(`a`, `i`, createArray("
             "lambdaVariables(`a`), lambdaVariables(`a`)))))]'",
             VALUE_LIMIT);
    too_much(
        "'a':'[range(0, 10000)]'," DOUBLED("b", "a") "," DOUBLED("c", "b") "," DOUBLED("d", "c") "," DOUBLED("e", "d") "," DOUBLED(
            "f",
            "e") "," DOUBLED("g",
                             "f") "," DOUBLED("h",
                                              "g") "," DOUBLED("i",
                                                               "h") "," DOUBLED("j",
                                                                                "i") "," DOUBLED("k",
                                                                                                 "j") "," DOUBLED("l",
                                                                                                                  "k"),
        VALUE_LIMIT);
    // nested deeper than any stack
    too_much("'a':'[string(reduce(range(0, 10000), 1, lambda(`a`, `i`, createArray("
             "lambdaVariables(`a`)))))]'",
             VALUE_LIMIT);
    // a text times a text
    too_much("'a':'[join(range(0, 10000), `,`)]','b':'[replace(variables(`a`), `1`, "
             "variables(`a`))]'",
             TEXT_LIMIT);
    too_much("'a':'[join(range(0, 10000), `,`)]','b':'[join(range(0, 1000), variables(`a`))]'",
             TEXT_LIMIT);
    too_much("'a':'[join(range(0, 10000), `,`)]','b':'[replace(variables(`a`), `,`, `{0}`)]',"
             "'c':'[format(variables(`b`), variables(`a`))]'",
             TEXT_LIMIT);
}

// ---- values of a deployment

static Text output(Template *template, const char *name)
{
    const Value *outputs = template ? template_outputs(template, &runtime, &problem) : NULL;
    const Value *entry = outputs ? value_find(outputs, text_of(name)) : NULL;
    const Value *value = entry ? value_find(entry, TEXT("value")) : NULL;
    return value && value->kind == VALUE_STRING ? value->string : (Text){0};
}

static void test_values(void)
{
    const char *text =
        "'parameters':{'t':{'type':'string','defaultValue':'[utcNow(`yyyy-MM-dd`)]'},'g':{"
        "'type':'securestring','defaultValue':'[newGuid()]'}},'resources':[],'outputs':{"
        "'t':{'type':'string','value':'[parameters(`t`)]'},'g':{'type':'string','value':"
        "'[parameters(`g`)]'},'e':{'type':'string','value':"
        "'[environment().suffixes.storage]'}}";
    Template *first = read(text), *second = read(text);
    CHECK_TEXT(output(first, "t"), "2023-11-14");
    CHECK_TEXT(output(first, "e"), "core.windows.net");
    CHECK(output(first, "g").length == 36);
    CHECK(text_equal(output(first, "g"), output(second, "g"))); // the same seed
    const Value *parameters = first ? template_parameters(first) : NULL;
    const Value *secret = parameters ? value_find(parameters, TEXT("g")) : NULL;
    CHECK(secret && !value_find(secret, TEXT("value")));
}

int main(void)
{
    test_runtime();
    test_order();
    test_batches();
    test_problems();
    test_places();
    test_budget();
    test_values();
    arena_free(&arena);
    return check_done();
}
