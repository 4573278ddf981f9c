// compiler/evaluate/hashes.c: guid() (RFC 4122, version 5, with Azure's name space) and
// uniqueString() (a 64-bit MurmurHash in base 32).
#include "compiler/evaluate/hashes.h"

#include "compiler/evaluate/calls.h"

#include <string.h>

static bool joined(FunctionCall *function, const Value **arguments, size_t count, Text *text)
{
    TextBuffer out = {.arena = function->arena};
    for (size_t i = 0; i < count; i++) {
        if (!call_expects(function, arguments, i, VALUE_STRING)) return false;
        if (i) buffer_char(&out, '-');
        buffer_text(&out, arguments[i]->string);
    }
    *text = buffer_done(&out);
    return true;
}

static uint32_t rotated(uint32_t value, int by)
{
    return value << by | value >> (32 - by);
}

// ---- SHA-1 (FIPS 180-4)

static void sha1_block(uint32_t state[5], const unsigned char *block)
{
    uint32_t w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (int i = 16; i < 80; i++) w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? (b & c) | (~b & d)
                     : i < 40 ? b ^ c ^ d
                     : i < 60 ? (b & c) | (b & d) | (c & d)
                              : b ^ c ^ d;
        uint32_t k = i < 20   ? 0x5A827999u
                     : i < 40 ? 0x6ED9EBA1u
                     : i < 60 ? 0x8F1BBCDCu
                              : 0xCA62C1D6u;
        uint32_t next = rotated(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void sha1(Arena *arena, Text text, unsigned char digest[20])
{
    uint32_t state[5] = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};
    size_t size = (text.length + 8) / 64 * 64 + 64;
    unsigned char *padded = arena_alloc(arena, size);
    memcpy(padded, text.at, text.length);
    padded[text.length] = 0x80;
    for (size_t i = 0; i < 8; i++)
        padded[size - 1 - i] = (unsigned char)((uint64_t)text.length * 8 >> (8 * i));
    for (size_t at = 0; at < size; at += 64) sha1_block(state, padded + at);
    for (size_t i = 0; i < 20; i++) digest[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

const Value *hash_guid(FunctionCall *function, const Value **arguments, size_t count)
{
    static const unsigned char space[] = {0x11, 0xfb, 0x06, 0xfb, 0x71, 0x2d, 0x4d, 0xdd,
                                          0x98, 0xc7, 0xe7, 0x1b, 0xbd, 0x58, 0x88, 0x30};
    Text name;
    if (!joined(function, arguments, count, &name)) return NULL;
    TextBuffer bytes = {.arena = function->arena}, out = {.arena = function->arena};
    buffer_text(&bytes, (Text){(const char *)space, sizeof space});
    buffer_text(&bytes, name);
    unsigned char digest[20];
    sha1(function->arena, buffer_done(&bytes), digest);
    digest[6] = (unsigned char)((digest[6] & 0x0F) | 0x50);
    digest[8] = (unsigned char)((digest[8] & 0x3F) | 0x80);
    for (size_t i = 0; i < 16; i++)
        buffer_format(&out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", digest[i]);
    return value_string(function->arena, buffer_done(&out));
}

// ---- MurmurHash

static uint32_t word_at(Text text, size_t at, size_t bytes)
{
    uint32_t word = 0;
    for (size_t i = 0; i < bytes; i++) word |= (uint32_t)(unsigned char)text.at[at + i] << (8 * i);
    return word;
}

static uint32_t whole_word(const char *text) // which compilers know to be one load
{
    const unsigned char *at = (const unsigned char *)text;
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t mixed_first(uint32_t word)
{
    return rotated(word * 0x239B961Bu, 15) * 0xAB0E9789u;
}

static uint32_t mixed_second(uint32_t word)
{
    return rotated(word * 0xAB0E9789u, 17) * 0x239B961Bu;
}

static uint32_t finished(uint32_t hash)
{
    hash = (hash ^ hash >> 16) * 0x85EBCA6Bu;
    hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
    return hash ^ hash >> 16;
}

size_t hash_add(HashState *state, Text text)
{
    uint32_t first = state->first, second = state->second;
    size_t at = 0;
    for (; at + 8 <= text.length; at += 8) {
        first =
            (rotated(first ^ mixed_first(whole_word(text.at + at)), 19) + second) * 5 + 0x561CCD1Bu;
        second = (rotated(second ^ mixed_second(whole_word(text.at + at + 4)), 13) + first) * 5 +
                 0x0BCAA747u;
    }
    *state = (HashState){first, second, state->length + at};
    return at;
}

uint64_t hash_end(HashState *state, Text text)
{
    size_t at = hash_add(state, text), rest = text.length - at;
    uint32_t first = state->first, second = state->second,
             length = (uint32_t)(state->length + rest);
    if (rest > 0) first ^= mixed_first(word_at(text, at, rest < 4 ? rest : 4));
    if (rest > 4) second ^= mixed_second(word_at(text, at + 4, rest - 4));
    first ^= length;
    second ^= length;
    first += second;
    second += first;
    first = finished(first);
    second = finished(second);
    first += second;
    second += first;
    return (uint64_t)second << 32 | first;
}

const Value *hash_unique(FunctionCall *function, const Value **arguments, size_t count)
{
    Text text;
    if (!joined(function, arguments, count, &text)) return NULL;
    TextBuffer out = {.arena = function->arena};
    uint64_t hash = hash_end(&(HashState){0}, text);
    for (int i = 0; i < 13; i++) {
        buffer_char(&out, "abcdefghijklmnopqrstuvwxyz234567"[hash >> 59]);
        hash <<= 5;
    }
    return value_string(function->arena, buffer_done(&out));
}
