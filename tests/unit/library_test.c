// tests/unit/library_test.c: templates/swarm.bicep keeps to its own rules, docs/swarm-yaml.md is
// what it says, and the embedded library is the one of the source tree.
#include "base/file.h"
#include "compiler/library/library.h"
#include "compiler/swarm/swarm.h"

#include <stdio.h>
#include <string.h>

static BoundFile *read_types(Arena *arena, Diags *diags)
{
    return bind_file(arena, diags, library_reader(arena, NULL), TEXT("templates/swarm.bicep"));
}

static bool same_page(Arena *arena, Diags *diags, BoundFile *types)
{
    TextBuffer made = {.arena = arena};
    Text path = TEXT("docs/swarm-yaml.md");
    const Source *page = file_read(arena, diags, (Place){0}, path, path);
    if (!page || !swarm_write_reference(arena, diags, types, &made)) return false;
    if (text_equal(page->text, buffer_done(&made))) return true;
    fprintf(stderr, "docs/swarm-yaml.md is old: make docs\n");
    return false;
}

static bool same_files(Arena *arena, Diags *diags)
{
    bool good = library_file_count > 0;
    for (size_t i = 0; i < library_file_count; i++) {
        Text path = text_of(library_files[i].path);
        const Source *source = file_read(arena, diags, (Place){0}, path, path);
        Text embedded = {library_files[i].text, library_files[i].length};
        bool sorted = i == 0 || strcmp(library_files[i - 1].path, library_files[i].path) < 0;
        bool same = source && text_equal(source->text, embedded) && sorted;
        if (!same)
            fprintf(stderr, "%s: embedded otherwise, or out of order\n", library_files[i].path);
        good = good && same;
    }
    return good;
}

// A library that says too little about its settings is found out.
static const Source *bare_library(BindReader *reader, Diags *diags, Place asked_at, Text path)
{
    (void)reader;
    (void)diags;
    (void)asked_at;
    static const Source source = {
        {"bare.bicep", 10},
        {"type Swarm = {\n  name: string\n}\n", sizeof "type Swarm = {\n  name: string\n}\n" - 1}};
    (void)path;
    return &source;
}

static bool misses_description(Arena *arena)
{
    Diags diags = {.arena = arena};
    BindReader reader = {.arena = arena, .read = bare_library};
    BoundFile *types = bind_file(arena, &diags, &reader, TEXT("bare.bicep"));
    if (!types || swarm_check_library(arena, &diags, types)) return false;
    return diags.count == 1 && diags.items[0].code == DIAG_NO_DESCRIPTION;
}

int main(void)
{
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    BoundFile *types = read_types(&arena, &diags);
    bool good = types && swarm_check_library(&arena, &diags, types);
    good = types && same_page(&arena, &diags, types) && good;
    good = same_files(&arena, &diags) && good;
    good = misses_description(&arena) && good;
    diag_show(stderr, &diags, false);
    arena_free(&arena);
    return good ? 0 : 1;
}
