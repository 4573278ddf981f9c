// cli/deploy/work.c
#include "cli/deploy/work.h"

#include "compiler/evaluate/shape.h"
#include "deploy/azconfig.h"
#include "deploy/follow.h"
#include "deploy/interrupt.h"
#include "deploy/name.h"
#include "deploy/paint.h"
#include "deploy/problem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- what is said

void work_event(const Work *work, const char *event, const char *key, const Value *value)
{
    if (work->json) report_event(work->arena, event, key, value);
}

static void sentence(const Work *work, const char *event, bool shown, const char *format,
                     va_list arguments)
{
    TextBuffer line = {.arena = work->arena};
    buffer_format_list(&line, format, arguments);
    Text said = buffer_done(&line), first = text_slice(said, 0, text_index(said, '\n'));
    work_event(work, event, event, value_string(work->arena, said));
    if (work->json || !shown) return;
    TextBuffer out = {.arena = work->arena};
    Painter painter = paint_begin(&out, STDERR_FILENO);
    painter.limit = isatty(STDERR_FILENO) ? paint_columns(STDERR_FILENO) : 0;
    bool long_one = painter.limit && paint_width(&painter, first) > painter.limit;
    if (!long_one || text_starts(first, " ")) first.length = 0; // a row of a list has columns
    paint_words(&painter, PAINT_PLAIN, first); // what follows may be a command, to be copied
    buffer_text(&out, text_slice(said, first.length, said.length));
    fprintf(stderr, "%.*s\n", TEXT_ARG(buffer_done(&out)));
}

void work_say(const Work *work, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sentence(work, "note", !work->want->quiet, format, arguments);
    va_end(arguments);
}

Status work_fail(const Work *work, Status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!work->json) fputs("swarmgen: ", stderr);
    sentence(work, "error", true, format, arguments);
    va_end(arguments);
    return status;
}

Status work_complain(const Work *work, Status status, const Sentences *sentences)
{
    for (size_t i = 0; i < sentences->count; i++)
        work_fail(work, status, "%.*s", TEXT_ARG(sentences->items[i]));
    return status;
}

Status work_status(const Failure *failure)
{
    switch (failure->kind) {
    case FAILURE_SIGN_IN:
    case FAILURE_CONNECTION: return STATUS_OFFLINE;
    case FAILURE_INTERRUPTED: return STATUS_INTERRUPTED;
    case FAILURE_NONE:
    case FAILURE_AZURE: break;
    }
    return STATUS_AZURE;
}

Status work_refused(const Work *work, const Failure *failure)
{
    if (failure->kind == FAILURE_INTERRUPTED)
        return work_fail(work, STATUS_INTERRUPTED, "interrupted");
    if (work->json) {
        report_failure(work->arena, failure);
    } else {
        problems_show(stderr, work->arena, failure, work->session->colour);
    }
    return work_status(failure);
}

// ---- what was built

// The whole of a file that is open; false after a message.
static bool read_all(Work *work, int file, Text *text)
{
    TextBuffer all = {.arena = work->arena};
    for (;;) {
        buffer_expect(&all, 65536);
        ssize_t got = read(file, all.items + all.count, all.room - all.count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        all.count += (size_t)got;
    }
    *text = buffer_done(&all);
    return true;
}

static Status read_built(Work *work)
{
    Text text, error = {0};
    if (!read_all(work, atoi(work->want->built), &text))
        return work_fail(work, STATUS_INPUT, "what was built cannot be read: %s", strerror(errno));
    const Value *built = value_read_json(work->arena, text, &error);
    const Value *files = shape_at(built, "files");
    const Value *template = files ? value_get(files, TEXT("azuredeploy.json")) : NULL;
    work->swarm = shape_at(built, "swarm");
    work->sections = shape_at(built, "sections");
    if (template) {
        work->source = template->string;
        work->template = value_read_json(work->arena, work->source, &error);
    }
    if (!work->template || !work->swarm)
        return work_fail(work, STATUS_INPUT, "what was built is not complete: %.*s",
                         TEXT_ARG(error));
    return STATUS_DONE;
}

// ---- options

static bool one_of(const char *word, const char *first, const char *second)
{
    return !word || strcmp(word, first) == 0 || strcmp(word, second) == 0;
}

// The option, else what swarm.yaml says under `deployment`, else the Azure CLI's default.
static Text chosen(const Work *work, const char *option, const char *name)
{
    if (option) return text_of(option);
    const char *path = text_string(work->arena, text_format(work->arena, "deployment.%s", name));
    Text described = shape_text(work->swarm, path);
    return described.length ? described : azconfig_default(work->arena, name);
}

// Letters, digits and -_.(), as names of groups, deployments and stacks have; not only dots.
static bool is_name(Text name, size_t longest, bool foreign_letters)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool fine = (c >= 0x80 && foreign_letters) || (c >= 'a' && c <= 'z') ||
                    (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.()", c);
        if (!fine || !c) return false;
        dots += c == '.';
    }
    return dots < name.length && name.length <= longest;
}

static Status check_options(Work *work)
{
    const AzureOptions *want = work->want;
    if (!one_of(want->format, "text", "json"))
        return work_fail(work, STATUS_USAGE, "--format is text or json, not '%s'", want->format);
    work->json = want->format && strcmp(want->format, "json") == 0;
    size_t longest = want->stack ? 90 : 64;
    if (want->name && !is_name(text_of(want->name), longest, false))
        return work_fail(work, STATUS_USAGE,
                         "'%s' cannot be the name of a deployment: letters, digits, -_.(), %zu at "
                         "most",
                         want->name, longest);
    return STATUS_DONE;
}

// "West Europe" is westeurope.
static Text place_name(Arena *arena, Text place)
{
    TextBuffer name = {.arena = arena};
    for (size_t i = 0; i < place.length; i++) {
        char c = place.at[i];
        if (c != ' ') buffer_char(&name, c >= 'A' && c <= 'Z' ? (char)(c | 32) : c);
    }
    return buffer_done(&name);
}

static Status choose_group(Work *work)
{
    const AzureOptions *want = work->want;
    work->group_name = chosen(work, want->group, "group");
    work->place = place_name(work->arena, chosen(work, want->location, "location"));
    if (!work->group_name.length)
        return work_fail(
            work, STATUS_USAGE,
            "which resource group? Say --group NAME, or deployment: { group: NAME } in "
            "swarm.yaml");
    if (!is_name(work->group_name, 90, true) ||
        work->group_name.at[work->group_name.length - 1] == '.')
        return work_fail(
            work, STATUS_USAGE,
            "'%.*s' cannot be the name of a resource group: letters, digits, -_.() and "
            "no dot at its end, 90 at most",
            TEXT_ARG(work->group_name));
    return STATUS_DONE;
}

static Status read_given(Work *work)
{
    Sentences complaints = {0};
    const OptionList *words = &work->want->parameters;
    if (!work->template) return STATUS_DONE;
    work->given =
        parameters_given(work->arena, work->template, words->items, words->count, &complaints);
    if (complaints.count) return work_complain(work, STATUS_USAGE, &complaints);
    size_t size = shape_json(work->arena, work->template).length;
    if (size > PARAMETERS_LIMIT)
        return work_fail(work, STATUS_INPUT,
                         "the template has %zu bytes; Azure takes %d. Fewer pools, or shorter "
                         "scripts of your own, make it smaller",
                         size, PARAMETERS_LIMIT);
    return STATUS_DONE;
}

static void name_order(Work *work)
{
    Order *order = &work->order;
    order->stack =
        work->want->stack || text_is(shape_text(work->swarm, "deployment.mode"), "stack");
    order->group = work->wanted.group;
    order->swarm = shape_text(work->swarm, "name");
    if (work->template) {
        order->template = work->template;
        order->content = name_content(work->arena, shape_json(work->arena, work->template),
                                      work->given, shape_at(work->template, "parameters"));
        order->name = order->stack ? order->swarm
                                   : name_deployment(work->arena, order->swarm, order->content);
    }
    if (work->want->name) order->name = text_of(work->want->name);
    work->wanted.swarm = order->swarm;
    if (order->stack || work->want->name) work->wanted.stack = order->name;
}

// A long wait is said once, when it begins.
static void waits(void *context, Text why, double seconds)
{
    Work *work = context;
    bool begins = why.length && seconds > work->wait;
    work->wait = why.length ? seconds : 0;
    if (begins && seconds > 3) work_say(work, "%.*s; again in %.0f s", TEXT_ARG(why), seconds);
}

Status work_open(Work *work, Session *session, const AzureOptions *want)
{
    *work = (Work){.arena = &session->arena, .session = session, .want = want};
    Status status = check_options(work);
    if (status == STATUS_DONE && want->built) status = read_built(work);
    if (status == STATUS_DONE) status = choose_group(work);
    if (status == STATUS_DONE) status = read_given(work);
    if (status != STATUS_DONE) return status;
    interrupt_watch();
    Failure failure = {0};
    ManagerOptions options = {want->cloud, want->subscription, want->verbose, waits, work};
    work->manager = manager_open(work->arena, &options, &failure);
    if (!work->manager) return work_refused(work, &failure);
    work->wanted.group =
        text_format(work->arena, "/subscriptions/%.*s/resourceGroups/%.*s",
                    TEXT_ARG(manager_subscription(work->manager)), TEXT_ARG(work->group_name));
    name_order(work);
    return STATUS_DONE;
}

void work_close(Work *work)
{
    if (work->manager) manager_close(work->manager);
}

// ---- what runs or ran

Status work_find(Work *work, const Value **run)
{
    Failure failure = {0};
    Order *order = &work->order;
    if (!existing_read_runs(work->arena, work->manager, &work->wanted, &work->existing, &failure))
        return work_refused(work, &failure);
    *run = NULL;
    for (size_t i = 0; !*run && i < work->existing.deployments->array.count; i++) {
        const Value *deployment = work->existing.deployments->array.items[i];
        bool named = text_alike(shape_text(deployment, "name"), order->name);
        if (!work->want->name || named) *run = deployment;
    }
    order->stack = work->existing.stack && (!*run || !work->want->name);
    if (order->stack) *run = work->existing.stack;
    if (!*run) {
        return work_fail(work, STATUS_AZURE, "no deployment%s%s%s%.*s in resource group '%.*s'",
                         work->want->name ? " " : "", work->want->name ? work->want->name : "",
                         order->swarm.length ? " of swarm " : "", TEXT_ARG(order->swarm),
                         TEXT_ARG(work->group_name));
    }
    order->name = shape_text(*run, "name");
    work->elsewhere = !text_equal(shape_text(*run, "tags.content"), order->content);
    return STATUS_DONE;
}

// ---- outputs

static void row(TextBuffer *out, const char *what, Text value)
{
    if (value.length) buffer_format(out, "%-11s%.*s\n", what, TEXT_ARG(value));
}

// "ssh -J jumpbox swarm@10.0.0.4", and of the others only the last word, which alone differs.
static Text managers_of(Arena *arena, const Value *managers)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < managers->array.count; i++) {
        Text command = shape_text(managers->array.items[i], "");
        size_t word = command.length;
        while (i && word > 0 && command.at[word - 1] != ' ') word--;
        buffer_string(&out, i == 0 ? "" : i == 1 ? "\n           likewise " : ", ");
        buffer_text(&out, i ? text_slice(command, word, command.length) : command);
    }
    return buffer_done(&out);
}

static void show_outputs(const Work *work, const Value *outputs)
{
    if (work->json || !outputs) return;
    Arena *arena = work->arena;
    TextBuffer out = {.arena = arena};
    Text vault = shape_text(outputs, "vault.value");
    Text address = shape_text(outputs, "ingressAddress.value");
    Text ingress = shape_text(outputs, "ingress.value");
    row(&out, "Ingress",
        address.length ? text_format(arena, "%.*s (%.*s)", TEXT_ARG(ingress), TEXT_ARG(address))
                       : ingress);
    Text portainer = shape_text(outputs, "portainer.value");
    row(&out, "Portainer", portainer);
    if (portainer.length && vault.length) {
        row(&out, "",
            text_format(arena,
                        "user admin, password: az keyvault secret show --vault-name %.*s --name "
                        "portainer-password --query value -o tsv",
                        TEXT_ARG(vault)));
    }
    row(&out, "Jumpbox", shape_text(outputs, "jumpbox.value"));
    row(&out, "Managers", managers_of(arena, shape_list(outputs, "managers.value")));
    row(&out, "Vault", vault);
    if (!out.count) return;
    work_say(work, "%s", "");
    command_print(buffer_done(&out));
}

// ---- following

Text work_told(const Work *work, const char *command)
{
    bool swarm = work->want->argument != NULL;
    return text_format(work->arena, "swarmgen %s%s%s -g %.*s%s%s -n %.*s", command,
                       swarm ? " " : "", swarm ? work->want->argument : "",
                       TEXT_ARG(work->group_name), work->want->cloud ? " --cloud " : "",
                       work->want->cloud ? work->want->cloud : "", TEXT_ARG(work->order.name));
}

Status work_follow(Work *work)
{
    const AzureOptions *want = work->want;
    Failure failure = {0};
    Ending ending = {0};
    Followed what = {.group = work->group_name,
                     .name = work->order.name,
                     .stack = work->order.stack,
                     .template = work->elsewhere ? NULL : work->template,
                     .sections = work->sections};
    Reporter *reporter =
        report_open(work->arena, report_kind(want->format, want->quiet, want->verbose));
    if (!follow(work->manager, &what, reporter, &ending, &failure)) return work_status(&failure);
    switch (ending.state) {
    case STEP_DONE: show_outputs(work, ending.outputs); return STATUS_DONE;
    case STEP_FAILED:
    case STEP_CANCELED: return STATUS_AZURE;
    case STEP_WAITING:
    case STEP_RUNNING: break;
    }
    work_say(work, "\nTo follow it: %.*s\nTo stop it:   %.*s", TEXT_ARG(work_told(work, "status")),
             TEXT_ARG(work_told(work, "cancel")));
    return STATUS_INTERRUPTED;
}
