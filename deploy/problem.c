// deploy/problem.c: walks an error of Azure down to its leaves, reading JSON that is hidden in texts;
// an error with errors in it is only a wrapper. Then the table says what to do.
#include "deploy/problem.h"
#include "deploy/report.h"

#include <ctype.h>
#include <string.h>

enum {
    DEEPEST = 32,        // errors within errors
    USUAL_COLUMNS = 100, // where there is no window
};

// ---- texts

// Where `what` begins, from `from` on; SIZE_MAX if nowhere. Without regard to letters' case.
static size_t find(Text text, Text what, size_t from)
{
    for (size_t i = from; i + what.length <= text.length; i++) {
        if (text_alike(text_slice(text, i, i + what.length), what)) return i;
    }
    return SIZE_MAX;
}

static Text trimmed(Text text)
{
    while (text.length && isspace((unsigned char)text.at[0]))
        text = text_slice(text, 1, text.length);
    while (text.length && isspace((unsigned char)text.at[text.length - 1])) text.length--;
    return text;
}

static Text without(Arena *arena, Text text, size_t from, size_t to)
{
    return text_format(arena, "%.*s%.*s", (int)from, text.at, (int)(text.length - to),
                       text.at + to);
}

// ---- the table

typedef struct {
    Text name, value;
} Hole;

typedef struct {
    Hole items[12];
    size_t count;
} Holes;

static const struct {
    const char *code, *pattern, *advice;
} rows[] = {
#define PROBLEM(code, pattern, advice) {code, pattern, advice},
#include "deploy/problem.def"
#undef PROBLEM
};

// The end of a word that a hole at the end of a pattern takes.
static size_t word_end(Text text, size_t from)
{
    size_t end = from;
    while (end < text.length && !isspace((unsigned char)text.at[end])) end++;
    while (end > from && strchr(".,;:'\")", text.at[end - 1])) end--;
    return end;
}

static size_t literal_end(Text pattern, size_t from)
{
    while (from < pattern.length && pattern.at[from] != '{') from++;
    return from;
}

// Literal text and holes in turn: each hole takes the shortest text up to the literal behind it,
// which is right for sentences with values in them.
static bool fits(Text pattern, Text text, Holes *holes)
{
    size_t at = literal_end(pattern, 0), in = find(text, text_slice(pattern, 0, at), 0);
    holes->count = 0;
    if (in == SIZE_MAX) return false;
    for (in += at; at < pattern.length;) {
        size_t close = at;
        while (pattern.at[close] != '}') close++;
        size_t end = literal_end(pattern, close + 1);
        Text name = text_slice(pattern, at + 1, close),
             literal = text_slice(pattern, close + 1, end);
        size_t found = literal.length ? find(text, literal, in) : word_end(text, in);
        if (found == SIZE_MAX) return false;
        if (name.length && holes->count < sizeof holes->items / sizeof *holes->items)
            holes->items[holes->count++] = (Hole){name, trimmed(text_slice(text, in, found))};
        in = found + literal.length;
        at = end;
    }
    return true;
}

static Text filled(Arena *arena, Text advice, const Holes *holes, Text code)
{
    TextBuffer out = {.arena = arena};
    for (size_t at = 0; at < advice.length;) {
        size_t close = at;
        while (close < advice.length && advice.at[at] == '{' && advice.at[close] != '}') close++;
        if (close == at || close == advice.length) {
            buffer_char(&out, advice.at[at++]);
            continue;
        }
        Text name = text_slice(advice, at + 1, close), value = code;
        for (size_t i = 0; i < holes->count; i++) {
            if (text_equal(holes->items[i].name, name)) value = holes->items[i].value;
        }
        buffer_text(&out, value.length ? value : TEXT("none"));
        at = close + 1;
    }
    return buffer_done(&out);
}

Text problem_advice(Arena *arena, Text code, Text message)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Holes holes;
        Text wanted = text_of(rows[i].code);
        if (wanted.length && !text_alike(wanted, code)) continue;
        if (fits(text_of(rows[i].pattern), message, &holes))
            return filled(arena, text_of(rows[i].advice), &holes, code);
    }
    return (Text){0};
}

// ---- what an error says

static Text text_member(const Value *object, const char *name)
{
    const Value *value = object ? value_find(object, text_of(name)) : NULL;
    // OData's form: message: {lang, value}
    if (value && value->kind == VALUE_OBJECT) value = value_find(value, TEXT("value"));
    return value && value->kind == VALUE_STRING ? trimmed(value->string) : (Text){0};
}

static const Value *object_member(const Value *object, const char *name)
{
    const Value *value = value_find(object, text_of(name));
    return value && value->kind == VALUE_OBJECT ? value : NULL;
}

static const Value *array_member(const Value *object, const char *name)
{
    const Value *value = value_find(object, text_of(name));
    return value && value->kind == VALUE_ARRAY ? value : NULL;
}

// JSON from the first brace to the last one.
static const Value *hidden_json(Arena *arena, Text message)
{
    size_t from = 0, to = message.length;
    while (from < to && message.at[from] != '{' && message.at[from] != '[') from++;
    while (to > from && message.at[to - 1] != '}' && message.at[to - 1] != ']') to--;
    Text error;
    return to > from ? value_read_json(arena, text_slice(message, from, to), &error) : NULL;
}

// What Azure says about itself, at the end of messages.
static Text without_boilerplate(Arena *arena, Text message)
{
    static const struct {
        const char *from, *to;
    } pieces[] = {
        {"Please see https://aka.ms/", "for usage details."},
        {"More information on troubleshooting is available at ", ""},
        {"The tracking id is '", "'."},
        {"Setup Alerts when Quota", ""}, // and where to ask for more, which the advice says
        {"Submit a request for Quota", ""},
        {"Please read more about quota", ""},
        {"Trace ID: ", ""},
        {"To troubleshoot, visit https://", ""},
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t from = find(message, text_of(pieces[i].from), 0);
        if (from == SIZE_MAX || from == 0) continue;
        Text to = text_of(pieces[i].to);
        size_t end = to.length ? find(message, to, from) : message.length;
        if (end != SIZE_MAX) message = without(arena, message, from, end + to.length);
    }
    return trimmed(message);
}

// Real line ends, and no carriage returns: some services escape twice.
static Text with_lines(Arena *arena, Text text)
{
    TextBuffer out = {.arena = arena};
    bool real = text.length && memchr(text.at, '\n', text.length);
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i], next = i + 1 < text.length ? text.at[i + 1] : '\0';
        bool escaped = !real && c == '\\' && (next == 'n' || next == 'r');
        if (escaped && next == 'n') buffer_char(&out, '\n');
        if (escaped) i++;
        if (!escaped && c != '\r') buffer_char(&out, c);
    }
    return buffer_done(&out);
}

// Splits what an extension's program printed from the sentence around it:
// "… Error message: 'Enable failed: …\n[stdout]\n…\n[stderr]\n…'."
static void split_log(Arena *arena, Problem *problem)
{
    static const char *const marks[] = {"[stdout]",
                                        "---stdout---",
                                        "[stderr]",
                                        "---errout---",
                                        "The command had an error output of:",
                                        "StdOut:",
                                        "StdErr:"};
    Text message = with_lines(arena, problem->message);
    size_t from = SIZE_MAX;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t at = find(message, text_of(marks[i]), 0);
        if (at < from) from = at;
    }
    problem->message = message;
    if (from == SIZE_MAX || from == 0) return;
    Text log = trimmed(text_slice(message, from, message.length));
    while (log.length && strchr("'\". ", log.at[log.length - 1])) log.length--;
    problem->message = trimmed(text_slice(message, 0, from));
    problem->log = trimmed(log);
}

static Text shown_value(Arena *arena, const Value *value)
{
    if (!value) return TEXT("nothing");
    if (value->kind == VALUE_STRING) return value->string;
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    value_write_json(&json, value);
    return buffer_done(&out);
}

// The list of policies in the message is hard to read.
static Text without_policies(Arena *arena, Text message)
{
    size_t from = find(message, TEXT("Policy identifiers: '"), 0);
    size_t to = from == SIZE_MAX ? from : find(message, TEXT("'."), from);
    return to == SIZE_MAX ? message : trimmed(without(arena, message, from, to + 2));
}

// additionalInfo: which policy, and which of its conditions.
static Text with_information(Arena *arena, Text message, const Value *error)
{
    const Value *list = array_member(error, "additionalInfo");
    TextBuffer out = {.arena = arena};
    buffer_text(&out, list ? without_policies(arena, message) : message);
    for (size_t i = 0; list && i < list->array.count; i++) {
        const Value *item = list->array.items[i];
        const Value *info = item->kind == VALUE_OBJECT ? object_member(item, "info") : NULL;
        if (!info) continue;
        Text policy = text_member(info, "policyDefinitionDisplayName");
        if (!policy.length) policy = text_member(info, "policyDefinitionName");
        Text assignment = text_member(info, "policyAssignmentDisplayName");
        if (!assignment.length) assignment = text_member(info, "policyAssignmentName");
        if (policy.length)
            buffer_format(&out, "\npolicy '%.*s', assigned as '%.*s'", TEXT_ARG(policy),
                          TEXT_ARG(assignment));
        const Value *details = object_member(info, "evaluationDetails");
        const Value *conditions = details ? array_member(details, "evaluatedExpressions") : NULL;
        for (size_t c = 0; conditions && c < conditions->array.count; c++) {
            const Value *condition = conditions->array.items[c];
            if (condition->kind != VALUE_OBJECT) continue;
            Text path = text_member(condition, "path");
            if (!path.length) path = text_member(condition, "expression");
            Text is = shown_value(arena, value_find(condition, TEXT("expressionValue")));
            Text wanted = shown_value(arena, value_find(condition, TEXT("targetValue")));
            Text test = text_member(condition, "operator");
            buffer_format(&out, "\n%.*s is %.*s", TEXT_ARG(path), TEXT_ARG(is));
            if (test.length) buffer_format(&out, " (%.*s %.*s)", TEXT_ARG(test), TEXT_ARG(wanted));
        }
    }
    return buffer_done(&out);
}

// The sign-in service hides its code in the message: "AADSTS7000215: Invalid client secret …".
static Text better_code(Text code, Text message)
{
    size_t at = find(message, TEXT("AADSTS"), 0);
    if (at == SIZE_MAX) return code;
    size_t end = at + 6;
    while (end < message.length && isdigit((unsigned char)message.at[end])) end++;
    return end > at + 6 ? text_slice(message, at, end) : code;
}

// ---- the walk

static bool mentions(Text list, Text target)
{
    size_t at = find(list, target, 0);
    return at != SIZE_MAX &&
           (at + target.length == list.length || list.at[at + target.length] == ',');
}

static void add(Arena *arena, Problems *problems, Problem problem)
{
    problem.code = better_code(problem.code, problem.message);
    problem.advice = problem_advice(arena, problem.code, problem.message);
    problem.message = without_boilerplate(arena, problem.message);
    split_log(arena, &problem);
    for (size_t i = 0; i < problems->count; i++) {
        Problem *other = &problems->items[i];
        if (!text_equal(other->code, problem.code) ||
            !text_equal(other->message, problem.message) || !text_equal(other->log, problem.log))
            continue;
        if (!other->target.length)
            other->target = problem.target;
        else if (problem.target.length && !mentions(other->target, problem.target))
            other->target =
                text_format(arena, "%.*s, %.*s", TEXT_ARG(other->target), TEXT_ARG(problem.target));
        return;
    }
    list_add(arena, problems, problem);
}

// It only says that something else failed.
static bool is_wrapper(Text code)
{
    static const char *const codes[] = {
        "DeploymentFailed",
        "DeploymentCanceled",
        "Conflict",
        "BadRequest",
        "ResourceDeploymentFailure",
        "DependencyFailed",
        "Canceled",
        "OperationCanceled",
        "OperationPreempted",
        "ResourceOperationFailure",
        "InvalidTemplateDeployment",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (text_is(code, codes[i])) return true;
    }
    return false;
}

// What the table says of an error helps where it knows nothing of what is within.
static void explain(Arena *arena, Problems *problems, size_t first, Text code, Text message)
{
    if (is_wrapper(code)) return;
    Text advice = problem_advice(arena, code, message);
    for (size_t i = first; advice.length && i < problems->count; i++) {
        if (problems->items[i].advice.length) continue;
        problems->items[i].advice = advice;
        problems->items[i].code = code;
    }
}

static size_t walk(Arena *arena, Problems *problems, const Value *error, Text target, int depth);

static size_t walk_all(Arena *arena, Problems *problems, const Value *list, Text target, int depth)
{
    size_t found = 0;
    for (size_t i = 0; list && i < list->array.count; i++)
        found += walk(arena, problems, list->array.items[i], target, depth);
    return found;
}

// How many leaves were found in `error`, with itself; 0: it says nothing.
static size_t walk(Arena *arena, Problems *problems, const Value *error, Text target, int depth)
{
    if (depth > DEEPEST) return 0;
    if (error->kind == VALUE_ARRAY) return walk_all(arena, problems, error, target, depth + 1);
    if (error->kind != VALUE_OBJECT) return 0;
    const Value *inner = object_member(error, "error");
    if (!inner) inner = object_member(error, "odata.error");
    if (inner) return walk(arena, problems, inner, target, depth + 1);
    Text code = text_member(error, "code"), message = text_member(error, "message");
    // A property or an index is less than the resource that was named before.
    Text own = text_member(error, "target");
    bool index = own.length && isdigit((unsigned char)own.at[0]);
    bool whole = find(own, TEXT("/Microsoft.Resources/deployments/"), 0) != SIZE_MAX;
    if (!whole && (text_starts(own, "/") || (!target.length && !index))) target = own;
    size_t first = problems->count;
    size_t found = walk_all(arena, problems, array_member(error, "details"), target, depth + 1);
    const Value *hidden = hidden_json(arena, message);
    if (hidden) found += walk(arena, problems, hidden, target, depth + 1);
    const Value *cause = object_member(error, "innererror");
    if (!found && cause && text_member(cause, "message").length)
        found = walk(arena, problems, cause, target, depth + 1);
    if (found) {
        explain(arena, problems, first, code, message);
        return found;
    }
    if (!message.length && !code.length) return 0;
    if (!message.length && !problem_advice(arena, code, message).length) return 0;
    add(arena, problems,
        (Problem){
            .code = code, .message = with_information(arena, message, error), .target = target});
    return 1;
}

// 0: the table knows it; 2: it only says that something else failed.
static int rank(const Problem *problem)
{
    if (problem->advice.length) return 0;
    return is_wrapper(problem->code) ? 2 : 1;
}

// Stable.
static void sort(Problems *problems)
{
    for (size_t i = 1; i < problems->count; i++) {
        Problem problem = problems->items[i];
        size_t to = i;
        for (; to > 0 && rank(&problems->items[to - 1]) > rank(&problem); to--)
            problems->items[to] = problems->items[to - 1];
        problems->items[to] = problem;
    }
}

Problems problems_of(Arena *arena, const Value *error)
{
    Problems problems = {0};
    if (error) walk(arena, &problems, error, (Text){0}, 0);
    sort(&problems);
    return problems;
}

static Text joined(Arena *arena, Text list, Text one)
{
    if (!list.length || !one.length) return list.length ? list : one;
    return text_format(arena, "%.*s, %.*s", TEXT_ARG(list), TEXT_ARG(one));
}

// A step failed so if its ID was named, or if it says the same.
static void find_symbols(Arena *arena, Problem *problem, const Progress *progress)
{
    for (size_t i = 0; i < progress->count; i++) {
        const Step *step = &progress->steps[i];
        bool named = step->id.length && mentions(problem->target, step->id);
        bool same =
            step->state == STEP_FAILED && text_alike(step->code, problem->code) &&
            (!step->message.length || find(step->message, problem->message, 0) != SIZE_MAX ||
             find(problem->message, step->message, 0) != SIZE_MAX);
        if (named || (same && !text_starts(problem->target, "/")))
            problem->symbol = joined(arena, problem->symbol, step->symbol);
    }
}

static Problems found_problems(Arena *arena, const Failure *failure)
{
    Problems problems = problems_of(arena, failure->error);
    if (!problems.count) {
        const Value *hidden = hidden_json(arena, failure->message);
        if (hidden) problems = problems_of(arena, hidden);
    }
    if (!problems.count)
        add(arena, &problems, (Problem){.code = failure->code, .message = failure->message});
    return problems;
}

Problems problems_of_failure(Arena *arena, const Failure *failure, const Progress *progress)
{
    Problems problems = found_problems(arena, failure);
    for (size_t i = 0; progress && i < problems.count; i++)
        find_symbols(arena, &problems.items[i], progress);
    return problems;
}

// ---- showing it

static void paint_one(Painter *painter, const Problem *problem)
{
    Arena *arena = painter->out->arena;
    paint(painter, PAINT_BAD, TEXT("✗ "));
    paint(painter, PAINT_BAD, problem->code.length ? problem->code : TEXT("Error"));
    Text where = problem->symbol.length ? problem->symbol : report_ids(arena, problem->target);
    if (where.length) {
        paint(painter, PAINT_PLAIN, TEXT(": "));
        paint_words(painter, PAINT_STRONG, where);
    }
    paint_line(painter);
    paint_to(painter, 2);
    paint_words(painter, PAINT_PLAIN, report_ids(arena, problem->message));
    paint_line(painter);
    if (problem->log.length) {
        paint_to(painter, 4);
        paint_words(painter, PAINT_FAINT, problem->log);
        paint_line(painter);
    }
    if (!problem->advice.length) return;
    paint(painter, PAINT_BUSY, TEXT("→ "));
    paint_words(painter, PAINT_PLAIN, report_ids(arena, problem->advice));
    paint_line(painter);
}

void problems_paint(Painter *painter, const Problems *problems, const Failure *failure)
{
    for (size_t i = 0; i < problems->count; i++) paint_one(painter, &problems->items[i]);
    if (!failure->call.length && !failure->correlation.length) return;
    TextBuffer line = {.arena = painter->out->arena};
    buffer_text(&line, failure->call);
    if (failure->call.length && failure->status)
        buffer_format(&line, " answered %d", failure->status);
    if (failure->correlation.length)
        buffer_format(&line, "%scorrelation ID %.*s", failure->call.length ? "; " : "",
                      TEXT_ARG(failure->correlation));
    paint_words(painter, PAINT_FAINT, buffer_done(&line));
    paint_line(painter);
}

void problems_show(FILE *out, Arena *arena, const Failure *failure, bool colour)
{
    TextBuffer text = {.arena = arena};
    size_t columns = paint_columns(fileno(out));
    Painter painter = {&text, colour, paint_wants_utf8(), columns ? columns : USUAL_COLUMNS, 0};
    Problems problems = problems_of_failure(arena, failure, NULL);
    problems_paint(&painter, &problems, failure);
    fwrite(text.items, 1, text.count, out);
    fflush(out);
}

void problems_write(JsonWriter *json, const Problems *problems, const Failure *failure)
{
    json_key(json, TEXT("errors"));
    json_begin_array(json);
    for (size_t i = 0; i < problems->count; i++) {
        const Problem *problem = &problems->items[i];
        json_begin_object(json);
        json_member(json, "code", problem->code);
        json_member(json, "message", problem->message);
        json_member(json, "symbol", problem->symbol);
        json_member(json, "target", problem->target);
        json_member(json, "log", problem->log);
        json_member(json, "advice", problem->advice);
        json_end_object(json);
    }
    json_end_array(json);
    json_member(json, "call", failure->call);
    json_member(json, "correlationId", failure->correlation);
}

void problems_write_json(JsonWriter *json, Arena *arena, const Failure *failure)
{
    Problems problems = problems_of_failure(arena, failure, NULL);
    problems_write(json, &problems, failure);
}
