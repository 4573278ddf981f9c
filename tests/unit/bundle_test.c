// The output folder: whole or not at all, foreign files untouched, stale files gone; and the diff.
#define _XOPEN_SOURCE 700 // mkdtemp
#include "check.h"

#include "base/file.h"
#include "compiler/bundle/diff.h"
#include "compiler/bundle/folder.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    Arena arena;
    Diags diags;
    char root[64];
    Text out;
} Fixture;

static void set_up(Fixture *place)
{
    *place = (Fixture){0};
    place->diags.arena = &place->arena;
    strcpy(place->root, "/tmp/bundle_test-XXXXXX");
    CHECK(mkdtemp(place->root) != NULL);
    place->out = text_format(&place->arena, "%s/azure", place->root);
}

static void tear_down(Fixture *place)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", place->root);
    CHECK(system(command) == 0);
    arena_free(&place->arena);
}

static OutputFiles two_files(Arena *arena, const char *first, const char *second)
{
    OutputFiles files = {0};
    OutputFile a = {TEXT("main.bicep"), text_of(first)};
    OutputFile b = {TEXT("scripts/cloud-init/node.sh"), text_of(second ? second : "")};
    list_add(arena, &files, a);
    if (second) list_add(arena, &files, b);
    return files;
}

static Text content(Fixture *place, const char *name)
{
    Text path = path_join(&place->arena, place->out, text_of(name));
    if (!file_exists(text_string(&place->arena, path))) return TEXT("(none)");
    const Source *source = file_read(&place->arena, &place->diags, (Place){0}, path, path);
    return source ? source->text : TEXT("(unreadable)");
}

static void put(Fixture *place, const char *name, const char *text)
{
    Text path = path_join(&place->arena, place->out, text_of(name));
    FILE *file = fopen(text_string(&place->arena, path), "w");
    CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static bool write_two(Fixture *place, const char *first, const char *second)
{
    OutputFiles files = two_files(&place->arena, first, second);
    return folder_write(&place->arena, &place->diags, place->out, &files);
}

static void test_stale_files_go(void)
{
    Fixture place;
    set_up(&place);
    CHECK(write_two(&place, "one", "script"));
    CHECK_TEXT(content(&place, "scripts/cloud-init/node.sh"), "script");
    CHECK(write_two(&place, "two", NULL));
    CHECK_TEXT(content(&place, "main.bicep"), "two");
    CHECK_TEXT(content(&place, "scripts/cloud-init/node.sh"), "(none)");
    CHECK_TEXT(content(&place, "scripts"), "(none)");
    tear_down(&place);
}

static void test_foreign_files_stay(void)
{
    Fixture place;
    set_up(&place);
    CHECK(write_two(&place, "one", "script"));
    put(&place, "notes.txt", "mine");
    put(&place, "scripts/own.sh", "mine too");
    CHECK(write_two(&place, "two", NULL));
    CHECK_TEXT(content(&place, "main.bicep"), "two");
    CHECK_TEXT(content(&place, "notes.txt"), "mine");
    CHECK_TEXT(content(&place, "scripts/own.sh"), "mine too");
    CHECK_TEXT(content(&place, "scripts/cloud-init"), "(none)");
    tear_down(&place);
}

static void test_a_foreign_file_in_the_way(void)
{
    Fixture place;
    set_up(&place);
    CHECK(mkdir(text_string(&place.arena, place.out), 0777) == 0);
    put(&place, "main.bicep", "by hand");
    CHECK(!write_two(&place, "one", NULL));
    CHECK(place.diags.count == 1 && diag_number(place.diags.items[0].code) == 1612);
    CHECK_TEXT(content(&place, "main.bicep"), "by hand");
    tear_down(&place);
}

static void test_no_room(void)
{
    Fixture place;
    set_up(&place);
    CHECK(write_two(&place, "one", "script"));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small = {4096, 4096};
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    char large[10000];
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = '\0';
    CHECK(!write_two(&place, "two", large));
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK_TEXT(content(&place, "main.bicep"), "one");
    CHECK_TEXT(content(&place, "scripts/cloud-init/node.sh"), "script");
    CHECK(rmdir(place.root) != 0); // nothing but the output folder is left in it
    char command[160];
    snprintf(command, sizeof command, "test \"$(ls -A '%s')\" = azure", place.root);
    CHECK(system(command) == 0);
    tear_down(&place);
}

// A build is killed at random moments; each time the folder holds one build or the other, whole.
static void test_killed(void)
{
    Fixture place;
    set_up(&place);
    CHECK(write_two(&place, "old", "old"));
    int old_seen = 0, new_seen = 0;
    for (int i = 0; i < 150; i++) {
        pid_t child = fork();
        if (child == 0) {
            write_two(&place, i % 2 ? "old" : "new", i % 2 ? "old" : "new");
            _exit(0);
        }
        struct timespec pause = {0, (rand() % 12000) * 1000L};
        nanosleep(&pause, NULL);
        if (i % 7) kill(child, SIGKILL); // each seventh may finish, on a slow machine too
        waitpid(child, NULL, 0);
        Text first = content(&place, "main.bicep");
        CHECK(text_equal(first, content(&place, "scripts/cloud-init/node.sh")));
        old_seen += text_is(first, "old");
        new_seen += text_is(first, "new");
    }
    CHECK(old_seen > 0 && new_seen > 0);
    CHECK(write_two(&place, "end", "end"));
    char command[160];
    snprintf(command, sizeof command, "test \"$(ls -A '%s')\" = azure", place.root);
    CHECK(system(command) == 0); // nothing of the killed builds is left
    tear_down(&place);
}

static void test_check(void)
{
    Fixture place;
    set_up(&place);
    CHECK(write_two(&place, "a\nb\nc\n", "same\n"));
    char *shown = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&shown, &size);
    OutputFiles same = two_files(&place.arena, "a\nb\nc\n", "same\n");
    CHECK(folder_check(&place.arena, &place.diags, place.out, &same, out, false) == FOLDER_SAME);
    OutputFiles other = two_files(&place.arena, "a\nB\nc\n", NULL);
    CHECK(folder_check(&place.arena, &place.diags, place.out, &other, out, false) ==
          FOLDER_DIFFERS);
    fclose(out);
    CHECK(strstr(shown, "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n") != NULL);
    CHECK(strstr(shown, "+++ /dev/null\n@@ -1,1 +0,0 @@\n-same\n") != NULL);
    free(shown);
    CHECK_TEXT(content(&place, "main.bicep"), "a\nb\nc\n");
    tear_down(&place);
}

// Random edits: patch(1) turns the old text into the new one with what diff_show printed.
static void test_diff_against_patch(void)
{
    srand(7);
    for (int round = 0; round < 40; round++) {
        Arena arena = {0};
        TextBuffer old = {.arena = &arena}, fresh = {.arena = &arena};
        for (int i = 0, lines = rand() % 60; i < lines; i++) {
            int word = rand() % 8, what = rand() % 6;
            if (what != 0) buffer_format(&old, "%d\n", word);
            if (what != 1) buffer_format(&fresh, "%d\n", what == 2 ? word + 1 : word);
        }
        FILE *in = fopen("/tmp/bundle_test.old", "w");
        if (old.count) fwrite(old.items, 1, old.count, in);
        fclose(in);
        FILE *out = popen("patch -s /tmp/bundle_test.old -o /tmp/bundle_test.new", "w");
        diff_show(&arena, out, false, TEXT("a"), buffer_done(&old), TEXT("b"), buffer_done(&fresh));
        CHECK(pclose(out) == 0);
        Diags diags = {.arena = &arena};
        bool equal = text_equal(buffer_done(&old), buffer_done(&fresh));
        Text path = equal ? TEXT("/tmp/bundle_test.old") : TEXT("/tmp/bundle_test.new");
        const Source *got = file_read(&arena, &diags, (Place){0}, path, path);
        CHECK(got && text_equal(got->text, buffer_done(&fresh)));
        remove("/tmp/bundle_test.old");
        remove("/tmp/bundle_test.new");
        arena_free(&arena);
    }
}

int main(void)
{
    test_stale_files_go();
    test_foreign_files_stay();
    test_a_foreign_file_in_the_way();
    test_no_room();
    test_killed();
    test_check();
    test_diff_against_patch();
    return check_done();
}
