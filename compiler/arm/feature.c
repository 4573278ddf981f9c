// compiler/arm/feature.c
#include "compiler/arm/feature.h"

#include "compiler/evaluate/value.h"

static const struct {
    Feature feature;
    const char *setting; // in bicepconfig.json
    const char *shown;   // in the template; NULL if it is no longer an experiment
} rows[] = {
    {FEATURE_SYMBOLIC_NAMES, "symbolicNameCodegen", NULL},
    {FEATURE_RESOURCE_INFO, "resourceInfoCodegen", "Resource info code generation"},
    {FEATURE_ASSERTIONS, "assertions", "Asserts"},
    {FEATURE_WAIT_UNTIL, "waitUntil", "Enable waitUntil feature on resource bicep types"},
    {FEATURE_CONSTRAINTS, "userDefinedConstraints", "Enable @validate() decorator"},
};

enum { ROWS = sizeof rows / sizeof *rows };

unsigned feature_read(Emitter *emitter)
{
    Arena *arena = emitter->arena;
    const Source *config = bind_config(arena, emitter->diags, emitter->unit->file);
    if (!config) return 0;
    Text error;
    Place start = {config, 0, 0};
    const Value *value = value_read_json(arena, config->text, &error);
    if (!value) {
        diag_add_with(emitter->diags, DIAG_WRONG_CONTENT, start, TEXT("JSON"), error);
        return 0;
    }
    unsigned features = 0;
    const Value *on =
        value->kind == VALUE_OBJECT ? value_get(value, TEXT("experimentalFeaturesEnabled")) : NULL;
    for (size_t i = 0; on && on->kind == VALUE_OBJECT && i < ROWS; i++) {
        const Value *setting = value_get(on, text_of(rows[i].setting));
        if (setting && setting->kind == VALUE_BOOL && setting->boolean) features |= rows[i].feature;
    }
    if (features & FEATURE_RESOURCE_INFO)
        diag_add_with(emitter->diags, DIAG_UNSUPPORTED, start, TEXT("resourceInfoCodegen"));
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
    return (emitter->features & ~(unsigned)FEATURE_SYMBOLIC_NAMES) != 0;
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
