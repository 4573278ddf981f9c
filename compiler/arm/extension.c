// compiler/arm/extension.c
#include "compiler/arm/extension.h"

#include "compiler/arm/expression.h"
#include "compiler/arm/feature.h"

static const struct {
    const char *kind, *provider, *version;
} extensions[] = {
    {"az", "AzureResourceManager", "0.2.972"},
    {"sys", "System", "1.0.0"},
    {"kubernetes", "Kubernetes", "1.0.0"},
};

static void write_defaults(Emitter *emitter, const Syntax *with)
{
    JsonWriter *json = emitter->json;
    json_key(json, TEXT("config"));
    json_begin_object(json);
    for (size_t i = 0; i < with->list.count; i++) {
        const Syntax *item = with->list.items[i];
        if (item->kind != SYNTAX_PROPERTY) continue;
        json_key(json, item->property.name);
        json_begin_object(json);
        json_key(json, TEXT("defaultValue"));
        expression_write(&emitter->unit->root, item->property.value);
        json_end_object(json);
    }
    json_end_object(json);
}

// `partly`: the rest is given where the file is a module.
static void check_kubernetes(Emitter *emitter, const Syntax *with, bool partly)
{
    static const char *const keys[] = {"kubeConfig", "namespace", "context"};
    enum { REQUIRED = 2, KEYS = sizeof keys / sizeof *keys };
    for (size_t i = 0; i < REQUIRED && !partly; i++) {
        if (!syntax_property(with, keys[i]))
            diag_add_with(emitter->diags, DIAG_PROPERTY_MISSING, syntax_place(with),
                          text_of(keys[i]));
    }
    for (size_t i = 0; i < with->list.count; i++) {
        const Syntax *item = with->list.items[i];
        bool known = false;
        for (size_t j = 0; j < KEYS && item->kind == SYNTAX_PROPERTY; j++)
            known |= text_is(item->property.name, keys[j]);
        if (!known)
            diag_add_with(emitter->diags, DIAG_PROPERTY_UNKNOWN, syntax_place(item),
                          item->kind == SYNTAX_PROPERTY ? item->property.name : TEXT("..."));
    }
}

static void write_extension(Emitter *emitter, const Symbol *symbol)
{
    JsonWriter *json = emitter->json;
    const Syntax *node = symbol->declaration, *with = node->extension.with;
    size_t row = 0, count = sizeof extensions / sizeof *extensions;
    while (row < count && !text_is(bind_extension_kind(symbol), extensions[row].kind)) row++;
    if (row == count) {
        emitter_unsupported(emitter, node, "an extension that is not built in");
        return;
    }
    bool kubernetes = text_is(text_of(extensions[row].kind), "kubernetes");
    bool by_module = (emitter->features & FEATURE_EXTENSION_CONFIGS) != 0;
    bool configured = kubernetes || (row == 0 && with && (emitter->features & FEATURE_AZ_CONFIG));
    if (configured != (with != NULL) && !(kubernetes && by_module))
        diag_add_with(emitter->diags, DIAG_EXTENSION_CONFIG, syntax_place(node),
                      text_of(extensions[row].kind), text_of(configured ? "requires" : "takes no"));
    if (kubernetes && with) check_kubernetes(emitter, with, by_module);
    json_key(json, symbol->name);
    json_begin_object(json);
    json_key(json, text_of(by_module ? "name" : "provider"));
    json_text(json, text_of(extensions[row].provider));
    json_key(json, text_of("version"));
    json_text(json, text_of(extensions[row].version));
    if (with && by_module) {
        write_defaults(emitter, with);
    } else if (with) {
        json_key(json, TEXT("config"));
        expression_write(&emitter->unit->root, with);
    }
    json_end_object(json);
}

void extension_write_all(Emitter *emitter)
{
    const SymbolList *imports = &emitter->unit->file->imports;
    bool begun = false;
    for (size_t i = 0; i < imports->count; i++) {
        if (imports->items[i]->kind != SYMBOL_EXTENSION) continue;
        if (!begun) {
            json_key(
                emitter->json,
                text_of(emitter->features & FEATURE_EXTENSION_CONFIGS ? "extensions" : "imports"));
            json_begin_object(emitter->json);
            begun = true;
        }
        write_extension(emitter, imports->items[i]);
    }
    if (begun) json_end_object(emitter->json);
}
