// cli/deploy/deploy.c: from the description to a running swarm.
//   Each step may be the last one that runs: the next `deploy` finds what was done, and goes on.
#include "cli/deploy/work.h"

#include "compiler/evaluate/shape.h"
#include "deploy/preflight.h"
#include "deploy/question.h"

static Status not_answered(const Work *work)
{
    return work_fail(work, STATUS_INTERRUPTED, "nothing was deployed");
}

// ---- what runs already

static bool is_ours(const Work *work, const Value *run)
{
    return text_alike(shape_text(run, "name"), work->order.name) &&
           (!work->order.stack || text_equal(shape_text(run, "tags.content"), work->order.content));
}

// Our own deployment runs (of an earlier, interrupted or parallel call): it is taken up. Another one
// of this swarm would be in our way.
static Status take_up(Work *work, bool *taken)
{
    const Value *running = NULL;
    const Value *deployments = work->existing.deployments;
    if (work->existing.stack && existing_runs(work->existing.stack)) running = work->existing.stack;
    for (size_t i = 0; !running && i < deployments->array.count; i++) {
        if (existing_runs(deployments->array.items[i])) running = deployments->array.items[i];
    }
    *taken = running && is_ours(work, running);
    if (*taken) {
        work_say(work, "This deployment runs already: %.*s.%s", TEXT_ARG(work->order.name),
                 work->want->no_wait ? "" : " Following it.");
        return STATUS_DONE;
    }
    if (!running) return STATUS_DONE;
    Text name = shape_text(running, "name");
    return work_fail(
        work, STATUS_AZURE,
        "another deployment of this swarm runs: %.*s. Wait for its end: swarmgen status "
        "-g %.*s -n %.*s; or stop it: swarmgen cancel -g %.*s -n %.*s",
        TEXT_ARG(name), TEXT_ARG(work->group_name), TEXT_ARG(name), TEXT_ARG(work->group_name),
        TEXT_ARG(name));
}

// Somebody may have begun the same a moment ago, and be what is in our way.
static Status look_again(Work *work, bool *taken)
{
    Failure failure = {0};
    if (!existing_read_runs(work->arena, work->manager, &work->wanted, &work->existing, &failure))
        return work_refused(work, &failure);
    return take_up(work, taken);
}

// ---- the resource group

static Status choose_place(Work *work)
{
    if (!work->place.length && question_possible()) {
        Text prompt = text_format(
            work->arena,
            "Region for the new resource group '%.*s' (westeurope): ", TEXT_ARG(work->group_name));
        if (question_line(work->arena, prompt, false, &work->place) == QUESTION_INTERRUPTED)
            return not_answered(work);
        if (!work->place.length) work->place = TEXT("westeurope");
    }
    work->existing.location = work->place;
    if (work->place.length) return STATUS_DONE;
    return work_fail(
        work, STATUS_USAGE,
        "there is no resource group '%.*s'; to make it, say where: --location REGION, such "
        "as westeurope",
        TEXT_ARG(work->group_name));
}

static Status agree_on_group(Work *work)
{
    if (work->existing.group) return STATUS_DONE;
    Status status = choose_place(work);
    if (status != STATUS_DONE || work->want->yes) return status;
    bool yes;
    Text prompt = text_format(work->arena, "There is no resource group '%.*s'. Make it in %.*s?",
                              TEXT_ARG(work->group_name), TEXT_ARG(work->place));
    if (question_yes(work->arena, prompt, &yes) == QUESTION_INTERRUPTED || !yes)
        return not_answered(work);
    return STATUS_DONE;
}

static Status make_group(Work *work)
{
    if (work->existing.group) return STATUS_DONE;
    Answer answer;
    Failure failure = {0};
    Call call = {.method = "PUT",
                 .path = work->wanted.group,
                 .api_version = "2021-04-01",
                 .body = shape_make(work->arena, "{location:%t}", work->place)};
    if (!manager_call(work->manager, &call, &answer, &failure)) return work_refused(work, &failure);
    Text location = shape_text(answer.body, "location");
    work->existing.group = true;
    work->existing.location = location.length ? location : work->place;
    work_say(work, "Resource group '%.*s' made in %.*s.", TEXT_ARG(work->group_name),
             TEXT_ARG(work->place));
    return STATUS_DONE;
}

// ---- preflight

static void show(const Work *work, const Finding *finding)
{
    if (work->json) {
        work_event(work, "finding", "finding",
                   shape_make(work->arena, "{what:%t,todo:%t,fatal:%b}", finding->what,
                              finding->todo, (int)finding->fatal));
    } else if (finding->fatal) {
        work_fail(work, STATUS_AZURE, "%.*s\n  %.*s", TEXT_ARG(finding->what),
                  TEXT_ARG(finding->todo));
    } else {
        work_say(work, "Note: %.*s\n  %.*s", TEXT_ARG(finding->what), TEXT_ARG(finding->todo));
    }
}

// Without --yes somebody is asked. Nothing is lost by registering: that needs no other answer.
static Status fix(Work *work, const Finding *finding, bool *fixed)
{
    static const struct {
        const char *prompt, *done;
    } words[] = {
        [FIX_NONE] = {"", ""},
        [FIX_REGISTER] = {"  Register the subscription for it?", "  Registered."},
        [FIX_RECOVER] = {"  Bring that vault back, with its secrets?", "  It is back."},
    };
    Failure failure = {0};
    bool yes = finding->fix == FIX_REGISTER;
    if (finding->fix == FIX_NONE) return STATUS_DONE;
    if (!work->want->yes && question_yes(work->arena, text_of(words[finding->fix].prompt), &yes) ==
                                QUESTION_INTERRUPTED)
        return not_answered(work);
    if (!yes) return STATUS_DONE;
    *fixed = preflight_fix(work->arena, work->manager, finding, &failure);
    if (*fixed) work_say(work, "%s", words[finding->fix].done);
    if (*fixed || !finding->fatal) return STATUS_DONE;
    return work_refused(work, &failure);
}

// What Azure would surely refuse is not sent, unless somebody knows better.
static Status go_on(Work *work, size_t fatal)
{
    const char *are = fatal == 1 ? "problem is" : "problems are";
    bool yes = false;
    Text prompt = text_format(work->arena, "%zu %s in the way. Try it nevertheless?", fatal, are);
    if (!work->want->yes && question_yes(work->arena, prompt, &yes) == QUESTION_INTERRUPTED)
        return not_answered(work);
    if (yes) return STATUS_DONE;
    return work_fail(work, STATUS_AZURE,
                     "%zu %s in the way; nothing was deployed. If you know better: "
                     "--skip-preflight",
                     fatal, are);
}

static Status look_ahead(Work *work, const Resolved *resolved, bool *taken)
{
    if (work->want->skip_preflight) return STATUS_DONE;
    PreflightWanted wanted = {resolved->known, &work->existing, work->wanted.group,
                              work->existing.location,
                              work->want->location ? work->place : TEXT("")};
    Findings findings = preflight(work->arena, work->manager, &wanted);
    size_t fatal = 0;
    for (size_t i = 0; i < findings.count; i++) fatal += findings.items[i].fatal;
    Status status = fatal ? look_again(work, taken) : STATUS_DONE;
    if (status != STATUS_DONE || *taken) return status;
    for (size_t i = 0; i < findings.count; i++) {
        const Finding *finding = &findings.items[i];
        bool fixed = false;
        show(work, finding);
        status = fix(work, finding, &fixed);
        if (status != STATUS_DONE) return status;
        fatal -= finding->fatal && fixed;
    }
    return fatal ? go_on(work, fatal) : STATUS_DONE;
}

// ---- the deployment

static Status confirm(Work *work, const Resolved *resolved)
{
    if (work->want->yes) return STATUS_DONE;
    bool any, yes = false;
    work_say(work, "Resource group '%.*s' of subscription %.*s:", TEXT_ARG(work->group_name),
             TEXT_ARG(manager_subscription(work->manager)));
    Status status = work_changes(work, resolved, stderr, &any);
    if (status != STATUS_DONE) return status;
    Text prompt = any ? TEXT("Deploy this?") : TEXT("Nothing would change. Deploy nevertheless?");
    if (question_yes(work->arena, prompt, &yes) == QUESTION_INTERRUPTED || !yes)
        return not_answered(work);
    return STATUS_DONE;
}

static Status submit(Work *work, bool *taken)
{
    Failure failure = {0};
    if (order_submit(work->arena, work->manager, &work->order, &failure)) {
        if (work->want->no_wait)
            work_say(work, "Azure has taken the order: %.*s", TEXT_ARG(work->order.name));
        return STATUS_DONE;
    }
    if (failure.kind == FAILURE_INTERRUPTED || failure.kind == FAILURE_CONNECTION)
        work_say(work, "Whether Azure has taken the order:\n  %.*s",
                 TEXT_ARG(work_told(work, "status")));
    Status status = failure.status == 409 ? look_again(work, taken) : STATUS_DONE;
    return *taken || status != STATUS_DONE ? status : work_refused(work, &failure);
}

static Status begin(Work *work, bool *taken)
{
    Failure failure = {0};
    Resolved resolved = {0};
    Status status = agree_on_group(work);
    if (status == STATUS_DONE) status = work_resolve(work, &resolved);
    if (status == STATUS_DONE) status = make_group(work); // once all that we can know is right
    if (status == STATUS_DONE) status = look_ahead(work, &resolved, taken);
    if (status != STATUS_DONE || *taken) return status;
    if (!order_validate(work->arena, work->manager, &work->order, &failure))
        return work_refused(work, &failure);
    status = confirm(work, &resolved);
    return status == STATUS_DONE ? submit(work, taken) : status;
}

Status deploy_run(Work *work)
{
    Failure failure = {0};
    bool taken = false;
    if (!work->want->yes && !question_possible())
        return work_fail(work, STATUS_USAGE,
                         "nobody is at a terminal to confirm what would change: say --yes, or look "
                         "at it with what-if first");
    if (!existing_read(work->arena, work->manager, &work->wanted, &work->existing, &failure))
        return work_refused(work, &failure);
    if (work->existing.stack && !work->order.stack)
        work_say(work, "Note: this swarm is a deployment stack; without --stack, what is no "
                       "longer described stays.");
    Status status = take_up(work, &taken);
    if (status == STATUS_DONE && !taken) status = begin(work, &taken);
    if (status != STATUS_DONE || work->want->no_wait) return status;
    return work_follow(work);
}
