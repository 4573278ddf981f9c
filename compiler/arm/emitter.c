// compiler/arm/emitter.c
#include "compiler/arm/emitter.h"

#include "base/file.h"
#include "compiler/arm/survey.h"

static Text relative_path(Arena *arena, Text from_file, Text to)
{
    Text folder = path_folder(from_file);
    TextBuffer out = {.arena = arena};
    size_t same = 0; // bytes of common folders
    for (size_t i = 0; i <= folder.length && i < to.length; i++) {
        bool ends = i == folder.length;
        if (ends ? to.at[i] == '/' : folder.at[i] == '/' && to.at[i] == '/') same = i + 1;
        if (ends || folder.at[i] != to.at[i]) break;
    }
    if (text_is(folder, ".")) same = 0;
    Text rest = same <= folder.length ? text_slice(folder, same, folder.length) : (Text){0};
    if (rest.length && !text_is(folder, ".")) {
        buffer_string(&out, "../");
        for (size_t i = 0; i < rest.length; i++) {
            if (rest.at[i] == '/') buffer_string(&out, "../");
        }
    }
    buffer_text(&out, text_slice(to, same, to.length));
    return buffer_done(&out);
}

Unit *emitter_unit(Emitter *emitter, BoundFile *file)
{
    for (Unit *unit = emitter->units; unit; unit = unit->next) {
        if (unit->file == file) return unit;
    }
    Arena *arena = emitter->arena;
    Unit *unit = arena_new(arena, Unit);
    size_t count = file->symbols.count + 1;
    unit->emitter = emitter;
    unit->file = file;
    unit->root = (Env){.emitter = emitter, .unit = unit};
    unit->next = emitter->units;
    unit->names = arena_array(arena, Text, count);
    unit->mentions = arena_array(arena, MentionList, count);
    unit->calls_runtime = arena_array(arena, bool, count);
    unit->inlined = arena_array(arena, char, count);
    unit->infos = arena_array(arena, Info *, count);
    unit->stamps = arena_array(arena, unsigned, count);
    Text identifier = file->artifact ? file->artifact->identifier : (Text){0};
    if (identifier.length) {
        unit->path = identifier;
    } else if (emitter->unit) {
        unit->path = relative_path(arena, emitter->unit->file->path, file->path);
    }
    emitter->units = unit;
    survey_unit(unit);
    return unit;
}

const Env *emitter_loop_env(const Env *around, const Syntax *loop, Tree *item_at, Tree *number_at)
{
    Arena *arena = around->emitter->arena;
    Local *item = arena_new(arena, Local), *number = arena_new(arena, Local);
    Env *env = arena_new(arena, Env);
    *item = (Local){.name = loop->loop.item,
                    .kind = LOCAL_ITEM,
                    .index = item_at,
                    .array = loop->loop.array,
                    .around = around,
                    .outer = around->locals};
    *number = (Local){.name = loop->loop.index,
                      .kind = LOCAL_INDEX,
                      .index = number_at,
                      .around = around,
                      .outer = item};
    *env = *around;
    env->locals = number->name.length ? number : item;
    return env;
}

void emitter_unsupported(Emitter *emitter, const Syntax *node, const char *what)
{
    diag_add_with(emitter->diags, DIAG_UNSUPPORTED, syntax_place(node), text_of(what));
}
