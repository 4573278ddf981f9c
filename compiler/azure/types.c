// compiler/azure/types.c: the table begins with numbers of 4 bytes (TABLE_…), then come lists of
// offsets of 4 bytes, the slots of 2 bytes (1 + a type's number, at the hash of its name), then what
// the offsets point to. Numbers within that are of 7 bits a byte, lowest first.
//   type:  length, name; number of versions; each: its name's number, shape, readable, writable, with
//          the bit FIXED: key, number of values, values
//   shape: a letter; A: item; O: count, (name, shape)…, 1 + shape of the others or 0;
//          D: count, (name, shape)… of what all variants have
//   name:  length, text
#include "compiler/azure/types.h"

enum { FIXED = 32 };
enum { TABLE_TYPES, TABLE_SHAPES, TABLE_NAMES, TABLE_SLOTS, TABLE_SLOT_COUNT };

extern const unsigned char azure_table[];
__asm__(".pushsection .rodata\n.balign 4\n.global azure_table\n.type azure_table, @object\n"
        "azure_table:\n.incbin \"" AZURE_TYPES_FILE "\"\n.byte 0\n"
        ".size azure_table, . - azure_table\n.popsection\n");

// ---- reading

static uint32_t word(size_t at)
{
    const unsigned char *bytes = azure_table + at;
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static uint32_t number(const unsigned char **at)
{
    uint32_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = *(*at)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

static Text text(const unsigned char **at)
{
    uint32_t length = number(at);
    Text found = {(const char *)*at, length};
    *at += length;
    return found;
}

static const unsigned char *entry(unsigned list, uint32_t index)
{
    return azure_table + word(word(list * 4) + (size_t)index * 4);
}

static Text name_at(uint32_t index)
{
    const unsigned char *at = entry(TABLE_NAMES, index);
    return text(&at);
}

// ---- types

// Names have letters, digits, '.', '/' and '-' only: one bit tells capitals from small letters, and
// is set in all others.
static bool same_name(Text a, Text b)
{
    if (a.length != b.length) return false;
    for (size_t i = 0; i < a.length; i++) {
        if ((a.at[i] | 0x20) != (b.at[i] | 0x20)) return false;
    }
    return true;
}

static uint32_t hash(Text name)
{
    uint32_t value = 2166136261;
    for (size_t i = 0; i < name.length; i++)
        value = (value ^ ((unsigned char)name.at[i] | 0x20)) * 16777619;
    return value;
}

// The number of the type in a slot; false if there is none.
static bool type_in(uint32_t slot, uint32_t *type)
{
    const unsigned char *at = azure_table + word(TABLE_SLOTS * 4) + (size_t)slot * 2;
    *type = (uint32_t)at[0] | (uint32_t)at[1] << 8;
    return (*type)-- > 0;
}

static bool has_version(const unsigned char *at, Text version, AzureType *found)
{
    for (uint32_t count = number(&at); count > 0; count--) {
        uint32_t name = number(&at);
        found->shape = number(&at);
        found->readable = number(&at);
        found->writable = number(&at);
        found->fixed = found->writable & FIXED;
        found->key = found->fixed ? text(&at) : (Text){0};
        found->count = found->fixed ? number(&at) : 0;
        found->values = at;
        for (size_t i = 0; i < found->count; i++) text(&at);
        found->writable &= ~(unsigned)FIXED;
        Text own = name_at(name);
        if (same_name(own, version)) return true;
    }
    return false;
}

bool azure_find(Text type, Text version, AzureType *found)
{
    uint32_t mask = word(TABLE_SLOT_COUNT * 4) - 1, slot = hash(type) & mask, index;
    for (; type_in(slot, &index); slot = (slot + 1) & mask) { // some are there in two spellings
        const unsigned char *at = entry(TABLE_TYPES, index);
        found->name = text(&at);
        if (same_name(found->name, type) && has_version(at, version, found)) return true;
    }
    return false;
}

Text azure_value(const AzureType *type, size_t index)
{
    const unsigned char *at = type->values;
    while (index--) text(&at);
    return text(&at);
}

// ---- shapes

AzureKind azure_kind(uint32_t shape)
{
    switch (*entry(TABLE_SHAPES, shape)) {
    case 's': return AZURE_STRING;
    case 'i': return AZURE_INT;
    case 'b': return AZURE_BOOL;
    case 'A': return AZURE_ARRAY;
    case 'O': return AZURE_OBJECT;
    case 'D': return AZURE_UNION;
    default: return AZURE_ANY;
    }
}

bool azure_property(uint32_t shape, Text name, uint32_t *inner)
{
    const unsigned char *at = entry(TABLE_SHAPES, shape);
    char letter = (char)*at++;
    if (letter != 'O' && letter != 'D') return false;
    for (uint32_t count = number(&at); count > 0; count--) {
        Text own = name_at(number(&at));
        *inner = number(&at);
        if (text_equal(own, name)) return true;
    }
    return false;
}

bool azure_rest(uint32_t shape, uint32_t *inner)
{
    const unsigned char *at = entry(TABLE_SHAPES, shape);
    if (*at++ != 'O') return false;
    for (uint32_t count = number(&at) * 2; count > 0; count--) number(&at);
    uint32_t rest = number(&at);
    *inner = rest - 1;
    return rest > 0;
}

bool azure_item(uint32_t shape, uint32_t *inner)
{
    const unsigned char *at = entry(TABLE_SHAPES, shape);
    if (*at++ != 'A') return false;
    *inner = number(&at);
    return true;
}

// ---- what all resources have

static const struct {
    const char *name, *part; // NULL: the property itself
    AzureKind kind;
} common[] = {
    {"id", NULL, AZURE_STRING},
    {"name", NULL, AZURE_STRING},
    {"type", NULL, AZURE_STRING},
    {"apiVersion", NULL, AZURE_STRING},
    {"location", NULL, AZURE_STRING},
    {"tags", NULL, AZURE_OBJECT},
    {"asserts", NULL, AZURE_OBJECT},
    {"dependsOn", NULL, AZURE_ARRAY},
    {"properties", NULL, AZURE_OBJECT},
    {"sku", NULL, AZURE_OBJECT},
    {"sku", "name", AZURE_STRING},
    {"sku", "tier", AZURE_STRING},
    {"sku", "size", AZURE_STRING},
    {"sku", "family", AZURE_STRING},
    {"sku", "model", AZURE_STRING},
    {"sku", "capacity", AZURE_INT},
    {"kind", NULL, AZURE_STRING},
    {"managedBy", NULL, AZURE_STRING},
    {"managedByExtended", NULL, AZURE_ARRAY},
    {"extendedLocation", NULL, AZURE_OBJECT},
    {"extendedLocation", "type", AZURE_STRING},
    {"extendedLocation", "name", AZURE_STRING},
    {"zones", NULL, AZURE_ARRAY},
    {"placement", NULL, AZURE_OBJECT},
    {"placement", "zonePlacementPolicy", AZURE_STRING},
    {"placement", "includeZones", AZURE_ARRAY},
    {"placement", "excludeZones", AZURE_ARRAY},
    {"plan", NULL, AZURE_OBJECT},
    {"eTag", NULL, AZURE_STRING},
    {"scale", NULL, AZURE_OBJECT},
    {"scale", "capacity", AZURE_INT},
    {"scale", "maximum", AZURE_INT},
    {"scale", "minimum", AZURE_INT},
    {"identity", NULL, AZURE_OBJECT},
    {"identity", "principalId", AZURE_STRING},
    {"identity", "tenantId", AZURE_STRING},
    {"identity", "type", AZURE_STRING},
    {"identity", "identityIds", AZURE_ARRAY},
    {"identity", "userAssignedIdentities", AZURE_OBJECT},
    {"identity", "delegatedResources", AZURE_OBJECT},
};

bool azure_common(Text name, AzureKind *kind)
{
    return azure_common_part(name, (Text){0}, kind);
}

bool azure_common_part(Text name, Text part, AzureKind *kind)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        bool here = common[i].part ? text_is(part, common[i].part) : part.length == 0;
        if (!here || !text_is(name, common[i].name)) continue;
        *kind = common[i].kind;
        return true;
    }
    return false;
}
