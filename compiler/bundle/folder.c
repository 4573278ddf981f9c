// compiler/bundle/folder.c
#define _GNU_SOURCE // renameat2
#include "compiler/bundle/folder.h"

#include "base/file.h"
#include "base/json.h"
#include "base/map.h"
#include "compiler/bundle/diff.h"
#include "compiler/evaluate/value.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    Arena *arena;
    Diags *diags;
    Text path; // of the output folder, without a slash at its end
    Map ours;  // paths of the manifest that stands there
} Folder;

static const char *full(Folder *folder, Text root, Text name)
{
    return text_string(folder->arena, path_join(folder->arena, root, name));
}

static bool failed(Folder *folder, const char *path)
{
    diag_add_with(folder->diags, DIAG_CANNOT_WRITE, (Place){0}, text_of(path),
                  text_of(strerror(errno)));
    return false;
}

// ---- what stands there

static bool read_manifest(Folder *folder)
{
    Text path = path_join(folder->arena, folder->path, TEXT(FOLDER_MANIFEST));
    if (!file_exists(text_string(folder->arena, path))) return true;
    const Source *source = file_read(folder->arena, folder->diags, (Place){0}, path, path);
    if (!source) return false;
    Text error;
    const Value *manifest = value_read_json(folder->arena, source->text, &error);
    const Value *files = manifest ? value_get(manifest, TEXT("files")) : NULL;
    if (!files || files->kind != VALUE_ARRAY) {
        diag_add_with(folder->diags, DIAG_MANIFEST, (Place){0}, path);
        return false;
    }
    for (size_t i = 0; i < files->array.count; i++) {
        const Value *name = files->array.items[i];
        bool inside = name->kind == VALUE_STRING && !text_starts(name->string, "/") &&
                      !text_starts(path_normal(folder->arena, name->string), "..");
        if (!inside) continue; // never delete what lies outside
        map_put(folder->arena, &folder->ours, name->string, folder);
    }
    return true;
}

static Text manifest_text(Arena *arena, const OutputFiles *files)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out};
    json_begin_object(&json);
    json_key(&json, TEXT("about"));
    json_text(&json, TEXT("Files made by swarmgen: the next build replaces or removes them. "
                          "Others in this folder are left alone."));
    json_key(&json, TEXT("files"));
    json_begin_array(&json);
    for (size_t i = 0; i < files->count; i++) json_text(&json, files->items[i].path);
    json_end_array(&json);
    json_end_object(&json);
    buffer_char(&out, '\n');
    return buffer_done(&out);
}

static int by_path(const void *a, const void *b)
{
    return text_compare(((const OutputFile *)a)->path, ((const OutputFile *)b)->path);
}

// The given files and the manifest, sorted by path.
static OutputFiles with_manifest(Arena *arena, const OutputFiles *files)
{
    OutputFiles all = {0};
    for (size_t i = 0; i < files->count; i++) list_add(arena, &all, files->items[i]);
    qsort(all.items, all.count, sizeof *all.items, by_path);
    OutputFile manifest = {TEXT(FOLDER_MANIFEST), manifest_text(arena, &all)};
    list_add(arena, &all, manifest);
    return all;
}

static bool has_file(const OutputFiles *files, Text path)
{
    for (size_t i = 0; i < files->count; i++) {
        if (text_equal(files->items[i].path, path)) return true;
    }
    return false;
}

static bool is_ours(const Folder *folder, Text path)
{
    return map_has(&folder->ours, path) || text_is(path, FOLDER_MANIFEST);
}

static bool nothing_in_the_way(Folder *folder, const OutputFiles *files)
{
    bool clear = true;
    for (size_t i = 0; i < files->count; i++) {
        Text path = files->items[i].path;
        struct stat info;
        if (is_ours(folder, path) || lstat(full(folder, folder->path, path), &info) != 0) continue;
        diag_add_with(folder->diags, DIAG_FOREIGN_FILE, (Place){0}, path, folder->path);
        clear = false;
    }
    return clear;
}

// True if a file below `inner` (a path within the folder, may be empty) is not ours.
static bool has_foreign(Folder *folder, Text inner)
{
    DIR *handle = opendir(full(folder, folder->path, inner));
    if (!handle) return errno != ENOENT;
    bool foreign = false;
    for (struct dirent *entry; !foreign && (entry = readdir(handle));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        Text name = text_copy(folder->arena, text_of(entry->d_name));
        Text path = inner.length ? path_join(folder->arena, inner, name) : name;
        struct stat info;
        if (lstat(full(folder, folder->path, path), &info) != 0) continue;
        foreign = S_ISDIR(info.st_mode) ? has_foreign(folder, path) : !is_ours(folder, path);
    }
    closedir(handle);
    return foreign;
}

// ---- writing

static bool make_folders(Folder *folder, const char *path, size_t root_length)
{
    char *copy = text_string(folder->arena, text_of(path));
    for (char *at = copy + root_length + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) return failed(folder, copy);
        *at = '/';
    }
    return true;
}

static bool write_file(Folder *folder, const char *path, Text text)
{
    int handle = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (handle < 0) return failed(folder, path);
    bool good = true;
    for (size_t done = 0; good && done < text.length;) {
        ssize_t wrote = write(handle, text.at + done, text.length - done);
        if (wrote < 0 && errno == EINTR) continue;
        good = wrote > 0;
        if (good) done += (size_t)wrote;
    }
    int error = errno;
    if (close(handle) == 0 && good) return true;
    if (!good) errno = error;
    return failed(folder, path);
}

// Whether a plain file with this text stands at `path`.
static bool has_text(const char *path, Text text)
{
    struct stat info;
    int handle = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (handle < 0) return false;
    bool same =
        fstat(handle, &info) == 0 && S_ISREG(info.st_mode) && (size_t)info.st_size == text.length;
    char piece[16384];
    for (size_t at = 0; same && at < text.length;) {
        ssize_t got = read(handle, piece, sizeof piece);
        same = got > 0 && (size_t)got <= text.length - at &&
               memcmp(piece, text.at + at, (size_t)got) == 0;
        if (same) at += (size_t)got;
    }
    close(handle);
    return same;
}

// A file of ours that stays as it is gets a second name in the new folder, where the file system
// can do that.
static bool keep_file(Folder *folder, const OutputFile *file, const char *path)
{
    if (!is_ours(folder, file->path)) return false;
    const char *old = full(folder, folder->path, file->path);
    return has_text(old, file->text) && link(old, path) == 0;
}

static bool write_all(Folder *folder, Text root, const OutputFiles *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const char *path = full(folder, root, files->items[i].path);
        if (!make_folders(folder, path, root.length)) return false;
        if (keep_file(folder, &files->items[i], path)) continue;
        if (!write_file(folder, path, files->items[i].text)) return false;
    }
    return true;
}

// Nothing would change.
static bool all_stands(Folder *folder, const OutputFiles *files)
{
    if (folder->ours.count + 1 != files->count) return false; // besides the manifest
    for (size_t i = 0; i < files->count; i++) {
        const char *path = full(folder, folder->path, files->items[i].path);
        if (!is_ours(folder, files->items[i].path) || !has_text(path, files->items[i].text))
            return false;
    }
    return true;
}

// Removes a folder that is ours, with all in it; says nothing of what cannot be removed.
static void remove_tree(Folder *folder, const char *path)
{
    DIR *handle = opendir(path);
    if (!handle) return;
    for (struct dirent *entry; (entry = readdir(handle));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        const char *inner = full(folder, text_of(path), text_of(entry->d_name));
        if (unlink(inner) != 0) remove_tree(folder, inner);
    }
    closedir(handle);
    rmdir(path);
}

// The folders above a removed file, as long as they are empty.
static void remove_empty_folders(Folder *folder, Text path)
{
    for (Text inner = path_folder(path); !text_is(inner, "."); inner = path_folder(inner)) {
        if (rmdir(full(folder, folder->path, inner)) != 0) return;
    }
}

static bool move_in(Folder *folder, Text fresh, const OutputFiles *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const char *to = full(folder, folder->path, files->items[i].path);
        if (!make_folders(folder, to, folder->path.length)) return false;
        if (rename(full(folder, fresh, files->items[i].path), to) != 0) return failed(folder, to);
    }
    for (size_t i = 0; i < folder->ours.count; i++) {
        Text path = folder->ours.items[i].key;
        if (has_file(files, path)) continue;
        unlink(full(folder, folder->path, path));
        remove_empty_folders(folder, path);
    }
    return true;
}

// Puts the finished folder `fresh` in the place of the old one.
static bool change_places(Folder *folder, Text fresh, const OutputFiles *files)
{
    const char *from = text_string(folder->arena, fresh);
    const char *to = text_string(folder->arena, folder->path);
    struct stat info;
    if (lstat(to, &info) != 0) return rename(from, to) == 0 || failed(folder, to);
    bool alone = S_ISDIR(info.st_mode) && !has_foreign(folder, (Text){0});
    if (alone) {
        if (chmod(from, info.st_mode & 07777) != 0) return failed(folder, from);
        if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0) return true;
    }
    return move_in(folder, fresh, files);
}

static Text without_slash(Text path)
{
    while (path.length > 1 && path.at[path.length - 1] == '/') path.length--;
    return path;
}

// Folders that a killed build left behind: NAME.swarmgen-XXXXXX beside the output folder.
static void remove_leftovers(Folder *folder)
{
    Text parent = path_folder(folder->path);
    Text prefix = text_format(folder->arena, ".%.*s.swarmgen-", TEXT_ARG(path_name(folder->path)));
    DIR *handle = opendir(text_string(folder->arena, parent));
    if (!handle) return;
    for (struct dirent *entry; (entry = readdir(handle));) {
        Text name = text_of(entry->d_name);
        if (name.length != prefix.length + 6 ||
            !text_starts(name, text_string(folder->arena, prefix))) {
            continue;
        }
        remove_tree(folder, full(folder, parent, name));
    }
    closedir(handle);
}

// needs: no other build writes into the same parent folder
static bool write_locked(Folder *folder, Text parent, const OutputFiles *all)
{
    remove_leftovers(folder);
    if (all_stands(folder, all)) return true;
    char *fresh = text_string(folder->arena,
                              text_format(folder->arena, "%.*s/.%.*s.swarmgen-XXXXXX",
                                          TEXT_ARG(parent), TEXT_ARG(path_name(folder->path))));
    if (!mkdtemp(fresh)) return failed(folder, fresh);
    mode_t mask = umask(0);
    umask(mask);
    bool good = chmod(fresh, 0777 & ~mask) == 0 || failed(folder, fresh);
    good = good && write_all(folder, text_of(fresh), all);
    good = good && change_places(folder, text_of(fresh), all);
    remove_tree(folder, fresh); // what is there now: nothing, the old folder, or a failed try
    return good;
}

bool folder_write(Arena *arena, Diags *diags, Text path, const OutputFiles *files)
{
    Folder folder = {arena, diags, without_slash(path), {0}};
    OutputFiles all = with_manifest(arena, files);
    if (!read_manifest(&folder) || !nothing_in_the_way(&folder, &all)) return false;
    Text parent = path_folder(folder.path);
    if (!make_folders(&folder, text_string(arena, path_join(arena, parent, TEXT("x"))), 0)) {
        return false;
    }
    int lock = open(text_string(arena, parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) != 0) return failed(&folder, text_string(arena, parent));
    bool good = write_locked(&folder, parent, &all);
    close(lock);
    return good;
}

// ---- comparing

FolderState folder_check(Arena *arena, Diags *diags, Text path, const OutputFiles *files, FILE *out,
                         bool colour)
{
    Folder folder = {arena, diags, without_slash(path), {0}};
    OutputFiles all = with_manifest(arena, files);
    if (!read_manifest(&folder)) return FOLDER_FAILED;
    bool same = true;
    for (size_t i = 0; i < all.count; i++) {
        Text name = path_join(arena, folder.path, all.items[i].path);
        Text old = {0};
        bool there = file_exists(text_string(arena, name));
        if (there) {
            const Source *source = file_read(arena, diags, (Place){0}, name, name);
            if (!source) return FOLDER_FAILED;
            old = source->text;
        }
        if (there && text_equal(old, all.items[i].text)) continue;
        same = false;
        diff_show(arena, out, colour, there ? name : (Text){0}, old, name, all.items[i].text);
    }
    for (size_t i = 0; i < folder.ours.count; i++) {
        Text inner = folder.ours.items[i].key, name = path_join(arena, folder.path, inner);
        if (has_file(&all, inner) || !file_exists(text_string(arena, name))) continue;
        const Source *source = file_read(arena, diags, (Place){0}, name, name);
        if (!source) return FOLDER_FAILED;
        same = false;
        diff_show(arena, out, colour, name, source->text, (Text){0}, (Text){0});
    }
    return same ? FOLDER_SAME : FOLDER_DIFFERS;
}
