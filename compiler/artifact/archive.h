// compiler/artifact/archive.h: files in a .tgz.
//   owns:  what it gives lives in the arena
//   facts: RFC 1952; the format ustar of POSIX, with the extended headers of pax left out
#pragma once
#include "base/text.h"

typedef struct {
    Text name, bytes;
} ArchiveFile;

typedef struct {
    ArchiveFile *items;
    size_t count, room;
} ArchiveFiles;

// False with `error` set if the bytes are no such archive, or too many.
bool archive_read(Arena *arena, Text bytes, ArchiveFiles *files, Text *error);
// The content of a file; false if the archive has none of that name.
bool archive_find(const ArchiveFiles *files, Text name, Text *bytes);
