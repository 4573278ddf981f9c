// What Azure's answers mean: times, tokens, errors, clouds, addresses; and the steps of a deployment
// from its template and operations.
#define _XOPEN_SOURCE 700 // mkdtemp, setenv
#include "check.h"

#include "compiler/evaluate/shape.h"
#include "deploy/address.h"
#include "deploy/answer.h"
#include "deploy/cloud.h"
#include "deploy/steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Arena arena;

static const Value *json(const char *text)
{
    Text error;
    const Value *value = value_read_json(&arena, text_of(text), &error);
    CHECK(value != NULL);
    return value;
}

// ---- times

static void test_retry_after(void)
{
    static const struct {
        const char *header;
        double now, want;
    } rows[] = {
        {"", 0, 0},
        {"7", 0, 7},
        {"0", 0, 0},
        {"1.5", 0, 1.5},
        {"soon", 0, 0},
        {"7 seconds", 0, 0},
        {"-3", 0, 0},
        {"Fri, 27 Nov 2026 13:40:11 GMT", 1795786801, 10},
        {"Friday, 27-Nov-26 13:40:11 GMT", 1795786801, 10}, // RFC 850
        {"Fri Nov 27 13:40:11 2026", 1795786801, 10},       // asctime
        {"Fri, 27 Nov 2026 13:40:11 GMT", 1795786900, 0},   // past
        {"Fri, 99 Nov 2026 13:40:11 GMT", 1795786801, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double got = answer_retry_after(text_of(rows[i].header), rows[i].now);
        CHECK(fabs(got - rows[i].want) < 1e-9);
    }
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        double want; // negative: none
    } rows[] = {{"PT2.5S", 2.5},
                {"PT1M2.5S", 62.5},
                {"P1DT2H", 93600},
                {"PT0S", 0},
                {"PT47M9.7843254S", 2829.7843254},
                {"P1W", 604800},
                {"PT", -1},
                {"P", -1},
                {"", -1},
                {"PT5", -1},
                {"5S", -1},
                {"PT5M5", -1},
                {"P5S", -1},
                {"PT5X", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double seconds = -1;
        bool good = answer_duration(text_of(rows[i].text), &seconds);
        CHECK(good == (rows[i].want >= 0));
        if (good) CHECK(fabs(seconds - rows[i].want) < 1e-6);
    }
}

static void test_timestamps(void)
{
    static const struct {
        const char *text;
        double want; // 0: none
    } rows[] = {{"2026-11-27T13:40:01Z", 1795786801},
                {"2026-11-27T13:40:01.25Z", 1795786801.25},
                {"2026-11-27T13:40:01.1234567+00:00", 1795786801.1234567},
                {"2026-11-27T14:40:01+01:00", 1795786801},
                {"2024-02-29T00:00:00Z", 1709164800},
                {"2000-03-01T00:00:00Z", 951868800},
                {"2026-11-27", 0},
                {"2026-13-27T13:40:01Z", 0},
                {"2026-11-27T13:40:01Zz", 0},
                {"", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double seconds = 0;
        CHECK(answer_timestamp(text_of(rows[i].text), &seconds) == (rows[i].want > 0));
        CHECK(fabs(seconds - rows[i].want) < 1e-3);
    }
}

// ---- tokens

static void test_claims(void)
{
    // {"alg":"none"} and {"tid":"t-1","oid":"o/1?","exp":1795786801}
    const Value *claims = answer_claims(
        &arena,
        TEXT(
            "eyJhbGciOiJub25lIn0.eyJ0aWQiOiJ0LTEiLCJvaWQiOiJvLzE_IiwiZXhwIjoxNzk1Nzg2ODAxfQ.c2ln"));
    CHECK_TEXT(shape_text(claims, "tid"), "t-1");
    CHECK_TEXT(shape_text(claims, "oid"), "o/1?");
    CHECK(shape_number(claims, "exp", 0) == 1795786801);
    CHECK(answer_claims(&arena, TEXT("opaque")) == NULL);
    CHECK(answer_claims(&arena, TEXT("a.b")) == NULL);
    CHECK(answer_claims(&arena, TEXT("a.!!!.c")) == NULL);
    CHECK(answer_claims(&arena, TEXT("a.MTIz.c")) == NULL); // 123 is no object
    CHECK(answer_claims(&arena, TEXT("")) == NULL);
}

// ---- errors

static void test_failures(void)
{
    static const struct {
        const char *body, *code, *message;
    } rows[] = {
        {"{\"error\":{\"code\":\"NotFound\",\"message\":\"no acme\"}}", "NotFound", "no acme"},
        {"{\"error\":{\"Code\":\"NotFound\",\"Message\":\"no acme\"}}", "NotFound", "no acme"},
        {"{\"odata.error\":{\"code\":\"Bad\",\"message\":{\"lang\":\"en\",\"value\":\"so bad\"}}}",
         "Bad", "so bad"},
        {"{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: no\\r\\nTrace\"}",
         "invalid_client", "AADSTS7000215: no Trace"},
        {"{\"code\":\"Conflict\",\"message\":\"taken\"}", "Conflict", "taken"},
        {"{\"Message\":\"only words\"}", "HTTP 418", "only words"},
        {"\"just a text\"", "HTTP 418", "just a text"},
        {"Service Unavailable\n", "HTTP 418", "Service Unavailable"},
        {"<html><head><title>502 Bad Gateway</title></head><body>x</body></html>", "HTTP 418",
         "502 Bad Gateway"},
        {"<p class='a>b'>Our services\n\taren't <b>available</b></p>", "HTTP 418",
         "Our services aren't available"},
        {"", "HTTP 418", "no explanation came with it"},
        {"[]", "HTTP 418", "[]"},
        {"{}", "HTTP 418", "{}"},
        {"{\"error\":{\"code\":\"\x1b[31m\",\"message\":\"a\\u001b[2Jb\"}}", "[31m", "a [2Jb"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Failure failure = {0};
        answer_failure(&arena, 418, text_of(rows[i].body), &failure);
        CHECK(failure.kind == FAILURE_AZURE && failure.status == 418);
        CHECK_TEXT(failure.code, rows[i].code);
        CHECK_TEXT(failure.message, rows[i].message);
    }
}

// ---- clouds

static void test_clouds(void)
{
    Cloud cloud;
    Text manager = TEXT("https://management.lab.example");
    const Value *old =
        json("{'galleryEndpoint':'https://g','portalEndpoint':'https://portal.lab.example/',"
             "'authentication':{'loginEndpoint':'https://login.lab.example/adfs/',"
             "'audiences':['https://management.lab.example/guid']}}");
    CHECK(cloud_read(&arena, manager, old, &cloud));
    CHECK_TEXT(cloud.login, "https://login.lab.example/adfs");
    CHECK_TEXT(cloud.audience, "https://management.lab.example/guid");
    CHECK_TEXT(cloud.portal, "https://portal.lab.example");
    CHECK_TEXT(cloud.vault, "vault.lab.example");

    const Value *listed =
        json("[{'name':'Other','resourceManager':'https://management.other.example',"
             "'authentication':{'loginEndpoint':'https://o','audiences':['o']}},"
             "{'name':'Lab','portal':'https://p','resourceManager':'https://"
             "MANAGEMENT.lab.example:443/',"
             "'authentication':{'loginEndpoint':'https://l/','audiences':['https://a/','b']},"
             "'suffixes':{'keyVaultDns':'.vault.lab'}}]");
    CHECK(cloud_read(&arena, manager, listed, &cloud));
    CHECK_TEXT(cloud.name, "Lab");
    CHECK_TEXT(cloud.login, "https://l");
    CHECK_TEXT(cloud.audience, "https://a/"); // exactly
    CHECK_TEXT(cloud.vault, "vault.lab");

    CHECK(!cloud_read(&arena, manager, json("[]"), &cloud));
    CHECK(!cloud_read(&arena, manager, json("{'authentication':{'audiences':[]}}"), &cloud));
    CHECK(!cloud_read(&arena, manager, json("'text'"), &cloud));
    CHECK(!cloud_read(&arena, manager, json("[1]"), &cloud));
}

// ---- addresses

static void test_addresses(void)
{
    CHECK(address_same_host(TEXT("https://a.example/x"), TEXT("HTTPS://A.Example:443/y?z")));
    CHECK(!address_same_host(TEXT("https://a.example/x"), TEXT("http://a.example/x")));
    CHECK(!address_same_host(TEXT("https://a.example/x"), TEXT("https://a.example:8443/x")));
    CHECK(!address_same_host(TEXT("https://a.example"), TEXT("https://a.example.evil.example")));
    CHECK(!address_same_host(TEXT("https://a.example"), TEXT("https://a.example@evil.example/")));
    CHECK(!address_same_host(TEXT("nonsense"), TEXT("nonsense")));
    CHECK(address_is_local(&arena, TEXT("http://127.0.0.1:80")));
    CHECK(address_is_local(&arena, TEXT("http://[::1]/")));
    CHECK(address_is_local(&arena, TEXT("http://acme.vault.localhost")));
    CHECK(!address_is_local(&arena, TEXT("http://localhost.evil.example")));
    CHECK_TEXT(address_resolve(&arena, TEXT("https://a/b/c?d=1"), TEXT("/x?y=2")),
               "https://a/x?y=2");
    CHECK_TEXT(address_resolve(&arena, TEXT("https://a/b"), TEXT("https://c/d")), "https://c/d");
    CHECK_TEXT(address_clean(&arena, TEXT("/a b/grün?x={1}")), "/a%20b/gr%C3%BCn?x=%7B1%7D");
    CHECK_TEXT(address_masked(&arena,
                              TEXT("https://a/b?api-version=1&sig=abc&t=9&$filter=x&$skiptoken=s")),
               "https://a/b?api-version=1&sig=***&t=***&$filter=x&$skiptoken=***");
    CHECK_TEXT(address_masked(&arena, TEXT("https://a/b?abc")), "https://a/b?abc=***");
    CHECK_TEXT(address_masked(&arena, TEXT("https://u:secret@a/b")), "https://***");
    CHECK_TEXT(
        address_call(&arena, "PUT", TEXT("https://a/s/1/g/2/deployments/acme?api-version=1")),
        "PUT …/deployments/acme");
    CHECK_TEXT(address_call(&arena, "GET", TEXT("https://a/b/c?d")), "GET https://a/b/c");
    CHECK_TEXT(address_call(&arena, "GET", TEXT("https://a")), "GET https://a");
}

// ---- steps

static Times no_times(void)
{
    return (Times){.arena = &arena, .types = value_object(&arena)};
}

static const Step *step(const Progress *progress, const char *symbol)
{
    for (size_t i = 0; i < progress->count; i++) {
        if (text_is(progress->steps[i].symbol, symbol)) return &progress->steps[i];
    }
    static const Step none = {.state = (StepState)-1};
    return &none;
}

static const char symbolic[] =
    "{languageVersion:'2.0',resources:{"
    "net:{type:'N/nets',name:'n'},"
    "known:{existing:true,type:'N/known',name:'k'},"
    "never:{condition:false,type:'N/never',name:'v'},"
    "maybe:{condition:'[parameters(\\'x\\')]',type:'N/maybe',name:'m'},"
    "pool:{type:'C/sets',name:'[format(\\'{0}\\', "
    "1)]',copy:{name:'pool',count:2},dependsOn:['net','known']},"
    "mod:{type:'Microsoft.Resources/"
    "deployments',name:'mod',dependsOn:['net'],properties:{template:{"
    "resources:[{type:'I/rules',name:'r1'},{type:'I/rules',name:'[concat(\\'r\\', 2)]',"
    "dependsOn:['[resourceId(\\'I/rules\\', \\'r1\\')]']}]}}}}}";

static const char *const first_operations =
    "[{properties:{provisioningOperation:'Create',provisioningState:'Succeeded',"
    "timestamp:'2026-11-27T13:40:10Z',duration:'PT4S',"
    "targetResource:{id:'/s/n',resourceType:'N/nets',resourceName:'n',symbolicName:'net'}}},"
    "{properties:{provisioningOperation:'Read',provisioningState:'Succeeded',"
    "targetResource:{id:'/s/k',resourceType:'N/known',resourceName:'k',symbolicName:'known'}}},"
    "{properties:{provisioningOperation:'Create',provisioningState:'Running',"
    "timestamp:'2026-11-27T13:40:12Z',duration:'PT1S',"
    "targetResource:{id:'/s/p0',resourceType:'C/sets',resourceName:'p0',symbolicName:'pool[0]'}}},"
    "{properties:{provisioningOperation:'Create',provisioningState:'Failed',"
    "timestamp:'2026-11-27T13:40:12Z',duration:'PT1S',statusMessage:{status:'Failed',error:{"
    "code:'ResourceDeploymentFailure',message:'m',details:[{code:'SkuNotAvailable',message:'no "
    "size'}]}},"
    "targetResource:{id:'/s/p1',resourceType:'C/sets',resourceName:'p1',symbolicName:'pool[1]'}}},"
    "{properties:{provisioningOperation:'EvaluateDeploymentOutput',provisioningState:'Succeeded'}}"
    "]";

static void test_steps(void)
{
    Times times = no_times();
    Progress progress = {.begun = 1000, .now = 1012};
    Steps steps = steps_of(&arena, &times, json(symbolic),
                           json("{net:'network',pool:'pool web',mod:'monitoring'}"));
    StepChanges changed = {0};
    steps_show(&steps, &progress);
    CHECK(progress.count == 6); // net, maybe, pool, mod, mod.r1, mod.r2
    CHECK(progress.left < 0);
    CHECK_TEXT(step(&progress, "pool")->waits_for, "net");
    CHECK_TEXT(step(&progress, "mod.r1")->waits_for, "net");
    CHECK_TEXT(step(&progress, "mod.r1")->group, "monitoring");
    CHECK(step(&progress, "mod.2")->state == (StepState)-1);

    // The server's 13:40:00 is 1000 on our clock, which must be past for the times to count.
    double offset = progress_now() - 20 - 1795786800;
    steps_take(&steps, &arena, NULL, json(first_operations), offset, 0, &changed);
    CHECK(changed.count == 3);
    steps_show(&steps, &progress);
    CHECK(progress.count == 7); // pool[0] took pool's place, pool[1] is new
    CHECK(step(&progress, "net")->state == STEP_DONE);
    CHECK(fabs(step(&progress, "net")->ended - step(&progress, "net")->begun - 4) < 1e-6);
    CHECK(step(&progress, "pool[0]")->state == STEP_RUNNING);
    CHECK_TEXT(step(&progress, "pool[0]")->group, "pool web");
    CHECK_TEXT(step(&progress, "pool[1]")->code, "SkuNotAvailable");
    CHECK_TEXT(step(&progress, "pool[1]")->message, "no size");
    CHECK_TEXT(step(&progress, "mod")->waits_for, "");

    changed = (StepChanges){0}; // nothing new
    steps_take(&steps, &arena, NULL, json(first_operations), offset, 0, &changed);
    CHECK(changed.count == 0);

    Entry *module = NULL; // of the older kind: by type and name
    for (size_t i = 0; i < steps.count; i++) {
        if (text_is(steps.items[i]->name, "mod")) module = steps.items[i];
    }
    CHECK(module && steps_is_module(module));
    steps_take(&steps, &arena, module,
               json("[{properties:{provisioningOperation:'Create',provisioningState:'Running',"
                    "targetResource:{id:'/s/r2',resourceType:'I/rules',resourceName:'r2'}}},"
                    "{properties:{provisioningOperation:'Create',provisioningState:'Succeeded',"
                    "targetResource:{id:'/s/r1',resourceType:'I/Rules',resourceName:'R1'}}}]"),
               offset, 0, &changed);
    steps_show(&steps, &progress);
    CHECK(progress.count == 7 && changed.count == 2);
    CHECK(step(&progress, "mod.r1")->state == STEP_DONE);
    CHECK_TEXT(step(&progress, "mod.r1")->id, "/s/r1");

    changed = (StepChanges){0};
    steps_end(&steps, &arena, STEP_FAILED, &changed);
    steps_show(&steps, &progress);
    CHECK(step(&progress, "pool[0]")->state == STEP_CANCELED);
    CHECK(step(&progress, "maybe")->state == STEP_WAITING);
}

static void test_end_of_all(void)
{
    Times times = no_times();
    Progress progress = {0};
    StepChanges changed = {0};
    Steps steps = steps_of(&arena, &times, json(symbolic), NULL);
    steps_end(&steps, &arena, STEP_DONE, &changed);
    steps_show(&steps, &progress);
    CHECK(progress.count == 0); // none ran: their conditions were false
}

// A cycle, which Azure refuses, must not hang us; nor what is no template.
static void test_odd_templates(void)
{
    Times times = no_times();
    Progress progress = {0};
    times_learn(&times, TEXT("A/a"), 5);
    Steps steps =
        steps_of(&arena, &times,
                 json("{resources:{a:{type:'A/a',dependsOn:['b']},b:{type:'A/a',dependsOn:['a',7]},"
                      "c:7,d:{type:7}}}"),
                 json("[]"));
    steps_show(&steps, &progress);
    CHECK(progress.count == 2);
    CHECK(progress.left > 0);
    CHECK(steps_of(&arena, &times, json("[]"), NULL).count == 0);
    CHECK(steps_of(&arena, &times, NULL, NULL).count == 0);
}

static void test_estimate(void)
{
    Times times = no_times();
    times_learn(&times, TEXT("A/slow"), 100);
    times_learn(&times, TEXT("A/fast"), 10);
    Progress progress = {.now = progress_now()};
    Steps steps = steps_of(&arena, &times,
                           json("{resources:{a:{type:'A/fast'},b:{type:'A/slow',dependsOn:['a']},"
                                "c:{type:'A/fast',dependsOn:['b']},d:{type:'A/slow'}}}"),
                           NULL);
    steps_show(&steps, &progress);
    CHECK(fabs(progress.left - 120) < 1e-6); // a, b, c; d beside them
    CHECK(step(&progress, "b")->usual == 100);
}

static void test_times(void)
{
    char folder[] = "/tmp/client_test-XXXXXX", command[64];
    CHECK(mkdtemp(folder) != NULL);
    setenv("XDG_CACHE_HOME", folder, 1);
    Times times = times_read(&arena, TEXT("a.example"));
    CHECK(times_usual(&times, TEXT("A/a")) == 0);
    times_learn(&times, TEXT("A/a"), 10);
    times_learn(&times, TEXT("A/A"), 20); // the same type
    times_write(&times);
    Times other = times_read(&arena, TEXT("b.example"));
    CHECK(times_usual(&other, TEXT("A/a")) == 0);
    times_write(&other);
    Times again = times_read(&arena, TEXT("a.example"));
    CHECK(times_usual(&again, TEXT("a/a")) == 15);
    snprintf(command, sizeof command, "echo '[' > %s/swarmgen/times.json", folder);
    CHECK(system(command) == 0); // damaged: no estimate
    times = times_read(&arena, TEXT("a.example"));
    CHECK(times_usual(&times, TEXT("A/a")) == 0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK(system(command) == 0);
    times_write(&times); // made anew
    CHECK(system(command) == 0);
}

int main(void)
{
    test_retry_after();
    test_durations();
    test_timestamps();
    test_claims();
    test_failures();
    test_clouds();
    test_addresses();
    test_steps();
    test_end_of_all();
    test_odd_templates();
    test_estimate();
    test_times();
    arena_free(&arena);
    return check_done();
}
