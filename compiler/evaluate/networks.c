// compiler/evaluate/networks.c: arithmetic on address ranges, IPv4 and IPv6.
#include "compiler/evaluate/calls.h"

#include <arpa/inet.h>
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

static bool read_range(FunctionCall *function, Text text, Range *range)
{
    const char *slash = text.length ? memchr(text.at, '/', text.length) : NULL;
    size_t end = slash ? (size_t)(slash - text.at) : text.length;
    char *address = text_string(function->arena, text_slice(text, 0, end));
    bool four = strchr(address, ':') == NULL;
    *range = (Range){.network.bits = four ? 32 : 128, .prefix = four ? 32 : 128};
    if (inet_pton(four ? AF_INET : AF_INET6, address, range->network.bytes) != 1) return false;
    if (!slash) return true;
    int prefix = 0;
    if (end + 1 == text.length || text.length - end > 4) return false;
    for (size_t i = end + 1; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return false;
        prefix = prefix * 10 + (text.at[i] - '0');
    }
    if (prefix > range->network.bits) return false;
    range->prefix = prefix;
    clear_host(&range->network, prefix);
    return true;
}

static Text address_text(Arena *arena, Address address)
{
    char text[INET6_ADDRSTRLEN];
    inet_ntop(address.bits == 32 ? AF_INET : AF_INET6, address.bytes, text, sizeof text);
    return text_copy(arena, text_of(text));
}

// Adds `number` at the bit position `bit` (counted from the left, exclusive). False if it does not
// fit.
static bool add_at(Address *address, int bit, uint64_t number)
{
    unsigned carry = 0;
    for (int i = bit - 1; i >= 0; i--) {
        unsigned char mask = (unsigned char)(0x80 >> i % 8);
        unsigned sum = ((address->bytes[i / 8] & mask) != 0) + (unsigned)(number & 1) + carry;
        number >>= 1;
        if (sum & 1) address->bytes[i / 8] |= mask;
        if (!(sum & 1)) address->bytes[i / 8] &= (unsigned char)~mask;
        carry = sum >> 1;
    }
    return carry == 0 && number == 0;
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
    const char *slash = text.length ? memchr(text.at, '/', text.length) : NULL;
    if (!read_range(function, text, &range)) return no_range(function, text);
    int64_t prefix = arguments[1]->integer, index = arguments[2]->integer;
    if (!slash) { // the class of the address, as .NET's IPNetwork has it
        range.prefix = range.network.bytes[0] < 128 ? 8 : range.network.bytes[0] < 192 ? 16 : 24;
        clear_host(&range.network, range.prefix);
    }
    int64_t more = prefix - range.prefix;
    if (more < 0 || prefix > range.network.bits)
        return call_refuse(function, TEXT("the size of the subnet does not fit in the network"));
    if (index < 0 || (more < 63 && index >= (int64_t)1 << more)) {
        return call_refuse(function,
                           text_format(function->arena, "there is no subnet %lld in the network",
                                       (long long)index));
    }
    add_at(&range.network, (int)prefix, (uint64_t)index);
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
    bool four = range.network.bits == 32;
    int64_t usable = hosts >= 62 ? INT64_MAX : ((int64_t)1 << hosts) - (four ? 2 : 1);
    if (index < 0 || index >= usable) {
        return call_refuse(
            function,
            text_format(function->arena, "there is no host %lld in the network", (long long)index));
    }
    add_at(&range.network, range.network.bits, (uint64_t)index + 1);
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
