// compiler/library/library.h: where templates, scripts and stack come from: the program itself, or
// a folder.
//   shapes: paths as in the source tree: templates/main.bicep, scripts/cloud-init/node.sh,
//   stack/stack.yml
#pragma once
#include "compiler/bind/bind.h"

// `folder` NULL: the embedded library. Otherwise the folder that holds templates/, scripts/ and
// stack/. The embedded library has one reader: a second call makes it forget what was read since
// the first.
BindReader *library_reader(Arena *arena, const char *folder);

typedef struct {
    const char *path;
    const char *text;
    size_t length;
} LibraryFile;

// Made at build time from templates/, scripts/ and stack/; sorted by path.
extern const LibraryFile library_files[];
extern const size_t library_file_count;

// The embedded library as bind_file leaves it, made at build time by tools/image.c.
typedef struct {
    const Map *opened; // NULL: nothing is bound yet
} LibraryImage;

extern const LibraryImage library_image;
extern struct LibraryReader library_embedded; // its reader: what is bound points to it
