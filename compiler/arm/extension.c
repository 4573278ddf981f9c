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

static void write_entry(Emitter *emitter, const Symbol *symbol, Text name, Text version)
{
    JsonWriter *json = emitter->json;
    const Syntax *with = symbol->declaration->extension.with;
    bool by_module = (emitter->features & FEATURE_EXTENSION_CONFIGS) != 0;
    json_key(json, symbol->name);
    json_begin_object(json);
    json_key(json, text_of(by_module ? "name" : "provider"));
    json_text(json, name);
    json_key(json, TEXT("version"));
    json_text(json, version);
    if (with && by_module) {
        write_defaults(emitter, with);
    } else if (with) {
        json_key(json, TEXT("config"));
        expression_write(&emitter->unit->root, with);
    }
    json_end_object(json);
}

static void write_extension(Emitter *emitter, const Symbol *symbol)
{
    const Syntax *node = symbol->declaration, *with = node->extension.with;
    size_t row = 0, count = sizeof extensions / sizeof *extensions;
    if (symbol->target_file) {
        const BindExtension *known = symbol->target_file->artifact->extension;
        write_entry(emitter, symbol, known->provider, known->version);
        return;
    }
    while (row < count && !text_is(bind_extension_kind(symbol), extensions[row].kind)) row++;
    if (row == count) {
        diag_add_with(emitter->diags, DIAG_EXTENSION_UNKNOWN,
                      syntax_place(node->extension.specification),
                      syntax_text(node->extension.specification));
        return;
    }
    bool kubernetes = text_is(text_of(extensions[row].kind), "kubernetes");
    bool configured = kubernetes || (row == 0 && (emitter->features & FEATURE_AZ_CONFIG));
    if (with && !configured)
        diag_add_with(emitter->diags, DIAG_EXTENSION_CONFIG, syntax_place(node),
                      text_of(extensions[row].kind), TEXT("takes no"));
    write_entry(emitter, symbol, text_of(extensions[row].provider),
                text_of(extensions[row].version));
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
