// compiler/library/library.c: the embedded files are found by binary search and never copied; a
// folder is read as it stands on disk.
#include "compiler/library/library.h"

#include "base/file.h"

typedef struct LibraryReader LibraryReader;
struct LibraryReader {
    BindReader reader;
    Text folder; // only of a reader of a folder
};

LibraryReader library_embedded;

static const LibraryFile *embedded_file(Text path)
{
    size_t from = 0, to = library_file_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = text_compare(path, text_of(library_files[middle].path));
        if (order == 0) return &library_files[middle];
        if (order < 0) to = middle;
        if (order > 0) from = middle + 1;
    }
    return NULL;
}

static const Source *read_embedded(BindReader *reader, Diags *diags, Place asked_at, Text path)
{
    const LibraryFile *file = embedded_file(path);
    if (!file) {
        diag_add_with(diags, DIAG_CANNOT_READ, asked_at, path,
                      TEXT("the library has no such file"));
        return NULL;
    }
    Source *source = arena_new(reader->arena, Source);
    *source = (Source){text_of(file->path), {file->text, file->length}};
    return source;
}

static const Source *read_folder(BindReader *reader, Diags *diags, Place asked_at, Text path)
{
    const LibraryReader *library = (const LibraryReader *)(const void *)reader;
    Text whole = path_join(reader->arena, library->folder, path);
    return file_read_bytes(reader->arena, diags, asked_at, whole, whole);
}

// The image is constant: what is opened or loaded besides is entered in copies.
static BindReader *embedded_reader(Arena *arena)
{
    library_embedded = (LibraryReader){.reader = {.arena = arena, .read = read_embedded}};
    const Map *opened = library_image.opened;
    for (size_t i = 0; opened && i < opened->count; i++) {
        map_put(arena, &library_embedded.reader.opened, opened->items[i].key,
                opened->items[i].value);
    }
    return &library_embedded.reader;
}

BindReader *library_reader(Arena *arena, const char *folder)
{
    if (!folder) return embedded_reader(arena);
    LibraryReader *library = arena_new(arena, LibraryReader);
    *library = (LibraryReader){.reader = {.arena = arena, .read = read_folder},
                               .folder = text_copy(arena, text_of(folder))};
    return &library->reader;
}
