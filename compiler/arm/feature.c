// compiler/arm/feature.c
#include "compiler/arm/feature.h"

#include "base/file.h"
#include "compiler/evaluate/value.h"

static const struct {
    Feature feature;
    const char *setting; // in bicepconfig.json
    const char *shown;   // in the template; NULL if it asks nothing new of Azure
} rows[] = {
    {FEATURE_SYMBOLIC_NAMES, "symbolicNameCodegen", NULL},
    {FEATURE_RESOURCE_INFO, "resourceInfoCodegen", "Resource info code generation"},
    {FEATURE_RESOURCE_TYPES, "resourceTypedParamsAndOutputs", NULL},
    {FEATURE_TESTS, "testFramework", NULL},
    {FEATURE_ASSERTIONS, "assertions", "Asserts"},
    {FEATURE_WAIT_UNTIL, "waitUntil", "Enable waitUntil feature on resource bicep types"},
    {FEATURE_LOCAL_DEPLOY, "localDeploy", "Enable local deploy"},
    {FEATURE_EXTENSION_CONFIGS, "moduleExtensionConfigs",
     "Enable defining extension configs for modules"},
    {FEATURE_CONSTRAINTS, "userDefinedConstraints", "Enable @validate() decorator"},
    {FEATURE_DEPLOY_COMMANDS, "deployCommands", "Enable deploy commands"},
    {FEATURE_PATCH, "patch", NULL},
    {FEATURE_RUNTIME_TAGS, "runtimeValuesInTagsAndSku", "Enable runtime values in tags and SKU"},
    {FEATURE_AZ_CONFIG, "azExtensionConfig",
     "Enable configuration for the built-in 'az' extension"},
};

enum { ROWS = sizeof rows / sizeof *rows };

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

static bool check_sections(Emitter *emitter, Place place, const Value *config)
{
    bool good = config->kind == VALUE_OBJECT;
    if (!good)
        diag_add_with(emitter->diags, DIAG_WRONG_CONTENT, place, TEXT("a configuration"),
                      TEXT("it is no object"));
    for (size_t i = 0; good && i < sizeof sections / sizeof *sections; i++) {
        const Value *section = value_get(config, text_of(sections[i].section));
        if (!section || section->kind == sections[i].kind || section->kind == VALUE_NULL) continue;
        diag_add_with(emitter->diags, DIAG_WRONG_CONTENT, place, TEXT("a configuration"),
                      text_format(emitter->arena, "'%s' is of another type", sections[i].section));
    }
    return good;
}

// Settings of `config`, then of what it extends where it says nothing.
static unsigned read_config(Emitter *emitter, const Source *config, unsigned said, int depth)
{
    Arena *arena = emitter->arena;
    Text error;
    Place start = {config, 0, 0};
    const Value *value = value_read_settings(arena, config->text, &error);
    if (!value) {
        diag_add_with(emitter->diags, DIAG_WRONG_CONTENT, start, TEXT("JSON"), error);
        return 0;
    }
    if (!check_sections(emitter, start, value)) return 0;
    unsigned features = 0;
    const Value *on = value_get(value, TEXT("experimentalFeaturesEnabled"));
    for (size_t i = 0; on && on->kind == VALUE_OBJECT && i < ROWS; i++) {
        const Value *setting = value_get(on, text_of(rows[i].setting));
        if (setting && setting->kind != VALUE_BOOL)
            diag_add_with(emitter->diags, DIAG_WRONG_CONTENT, start, TEXT("a configuration"),
                          text_format(arena, "'%s' is neither true nor false", rows[i].setting));
        if (!setting || setting->kind != VALUE_BOOL || (said & rows[i].feature)) continue;
        if (setting->boolean) features |= rows[i].feature;
        said |= rows[i].feature;
    }
    enum { DEEPEST = 64 }; // as the official compiler has it
    const Value *extends = value_get(value, TEXT("extends"));
    if (!extends || extends->kind != VALUE_STRING) return features;
    Text path = path_join(arena, path_folder(config->path), extends->string);
    if (depth == DEEPEST) {
        diag_add_with(emitter->diags, DIAG_FILE_CYCLE, start, config->path, path);
        return features;
    }
    const Source *base = bind_load(arena, emitter->diags, emitter->unit->file, start, path);
    return base ? features | read_config(emitter, base, said, depth + 1) : features;
}

unsigned feature_read(Emitter *emitter)
{
    const Source *config = bind_config(emitter->arena, emitter->diags, emitter->unit->file);
    return config ? read_config(emitter, config, 0, 0) : 0;
}

bool feature_wanted(Emitter *emitter, Feature feature, const Syntax *node)
{
    if (emitter->features & feature) return true;
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].feature == feature)
            diag_add_with(emitter->diags, DIAG_NO_FEATURE, syntax_place(node),
                          text_of(rows[i].setting));
    }
    return false;
}

bool feature_experimental(const Emitter *emitter)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].shown && (emitter->features & rows[i].feature)) return true;
    }
    return false;
}

bool feature_symbolic(const Emitter *emitter)
{
    return feature_experimental(emitter) || (emitter->features & FEATURE_SYMBOLIC_NAMES);
}

Text feature_language(const Emitter *emitter)
{
    if (emitter->features & FEATURE_EXTENSION_CONFIGS) return TEXT("2.2-experimental");
    return feature_experimental(emitter) ? TEXT("2.1-experimental") : TEXT("2.0");
}

void feature_write(Emitter *emitter)
{
    static const char warning[] =
        "This template uses ARM features that are experimental. Experimental features should be "
        "enabled for testing purposes only, as there are no guarantees about the quality or "
        "stability of these features. Do not enable these settings for any production usage, or "
        "your production environment may be subject to breaking.";
    if (!feature_experimental(emitter)) return;
    json_key(emitter->json, TEXT("_EXPERIMENTAL_WARNING"));
    json_text(emitter->json, text_of(warning));
    json_key(emitter->json, TEXT("_EXPERIMENTAL_FEATURES_ENABLED"));
    json_begin_array(emitter->json);
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].shown && (emitter->features & rows[i].feature))
            json_text(emitter->json, text_of(rows[i].shown));
    }
    json_end_array(emitter->json);
}
