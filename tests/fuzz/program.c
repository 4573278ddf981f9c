// tests/fuzz/program.c
#include "tests/fuzz/program.h"

#include "compiler/arm/emit.h"
#include "compiler/bicep/parser.h"
#include "compiler/check/check.h"

const Source *fuzz_read_nothing(BindReader *reader, Diags *diags, Place asked_at, Text path)
{
    (void)reader;
    diag_add_with(diags, DIAG_CANNOT_READ, asked_at, path, TEXT("there are no files here"));
    return NULL;
}

void fuzz_compile(Arena *arena, Diags *diags, BindReader *reader, const Source *source)
{
    SyntaxFile *syntax = parser_read(arena, diags, source);
    BoundFile *file =
        diags->errors ? NULL : bind_parsed(arena, diags, reader, source->path, syntax);
    if (!file) return;
    check_file(arena, diags, file);
    Text json = emit_template(arena, diags, file);
    fuzz_require(diags->errors || json.length, "no template, and no diagnostic");
}
