// emulator/vault.c: the control plane's part, then the calls of a vault itself.
#include "emulator/vault.h"

#include "compiler/evaluate/shape.h"
#include "emulator/fault.h"
#include "emulator/handlers.h"
#include "emulator/operation.h"
#include "emulator/resource.h"
#include "emulator/signin.h"

#include <string.h>

enum { RETENTION_DAYS = 90, PURGE_SECONDS = 20 };

// ---- secrets

static Text hex_of(Arena *arena, Text guid)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < guid.length; i++) {
        if (guid.at[i] != '-') buffer_char(&out, guid.at[i]);
    }
    return buffer_done(&out);
}

static const Value *newest(const Record *secret)
{
    const Value *versions = secret ? shape_at(secret->value, "versions") : NULL;
    return versions && versions->array.count ? versions->array.items[0] : NULL;
}

// What was there and the new one before it.
static void add_version(World *world, Arena *arena, Text id, const Value *value,
                        const Value *content_type, const Value *tags, const Value *attributes)
{
    const Record *secret = world_find(world, SHELF_SECRETS, id);
    const Value *old = secret ? shape_at(secret->value, "versions") : NULL;
    Value *versions = value_array(arena);
    value_append(arena, versions,
                 shape_make(arena,
                            "{id:%t,value:%v,contentType:%v,tags:%v,attributes:%v,created:%i,"
                            "updated:%i}",
                            hex_of(arena, random_guid(arena)), value, content_type, tags,
                            attributes, (int64_t)world->now, (int64_t)world->now));
    for (size_t i = 0; old && i < old->array.count; i++)
        value_append(arena, versions, old->array.items[i]);
    world_put(world, SHELF_SECRETS, id, shape_make(arena, "{versions:%v}", versions), NULL);
}

static Text vault_address(const World *world, Arena *arena, Text secret)
{
    const Record *vault = world_find(world, SHELF_RESOURCES, id_parent(secret));
    return text_copy(arena,
                     vault ? shape_text(vault->value, "properties.vaultUri") : (Text){"", 0});
}

const Value *vault_write_resource(World *world, Arena *arena, Text id, const Value *body,
                                  const Value *value)
{
    static const Value none = {.kind = VALUE_STRING, .string = {"", 0}};
    const Value *given = shape_at(body, "properties.value");
    const Value *old = newest(world_find(world, SHELF_SECRETS, id));
    if (!given) given = &none;
    if (!old || !value_equal(shape_at(old, "value"), given))
        add_version(world, arena, id, given, shape_at(body, "properties.contentType"),
                    shape_at(body, "tags"), shape_at(body, "properties.attributes"));
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    Text uri = text_format(arena, "%.*ssecrets/%.*s", TEXT_ARG(vault_address(world, arena, id)),
                           TEXT_ARG(parts.last));
    Text version = shape_text(newest(world_find(world, SHELF_SECRETS, id)), "id");
    value = shape_with(arena, value, "properties.secretUri", value_string(arena, uri));
    return shape_with(
        arena, value, "properties.secretUriWithVersion",
        value_string(arena, text_format(arena, "%.*s/%.*s", TEXT_ARG(uri), TEXT_ARG(version))));
}

// ---- parameters that refer to secrets

// The value; NULL with `why` set.
static const Value *referred(const World *world, Arena *arena, const Value *reference, Text *why)
{
    Text vault = shape_text(reference, "keyVault.id"), name = shape_text(reference, "secretName");
    const Record *record = world_find(world, SHELF_RESOURCES, vault);
    if (!record) {
        *why = text_format(arena, "The specified KeyVault '%.*s' could not be found.",
                           TEXT_ARG(vault));
        return NULL;
    }
    if (!shape_bool(record->value, "properties.enabledForTemplateDeployment")) {
        *why = text_format(arena,
                           "The specified KeyVault '%.*s' is not enabled for template deployment.",
                           TEXT_ARG(vault));
        return NULL;
    }
    Text id = text_format(arena, "%.*s/secrets/%.*s", TEXT_ARG(vault), TEXT_ARG(name));
    const Value *version = newest(world_find(world, SHELF_SECRETS, id));
    if (!version)
        *why = text_format(arena,
                           "Http status code: 'NotFound'. Error message: 'A secret with (name/id) "
                           "%.*s was not found in this key vault.'",
                           TEXT_ARG(name));
    return version ? shape_at(version, "value") : NULL;
}

const Value *vault_parameters(const World *world, Arena *arena, const Value *given,
                              TemplateProblem *problem)
{
    Value *parameters = value_object(arena);
    for (size_t i = 0; given && i < given->object.count; i++) {
        const ValueProperty *parameter = &given->object.items[i];
        const Value *reference = shape_at(parameter->value, "reference"), *value = parameter->value;
        Text why = {0};
        if (reference) {
            const Value *secret = referred(world, arena, reference, &why);
            value = secret ? shape_make(arena, "{value:%v}", secret) : NULL;
        }
        if (!value) {
            *problem = (TemplateProblem){
                TEXT("KeyVaultParameterReferenceSecretRetrieveFailed"),
                text_format(arena,
                            "The secret of KeyVault parameter '%.*s' cannot be retrieved. %.*s",
                            TEXT_ARG(parameter->name), TEXT_ARG(why)),
                {0}};
            return NULL;
        }
        value_set(arena, parameters, parameter->name, value);
    }
    return parameters;
}

// ---- deletion

static Record *deleted_vault(const World *world, Text name)
{
    const Shelf *shelf = &world->shelves[SHELF_DELETED];
    for (size_t i = 0; i < shelf->count; i++) {
        if (text_alike(shape_text(shelf->items[i]->value, "name"), name)) return shelf->items[i];
    }
    return NULL;
}

void vault_deleted(World *world, Arena *arena, Text id)
{
    const Record *vault = world_find(world, SHELF_RESOURCES, id);
    if (!vault) return;
    Text name = shape_text(vault->value, "name"), location = shape_text(vault->value, "location");
    double days =
        shape_number(vault->value, "properties.softDeleteRetentionInDays", RETENTION_DAYS);
    Text deleted = text_format(
        arena, "/subscriptions/%.*s/providers/Microsoft.KeyVault/locations/%.*s/deletedVaults/%.*s",
        TEXT_ARG(id_subscription_name(id)), TEXT_ARG(location), TEXT_ARG(name));
    const Value *value = shape_make(
        arena,
        "{id:%t,name:%t,type:'Microsoft.KeyVault/deletedVaults',properties:{vaultId:%t,location:%t,"
        "tags:%v,deletionDate:%t,scheduledPurgeDate:%t,purgeProtectionEnabled:%v}}",
        deleted, name, vault->id, location, shape_at(vault->value, "tags"),
        time_text(arena, world->now), time_text(arena, world->now + days * 24 * 3600),
        shape_at(vault->value, "properties.enablePurgeProtection"));
    world_put(world, SHELF_DELETED, deleted, value, NULL);
}

static void forget(World *world, const Record *deleted)
{
    Arena work = {0};
    Text vault = text_copy(&work, shape_text(deleted->value, "properties.vaultId"));
    Shelf *secrets = &world->shelves[SHELF_SECRETS];
    for (size_t i = secrets->count; i-- > 0;) {
        if (text_within(secrets->items[i]->id, vault))
            world_remove(world, SHELF_SECRETS, secrets->items[i]->id);
    }
    world_remove(world, SHELF_DELETED, deleted->id);
    arena_free(&work);
}

static void show_again(World *world, Arena *arena, Text secret)
{
    IdParts parts = {0};
    id_parts(arena, secret, &parts);
    const Value *body = shape_make(
        arena, "{type:%t,name:%t,properties:{value:%v}}", parts.type, parts.name,
        shape_copy(arena, shape_at(newest(world_find(world, SHELF_SECRETS, secret)), "value")));
    resource_put(world, arena, secret, (Text){"", 0}, body);
    resource_settle(world, secret, TEXT("Succeeded"));
}

void vault_made(World *world, Arena *arena, Text id)
{
    IdParts parts = {0};
    id_parts(arena, id, &parts);
    Record *deleted = deleted_vault(world, parts.last);
    if (!deleted) return;
    world_remove(world, SHELF_DELETED, deleted->id);
    const Shelf *secrets = &world->shelves[SHELF_SECRETS];
    for (size_t i = 0; i < secrets->count; i++) {
        if (text_within(secrets->items[i]->id, id))
            show_again(world, arena, text_copy(arena, secrets->items[i]->id));
    }
}

void deleted_vaults_list(Exchange *exchange)
{
    Value *items = value_array(exchange->arena);
    const Shelf *shelf = &exchange->world->shelves[SHELF_DELETED];
    for (size_t i = 0; i < shelf->count; i++) {
        if (text_alike(id_subscription_name(shelf->items[i]->id), exchange->words[0]))
            value_append(exchange->arena, items, shelf->items[i]->value);
    }
    answer_page(exchange, items, 0);
}

static Record *deleted_needed(Exchange *exchange)
{
    Record *deleted = deleted_vault(exchange->world, exchange->words[2]);
    if (!deleted)
        refuse(exchange, 404, "DeletedVaultNotFound",
               "The specified deleted vault '%.*s' does not exist.", TEXT_ARG(exchange->words[2]));
    return deleted;
}

void deleted_vault_get(Exchange *exchange)
{
    Record *deleted = deleted_needed(exchange);
    if (deleted) answer(exchange, 200, deleted->value);
}

void deleted_vault_purge(Exchange *exchange)
{
    Record *deleted = deleted_needed(exchange);
    if (!deleted) return;
    if (shape_bool(deleted->value, "properties.purgeProtectionEnabled")) {
        refuse(
            exchange, 400, "MethodNotAllowed",
            "Operation \"purge\" is not allowed because purge protection is enabled for this "
            "vault. Key Vault service will automatically purge it after the retention period has "
            "passed. Vault: %.*s",
            TEXT_ARG(exchange->words[2]));
        return;
    }
    forget(exchange->world, deleted);
    operation_begin(exchange, OPERATION_RESULT, (Text){0}, PURGE_SECONDS, NULL, NULL);
}

// ---- the vault's own calls: https://NAME.vault.localhost:PORT/secrets/…, here '/vaults/NAME/secrets/…'

// A vault's errors, its token's audience and its sign-in challenge are its own.
static bool vault_needed(Exchange *exchange, Text *id)
{
    const World *world = exchange->world;
    Arena *arena = exchange->arena;
    const Shelf *shelf = &world->shelves[SHELF_RESOURCES];
    if (!exchange_header(exchange, "authorization").length) {
        answer_header(exchange, "WWW-Authenticate",
                      text_format(arena,
                                  "Bearer authorization=\"%.*s/%.*s\", "
                                  "resource=\"https://vault.azure.net\"",
                                  TEXT_ARG(world->url), TEXT_ARG(world->tenant)));
        refuse(exchange, 401, "Unauthorized",
               "AKV10000: Request is missing a Bearer or PoP token.");
        return false;
    }
    if (!signin_check(exchange)) return false;
    for (size_t i = 0; i < shelf->count; i++) {
        IdParts parts = {0};
        id_parts(arena, shelf->items[i]->id, &parts);
        if (!text_alike(parts.type, TEXT("Microsoft.KeyVault/vaults")) ||
            !text_alike(parts.last, exchange->words[0]))
            continue;
        if (fault_holds(world, FAULT_DENY, NULL)) {
            refuse(
                exchange, 403, "Forbidden",
                "Caller is not authorized to perform action on resource.\r\nIf role assignments, "
                "deny assignments or role definitions were changed recently, please observe "
                "propagation time.");
            return false;
        }
        *id = shelf->items[i]->id;
        return true;
    }
    refuse(exchange, 404, "VaultNotFound", "There is no vault '%.*s' here.",
           TEXT_ARG(exchange->words[0]));
    return false;
}

static Text secret_id(Exchange *exchange, Text vault)
{
    return text_format(exchange->arena, "%.*s/secrets/%.*s", TEXT_ARG(vault),
                       TEXT_ARG(exchange->words[1]));
}

static const Value *bundle(Exchange *exchange, Text secret, const Value *version, bool with_value)
{
    Arena *arena = exchange->arena;
    IdParts parts = {0};
    id_parts(arena, secret, &parts);
    Text id =
        text_format(arena, "%.*ssecrets/%.*s",
                    TEXT_ARG(vault_address(exchange->world, arena, secret)), TEXT_ARG(parts.last));
    if (with_value)
        id = text_format(arena, "%.*s/%.*s", TEXT_ARG(id), TEXT_ARG(shape_text(version, "id")));
    const Value *enabled = shape_at(version, "attributes.enabled");
    return shape_make(
        arena,
        "{value:%v,contentType:%v,id:%t,attributes:{enabled:%v,exp:%v,nbf:%v,created:%v,"
        "updated:%v,recoveryLevel:'Recoverable+Purgeable',recoverableDays:90},tags:%v}",
        with_value ? shape_at(version, "value") : NULL, shape_at(version, "contentType"), id,
        enabled ? enabled : &value_true, shape_at(version, "attributes.exp"),
        shape_at(version, "attributes.nbf"), shape_at(version, "created"),
        shape_at(version, "updated"), shape_at(version, "tags"));
}

static const Record *secret_needed(Exchange *exchange, Text vault)
{
    const Record *secret = world_find(exchange->world, SHELF_SECRETS, secret_id(exchange, vault));
    if (!secret)
        refuse(
            exchange, 404, "SecretNotFound",
            "A secret with (name/id) %.*s was not found in this key vault. If you recently deleted "
            "this secret you may be able to recover it using the correct recovery command.",
            TEXT_ARG(exchange->words[1]));
    return secret;
}

// With a version or without: the newest.
void secret_get(Exchange *exchange)
{
    Text vault, wanted = exchange->words[2];
    if (!vault_needed(exchange, &vault)) return;
    const Record *secret = secret_needed(exchange, vault);
    const Value *versions = secret ? shape_at(secret->value, "versions") : NULL;
    for (size_t i = 0; versions && i < versions->array.count; i++) {
        const Value *version = versions->array.items[i];
        if (wanted.length && !text_alike(wanted, shape_text(version, "id"))) continue;
        answer(exchange, 200, bundle(exchange, secret->id, version, true));
        return;
    }
    if (secret)
        refuse(exchange, 404, "SecretNotFound", "There is no version %.*s of that secret.",
               TEXT_ARG(wanted));
}

void secret_put(Exchange *exchange)
{
    Text vault;
    if (!vault_needed(exchange, &vault)) return;
    Arena *arena = exchange->arena;
    World *world = exchange->world;
    const Value *value = shape_at(exchange->body, "value");
    if (!value || value->kind != VALUE_STRING) {
        refuse(exchange, 400, "BadParameter", "Property 'value' is required and must be a string.");
        return;
    }
    Text id = secret_id(exchange, vault);
    add_version(world, arena, id, value, shape_at(exchange->body, "contentType"),
                shape_at(exchange->body, "tags"), shape_at(exchange->body, "attributes"));
    const Record *secret = world_find(world, SHELF_SECRETS, id);
    show_again(world, arena, id); // it is a resource too
    answer(exchange, 200, bundle(exchange, id, newest(secret), true));
}

// Attributes and tags of the newest version.
void secret_patch(Exchange *exchange)
{
    Text vault;
    if (!vault_needed(exchange, &vault)) return;
    Arena *arena = exchange->arena;
    const Record *secret = secret_needed(exchange, vault);
    if (!secret) return;
    const Value *versions = shape_at(secret->value, "versions"), *changed = newest(secret);
    static const char *const kept[] = {"tags", "attributes", "contentType"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const Value *given = shape_at(exchange->body, kept[i]);
        if (given) changed = shape_with(arena, changed, kept[i], given);
    }
    changed =
        shape_with(arena, changed, "updated", value_int(arena, (int64_t)exchange->world->now));
    Value *all = value_array(arena);
    value_append(arena, all, changed);
    for (size_t i = 1; i < versions->array.count; i++)
        value_append(arena, all, versions->array.items[i]);
    Text id = text_copy(arena, secret->id);
    const Value *record = shape_copy(arena, shape_make(arena, "{versions:%v}", all));
    secret = world_put(exchange->world, SHELF_SECRETS, id, record, NULL);
    answer(exchange, 200,
           shape_with(arena, bundle(exchange, id, newest(secret), true), "value", NULL));
}

void secret_delete(Exchange *exchange)
{
    Text vault;
    if (!vault_needed(exchange, &vault)) return;
    const Record *secret = secret_needed(exchange, vault);
    if (!secret) return;
    Text id = text_copy(exchange->arena, secret->id);
    const Value *shown = shape_copy(exchange->arena, bundle(exchange, id, newest(secret), false));
    world_remove(exchange->world, SHELF_SECRETS, id);
    world_remove(exchange->world, SHELF_RESOURCES, id);
    answer(exchange, 200, shown);
}

void secrets_list(Exchange *exchange)
{
    Text vault;
    if (!vault_needed(exchange, &vault)) return;
    Value *items = value_array(exchange->arena);
    const Shelf *shelf = &exchange->world->shelves[SHELF_SECRETS];
    for (size_t i = 0; i < shelf->count; i++) {
        if (text_within(shelf->items[i]->id, vault))
            value_append(exchange->arena, items,
                         bundle(exchange, shelf->items[i]->id, newest(shelf->items[i]), false));
    }
    answer_page(exchange, items, 25);
}
