// compiler/artifact/artifact.c: a reference becomes a path first (of the cache, for one of a
// registry), then the file there is read and made Bicep.
#include "compiler/artifact/artifact.h"

#include "base/file.h"
#include "compiler/artifact/armtext.h"
#include "compiler/artifact/extension.h"
#include "compiler/artifact/jsontemplate.h"
#include "compiler/evaluate/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    BindReader *reader;
    Arena *arena;
    Diags *diags;
    Place asked_at;
    BoundFile *asker;
    Text reference; // as written
    bool extension;
} Search;

static bool wrong(Search *search, const char *why)
{
    diag_add_with(search->diags, DIAG_BAD_REFERENCE, search->asked_at, search->reference,
                  text_of(why));
    return false;
}

static Text with(Arena *arena, Text text, char from, char to)
{
    char *copy = text_string(arena, text);
    for (size_t i = 0; i < text.length; i++) {
        if (copy[i] == from) copy[i] = to;
    }
    return (Text){copy, text.length};
}

// Where `c` stands last in the text; its length if nowhere.
static size_t last_of(Text text, char c)
{
    for (size_t i = text.length; i-- > 0;) {
        if (text.at[i] == c) return i;
    }
    return text.length;
}

// ---- bicepconfig.json

// Whether it is of a registry or a template spec.
static bool names_cached(Text reference)
{
    bool scheme = text_starts(reference, "br") || text_starts(reference, "ts");
    return scheme && reference.length > 3 && (reference.at[2] == ':' || reference.at[2] == '/');
}

// A file that bicepconfig.json names lies beside it.
static Text beside_settings(Arena *arena, BoundFile *asker, Text reference)
{
    Diags unsaid = {.arena = arena};
    const Source *settings = bind_config(arena, &unsaid, asker);
    if (names_cached(reference) || !settings) return reference;
    return path_join(arena, path_folder(settings->path), reference);
}

static Text setting(const Value *object, const char *name)
{
    const Value *value =
        object && object->kind == VALUE_OBJECT ? value_get(object, text_of(name)) : NULL;
    return value && value->kind == VALUE_STRING ? value->string : (Text){0};
}

static const Value *inner(const Value *object, Text name)
{
    return object && object->kind == VALUE_OBJECT ? value_get(object, name) : NULL;
}

static Text cache_folder(Search *search, const Value *config)
{
    Text own = setting(config, "cacheRootDirectory");
    if (own.length) return own;
    const char *home = getenv("HOME");
    return text_format(search->arena, "%s/.bicep", home ? home : "");
}

// br/ALIAS:rest and ts/ALIAS:rest as what the alias stands for.
static bool expand_alias(Search *search, const Value *config, Text *rest)
{
    Arena *arena = search->arena;
    bool registry = text_starts(search->reference, "br");
    size_t colon = text_index(*rest, ':');
    Text alias = text_slice(*rest, 0, colon);
    if (colon == rest->length) return wrong(search, "expected ':' behind the alias");
    *rest = text_slice(*rest, colon + 1, rest->length);
    const Value *aliases =
        inner(inner(config, TEXT("moduleAliases")), registry ? TEXT("br") : TEXT("ts"));
    const Value *row = inner(aliases, alias);
    Text first = setting(row, registry ? "registry" : "subscription");
    Text second = setting(row, registry ? "modulePath" : "resourceGroup");
    if (!row && registry && text_is(alias, "public")) {
        first = TEXT("mcr.microsoft.com");
        second = TEXT("bicep");
    }
    if (first.length == 0 || (!registry && second.length == 0))
        return wrong(search, "bicepconfig.json declares no such alias in 'moduleAliases'");
    if (second.length) first = text_format(arena, "%.*s/%.*s", TEXT_ARG(first), TEXT_ARG(second));
    *rest = text_format(arena, "%.*s/%.*s", TEXT_ARG(first), TEXT_ARG(*rest));
    return true;
}

// An alias that stands for a folder beside bicepconfig.json: br/ALIAS:a/b:1.0 is a/b.bicep there.
static bool find_mocked(Search *search, const Value *config, Text rest, BindArtifact *found)
{
    Arena *arena = search->arena;
    Text alias = text_slice(rest, 0, text_index(rest, ':'));
    const Value *row = inner(inner(inner(config, TEXT("moduleAliasesMock")), TEXT("br")), alias);
    Text folder = setting(row, "mapToFilePath"), path = text_slice(rest, alias.length, rest.length);
    if (folder.length == 0 || path.length < 2) return false;
    path = text_slice(path, 1, path.length);
    size_t end = last_of(path, ':'), digest = text_index(path, '@');
    path.length = digest < path.length ? digest : end;
    Text file = text_format(arena, "%.*s/%.*s.bicep", TEXT_ARG(folder), TEXT_ARG(path));
    found->path = path_normal(arena, beside_settings(arena, search->asker, file));
    return true;
}

// ---- the cache

// A tag as a file name where case does not count: behind the `$` stand the places of the capitals,
// as bits of a hexadecimal number.
static Text encoded_tag(Arena *arena, Text tag)
{
    uint64_t mask[2] = {0, 0};
    for (size_t i = 0; i < tag.length && i < 128; i++) {
        if (isupper((unsigned char)tag.at[i])) mask[i / 64] |= 1ULL << (i % 64);
    }
    if (mask[1])
        return text_format(arena, "%.*s$%llx%016llx", TEXT_ARG(tag), (unsigned long long)mask[1],
                           (unsigned long long)mask[0]);
    if (mask[0]) return text_format(arena, "%.*s$%llx", TEXT_ARG(tag), (unsigned long long)mask[0]);
    return text_format(arena, "%.*s$", TEXT_ARG(tag));
}

// registry/repository:tag or registry/repository@digest
static bool find_registry(Search *search, Text cache, Text rest, BindArtifact *found)
{
    Arena *arena = search->arena;
    size_t slash = text_index(rest, '/'), at = text_index(rest, '@'), end = last_of(rest, ':');
    bool digest = at < rest.length;
    if (digest) end = at;
    if (slash == 0 || slash == rest.length || end <= slash + 1 || end + 1 >= rest.length)
        return wrong(search, "expected br:REGISTRY/PATH:TAG");
    Text registry = text_lower(arena, with(arena, text_slice(rest, 0, slash), ':', '$'));
    Text repository = with(arena, text_slice(rest, slash + 1, end), '/', '$');
    Text tag = text_slice(rest, end + 1, rest.length);
    Text folder = digest ? with(arena, tag, ':', '#') : encoded_tag(arena, tag);
    found->identifier = text_format(arena, "br:%.*s", TEXT_ARG(rest));
    found->path = text_format(arena, "%.*s/br/%.*s/%.*s/%.*s/%s", TEXT_ARG(cache),
                              TEXT_ARG(registry), TEXT_ARG(repository), TEXT_ARG(folder),
                              search->extension ? "types.tgz" : "main.json");
    return true;
}

// subscription/resourceGroup/name:version
static bool find_spec(Search *search, Text cache, Text rest, BindArtifact *found)
{
    Arena *arena = search->arena;
    size_t colon = last_of(rest, ':'), slashes = 0;
    for (size_t i = 0; i < rest.length; i++) slashes += rest.at[i] == '/';
    if (slashes != 2 || colon + 1 >= rest.length)
        return wrong(search, "expected ts:SUBSCRIPTION/RESOURCEGROUP/NAME:VERSION");
    found->identifier = text_format(arena, "ts:%.*s", TEXT_ARG(rest));
    Text folder = text_lower(arena, with(arena, rest, ':', '/'));
    found->path = text_format(arena, "%.*s/ts/%.*s/main.json", TEXT_ARG(cache), TEXT_ARG(folder));
    return true;
}

static bool find(Search *search, BindArtifact *found)
{
    Text reference = search->reference;
    bool registry = text_starts(reference, "br");
    if (!names_cached(reference)) {
        Text folder = path_folder(search->asker->path);
        found->path = path_normal(search->arena, path_join(search->arena, folder, reference));
        return true;
    }
    Diags unsaid = {.arena = search->arena}; // it is read again
    const Value *config = settings_read(search->arena, &unsaid, search->asker);
    Text cache = cache_folder(search, config), rest = text_slice(reference, 3, reference.length);
    bool alias = reference.at[2] == '/';
    if (search->extension && (alias || !registry))
        return wrong(search, "expected br:REGISTRY/PATH:TAG for an extension");
    if (alias && registry && find_mocked(search, config, rest, found)) return true;
    if (alias && !expand_alias(search, config, &rest)) return false;
    bool known = registry ? find_registry(search, cache, rest, found)
                          : find_spec(search, cache, rest, found);
    if (!known) return false;
    if (file_exists(text_string(search->arena, found->path))) return true;
    diag_add_with(search->diags, DIAG_NOT_RESTORED, search->asked_at, search->reference,
                  found->path);
    return false;
}

// ---- reading

static bool no_template(Search *search, const BindArtifact *found, Text error)
{
    diag_add_with(search->diags, DIAG_NO_TEMPLATE, search->asked_at, found->path, error);
    return false;
}

// The template within what the cache keeps of a template spec.
static const Value *template_of_spec(Search *search, const Value *spec, BindArtifact *found)
{
    found->spec = setting(spec, "id");
    const Value *main = inner(inner(spec, TEXT("properties")), TEXT("mainTemplate"));
    if (!main || found->spec.length == 0) {
        no_template(search, found, TEXT("its 'id' or 'properties.mainTemplate' is missing"));
        return NULL;
    }
    return main;
}

static bool read_artifact(BindReader *reader, Diags *diags, Place asked_at, BoundFile *asker,
                          Text reference, BindArtifact *found)
{
    Arena *arena = reader->arena;
    Search search = {reader, arena, diags, asked_at, asker, reference, false};
    if (!find(&search, found)) return false;
    if (text_ends(found->path, ".bicep")) return true;
    const Source *bytes = reader->read(reader, diags, asked_at, found->path);
    if (!bytes) return false;
    found->json = file_decoded(arena, bytes);
    Text error = {0};
    const Value *value = value_read_template(arena, found->json->text, &error);
    if (!value) return no_template(&search, found, error);
    if (text_starts(found->identifier, "ts:")) {
        value = template_of_spec(&search, value, found);
        if (!value) return false;
    }
    Text bicep = jsontemplate_as_bicep(arena, value, &error);
    if (error.length) return no_template(&search, found, error);
    Source *source = arena_new(arena, Source);
    *source = *found->json;
    source->text = bicep;
    found->source = source;
    return true;
}

// ---- extensions

// What bicepconfig.json says behind the name of an extension; empty: nothing, or that it is built in.
static Text configured(Arena *arena, BoundFile *asker, Text name)
{
    Diags unsaid = {.arena = arena}; // it is read again
    const Value *settings = settings_read(arena, &unsaid, asker);
    Text said = setting(inner(settings, TEXT("extensions")), text_string(arena, name));
    if (text_is(said, "builtin:")) said.length = 0;
    return said;
}

// As statements; a file is looked for beside the one that asks, as officially.
static Text implied(BindReader *reader, BoundFile *asker)
{
    Arena *arena = reader->arena;
    Diags unsaid = {.arena = arena};
    const Value *names = inner(settings_read(arena, &unsaid, asker), TEXT("implicitExtensions"));
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; names && names->kind == VALUE_ARRAY && i < names->array.count; i++) {
        const Value *name = names->array.items[i];
        if (name->kind != VALUE_STRING || text_is(name->string, "az") ||
            text_is(name->string, "sys"))
            continue;
        Text reference = configured(arena, asker, name->string);
        buffer_string(&out, "extension ");
        if (reference.length)
            armtext_quote(&out, reference);
        else
            buffer_text(&out, name->string);
        buffer_format(&out, " as %.*s\n", TEXT_ARG(name->string));
    }
    return buffer_done(&out);
}

static bool no_extension(Search *search, const BindArtifact *found, Text error)
{
    diag_add_with(search->diags, DIAG_NO_EXTENSION, search->asked_at, found->path, error);
    return false;
}

// A package has the archive of its types within; the cache has that alone.
static bool unpack(Arena *arena, Text bytes, ArchiveFiles *files, Text *error)
{
    ArchiveFiles package = {0};
    Text types;
    if (!archive_read(arena, bytes, &package, error)) return false;
    if (archive_find(&package, TEXT("types.tgz"), &types))
        return archive_read(arena, types, files, error);
    *files = package;
    return true;
}

static bool read_extension(BindReader *reader, Diags *diags, BoundFile *asker,
                           const Syntax *specification, BindArtifact *found)
{
    Arena *arena = reader->arena;
    Text reference = {0}, error = {0}, text = {0};
    if (specification->kind == SYNTAX_NAME) {
        reference = configured(arena, asker, specification->name);
        if (reference.length) reference = beside_settings(arena, asker, reference);
    } else if (!syntax_plain_string(specification, &reference)) {
        return true;
    }
    if (reference.length == 0) return true;
    Place asked_at = syntax_place(specification);
    Search search = {reader, arena, diags, asked_at, asker, reference, true};
    if (!find(&search, found)) return false;
    const Source *source = reader->read(reader, diags, asked_at, found->path);
    if (!source) return false;
    ArchiveFiles files = {0};
    if (!unpack(arena, source->text, &files, &error)) return no_extension(&search, found, error);
    found->extension = extension_read(arena, &files, &text, &error);
    if (!found->extension) return no_extension(&search, found, error);
    Source *bicep = arena_new(arena, Source);
    *bicep = *source;
    bicep->text = text;
    found->source = bicep;
    return true;
}

BindReader *artifact_reader(Arena *arena)
{
    BindReader *reader = bind_disk_reader(arena);
    reader->artifact = read_artifact;
    reader->extension = read_extension;
    reader->implied = implied;
    return reader;
}
