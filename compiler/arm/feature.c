// compiler/arm/feature.c
#include "compiler/arm/feature.h"

#include "compiler/evaluate/settings.h"

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

unsigned feature_read(Emitter *emitter)
{
    const Value *settings = settings_read(emitter->arena, emitter->diags, emitter->unit->file);
    unsigned features = 0;
    for (size_t i = 0; settings && i < ROWS; i++) {
        const char *const names[] = {"experimentalFeaturesEnabled", rows[i].setting, NULL};
        const Value *on = settings_at(settings, names);
        if (on && on->kind == VALUE_BOOL && on->boolean) features |= rows[i].feature;
    }
    return features;
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
