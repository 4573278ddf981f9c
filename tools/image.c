// tools/image.c: run by the build: binds the embedded library and writes the memory that this took
// as a C array, so that swarmgen finds it read, parsed and bound. Which words are pointers is seen
// by doing it twice: a word that differs by the distance of the two arenas points into the arena;
// one that lies within an embedded file (or is the reader) points there; any other word that
// differs, or that points into this program, is an error.
#include "compiler/library/library.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 64 * 1024 * 1024 };

extern const char __executable_start, _end; // of this program, by the linker

const LibraryImage library_image = {0}; // what this program makes for others

typedef struct {
    Arena arena;
    const char *base;
    size_t root; // offset of the map of bound files
} Run;

static bool bind_all(Run *run)
{
    arena_reserve(&run->arena, ROOM);
    run->base = run->arena.at;
    Diags diags = {.arena = &run->arena};
    BindReader *reader = library_reader(&run->arena, NULL);
    bool bound = bind_file(&run->arena, &diags, reader,
                           text_copy(&run->arena, TEXT("templates/main.bicep")));
    diag_show(stderr, &diags, false);
    Map *root = arena_new(&run->arena, Map);
    *root = reader->opened;
    run->root = (size_t)((const char *)root - run->base);
    return bound && !diag_failed(&diags);
}

// `word` as a constant expression; false if it is a pointer to something else.
static bool write_word(const Run *run, size_t size, uint64_t word, uint64_t other,
                       uint64_t distance)
{
    uint64_t offset = word - (uint64_t)(uintptr_t)run->base;
    if (offset <= size && other - word == distance) {
        printf("{.p=(const char*)I+%" PRIu64 "},", offset);
        return true;
    }
    if (word != other) return false;
    const char *at = (const char *)(uintptr_t)word;
    if (at < &__executable_start || at >= &_end) {
        printf(word < 10 ? "{%" PRIu64 "}," : "{0x%" PRIx64 "},", word);
        return true;
    }
    if (at == (const char *)&library_embedded) {
        printf("{.p=&library_embedded},");
        return true;
    }
    for (size_t i = 0; i < library_file_count; i++) {
        const LibraryFile *file = &library_files[i];
        if (at >= file->text && at <= file->text + file->length) {
            printf("{.p=library_text_%zu+%td},", i, at - file->text);
            return true;
        }
        if (at == file->path) {
            printf("{.p=library_path_%zu},", i);
            return true;
        }
    }
    if (!*at) printf("{.p=\"\"},"); // an empty text
    return !*at;
}

int main(void)
{
    static Run runs[2]; // never freed
    if (!bind_all(&runs[0]) || !bind_all(&runs[1])) return 1;
    size_t size = (size_t)(runs[0].arena.at - runs[0].base);
    if (size != (size_t)(runs[1].arena.at - runs[1].base)) return 1;
    puts("// Made at build time by tools/image.c: the embedded library, bound.\n#include "
         "\"compiler/library/library.h\"\n");
    for (size_t i = 0; i < library_file_count; i++)
        printf("extern const unsigned char library_text_%zu[];\nextern const char "
               "library_path_%zu[];\n",
               i, i);
    puts("typedef union { uint64_t n; const void *p; } Word;\nextern const Word I[];\nconst Word "
         "I[]={");
    uint64_t distance = (uint64_t)(runs[1].base - runs[0].base);
    for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
        uint64_t word, other;
        memcpy(&word, runs[0].base + at, sizeof word);
        memcpy(&other, runs[1].base + at, sizeof other);
        if (!write_word(&runs[0], size, word, other, distance)) {
            fprintf(stderr,
                    "the word at %zu of the image is no constant and no known pointer: %" PRIx64
                    "\n",
                    at, word);
            return 1;
        }
        if (at % 64 == 56) putchar('\n');
    }
    printf(
        "};\nconst LibraryImage library_image={(const Map*)(const void*)((const char*)I+%zu)};\n",
        runs[0].root);
    return fflush(stdout) || ferror(stdout);
}
