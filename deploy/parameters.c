// deploy/parameters.c: each parameter goes through a row of sources until one has a value.
#include "deploy/parameters.h"

#include "base/file.h"
#include "compiler/evaluate/shape.h"
#include "deploy/question.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define SET "Microsoft.Compute/virtualMachineScaleSets"
#define SECRET "Microsoft.KeyVault/vaults/secrets"

typedef struct {
    Arena *arena;
    const ParametersWanted *wanted;
    Parameters *result;
    Text name;             // of the parameter at hand
    const Value *declared; // its row in the template
} Resolver;

static void say(Arena *arena, Sentences *to, Text sentence)
{
    list_add(arena, to, sentence);
}

static const Value *as_value(Arena *arena, const Value *value)
{
    return shape_make(arena, "{value:%v}", value);
}

static bool has_default(const Value *declared)
{
    return value_find(declared, TEXT("defaultValue")) || shape_bool(declared, "nullable");
}

static bool is_secure(const Value *declared)
{
    Text type = shape_text(declared, "type");
    return text_starts_alike(type, "secure");
}

// ---- a text as the value that the template's type wants

static const Value *typed(Arena *arena, const Value *declared, Text text, Text *why)
{
    Text type = shape_text(declared, "type"), error = {0};
    if (text_alike(type, TEXT("string")) || text_alike(type, TEXT("securestring")))
        return value_string(arena, text);
    const Value *value = value_read_json(arena, text, &error);
    bool fits = !type.length ||
                (value && text_alike(type, text_of(value_kind_name(value->kind)))) ||
                (value && value->kind == VALUE_OBJECT && text_alike(type, TEXT("secureObject")));
    if (value && fits) return value;
    if (!type.length) return value_string(arena, text); // a type of its own: a text, or JSON
    *why = text_format(arena, "must be of type %.*s", TEXT_ARG(type));
    return NULL;
}

// ---- given with -p

static Text nearest_name(Arena *arena, const Value *declared, Text name)
{
    size_t count = declared->object.count;
    Text *names = arena_array(arena, Text, count);
    for (size_t i = 0; i < count; i++) names[i] = declared->object.items[i].name;
    return diag_nearest(name, names, count);
}

// The content of the file, without a byte order mark in front and the line end at its end.
static bool read_file(Arena *arena, Text path, Text *content)
{
    Diags diags = {.arena = arena};
    const Source *source = file_read(arena, &diags, (Place){0}, path, path);
    if (!source) return false;
    *content = file_decoded(arena, source)->text;
    while (content->length && strchr("\r\n", content->at[content->length - 1])) content->length--;
    return true;
}

// Why it cannot be taken; empty if it was.
static Text take_given(Arena *arena, const Value *declared, Text given, Value *values)
{
    size_t at = 0;
    while (at < given.length && given.at[at] != '=') at++;
    Text name = text_slice(given, 0, at), text = text_slice(given, at + 1, given.length), why = {0};
    if (at == given.length)
        return text_format(arena, "-p %.*s: write it as NAME=VALUE", TEXT_ARG(given));
    const Value *row = value_get(declared, name);
    if (!row) {
        Text nearest = nearest_name(arena, declared, name);
        return nearest.length
                   ? text_format(arena, "there is no parameter '%.*s'; did you mean '%.*s'?",
                                 TEXT_ARG(name), TEXT_ARG(nearest))
                   : text_format(arena, "there is no parameter '%.*s'", TEXT_ARG(name));
    }
    Text path = text_slice(text, 1, text.length);
    if (text_starts(text, "@") && !read_file(arena, path, &text))
        return text_format(arena, "parameter '%.*s': '%.*s' cannot be read", TEXT_ARG(name),
                           TEXT_ARG(path));
    const Value *value = typed(arena, row, text, &why);
    if (!value) return text_format(arena, "parameter '%.*s' %.*s", TEXT_ARG(name), TEXT_ARG(why));
    value_set(arena, values, name, value);
    return why;
}

Value *parameters_given(Arena *arena, const Value *template, const char *const *given, size_t count,
                        Sentences *complaints)
{
    Value *values = value_object(arena);
    const Value *declared = shape_at(template, "parameters");
    if (!declared) declared = values;
    for (size_t i = 0; i < count; i++) {
        Text why = take_given(arena, declared, text_of(given[i]), values);
        if (why.length) say(arena, complaints, why);
    }
    return values;
}

// ---- stand-ins

const Value *parameters_stand_ins(Arena *arena, const Value *template, const Value *given)
{
    Value *values = value_object(arena);
    const Value *declared = shape_at(template, "parameters");
    for (size_t i = 0; declared && i < declared->object.count; i++) {
        const ValueProperty *row = &declared->object.items[i];
        const Value *value = value_get(given, row->name);
        Text type = shape_text(row->value, "type");
        if (!value && has_default(row->value)) continue;
        if (!value && text_alike(type, TEXT("int")))
            value = value_int(arena, (int64_t)shape_number(row->value, "minValue", 0));
        if (!value && text_alike(type, TEXT("bool"))) value = &value_false;
        if (!value && text_alike(type, TEXT("array"))) value = value_array(arena);
        if (!value && (text_alike(type, TEXT("object")) || text_alike(type, TEXT("secureObject"))))
            value = value_object(arena);
        if (!value) value = value_string(arena, TEXT("not-known-yet"));
        value_set(arena, values, row->name, as_value(arena, value));
    }
    return values;
}

// ---- sources: NULL if there is none

static const Value *from_given(Resolver *self)
{
    const Value *value = value_get(self->wanted->given, self->name);
    return value ? as_value(self->arena, value) : NULL;
}

static const Value *from_environment(Resolver *self)
{
    if (has_default(self->declared)) return NULL;
    Arena *arena = self->arena;
    Text variable = text_variable(arena, self->name), why = {0};
    const char *text = getenv(text_string(arena, variable));
    if (!text || !*text) return NULL;
    const Value *value = typed(arena, self->declared, text_of(text), &why);
    if (value) return as_value(arena, value);
    say(arena, &self->result->complaints,
        text_format(arena, "%.*s %.*s", TEXT_ARG(variable), TEXT_ARG(why)));
    return NULL;
}

// Whether `value` is nothing but the parameter at hand.
static bool is_parameter(const Resolver *self, Text value)
{
    return text_equal(value,
                      text_format(self->arena, "[parameters('%.*s')]", TEXT_ARG(self->name)));
}

// ID of the resource of that type whose property at `path` is the parameter at hand.
static Text used_by(const Resolver *self, const char *type, const char *path)
{
    size_t count;
    const TemplateResource *resources = template_resources(self->wanted->known, &count);
    const Value *written = shape_at(self->wanted->template, "resources");
    for (size_t i = 0; i < count; i++) {
        if (!text_alike(resources[i].type, text_of(type)) || written->kind != VALUE_OBJECT)
            continue;
        const Value *body = value_get(written, resources[i].symbol);
        if (body && is_parameter(self, shape_text(body, path))) return resources[i].id;
    }
    return (Text){0};
}

static const Value *from_set(Resolver *self)
{
    Text id = used_by(self, SET, "sku.capacity");
    const Value *set = id.length ? existing_find(self->wanted->existing->sets, id) : NULL;
    const Value *capacity = shape_at(set, "sku.capacity");
    return capacity ? as_value(self->arena, capacity) : NULL;
}

static const Value *from_vault(Resolver *self)
{
    if (has_default(self->declared) || !self->wanted->secrets) return NULL;
    Text id = used_by(self, SECRET, "properties.value");
    if (!id.length || !existing_find(self->wanted->secrets, id)) return NULL;
    size_t secret = id.length, vault;
    while (id.at[secret - 1] != '/') secret--;
    for (vault = secret - 1; id.at[vault - 1] != '/';) vault--; // …/secrets/
    return shape_make(self->arena, "{reference:{keyVault:{id:%t},secretName:%t}}",
                      text_slice(id, 0, vault - 1), text_slice(id, secret, id.length));
}

// osProfile of a machine or scale set that exists; NULL if there is none of that ID.
static const Value *os_profile(const Resolver *self, Text id)
{
    const Value *machine = existing_find(self->wanted->existing->machines, id);
    if (machine) return shape_at(machine, "properties.osProfile");
    const Value *set = existing_find(self->wanted->existing->sets, id);
    return shape_at(set, "properties.virtualMachineProfile.osProfile");
}

typedef Text ProfilePart(const Value *profile);

// The first text that `part` finds with a machine of the swarm.
static Text of_machines(const Resolver *self, ProfilePart *part)
{
    size_t count;
    const TemplateResource *resources = template_resources(self->wanted->known, &count);
    Text text = {0};
    for (size_t i = 0; i < count && !text.length; i++)
        text = part(os_profile(self, resources[i].id));
    return text;
}

static Text admin_of(const Value *profile)
{
    return shape_text(profile, "adminUsername");
}

static Text key_of(const Value *profile)
{
    const Value *keys = shape_list(profile, "linuxConfiguration.ssh.publicKeys");
    return keys->array.count ? shape_text(keys->array.items[0], "keyData") : (Text){0};
}

static Text windows_of(const Value *profile)
{
    return shape_at(profile, "windowsConfiguration") ? admin_of(profile) : (Text){0};
}

// ---- keys of the person who deploys

typedef struct {
    Text name, key;
    bool modern; // Ed25519
} PublicKey;

typedef struct {
    PublicKey *items;
    size_t count, room;
} PublicKeys;

// Ed25519 and RSA, which Azure takes; the best first: id_ed25519, Ed25519, id_rsa, by name.
static PublicKeys own_keys(Arena *arena)
{
    PublicKeys keys = {0};
    const char *home = getenv("HOME");
    Text folder = text_format(arena, "%s/.ssh", home ? home : "");
    FileNames names = {0};
    Diags diags = {.arena = arena};
    if (!home || !file_list(arena, &diags, (Place){0}, folder, &names)) return keys;
    for (size_t i = 0; i < names.count; i++) {
        PublicKey key = {.name = names.items[i]};
        if (!text_ends(key.name, ".pub") ||
            !read_file(arena, path_join(arena, folder, key.name), &key.key))
            continue;
        key.modern = text_starts(key.key, "ssh-ed25519 ");
        if (!key.modern && !text_starts(key.key, "ssh-rsa ")) continue;
        list_add(arena, &keys, key);
        for (size_t at = keys.count - 1; at > 0; at--) {
            PublicKey *before = &keys.items[at - 1];
            bool usual = text_starts(key.name, "id_"), better = key.modern && !before->modern;
            bool same = key.modern == before->modern;
            if (!better && !(same && usual && !text_starts(before->name, "id_"))) break;
            keys.items[at] = *before;
            *before = key;
        }
    }
    return keys;
}

// The part of a key that says which it is, without its comment.
static Text key_body(Text key)
{
    size_t blanks = 0, at = 0;
    while (at < key.length && (blanks += key.at[at] == ' ') < 2) at++;
    return text_slice(key, 0, at);
}

static const Value *from_home(Resolver *self)
{
    Arena *arena = self->arena;
    PublicKeys keys = own_keys(arena);
    if (!keys.count) return NULL;
    say(arena, &self->result->notes,
        text_format(arena, "SSH key of the machines: ~/.ssh/%.*s%s", TEXT_ARG(keys.items[0].name),
                    keys.count > 1 ? " (of several; SWARM_SSH_KEY chooses another)" : ""));
    return as_value(arena, value_string(arena, keys.items[0].key));
}

// Says so if none of the person's keys opens the machines.
static void look_at_key(Resolver *self, Text key)
{
    Arena *arena = self->arena;
    PublicKeys keys = own_keys(arena);
    const Value *operators = shape_list(self->wanted->swarm, "access.sshKeys");
    for (size_t i = 0; i < keys.count; i++) {
        Text body = key_body(keys.items[i].key);
        if (text_equal(body, key_body(key))) return;
        for (size_t o = 0; o < operators->array.count; o++) {
            if (text_equal(body, key_body(shape_text(operators->array.items[o], "")))) return;
        }
    }
    if (!keys.count) return;
    say(arena, &self->result->notes,
        text_format(arena,
                    "the machines keep the SSH key they were made with, which is none of yours; to "
                    "come in, add ~/.ssh/%.*s to access.sshKeys in swarm.yaml",
                    TEXT_ARG(keys.items[0].name)));
}

// ---- what machines keep

// What cannot change, and was given otherwise with -p.
static const Value *kept(Resolver *self, Text text, const char *advice)
{
    Arena *arena = self->arena;
    if (!text.length) return NULL;
    const Value *given = value_get(self->wanted->given, self->name);
    if (given && !text_equal(shape_text(given, ""), text)) {
        say(arena, &self->result->complaints,
            text_format(arena,
                        "parameter '%.*s' cannot change: the machines were made with '%.*s'%s",
                        TEXT_ARG(self->name), TEXT_ARG(text), advice));
    }
    return as_value(arena, value_string(arena, text));
}

static const Value *kept_name(Resolver *self)
{
    return kept(self, of_machines(self, admin_of), "");
}

// Windows machines do not tell the key; the last deployment or the stack does.
static const Value *kept_key(Resolver *self)
{
    const Existing *existing = self->wanted->existing;
    Text key = of_machines(self, key_of);
    bool any = of_machines(self, admin_of).length > 0;
    for (size_t i = 0; any && !key.length && i < existing->deployments->array.count; i++)
        key =
            shape_text(existing->deployments->array.items[i], "properties.parameters.sshKey.value");
    if (!key.length && any) key = shape_text(existing->stack, "properties.parameters.sshKey.value");
    if (key.length) look_at_key(self, key);
    return kept(self, key, "; keys of operators belong under access.sshKeys in swarm.yaml");
}

// ---- passwords

// 24 letters, digits and signs, some of each: Azure wants three of the four classes.
static const Value *made_up(Resolver *self)
{
    if (of_machines(self, windows_of).length) {
        say(self->arena, &self->result->complaints,
            TEXT("parameter 'windowsPassword': the machines have one, which is not in the vault; "
                 "give it by SWARM_WINDOWS_PASSWORD"));
        return NULL;
    }
    static const char letters[] = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.+";
    char *password = arena_alloc(self->arena, 25);
    unsigned char bytes[24];
    do {
        if (RAND_bytes(bytes, sizeof bytes) != 1) abort(); // no randomness: no password
        // 60 signs of 256: the first 16 come a little more often, which costs less than a bit.
        for (size_t i = 0; i < sizeof bytes; i++)
            password[i] = letters[bytes[i] % (sizeof letters - 1)];
    } while (!strpbrk(password, "abcdefghijkmnopqrstuvwxyz") ||
             !strpbrk(password, "ABCDEFGHJKLMNPQRSTUVWXYZ") || !strpbrk(password, "23456789") ||
             !strpbrk(password, "-_.+"));
    say(self->arena, &self->result->notes,
        TEXT("password of the Windows machines: made up; it will be the secret "
             "windows-password of the vault"));
    return as_value(self->arena, value_string(self->arena, text_of(password)));
}

static const Value *from_person(Resolver *self)
{
    if (has_default(self->declared) || !self->wanted->ask || self->result->interrupted) return NULL;
    Arena *arena = self->arena;
    Text description = shape_text(self->declared, "metadata.description"), answer = {0}, why = {0};
    Text prompt = text_format(arena, "%.*s%s%.*s: ", TEXT_ARG(description),
                              description.length ? "\n" : "", TEXT_ARG(self->name));
    while (!answer.length) {
        if (question_line(arena, prompt, is_secure(self->declared), &answer) ==
            QUESTION_INTERRUPTED) {
            self->result->interrupted = true;
            return NULL;
        }
    }
    const Value *value = typed(arena, self->declared, answer, &why);
    if (value) return as_value(arena, value);
    say(arena, &self->result->complaints,
        text_format(arena, "parameter '%.*s' %.*s", TEXT_ARG(self->name), TEXT_ARG(why)));
    return NULL;
}

// ---- all together

typedef const Value *From(Resolver *self);

static const struct {
    const char *parameter; // NULL: any other
    From *sources[5];
} rows[] = {
    {"sshKey", {kept_key, from_given, from_environment, from_home}},
    {"adminUsername", {kept_name, from_given}},
    {"windowsPassword", {from_given, from_vault, from_environment, made_up}},
    {NULL, {from_given, from_set, from_environment, from_vault, from_person}},
};

static const Value *resolve(Resolver *self)
{
    size_t row = 0;
    while (rows[row].parameter && !text_is(self->name, rows[row].parameter)) row++;
    for (size_t i = 0; i < 5 && rows[row].sources[i]; i++) {
        size_t complaints = self->result->complaints.count;
        const Value *value = rows[row].sources[i](self);
        if (value || self->result->complaints.count > complaints) return value;
    }
    if (!has_default(self->declared)) {
        say(self->arena, &self->result->complaints,
            text_format(
                self->arena, "parameter '%.*s' has no value: give it by %.*s or -p %.*s=…%s",
                TEXT_ARG(self->name), TEXT_ARG(text_variable(self->arena, self->name)),
                TEXT_ARG(self->name),
                text_is(self->name, "sshKey") ? ", or make a key: ssh-keygen -t ed25519" : ""));
    }
    return NULL;
}

bool parameters_resolve(Arena *arena, const ParametersWanted *wanted, Parameters *parameters)
{
    *parameters = (Parameters){0};
    Value *values = value_object(arena), *plain = value_object(arena);
    const Value *declared = shape_at(wanted->template, "parameters");
    for (size_t i = 0; declared && i < declared->object.count; i++) {
        const ValueProperty *row = &declared->object.items[i];
        Resolver resolver = {arena, wanted, parameters, row->name, row->value};
        const Value *value = resolve(&resolver);
        if (!value) continue;
        value_set(arena, values, row->name, value);
        bool known = value_get(value, TEXT("value")) != NULL;
        value_set(arena, plain, row->name,
                  known ? value : as_value(arena, value_string(arena, TEXT("in-the-vault"))));
    }
    parameters->values = values;
    parameters->plain = plain;
    return !parameters->complaints.count && !parameters->interrupted;
}
