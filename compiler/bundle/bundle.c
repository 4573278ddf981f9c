// compiler/bundle/bundle.c: each stage once, in order. The residual is parsed once; that tree is
// both formatted to main.bicep and emitted to azuredeploy.json, so the two cannot disagree. These
// two only read the tree, and run at the same time; so do the rules and the specialiser, which only
// read the description.
#include "compiler/bundle/bundle.h"

#include "base/file.h"
#include "base/task.h"
#include "compiler/arm/emit.h"
#include "compiler/bicep/format.h"
#include "compiler/bicep/parser.h"
#include "compiler/bundle/parameters.h"
#include "compiler/evaluate/evaluate.h"
#include "compiler/library/library.h"
#include "compiler/swarm/swarm.h"

typedef struct {
    Arena *arena;
    Diags *diags;
    const BundleRequest *request;
    BindReader *reader;
    TextBuffer *dump;
} Road;

static bool ok(const Road *road)
{
    return !diag_failed(road->diags);
}

static void dump_value(const Road *road, const Value *value)
{
    JsonWriter json = {.out = road->dump};
    value_write_json(&json, value);
    buffer_char(road->dump, '\n');
}

// The completed description; NULL after an error or where the dump ends.
static const Value *describe(Road *road)
{
    const BundleRequest *request = road->request;
    const Source *source =
        file_read(road->arena, road->diags, (Place){0}, request->path, request->path);
    const Value *raw = source ? swarm_read_yaml(road->arena, road->diags, source) : NULL;
    if (!raw) return NULL;
    if (request->stop == STAGE_VALUE) {
        dump_value(road, raw);
        return NULL;
    }
    BoundFile *types =
        bind_file(road->arena, road->diags, road->reader, TEXT("templates/swarm.bicep"));
    const Value *completed =
        types ? swarm_complete(road->arena, road->diags, types, raw, path_folder(request->path))
              : NULL;
    if (!completed) return NULL;
    if (request->stop == STAGE_COMPLETED) {
        dump_value(road, completed);
        return NULL;
    }
    return ok(road) ? completed : NULL;
}

static BoundFile *bind_rules(Road *road)
{
    return bind_file(road->arena, road->diags, road->reader, TEXT("templates/rules.bicep"));
}

// What files() of the library says, if there is such a function: more files, by path.
static bool add_more(Task *task, BoundFile *library, const Value *swarm, OutputFiles *files)
{
    const Symbol *symbol = bind_lookup(library, TEXT("files"));
    if (!symbol || symbol->kind != SYMBOL_FUNC) return true;
    Evaluator *evaluator = evaluate_begin(&task->arena, &task->diags, library, NULL);
    Place place = syntax_place(symbol->declaration);
    const Value *more = evaluate_call(evaluator, TEXT("files"), &swarm, 1, place);
    if (!more) return false;
    bool good = more->kind == VALUE_OBJECT;
    for (size_t i = 0; good && i < more->object.count; i++) {
        const ValueProperty *item = &more->object.items[i];
        good = item->value->kind == VALUE_STRING;
        if (good) list_add(&task->arena, files, ((OutputFile){item->name, item->value->string}));
    }
    if (!good)
        diag_add_with(&task->diags, DIAG_NO_FUNCTION, place, TEXT("files()"),
                      TEXT("texts by path"));
    return good;
}

// What else follows from the description, beside the specialiser: the rules, and the files that are
// not for Azure. What the specialiser says of a description that breaks rules does not matter.
typedef struct {
    Task task;
    BoundFile *library, *rules;
    const Value *swarm;
    OutputFiles more;
} Checking;

static void check_run(Task *task)
{
    Checking *checking = (Checking *)task;
    const Value *swarm = checking->swarm;
    if (swarm_check_rules(&task->arena, &task->diags, checking->rules, swarm))
        add_more(task, checking->library, swarm, &checking->more);
}

// False after an error of the rules, or of the specialiser.
static bool specialize(Road *road, BoundFile *library, const Value *swarm, OutputFiles *made,
                       Origins *origins)
{
    Checking checking = {.library = library, .rules = bind_rules(road), .swarm = swarm};
    if (!checking.rules) return false;
    Diags diags = {.arena = road->arena};
    task_begin(&checking.task, check_run);
    specialize_library(road->arena, &diags, library, swarm, made, origins);
    task_end(&checking.task, road->arena);
    diag_append(road->diags, &checking.task.diags);
    if (ok(road)) diag_append(road->diags, &diags);
    for (size_t i = 0; i < checking.more.count; i++)
        list_add(road->arena, made, checking.more.items[i]);
    return ok(road);
}

// Files already made, read back by the modules' references and load functions of the residual.
typedef struct {
    BindReader reader;
    const OutputFiles *files;
} MadeReader;

static const OutputFile *made_file(const OutputFiles *files, Text path)
{
    for (size_t i = 0; i < files->count; i++) {
        if (text_equal(files->items[i].path, path)) return &files->items[i];
    }
    return NULL;
}

static const Source *read_made(BindReader *reader, Diags *diags, Place asked_at, Text path)
{
    MadeReader *made = (MadeReader *)reader;
    const OutputFile *file = made_file(made->files, path);
    if (!file) {
        diag_add_with(diags, DIAG_CANNOT_READ, asked_at, path,
                      TEXT("it is not part of the output"));
        return NULL;
    }
    Source *source = arena_new(reader->arena, Source);
    *source = (Source){file->path, file->text};
    return source;
}

static bool is_bicep(const OutputFile *file)
{
    return text_ends(file->path, ".bicep");
}

// What is made of the residual beside azuredeploy.json: main.bicep and its modules, formatted, and
// the parameters files.
typedef struct {
    Task task;
    const BoundFile *main;
    const OutputFiles *files;
    OutputFiles made;
} Formatting;

static void format_run(Task *task)
{
    Formatting *formatting = (Formatting *)task;
    for (size_t i = 0; i < formatting->files->count; i++) {
        OutputFile file = formatting->files->items[i];
        if (!is_bicep(&file)) continue;
        Source source = {file.path, file.text};
        const SyntaxFile *syntax = text_equal(file.path, formatting->main->path)
                                       ? formatting->main->syntax
                                       : parser_read(&task->arena, &task->diags, &source);
        file.text = format_file(&task->arena, syntax);
        list_add(&task->arena, &formatting->made, file);
    }
    parameters_add(&task->arena, formatting->main, &formatting->made);
}

static void put_file(Arena *arena, OutputFiles *files, OutputFile file)
{
    size_t at = 0;
    while (at < files->count && !text_equal(files->items[at].path, file.path)) at++;
    if (at == files->count) list_add(arena, files, file);
    files->items[at] = file;
}

// main.bicep and its modules become formatted text, azuredeploy.json and the parameters files are
// added.
static bool compile_residual(Road *road, OutputFiles *files)
{
    // The tests hold what is made of the embedded library against the official compiler's types.
    bool exact = !road->request->library;
    MadeReader made = {{.arena = road->arena, .read = read_made, .exact = exact}, files};
    BoundFile *main = bind_file(road->arena, road->diags, &made.reader, TEXT("main.bicep"));
    if (!main) return false;
    Formatting formatting = {.main = main, .files = files};
    task_begin(&formatting.task, format_run);
    Text template = emit_template(road->arena, road->diags, main);
    task_end(&formatting.task, road->arena);
    if (!ok(road)) return false;
    for (size_t i = 0; i < formatting.made.count; i++)
        put_file(road->arena, files, formatting.made.items[i]);
    put_file(road->arena, files, (OutputFile){TEXT("azuredeploy.json"), template});
    return true;
}

// The section of each resource, as sections() of the library says; without it, where it comes from.
static bool dump_sections(Road *road, BoundFile *library, const Origins *origins)
{
    Arena *arena = road->arena;
    const Symbol *symbol = bind_lookup(library, TEXT("sections"));
    const Value *words = value_object(arena);
    if (symbol && symbol->kind == SYMBOL_FUNC) {
        Evaluator *evaluator = evaluate_begin(arena, road->diags, library, NULL);
        Place place = syntax_place(symbol->declaration);
        words = evaluate_call(evaluator, TEXT("sections"), NULL, 0, place);
        if (!words) return false;
    }
    Value *sections = value_object(arena);
    for (size_t i = 0; i < origins->count; i++) {
        const Origin *origin = &origins->items[i];
        const Value *word = words->kind == VALUE_OBJECT ? value_get(words, origin->origin) : NULL;
        Text section = word && word->kind == VALUE_STRING ? word->string : origin->origin;
        if (text_ends(section, " *"))
            section = text_format(arena, "%.*s%.*s", (int)section.length - 1, section.at,
                                  TEXT_ARG(origin->label));
        value_set(arena, sections, origin->symbol, value_string(arena, section));
    }
    dump_value(road, sections);
    return true;
}

static bool dumped(const Road *road, const OutputFiles *files, Stage stage, Text path)
{
    if (road->request->stop != stage) return false;
    buffer_text(road->dump, made_file(files, path)->text);
    return true;
}

static bool begin(Road *road)
{
    road->reader = library_reader(road->arena, road->request->library);
    return road->reader != NULL;
}

bool bundle_make(Arena *arena, Diags *diags, const BundleRequest *request, OutputFiles *files,
                 TextBuffer *dump)
{
    Road road = {arena, diags, request, NULL, dump};
    if (!begin(&road)) return false;
    const Value *swarm = describe(&road);
    if (!swarm) return ok(&road);
    BoundFile *library = bind_file(arena, diags, road.reader, TEXT("templates/main.bicep"));
    OutputFiles made = {0};
    Origins origins = {0}, *asked = request->stop == STAGE_SECTIONS ? &origins : NULL;
    if (!library || !specialize(&road, library, swarm, &made, asked)) return false;
    if (asked) return dump_sections(&road, library, asked);
    if (dumped(&road, &made, STAGE_RESIDUAL, TEXT("main.bicep"))) return true;
    if (!compile_residual(&road, &made)) return false;
    if (dumped(&road, &made, STAGE_MAIN, TEXT("main.bicep"))) return true;
    if (dumped(&road, &made, STAGE_TEMPLATE, TEXT("azuredeploy.json"))) return true;
    *files = made;
    return true;
}

bool bundle_validate(Arena *arena, Diags *diags, const BundleRequest *request)
{
    Road road = {arena, diags, request, NULL, NULL};
    const Value *swarm = begin(&road) ? describe(&road) : NULL;
    BoundFile *rules = swarm ? bind_rules(&road) : NULL;
    return rules && swarm_check_rules(arena, diags, rules, swarm);
}
