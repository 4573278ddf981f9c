#define _XOPEN_SOURCE 700 // mkstemp
#include "deploy/times.h"

#include "base/file.h"
#include "compiler/evaluate/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_TYPES = 500 };
static const double weight = 0.5; // of the newest run

static Text path_of(Arena *arena)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/') return text_format(arena, "%s/swarmgen/times.json", cache);
    if (home && *home == '/') return text_format(arena, "%s/.cache/swarmgen/times.json", home);
    return (Text){0};
}

// What the file holds; an empty object if it holds nothing that is understood.
static const Value *read_all(Arena *arena, Text path)
{
    Diags ignored = {.arena = arena};
    Text error;
    const char *name = text_string(arena, path);
    const Source *file = path.length && file_exists(name)
                             ? file_read(arena, &ignored, (Place){0}, path, path)
                             : NULL;
    const Value *all = file ? value_read_json(arena, file->text, &error) : NULL;
    return all && all->kind == VALUE_OBJECT ? all : value_object(arena);
}

Times times_read(Arena *arena, Text host)
{
    Times times = {.arena = arena, .path = path_of(arena), .host = host};
    const Value *types = value_get(read_all(arena, times.path), host);
    times.types =
        types && types->kind == VALUE_OBJECT ? shape_copy(arena, types) : value_object(arena);
    return times;
}

double times_usual(const Times *times, Text type)
{
    const Value *known = value_find(times->types, type);
    double seconds = known && known->kind == VALUE_FLOAT ? known->number
                     : known && known->kind == VALUE_INT ? (double)known->integer
                                                         : 0;
    return seconds > 0 && seconds < 1e6 ? seconds : 0;
}

void times_learn(Times *times, Text type, double seconds)
{
    double before = times_usual(times, type);
    if (seconds < 0 || (before <= 0 && times->types->object.count >= MOST_TYPES)) return;
    double now = before > 0 ? weight * seconds + (1 - weight) * before : seconds;
    double tenths = (double)(long)(now * 10 + 0.5) / 10;
    if (tenths < 0.1) tenths = 0.1;                           // 0 would mean: not known
    for (size_t i = 0; i < times->types->object.count; i++) { // as it is written already
        Text known = times->types->object.items[i].name;
        bool same = text_alike(known, type);
        if (same) type = known;
    }
    value_set(times->arena, times->types, text_copy(times->arena, type),
              value_float(times->arena, tenths));
}

static void make_folders(Arena *arena, Text path)
{
    char *folder = text_string(arena, path_folder(path));
    for (char *at = folder + 1; *at; at++) {
        if (*at != '/') continue;
        *at = '\0';
        mkdir(folder, 0700);
        *at = '/';
    }
    mkdir(folder, 0700);
}

void times_write(const Times *times)
{
    if (!times->path.length) return;
    TextBuffer out = {.arena = times->arena};
    JsonWriter json = {.out = &out};
    Value *all = shape_copy(times->arena, read_all(times->arena, times->path));
    value_set(times->arena, all, times->host, times->types);
    value_write_json(&json, all);
    buffer_char(&out, '\n');
    make_folders(times->arena, times->path);
    Text path = text_format(times->arena, "%.*s-XXXXXX", TEXT_ARG(times->path));
    char *beside = text_string(times->arena, path);
    int descriptor = mkstemp(beside);
    if (descriptor < 0) return;
    FILE *file = fdopen(descriptor, "w");
    bool written = file && fwrite(out.items, 1, out.count, file) == out.count;
    if (file) {
        written = fclose(file) == 0 && written;
    } else {
        close(descriptor);
    }
    if (!written || rename(beside, text_string(times->arena, times->path)) != 0) unlink(beside);
}
