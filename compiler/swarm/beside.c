// compiler/swarm/beside.c
#define _XOPEN_SOURCE 700 // realpath
#include "compiler/swarm/beside.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// Without links, '..' and '.'; an empty text with errno set if there is no such file.
static Text real_path(Arena *arena, Text path)
{
    char *real = realpath(text_string(arena, path), NULL);
    Text text = real ? text_copy(arena, text_of(real)) : (Text){0};
    free(real);
    return text;
}

static bool is_inside(Text folder, Text file)
{
    if (text_is(folder, "/")) return true;
    return folder.length && file.length > folder.length + 1 &&
           memcmp(file.at, folder.at, folder.length) == 0 && file.at[folder.length] == '/';
}

static Text nearest_file(Arena *arena, Text path)
{
    struct {
        Text *items;
        size_t count, room;
    } names = {0};
    DIR *folder = opendir(text_string(arena, path_folder(path)));
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        list_add(arena, &names, text_copy(arena, text_of(entry->d_name)));
    }
    if (folder) closedir(folder);
    return diag_nearest(path_name(path), names.items, names.count);
}

static void report_missing(Arena *arena, Diags *diags, Place place, Text setting, Text path,
                           Text name, int error)
{
    diag_add_with(diags, DIAG_FILE_MISSING, place, setting, name, text_of(strerror(error)));
    Text nearest = error == ENOENT ? nearest_file(arena, path) : (Text){0};
    if (nearest.length) {
        Text folder = path_folder(name);
        Text meant = text_is(folder, ".") ? nearest : path_join(arena, folder, nearest);
        diag_hint(diags, text_format(arena, "did you mean '%.*s'?", TEXT_ARG(meant)));
    } else {
        diag_hint(diags, TEXT("file names are relative to the folder of swarm.yaml"));
    }
}

static bool check_file(Arena *arena, Diags *diags, Place place, Text setting, Text real, Text name)
{
    struct stat info;
    if (stat(text_string(arena, real), &info) != 0) {
        diag_add_with(diags, DIAG_FILE_MISSING, place, setting, name, text_of(strerror(errno)));
        return false;
    }
    if (!S_ISREG(info.st_mode)) {
        diag_add_with(diags, DIAG_FILE_KIND, place, setting, name,
                      S_ISDIR(info.st_mode) ? TEXT("a folder") : TEXT("no regular file"));
        return false;
    }
    if (info.st_size > BESIDE_LIMIT) {
        diag_add_with(diags, DIAG_FILE_SIZE, place, setting, name,
                      text_format(arena, "%lld", (long long)info.st_size),
                      text_format(arena, "%d", BESIDE_LIMIT));
        return false;
    }
    return true;
}

Text beside_read(Arena *arena, Diags *diags, Place place, Text setting, Text folder, Text name,
                 bool *good)
{
    *good = false;
    Text none = {0}, path = path_join(arena, folder, name), root = real_path(arena, folder);
    if (name.length && memchr(name.at, 0, name.length)) {
        diag_add_with(diags, DIAG_FILE_MISSING, place, setting, TEXT("with a zero byte"),
                      text_of(strerror(EINVAL)));
        return none;
    }
    Text real = real_path(arena, path);
    if (!real.length) {
        report_missing(arena, diags, place, setting, path, name, errno);
        return none;
    }
    if (text_starts(name, "/") || !is_inside(root, real)) {
        diag_add_with(diags, DIAG_FILE_OUTSIDE, place, setting, name);
        diag_hint(diags,
                  TEXT("copy it into the folder of swarm.yaml, and name it relative to that"));
        return none;
    }
    if (!check_file(arena, diags, place, setting, real, name)) return none;
    const Source *source = file_read(arena, diags, place, path, path_normal(arena, path));
    *good = source != NULL;
    return source ? source->text : none;
}
