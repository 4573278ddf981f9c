// emulator/world.c
#include "emulator/world.h"

#include "compiler/evaluate/shape.h"

#include <assert.h>
#include <math.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

// ---- records

static size_t place_of(const Shelf *shelf, Text id)
{
    size_t i = 0;
    while (i < shelf->count && !text_alike(shelf->items[i]->id, id)) i++;
    return i;
}

static void free_record(Record *record)
{
    Arena arena = record->arena; // the record lies in it
    arena_free(&arena);
}

Record *world_find(const World *world, ShelfKind kind, Text id)
{
    const Shelf *shelf = &world->shelves[kind];
    size_t place = place_of(shelf, id);
    return place < shelf->count ? shelf->items[place] : NULL;
}

Record *world_put(World *world, ShelfKind kind, Text id, const Value *value, const Value *wished)
{
    Shelf *shelf = &world->shelves[kind];
    Arena arena = {0};
    Record *record = arena_new(&arena, Record);
    record->id = text_copy(&arena, id);
    record->value = shape_copy(&arena, value);
    record->wished = wished ? shape_copy(&arena, wished) : NULL;
    record->arena = arena;
    size_t place = place_of(shelf, id);
    if (place < shelf->count) {
        free_record(shelf->items[place]);
        shelf->items[place] = record;
    } else {
        list_add(&world->arena, shelf, record);
    }
    world->changed = true;
    return record;
}

void world_remove(World *world, ShelfKind kind, Text id)
{
    Shelf *shelf = &world->shelves[kind];
    size_t place = place_of(shelf, id);
    if (place == shelf->count) return;
    free_record(shelf->items[place]);
    shelf->count--;
    memmove(shelf->items + place, shelf->items + place + 1,
            (shelf->count - place) * sizeof(Record *));
    world->changed = true;
}

void world_free(World *world)
{
    for (size_t kind = 0; kind < SHELF_COUNT; kind++) {
        Shelf *shelf = &world->shelves[kind];
        for (size_t i = 0; i < shelf->count; i++) free_record(shelf->items[i]);
    }
    arena_free(&world->arena);
}

const Value *world_subscription(const World *world, Arena *arena, Text id)
{
    for (size_t i = 0; i < world->subscription_count; i++) {
        if (!text_alike(world->subscriptions[i], id)) continue;
        return shape_make(arena,
                          "{id:%t,authorizationSource:'RoleBased',managedByTenants:[],"
                          "subscriptionId:%t,tenantId:%t,displayName:%t,state:'Enabled',"
                          "subscriptionPolicies:{locationPlacementId:'Public_2014-09-01',"
                          "quotaId:'PayAsYouGo_2014-09-01',spendingLimit:'Off'}}",
                          text_format(arena, "/subscriptions/%.*s", TEXT_ARG(id)), id,
                          world->tenant,
                          i ? text_format(arena, "Local %zu", i + 1) : TEXT("Local"));
    }
    return NULL;
}

// ---- time

double world_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double world_seconds(const World *world, double seconds)
{
    return world->options->speed > 0 ? seconds / world->options->speed : 0;
}

Text time_text(Arena *arena, double time)
{
    time_t seconds = (time_t)floor(time);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    char date[40];
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    int64_t fraction = (int64_t)((time - floor(time)) * 1e7);
    return text_format(arena, "%s.%07lldZ", date, (long long)fraction);
}

Text duration_text(Arena *arena, double seconds)
{
    if (seconds < 0) seconds = 0;
    int64_t tenth_millis = (int64_t)llround(seconds * 1e4);
    int64_t whole = tenth_millis / 10000, rest = tenth_millis % 10000;
    TextBuffer out = {.arena = arena};
    buffer_string(&out, "PT");
    if (whole >= 3600) buffer_format(&out, "%lldH", (long long)(whole / 3600));
    if (whole % 3600 >= 60) buffer_format(&out, "%lldM", (long long)(whole % 3600 / 60));
    buffer_format(&out, "%lld.%04lldS", (long long)(whole % 60), (long long)rest);
    return buffer_done(&out);
}

// ---- texts

Text hex_text(Arena *arena, const unsigned char *bytes, size_t count)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < count; i++) buffer_format(&out, "%02x", bytes[i]);
    return buffer_done(&out);
}

static Text guid_text(Arena *arena, unsigned char bytes[static 16], int version)
{
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | version << 4);
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    Text hex = hex_text(arena, bytes, 16);
    return text_format(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.at, hex.at + 8, hex.at + 12,
                       hex.at + 16, hex.at + 20);
}

Text guid_of(Arena *arena, const char *format, ...)
{
    TextBuffer out = {.arena = arena};
    va_list arguments;
    va_start(arguments, format);
    buffer_format_list(&out, format, arguments);
    va_end(arguments);
    unsigned char hash[SHA256_DIGEST_LENGTH];
    Text text = text_lower(arena, buffer_done(&out));
    SHA256((const unsigned char *)text.at, text.length, hash);
    return guid_text(arena, hash, 5);
}

Text random_guid(Arena *arena)
{
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        fputs("swarmgen: OpenSSL gives no random bytes\n", stderr);
        exit(1);
    }
    return guid_text(arena, bytes, 4);
}

// ---- IDs

// Where the `count`th '/' after `from` is, or the end.
static size_t slash_after(Text id, size_t from, int count)
{
    size_t at = from;
    for (;;) {
        while (at < id.length && id.at[at] != '/') at++;
        if (at >= id.length || --count <= 0) return at;
        at++;
    }
}

// The part of `id` behind a leading `/key/`, or empty.
static Text part_behind(Text id, const char *key)
{
    size_t length = strlen(key);
    for (size_t i = 0; i + length < id.length; i++) {
        if (strncasecmp(id.at + i, key, length) == 0)
            return text_slice(id, i + length, slash_after(id, i + length, 1));
    }
    return (Text){0};
}

Text id_subscription_name(Text id)
{
    return text_starts_alike(id, "/subscriptions/") ? part_behind(id, "/subscriptions/")
                                                    : (Text){0};
}

Text id_management_group_name(Text id)
{
    static const char groups[] = "/providers/Microsoft.Management/managementGroups/";
    return text_starts_alike(id, groups) ? part_behind(id, "/managementGroups/") : (Text){0};
}

Text id_group_scope(Text id)
{
    size_t end = slash_after(id, 1, 2);
    if (!id_subscription_name(id).length || end >= id.length) return (Text){0};
    if (!text_starts_alike(text_slice(id, end, id.length), "/resourcegroups/")) return (Text){0};
    return text_slice(id, 0, slash_after(id, end + 1, 2));
}

Text id_group(Text id)
{
    Text scope = id_group_scope(id);
    size_t at = scope.length;
    while (at > 0 && scope.at[at - 1] != '/') at--;
    return text_slice(scope, at, scope.length);
}

// The offset of the last '/providers/', or `id.length`.
static size_t last_providers(Text id)
{
    static const char word[] = "/providers/";
    size_t length = sizeof word - 1;
    for (size_t i = id.length < length ? 0 : id.length - length + 1; i-- > 0;) {
        if (strncasecmp(id.at + i, word, length) == 0) return i;
    }
    return id.length;
}

bool id_parts(Arena *arena, Text id, IdParts *parts)
{
    size_t providers = last_providers(id);
    if (providers == id.length) return false;
    parts->scope = text_slice(id, 0, providers);
    TextBuffer type = {.arena = arena}, name = {.arena = arena};
    size_t at = slash_after(id, providers + 1, 1) + 1, count = 0;
    while (at < id.length) {
        size_t end = slash_after(id, at, 1);
        Text segment = text_slice(id, at, end);
        if (!segment.length) return false;
        bool is_name = count > 0 && count % 2 == 0;
        TextBuffer *to = is_name ? &name : &type;
        if (to->count) buffer_char(to, '/');
        buffer_text(to, segment);
        if (is_name) parts->last = segment;
        count++;
        at = end + 1;
    }
    parts->type = buffer_done(&type);
    parts->name = buffer_done(&name);
    return count >= 3 && count % 2 == 1 && id.at[id.length - 1] != '/';
}

Text id_parent(Text id)
{
    size_t providers = last_providers(id);
    if (providers == id.length) return (Text){0};
    size_t slashes = 0, last = 0, before = 0;
    for (size_t i = providers + 11; i < id.length; i++) {
        if (id.at[i] != '/') continue;
        slashes++;
        before = last;
        last = i;
    }
    if (slashes > 2) return text_slice(id, 0, before); // …/vaults/v of …/vaults/v/secrets/s
    Text scope = text_slice(id, 0, providers);
    return last_providers(scope) < scope.length ? scope : (Text){0};
}
