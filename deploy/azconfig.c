// deploy/azconfig.c: reads as much of Python's configparser as these files need.
#include "deploy/azconfig.h"

#include "base/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Text trimmed(Text text)
{
    while (text.length && isspace((unsigned char)*text.at)) text = text_slice(text, 1, text.length);
    while (text.length && isspace((unsigned char)text.at[text.length - 1])) text.length--;
    return text;
}

// The value in `line`, "name = value" or "name: value", if it is of that name.
static Text value_of(Text line, Text name)
{
    size_t sign = 0;
    while (sign < line.length && !strchr("=:", line.at[sign])) sign++;
    bool ours = text_alike(trimmed(text_slice(line, 0, sign)), name);
    return ours ? trimmed(text_slice(line, sign + 1, line.length)) : (Text){0};
}

static Text in_file(Arena *arena, Text path, Text name)
{
    Diags ignored = {.arena = arena};
    if (!file_exists(text_string(arena, path))) return (Text){0};
    const Source *file = file_read(arena, &ignored, (Place){0}, path, path);
    bool defaults = false;
    Text found = {0};
    for (Text rest = file ? file->text : (Text){0}; rest.length && !found.length;) {
        size_t end = text_index(rest, '\n');
        Text line = trimmed(text_slice(rest, 0, end));
        rest = text_slice(rest, end + 1, rest.length);
        if (text_starts(line, "["))
            defaults = text_is(line, "[defaults]");
        else if (defaults)
            found = value_of(line, name);
    }
    return found;
}

// Of this folder and those above it.
static Text in_folders(Arena *arena, Text name)
{
    char here[4096];
    if (!getcwd(here, sizeof here)) return (Text){0};
    Text folder = text_copy(arena, text_of(here)), found = {0};
    for (;;) {
        found = in_file(arena, path_join(arena, folder, TEXT(".azure/config")), name);
        if (found.length || folder.length <= 1) return found;
        folder = path_folder(folder);
    }
}

Text azconfig_default(Arena *arena, const char *name)
{
    char *variable = text_string(arena, text_format(arena, "AZURE_DEFAULTS_%s", name));
    for (char *at = variable; *at; at++) *at = (char)toupper((unsigned char)*at);
    const char *set = getenv(variable);
    if (set && *set) return text_of(set);
    Text found = in_folders(arena, text_of(name));
    const char *folder = getenv("AZURE_CONFIG_DIR"), *home = getenv("HOME");
    if (found.length) return found;
    if (folder && *folder)
        return in_file(arena, path_join(arena, text_of(folder), TEXT("config")), text_of(name));
    if (!home || !*home) return found;
    return in_file(arena, path_join(arena, text_of(home), TEXT(".azure/config")), text_of(name));
}
