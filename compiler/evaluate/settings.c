// compiler/evaluate/settings.c
#include "compiler/evaluate/settings.h"

enum { DEEPEST = 64 }; // of files that extend each other, as the official compiler has it

// What the official compiler cannot read otherwise.
static const struct {
    const char *section;
    ValueKind kind;
} sections[] = {
    {"analyzers", VALUE_OBJECT},
    {"cacheRootDirectory", VALUE_STRING},
    {"cloud", VALUE_OBJECT},
    {"experimentalFeaturesEnabled", VALUE_OBJECT},
    {"extensions", VALUE_OBJECT},
    {"formatting", VALUE_OBJECT},
    {"implicitExtensions", VALUE_ARRAY},
    {"moduleAliases", VALUE_OBJECT},
};

static void wrong(Diags *diags, Place place, Text why)
{
    diag_add_with(diags, DIAG_WRONG_CONTENT, place, TEXT("a configuration"), why);
}

static bool check_sections(Diags *diags, Place place, const Value *config)
{
    size_t errors = diags->errors;
    if (config->kind != VALUE_OBJECT) {
        wrong(diags, place, TEXT("it is no object"));
        return false;
    }
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const Value *section = value_get(config, text_of(sections[i].section));
        if (!section || section->kind == sections[i].kind || section->kind == VALUE_NULL) continue;
        wrong(diags, place,
              text_format(diags->arena, "'%s' is of another type", sections[i].section));
    }
    const Value *features = value_get(config, TEXT("experimentalFeaturesEnabled"));
    for (size_t i = 0; features && features->kind == VALUE_OBJECT && i < features->object.count;
         i++) {
        const ValueProperty *item = &features->object.items[i];
        if (item->value->kind != VALUE_BOOL)
            wrong(diags, place,
                  text_format(diags->arena, "'%.*s' is neither true nor false",
                              TEXT_ARG(item->name)));
    }
    return diags->errors == errors;
}

// `over` where it says something, else `base`.
static const Value *merged(Arena *arena, const Value *base, const Value *over)
{
    if (base->kind != VALUE_OBJECT || over->kind != VALUE_OBJECT) return over;
    Value *all = value_object(arena);
    for (size_t i = 0; i < base->object.count; i++)
        value_set(arena, all, base->object.items[i].name, base->object.items[i].value);
    for (size_t i = 0; i < over->object.count; i++) {
        const ValueProperty *item = &over->object.items[i];
        const Value *earlier = value_get(base, item->name);
        value_set(arena, all, item->name,
                  earlier ? merged(arena, earlier, item->value) : item->value);
    }
    return all;
}

static const Value *read_config(Arena *arena, Diags *diags, BoundFile *file, const Source *config,
                                int depth)
{
    Text error;
    Place start = {config, 0, 0};
    const Value *value = value_read_settings(arena, config->text, &error);
    if (!value) {
        diag_add_with(diags, DIAG_WRONG_CONTENT, start, TEXT("JSON"), error);
        return NULL;
    }
    if (!check_sections(diags, start, value)) return NULL;
    const Value *extends = value_get(value, TEXT("extends"));
    if (!extends || extends->kind != VALUE_STRING) return value;
    Text path = path_join(arena, path_folder(config->path), extends->string);
    if (depth == DEEPEST) {
        diag_add_with(diags, DIAG_FILE_CYCLE, start, config->path, path);
        return NULL;
    }
    const Source *source = bind_load(arena, diags, file, start, path);
    const Value *base = source ? read_config(arena, diags, file, source, depth + 1) : NULL;
    return base ? merged(arena, base, value) : NULL;
}

const Value *settings_read(Arena *arena, Diags *diags, BoundFile *file)
{
    const Source *config = bind_config(arena, diags, file);
    return config ? read_config(arena, diags, file, config, 0) : NULL;
}

const Value *settings_at(const Value *settings, const char *const *names)
{
    for (; *names && settings; names++)
        settings = settings->kind == VALUE_OBJECT ? value_get(settings, text_of(*names)) : NULL;
    return settings;
}
