// base/file.h: files and paths.
//   shapes: paths use '/'; a file is read whole
//   errors: SG1601–SG1603 at the given place
#pragma once
#include "base/diag.h"

enum { FILE_LIMIT = 64 * 1024 * 1024 }; // bytes of one input file

// Reads a file as UTF-8 text (a byte order mark is kept). NULL after a diagnostic.
// `shown` is the path that diagnostics name.
const Source *file_read(Arena *arena, Diags *diags, Place asked_at, Text path, Text shown);

// The same, but any bytes.
const Source *file_read_bytes(Arena *arena, Diags *diags, Place asked_at, Text path, Text shown);

// The source as .NET reads a text: by its byte order mark, which goes; what is wrong becomes U+FFFD.
const Source *file_decoded(Arena *arena, const Source *source);

typedef struct {
    Text *items;
    size_t count, room;
} FileNames;

// The names of the files in a folder, by bytes; false after a diagnostic.
bool file_list(Arena *arena, Diags *diags, Place asked_at, Text folder, FileNames *names);

bool file_exists(const char *path);

Text path_join(Arena *arena, Text folder, Text name); // `name` itself if it is absolute
Text path_folder(Text path);                          // without the last part; "." if there is one
Text path_name(Text path);                            // the last part
Text path_normal(Arena *arena, Text path);            // no '.', 'a/..', '//'
