// compiler/artifact/archive.c
#include "compiler/artifact/archive.h"

#include <zlib.h>

enum { BLOCK = 512, GZIP = 16, LARGEST = 256 << 20 };

// Where fields of a header stand.
enum {
    NAME = 0,
    NAME_ROOM = 100,
    SIZE = 124,
    SIZE_ROOM = 12,
    TYPE = 156,
    PREFIX = 345,
    PREFIX_ROOM = 155
};

static bool decompress(Arena *arena, Text bytes, Text *plain)
{
    z_stream stream = {0};
    if (inflateInit2(&stream, GZIP + MAX_WBITS) != Z_OK) return false;
    TextBuffer out = {.arena = arena};
    unsigned char part[1 << 14];
    stream.next_in = (unsigned char *)(uintptr_t)bytes.at;
    stream.avail_in = (unsigned)bytes.length;
    int status = Z_OK;
    while (status == Z_OK && out.count <= LARGEST) {
        stream.next_out = part;
        stream.avail_out = sizeof part;
        status = inflate(&stream, Z_NO_FLUSH);
        buffer_text(&out, (Text){(const char *)part, sizeof part - stream.avail_out});
    }
    inflateEnd(&stream);
    *plain = buffer_done(&out);
    return status == Z_STREAM_END;
}

// A field of text: ended by a zero byte, or as long as its room.
static Text field(const char *header, size_t at, size_t room)
{
    const char *end = memchr(header + at, 0, room);
    return (Text){header + at, end ? (size_t)(end - header) - at : room};
}

static bool octal(Text digits, size_t *number)
{
    *number = 0;
    for (size_t i = 0; i < digits.length && digits.at[i] != ' '; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '7') return false;
        *number = *number * 8 + (size_t)(digits.at[i] - '0');
    }
    return true;
}

bool archive_read(Arena *arena, Text bytes, ArchiveFiles *files, Text *error)
{
    Text plain;
    if (bytes.length > LARGEST || !decompress(arena, bytes, &plain)) {
        *error = TEXT("it is not compressed as gzip does, damaged, or too large");
        return false;
    }
    for (size_t at = 0; at + BLOCK <= plain.length && plain.at[at];) {
        const char *header = plain.at + at;
        size_t size;
        at += BLOCK;
        if (!octal(field(header, SIZE, SIZE_ROOM), &size) || size > plain.length - at) {
            *error = TEXT("what it holds is no tar archive, or damaged");
            return false;
        }
        Text name = field(header, NAME, NAME_ROOM), prefix = field(header, PREFIX, PREFIX_ROOM);
        if (prefix.length) name = text_format(arena, "%.*s/%.*s", TEXT_ARG(prefix), TEXT_ARG(name));
        if (text_starts(name, "./")) name = text_slice(name, 2, name.length);
        ArchiveFile file = {name, {plain.at + at, size}};
        if (header[TYPE] == '0' || header[TYPE] == 0) list_add(arena, files, file);
        at += (size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return true;
}

bool archive_find(const ArchiveFiles *files, Text name, Text *bytes)
{
    for (size_t i = 0; i < files->count; i++) {
        if (!text_equal(files->items[i].name, name)) continue;
        *bytes = files->items[i].bytes;
        return true;
    }
    return false;
}
