// tests/fuzz/build.c: any bytes as swarm.yaml, through the whole road of a build: either an error, or a
// main.bicep that is formatted, that our own checks accept, and that gives azuredeploy.json.
#include "compiler/arm/emit.h"
#include "compiler/bicep/format.h"
#include "compiler/bundle/bundle.h"
#include "compiler/check/check.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    BindReader reader; // first: the reader is found by its address
    const OutputFiles *files;
} Made;

static const Source *read_made(BindReader *reader, Diags *diags, Place asked_at, Text path)
{
    const OutputFiles *files = ((Made *)reader)->files;
    for (size_t i = 0; i < files->count; i++) {
        if (!text_equal(files->items[i].path, path)) continue;
        Source *source = arena_new(reader->arena, Source);
        *source = (Source){path, files->items[i].text};
        return source;
    }
    diag_add_with(diags, DIAG_CANNOT_READ, asked_at, path, TEXT("it was not made"));
    return NULL;
}

static Text text_of_file(const OutputFiles *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++) {
        if (text_is(files->items[i].path, path)) return files->items[i].text;
    }
    return (Text){0};
}

static void check_made(Arena *arena, const OutputFiles *files)
{
    Diags diags = {.arena = arena};
    Made made = {{.arena = arena, .read = read_made}, files};
    BoundFile *file = bind_file(arena, &diags, &made.reader, TEXT("main.bicep"));
    if (file) {
        check_file(arena, &diags, file);
        fuzz_require(text_equal(format_file(arena, file->syntax), file->syntax->source->text),
                     "main.bicep is not formatted");
        Text json = emit_template(arena, &diags, file);
        fuzz_require(text_equal(json, text_of_file(files, "azuredeploy.json")), "another template");
    }
    if (diags.count) diag_show(stderr, &diags, false);
    fuzz_require(file && diags.count == 0, "main.bicep is refused");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/fuzz-build-XXXXXX";
    int written = mkstemp(path);
    fuzz_require(written >= 0 && write(written, data, size) == (ssize_t)size, "no temporary file");
    close(written);
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    BundleRequest request = {.path = text_of(path)};
    OutputFiles files = {0};
    bool made = bundle_make(&arena, &diags, &request, &files, &(TextBuffer){.arena = &arena});
    unlink(path);
    fuzz_require(made == !diag_failed(&diags), "neither files nor an error");
    fuzz_check_diags(&diags, NULL);
    if (made) check_made(&arena, &files);
    arena_free(&arena);
    return 0;
}
