// compiler/evaluate/networks.c: arithmetic on address ranges, IPv4 and IPv6.
#include "compiler/evaluate/calls.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    unsigned char bytes[16];
    int bits; // of an address: 32 or 128
} Address;

typedef struct {
    Address network; // the bits behind the prefix are 0
    int prefix;
} Range;

static void clear_host(Address *address, int prefix)
{
    for (int i = prefix; i < address->bits; i++)
        address->bytes[i / 8] &= (unsigned char)~(0x80 >> i % 8);
}

// One to four numbers, as inet_aton reads them: the last one fills what is left; 0 begins octal.
static bool read_four(const char *text, unsigned char *bytes)
{
    uint64_t parts[4] = {0};
    int count = 0;
    for (const char *at = text;; at++) {
        char *end;
        if (count == 4 || *at < '0' || *at > '9') return false;
        parts[count++] = strtoull(at, &end, *at == '0' ? 8 : 10);
        at = end;
        if (*at == '\0') break;
        if (*at != '.') return false;
    }
    int rest = 5 - count; // bytes of the last number
    if (parts[count - 1] >> (8 * rest)) return false;
    uint64_t address = parts[count - 1];
    for (int i = 0; i < count - 1; i++) {
        if (parts[i] > 255) return false;
        address |= parts[i] << (24 - 8 * i);
    }
    for (int i = 0; i < 4; i++) bytes[i] = (unsigned char)(address >> (24 - 8 * i));
    return true;
}

// 24, or 255.255.255.0; -1 if it is neither.
static int read_prefix(const char *text, int bits)
{
    unsigned char mask[4];
    if (strchr(text, '.')) {
        int prefix = 0;
        if (bits != 32 || !read_four(text, mask)) return -1;
        while (prefix < 32 && mask[prefix / 8] & 0x80 >> prefix % 8) prefix++;
        for (int i = prefix; i < 32; i++) {
            if (mask[i / 8] & 0x80 >> i % 8) return -1;
        }
        return prefix;
    }
    char *end;
    long prefix = strtol(text, &end, 10);
    return *end || prefix > bits ? -1 : (int)prefix;
}

// As Azure reads them: other characters are passed over, a space is as good as '/', what follows
// the second part is ignored, and without a prefix the class of the address tells it.
static bool read_range(FunctionCall *function, Text text, Range *range)
{
    char *parts[2] = {text_string(function->arena, text), text_string(function->arena, text)};
    size_t lengths[2] = {0}, part = 0;
    bool separated = true;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        bool separator = c == '/' || c == ' ' || c == '\t' || c == '\n';
        if (separator && lengths[0] && !separated && ++part == 2) break;
        separated = separator;
        if (separator || !c || !strchr("0123456789abcdefABCDEF.:", c)) continue;
        parts[part][lengths[part]++] = c;
    }
    for (size_t i = 0; i < 2; i++) parts[i][lengths[i]] = '\0';
    bool four = strchr(parts[0], ':') == NULL;
    *range = (Range){.network.bits = four ? 32 : 128};
    unsigned char *bytes = range->network.bytes;
    if (!(four ? read_four(parts[0], bytes) : inet_pton(AF_INET6, parts[0], bytes) == 1))
        return false;
    int class = bytes[0] < 128 ? 8 : bytes[0] < 192 ? 16 : 24;
    range->prefix = lengths[1] ? read_prefix(parts[1], range->network.bits) : four ? class : 64;
    if (range->prefix < 0) return false;
    clear_host(&range->network, range->prefix);
    return true;
}

static Text address_text(Arena *arena, Address address)
{
    char text[INET6_ADDRSTRLEN];
    const unsigned char *four = address.bytes;
    if (address.bits == 32)
        return text_format(arena, "%d.%d.%d.%d", four[0], four[1], four[2], four[3]);
    inet_ntop(AF_INET6, address.bytes, text, sizeof text);
    return text_copy(arena, text_of(text));
}

// Adds `number` at the bit position `bit` (counted from the left, exclusive).
static void add_at(Address *address, int bit, int64_t number)
{
    if (address->bits == 32) {
        uint32_t whole = 0;
        for (int i = 0; i < 4; i++) whole = whole << 8 | address->bytes[i];
        whole += (uint32_t)((uint64_t)number << (32 - bit));
        for (int i = 3; i >= 0; i--, whole >>= 8) address->bytes[i] = (unsigned char)whole;
        return;
    }
    unsigned carry = 0;
    for (int i = bit - 1; i >= 0; i--) {
        unsigned char mask = (unsigned char)(0x80 >> i % 8);
        unsigned sum = ((address->bytes[i / 8] & mask) != 0) + (unsigned)(number & 1) + carry;
        number >>= 1;
        if (sum & 1) address->bytes[i / 8] |= mask;
        if (!(sum & 1)) address->bytes[i / 8] &= (unsigned char)~mask;
        carry = sum >> 1;
    }
}

static const Value *no_range(FunctionCall *function, Text text)
{
    return call_refuse(
        function, text_format(function->arena, "'%.*s' is no range of addresses", TEXT_ARG(text)));
}

const Value *network_subnet(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    Range range;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    for (size_t i = 1; i < 3; i++) {
        if (!call_expects(function, arguments, i, VALUE_INT)) return NULL;
    }
    Text text = arguments[0]->string;
    if (!read_range(function, text, &range)) return no_range(function, text);
    int64_t prefix = arguments[1]->integer, index = arguments[2]->integer;
    int64_t more = prefix - range.prefix;
    if (more < 0 || prefix > range.network.bits)
        return call_refuse(function, TEXT("the size of the subnet does not fit in the network"));
    if (index < 0 || (more < 63 && index >= (int64_t)1 << more)) {
        return call_refuse(function,
                           text_format(function->arena, "there is no subnet %lld in the network",
                                       (long long)index));
    }
    add_at(&range.network, (int)prefix, index);
    Text address = address_text(function->arena, range.network);
    return value_string(function->arena, text_format(function->arena, "%.*s/%lld",
                                                     TEXT_ARG(address), (long long)prefix));
}

const Value *network_host(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    Range range;
    if (!call_expects(function, arguments, 0, VALUE_STRING) ||
        !call_expects(function, arguments, 1, VALUE_INT))
        return NULL;
    if (!read_range(function, arguments[0]->string, &range))
        return no_range(function, arguments[0]->string);
    int hosts = range.network.bits - range.prefix;
    int64_t index = arguments[1]->integer;
    int64_t usable = hosts >= 62 ? INT64_MAX : ((int64_t)1 << hosts) - 2; // Azure's, also for IPv6
    if (index >= usable || index < -INT32_MAX) {
        return call_refuse(
            function,
            text_format(function->arena, "there is no host %lld in the network", (long long)index));
    }
    add_at(&range.network, range.network.bits, index + 1);
    return value_string(function->arena, address_text(function->arena, range.network));
}

static void set(FunctionCall *function, Value *object, const char *name, Address address)
{
    value_set(function->arena, object, text_of(name),
              value_string(function->arena, address_text(function->arena, address)));
}

const Value *network_parse(FunctionCall *function, const Value **arguments, size_t count)
{
    (void)count;
    Range range;
    if (!call_expects(function, arguments, 0, VALUE_STRING)) return NULL;
    if (!read_range(function, arguments[0]->string, &range))
        return no_range(function, arguments[0]->string);
    Address mask = {.bits = range.network.bits}, last = range.network, first = range.network;
    memset(mask.bytes, 255, sizeof mask.bytes);
    clear_host(&mask, range.prefix);
    for (int i = range.prefix; i < last.bits; i++)
        last.bytes[i / 8] |= (unsigned char)(0x80 >> i % 8);
    bool four = range.network.bits == 32, single = range.prefix == range.network.bits;
    Value *object = value_object(function->arena);
    set(function, object, "network", range.network);
    set(function, object, "netmask", mask);
    if (four) set(function, object, "broadcast", last);
    Address usable = last;
    if (four && !single && range.prefix < 31) {
        add_at(&first, 32, 1);
        usable.bytes[3] &= 0xFE;
    } else if (four && range.prefix == 31) {
        usable = first;
    }
    set(function, object, "firstUsable", first);
    set(function, object, "lastUsable", usable);
    value_set(function->arena, object, TEXT("cidr"), value_int(function->arena, range.prefix));
    return object;
}
