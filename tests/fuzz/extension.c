// tests/fuzz/extension.c: any bytes as an archive, or as index.json and types.json with a line `----`
// between them: what is read declares types that parse, and a program that uses them is refused or
// becomes a template.
#include "compiler/artifact/extension.h"
#include "compiler/bicep/parser.h"
#include "tests/fuzz/program.h"

static BindArtifact artifact;

static bool read_extension(BindReader *reader, Diags *diags, BoundFile *asker,
                           const Syntax *specification, BindArtifact *found)
{
    (void)reader, (void)diags, (void)asker, (void)specification;
    *found = artifact;
    return true;
}

static void add_file(Arena *arena, ArchiveFiles *files, const char *name, Text bytes)
{
    ArchiveFile file = {text_of(name), bytes};
    list_add(arena, files, file);
}

static ArchiveFiles split(Arena *arena, Text text)
{
    static const char line[] = "\n----\n";
    ArchiveFiles files = {0};
    Text error = {0};
    if (text_starts(text, "\x1f\x8b")) {
        archive_read(arena, text, &files, &error);
        return files;
    }
    size_t at = 0, length = sizeof line - 1;
    while (at + length < text.length && memcmp(text.at + at, line, length) != 0) at++;
    bool two = at + length < text.length;
    add_file(arena, &files, "index.json", text_slice(text, 0, two ? at : text.length));
    if (two) add_file(arena, &files, "types.json", text_slice(text, at + length, text.length));
    return files;
}

// Each type once, with a property that may be known.
static Text program(Arena *arena, const BindExtension *extension)
{
    TextBuffer out = {.arena = arena};
    buffer_string(&out, "extension 'x.tgz' with { name: 'x' } as x\n");
    for (size_t i = 0; i < extension->types.count && i < 20; i++) {
        const BindResourceType *type = &extension->types.items[i];
        for (size_t j = 0; j < type->name.length; j++) {
            if (strchr("'\\$\n\r", type->name.at[j])) return buffer_done(&out);
        }
        buffer_format(&out, "resource r%zu 'x:%.*s' = { name: 'x', kind: 'a', list: [{}] }\n", i,
                      TEXT_ARG(type->name));
        buffer_format(&out, "output o%zu object = { a: r%zu, b: r%zu.name.x }\n", i, i, i);
    }
    return buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16) return 0;
    Arena arena = {0};
    Diags diags = {.arena = &arena};
    Text text = text_copy(&arena, (Text){(const char *)data, size}), types = {0}, error = {0};
    ArchiveFiles files = split(&arena, text);
    const BindExtension *extension = extension_read(&arena, &files, &types, &error);
    fuzz_require(extension || error.length, "neither an extension nor an error");
    if (extension && text_valid_utf8(types, &(size_t){0})) {
        Source made = {TEXT("x.tgz"), types},
               source = {TEXT("main.bicep"), program(&arena, extension)};
        parser_read(&arena, &diags, &made);
        fuzz_require(!diags.errors, "types that do not parse");
        artifact = (BindArtifact){.path = made.path, .source = &made, .extension = extension};
        BindReader reader = {
            .arena = &arena, .read = fuzz_read_nothing, .extension = read_extension};
        fuzz_compile(&arena, &diags, &reader, &source);
    }
    arena_free(&arena);
    return 0;
}
