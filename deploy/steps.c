// deploy/steps.c: operations are matched with steps by symbolic name; in templates of the older kind,
// which have none, by type and name.
//   facts:  Microsoft.Resources/deployments/operations: properties.{provisioningOperation,
//           provisioningState, timestamp, duration, statusMessage, targetResource.{id, resourceType,
//           resourceName, symbolicName}}; a loop's are named `symbol[0]`
#include "deploy/steps.h"

#include "compiler/evaluate/shape.h"
#include "deploy/answer.h"
#include "deploy/problem.h"

#include <string.h>

static const char deployments[] = "Microsoft.Resources/deployments";
enum { DEEPEST = 8 }; // modules in modules

static Text last_part(Text path)
{
    size_t at = path.length;
    while (at > 0 && path.at[at - 1] != '/') at--;
    return text_slice(path, at, path.length);
}

static Text without_index(Text symbol) // "pool[0]": "pool"
{
    return text_slice(symbol, 0, text_index(symbol, '['));
}

// ---- from the template

static Text section_of(const Steps *steps, const Entry *module, Text name)
{
    const Value *section = NULL;
    if (steps->sections) section = value_get(steps->sections, without_index(name));
    if (!module && section && section->kind == VALUE_STRING) return section->string;
    return module ? module->step.group : (Text){0};
}

static Entry *add(Steps *steps, size_t at, Entry *module, Text name, Text type)
{
    Entry *entry = arena_new(steps->arena, Entry);
    name = text_copy(steps->arena, name);
    *entry = (Entry){
        .name = name,
        .module = module,
        .step = {.symbol = module ? text_format(steps->arena, "%.*s.%.*s",
                                                TEXT_ARG(module->step.symbol), TEXT_ARG(name))
                                  : name,
                 .group = section_of(steps, module, name),
                 .type = text_copy(steps->arena, type),
                 .usual = times_usual(steps->times, type)},
    };
    list_add(steps->arena, steps, entry);
    memmove(steps->items + at + 1, steps->items + at,
            (steps->count - 1 - at) * sizeof *steps->items);
    steps->items[at] = entry;
    steps->stale = true;
    return entry;
}

static bool is_text(const Value *value)
{
    return value && value->kind == VALUE_STRING;
}

static bool is_expression(Text text)
{
    return text_starts(text, "[") && !text_starts(text, "[[");
}

// A literal in single quotes at the end of "[resourceId('type', 'name')]": its last one.
static Text last_literal(Text expression)
{
    size_t end = expression.length;
    while (end > 0 && expression.at[end - 1] != '\'') end--;
    size_t from = end > 0 ? end - 1 : 0;
    while (from > 0 && expression.at[from - 1] != '\'') from--;
    return end > 0 && from > 0 ? text_slice(expression, from, end - 1) : (Text){0};
}

static void read_needs(Steps *steps, Entry *entry, const Value *depends)
{
    if (!depends || depends->kind != VALUE_ARRAY) return;
    entry->needs = arena_array(steps->arena, Text, depends->array.count);
    for (size_t i = 0; i < depends->array.count; i++) {
        const Value *one = depends->array.items[i];
        if (!is_text(one)) continue;
        Text name = is_expression(one->string) ? last_literal(one->string) : last_part(one->string);
        if (name.length) entry->needs[entry->need_count++] = text_copy(steps->arena, name);
    }
}

static void read_template(Steps *steps, const Value *template, Entry *module, int depth);

static void read_resource(Steps *steps, const Value *resource, Text symbol, Entry *module,
                          int depth)
{
    Text type = shape_text(resource, "type"), name = shape_text(resource, "name");
    const Value *condition = shape_at(resource, "condition");
    bool off = condition && condition->kind == VALUE_BOOL && !condition->boolean;
    if (shape_bool(resource, "existing") || off || !type.length) return;
    bool literal = name.length && !is_expression(name);
    if (!symbol.length) symbol = literal ? last_part(name) : last_literal(name);
    if (!symbol.length) symbol = last_part(type);
    Entry *entry = add(steps, steps->count, module, symbol, type);
    if (literal) entry->literal = text_copy(steps->arena, name);
    read_needs(steps, entry, shape_at(resource, "dependsOn"));
    const Value *nested = shape_at(resource, "properties.template");
    if (nested && depth < DEEPEST && steps_is_module(entry))
        read_template(steps, nested, entry, depth + 1);
}

static void read_template(Steps *steps, const Value *template, Entry *module, int depth)
{
    const Value *resources = shape_at(template, "resources");
    if (resources && resources->kind == VALUE_OBJECT) {
        for (size_t i = 0; i < resources->object.count; i++)
            read_resource(steps, resources->object.items[i].value, resources->object.items[i].name,
                          module, depth);
    } else if (resources && resources->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < resources->array.count; i++)
            read_resource(steps, resources->array.items[i], (Text){0}, module, depth);
    }
}

Steps steps_of(Arena *arena, const Times *times, const Value *template, const Value *sections)
{
    Steps steps = {.arena = arena, .times = times};
    if (sections && sections->kind == VALUE_OBJECT) steps.sections = shape_copy(arena, sections);
    if (template) read_template(&steps, template, NULL, 0);
    return steps;
}

// ---- from the operations

static bool fits(const Entry *entry, Text symbol, Text id, Text type, Text name)
{
    if (symbol.length) return text_equal(entry->name, symbol);
    if (entry->seen) return text_alike(entry->step.id, id);
    return text_alike(entry->step.type, type) &&
           (!entry->literal.length || text_alike(entry->literal, name));
}

static bool is_within(const Entry *entry, const Entry *module)
{
    if (!module) return true;
    while (entry && entry != module) entry = entry->module;
    return entry != NULL;
}

static size_t end_of(const Steps *steps, const Entry *module)
{
    size_t end = 0;
    for (size_t i = 0; i < steps->count; i++) {
        if (is_within(steps->items[i], module)) end = i + 1;
    }
    return end;
}

// `pool`, before the first of `pool[0]`, `pool[1]` … takes its place; NULL if it is no loop's.
static Entry *loop_of(const Steps *steps, const Entry *module, Text symbol)
{
    if (!text_ends(symbol, "]")) return NULL;
    for (size_t i = 0; i < steps->count; i++) {
        Entry *entry = steps->items[i];
        if (entry->module == module && !entry->seen &&
            text_equal(entry->name, without_index(symbol)))
            return entry;
    }
    return NULL;
}

// The step that an operation is about; made if Azure tells of it first.
static Entry *find(Steps *steps, Entry *module, const Value *target)
{
    Text symbol = shape_text(target, "symbolicName"), id = shape_text(target, "id");
    Text type = shape_text(target, "resourceType"), name = shape_text(target, "resourceName");
    for (int seen = 1; seen >= 0; seen--) { // those first that Azure told of before
        for (size_t i = 0; i < steps->count; i++) {
            Entry *entry = steps->items[i];
            if (entry->module == module && entry->seen == (seen == 1) &&
                fits(entry, symbol, id, type, name))
                return entry;
        }
    }
    Entry *loop = loop_of(steps, module, symbol);
    Text called = symbol.length ? symbol : last_part(name);
    if (!loop) return add(steps, end_of(steps, module), module, called, type);
    loop->name = text_copy(steps->arena, symbol);
    loop->step.symbol = module ? text_format(steps->arena, "%.*s.%.*s",
                                             TEXT_ARG(module->step.symbol), TEXT_ARG(symbol))
                               : loop->name;
    return loop;
}

static StepState state_of(Text state)
{
    static const struct {
        const char *name;
        StepState state;
    } states[] = {{"Succeeded", STEP_DONE},
                  {"Failed", STEP_FAILED},
                  {"Canceled", STEP_CANCELED},
                  {"NotStarted", STEP_WAITING},
                  {"NotSpecified", STEP_WAITING}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (text_alike(state, text_of(states[i].name))) return states[i].state;
    }
    return STEP_RUNNING;
}

static bool is_over(StepState state)
{
    return state == STEP_DONE || state == STEP_FAILED || state == STEP_CANCELED;
}

static void read_error(Steps *steps, Arena *work, Step *step, const Value *message)
{
    step->code = step->message = (Text){0};
    if (step->state != STEP_FAILED || !message) return;
    Text error;
    const Value *read = is_text(message) ? value_read_json(work, message->string, &error) : message;
    Problems problems = {0};
    if (read && read->kind == VALUE_OBJECT) problems = problems_of(work, read);
    if (problems.count) {
        step->code = text_copy(steps->arena, problems.items[0].code);
        step->message = text_copy(steps->arena, problems.items[0].message);
    } else if (is_text(message)) {
        step->message = answer_line(steps->arena, message->string, 600);
    }
}

static double limited(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

// When it began and ended, from the time of its last change and how long it had run then.
static void read_times(Step *step, const Value *properties, double offset, double begun)
{
    double changed, lasted = 0, now = progress_now();
    if (!answer_timestamp(shape_text(properties, "timestamp"), &changed)) changed = now - offset;
    answer_duration(shape_text(properties, "duration"), &lasted);
    double end = limited(changed + offset, begun, now);
    step->begun = limited(end - lasted, begun, end);
    step->ended = is_over(step->state) ? end : 0;
}

static bool take(Steps *steps, Arena *work, Entry *entry, const Value *properties, double offset,
                 double begun)
{
    Step *step = &entry->step;
    Text id = shape_text(properties, "targetResource.id");
    StepState state = state_of(shape_text(properties, "provisioningState"));
    if (entry->seen && step->state == state) return false;
    step->state = state;
    if (!entry->seen) step->id = text_copy(steps->arena, id);
    entry->seen = true;
    if (state != STEP_WAITING) read_times(step, properties, offset, begun);
    read_error(steps, work, step, shape_at(properties, "statusMessage"));
    return true;
}

// Reading others' properties and evaluating outputs are operations too, but no steps.
static bool is_step(const Value *properties)
{
    Text kind = shape_text(properties, "provisioningOperation");
    return (!kind.length || text_alike(kind, TEXT("Create")) || text_alike(kind, TEXT("Delete"))) &&
           shape_text(properties, "targetResource.resourceType").length;
}

void steps_take(Steps *steps, Arena *work, Entry *module, const Value *operations, double offset,
                double begun, StepChanges *changed)
{
    for (size_t i = 0; i < operations->array.count; i++) {
        const Value *properties = shape_at(operations->array.items[i], "properties");
        if (!is_step(properties)) continue;
        Entry *entry = find(steps, module, shape_at(properties, "targetResource"));
        if (!take(steps, work, entry, properties, offset, begun)) continue;
        steps->stale = true;
        list_add(work, changed, entry);
    }
}

void steps_end(Steps *steps, Arena *work, StepState state, StepChanges *changed)
{
    size_t kept = 0;
    for (size_t i = 0; i < steps->count; i++) {
        Entry *entry = steps->items[i];
        bool running = entry->step.state == STEP_RUNNING;
        if (entry->step.state == STEP_WAITING && state == STEP_DONE) continue;
        steps->items[kept++] = entry;
        if (!running) continue;
        entry->step.state = state == STEP_DONE ? STEP_DONE : STEP_CANCELED;
        entry->step.ended = progress_now();
        list_add(work, changed, entry);
    }
    steps->count = kept;
    steps->stale = true;
}

bool steps_is_module(const Entry *entry)
{
    return text_alike(entry->step.type, text_of(deployments));
}

// ---- what is shown

static bool needs(const Entry *entry, const Entry *other)
{
    if (entry->module != other->module || entry == other) return false;
    for (size_t i = 0; i < entry->need_count; i++) {
        if (text_equal(entry->needs[i], other->name) ||
            text_equal(entry->needs[i], without_index(other->name)))
            return true;
    }
    return false;
}

static Text waits_for(Steps *steps, const Entry *entry)
{
    const Entry *waiting = entry;
    TextBuffer out = {.arena = steps->arena};
    if (entry->step.state != STEP_WAITING) return (Text){0};
    while (waiting->module && waiting->module->step.state == STEP_WAITING)
        waiting = waiting->module;
    for (size_t i = 0; i < steps->count; i++) {
        const Entry *other = steps->items[i];
        if (!needs(waiting, other) || other->step.state == STEP_DONE) continue;
        if (out.count) buffer_string(&out, ", ");
        buffer_text(&out, other->step.symbol);
    }
    return buffer_done(&out);
}

static const double unknown_usual = 10; // seconds, of a type that is new among known ones

static const double asked = -1, never = -2; // instead of seconds

// Seconds until `at` is over, or `never`: it waits for what has failed. `left` remembers.
static double left_of(const Steps *steps, size_t at, double now, double *left)
{
    const Entry *entry = steps->items[at];
    if (left[at] == asked) return 0;
    if (left[at] != 0) return left[at];
    if (is_over(entry->step.state)) return entry->step.state == STEP_DONE ? 0 : never;
    double usual = entry->step.usual > 0 ? entry->step.usual : unknown_usual, before = 0;
    left[at] = asked;
    if (entry->step.state == STEP_RUNNING) {
        double gone = now - entry->step.begun;
        left[at] = gone < usual - 1 ? usual - gone : 1;
        return left[at];
    }
    for (size_t i = 0; i < steps->count; i++) {
        double other = needs(entry, steps->items[i]) ? left_of(steps, i, now, left) : 0;
        if (other == never) return left[at] = never;
        if (other > before) before = other;
    }
    left[at] = before + usual;
    return left[at];
}

static double estimate(const Steps *steps, double now)
{
    bool known = false;
    double longest = 0;
    Arena work = {0};
    double *left = arena_array(&work, double, steps->count + 1);
    for (size_t i = 0; i < steps->count; i++) {
        if (steps->items[i]->module) continue; // the module itself counts
        double one = left_of(steps, i, now, left);
        if (one > longest) longest = one;
        known = known || steps->items[i]->step.usual > 0;
    }
    arena_free(&work);
    return known ? longest : -1;
}

void steps_show(Steps *steps, Progress *progress)
{
    if (steps->shown_room < steps->count) {
        steps->shown_room = steps->count * 2;
        steps->shown = arena_array(steps->arena, Step, steps->shown_room);
    }
    for (size_t i = 0; i < steps->count; i++) {
        Entry *entry = steps->items[i];
        if (steps->stale) entry->step.waits_for = waits_for(steps, entry);
        steps->shown[i] = entry->step;
    }
    steps->stale = false;
    progress->steps = steps->shown;
    progress->count = steps->count;
    progress->left = estimate(steps, progress->now);
}

const Step *steps_shown(const Steps *steps, const Progress *progress, const Entry *entry)
{
    for (size_t i = 0; i < steps->count && i < progress->count; i++) {
        if (steps->items[i] == entry) return &progress->steps[i];
    }
    return NULL;
}
