// base/file.c
#include "base/file.h"

#include "base/encoding.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static Text contents(Arena *arena, FILE *file, int *error)
{
    TextBuffer buffer = {.arena = arena};
    char piece[16384];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) {
        buffer_text(&buffer, (Text){piece, got});
        if (buffer.count > FILE_LIMIT) break;
    }
    *error = ferror(file) ? errno : 0;
    return buffer_done(&buffer);
}

const Source *file_read_bytes(Arena *arena, Diags *diags, Place asked_at, Text path, Text shown)
{
    FILE *file = fopen(text_string(arena, path), "rb");
    int error = file ? 0 : errno;
    Text text = {0};
    if (file) {
        text = contents(arena, file, &error);
        fclose(file);
    }
    if (error) {
        diag_add_with(diags, DIAG_CANNOT_READ, asked_at, shown, text_of(strerror(error)));
        return NULL;
    }
    if (text.length > FILE_LIMIT) {
        diag_add_with(diags, DIAG_TOO_LARGE, asked_at, text_format(arena, "over %d", FILE_LIMIT),
                      text_format(arena, "%d", FILE_LIMIT));
        return NULL;
    }
    Source *source = arena_new(arena, Source);
    *source = (Source){text_copy(arena, shown), text};
    return source;
}

static bool is_text(Arena *arena, Diags *diags, const Source *source)
{
    size_t bad;
    Text text = source->text;
    if (text_valid_utf8(text, &bad)) return true;
    assert(bad < text.length);
    diag_add_with(diags, DIAG_NOT_UTF8, ((Place){source, (uint32_t)bad, (uint32_t)bad + 1}),
                  text_format(arena, "%zu", bad),
                  text_format(arena, "0x%02x", (unsigned char)text.at[bad]));
    bool utf16 = text_starts(text, "\xFF\xFE") || text_starts(text, "\xFE\xFF");
    diag_hint(diags, utf16 ? TEXT("the file is UTF-16; save it as UTF-8")
                           : TEXT("save the file as UTF-8"));
    return false;
}

const Source *file_read(Arena *arena, Diags *diags, Place asked_at, Text path, Text shown)
{
    const Source *source = file_read_bytes(arena, diags, asked_at, path, shown);
    return source && is_text(arena, diags, source) ? source : NULL;
}

const Source *file_decoded(Arena *arena, const Source *source)
{
    Source *decoded = arena_new(arena, Source);
    *decoded = *source;
    decoded->text = encoding_decode(arena, source->text, TEXT("utf-8"));
    return decoded;
}

static int by_bytes(const void *left, const void *right)
{
    return text_compare(*(const Text *)left, *(const Text *)right);
}

bool file_list(Arena *arena, Diags *diags, Place asked_at, Text folder, FileNames *names)
{
    DIR *handle = opendir(text_string(arena, folder));
    if (!handle) {
        diag_add_with(diags, DIAG_CANNOT_READ, asked_at, folder, text_of(strerror(errno)));
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(handle));) {
        Text name = text_copy(arena, text_of(entry->d_name));
        struct stat info;
        bool known = stat(text_string(arena, path_join(arena, folder, name)), &info) == 0;
        if (known && !S_ISDIR(info.st_mode)) list_add(arena, names, name);
    }
    closedir(handle);
    if (names->count) qsort(names->items, names->count, sizeof *names->items, by_bytes);
    return true;
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

Text path_join(Arena *arena, Text folder, Text name)
{
    if (text_starts(name, "/") || folder.length == 0) return name;
    return text_format(arena, "%.*s%s%.*s", TEXT_ARG(folder), text_ends(folder, "/") ? "" : "/",
                       TEXT_ARG(name));
}

Text path_folder(Text path)
{
    size_t end = path.length;
    while (end > 0 && path.at[end - 1] != '/') end--;
    if (end == 0) return TEXT(".");
    return text_slice(path, 0, end > 1 ? end - 1 : 1);
}

Text path_name(Text path)
{
    size_t from = path.length;
    while (from > 0 && path.at[from - 1] != '/') from--;
    return text_slice(path, from, path.length);
}

Text path_normal(Arena *arena, Text path)
{
    struct {
        Text *items;
        size_t count, room;
    } parts = {0};
    bool absolute = text_starts(path, "/");
    for (size_t from = 0; from <= path.length;) {
        size_t to = from;
        while (to < path.length && path.at[to] != '/') to++;
        Text part = text_slice(path, from, to);
        bool up = text_is(part, "..");
        if (up && parts.count && !text_is(parts.items[parts.count - 1], "..")) {
            parts.count--;
        } else if (part.length && !text_is(part, ".") && !(up && absolute)) {
            list_add(arena, &parts, part);
        }
        from = to + 1;
    }
    TextBuffer buffer = {.arena = arena};
    if (absolute) buffer_char(&buffer, '/');
    for (size_t i = 0; i < parts.count; i++) {
        if (i) buffer_char(&buffer, '/');
        buffer_text(&buffer, parts.items[i]);
    }
    if (buffer.count == 0) buffer_char(&buffer, '.');
    return buffer_done(&buffer);
}
