// tests/fuzz/replay.c: runs a fuzz entry without libFuzzer: on files, or on random changes of them.
//   fuzz-NAME FILE…                       each file once
//   fuzz-NAME --mutate SEED ROUNDS FILE…  files changed at random; what was tried last is in
//   fuzz-last.bin
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 65536, MORE = 4096 };

typedef struct {
    uint8_t *bytes;
    size_t size;
} Input;

static uint64_t state;

static size_t below(size_t limit) // xorshift64*
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return limit ? (size_t)(state * 2685821657736338717u >> 33) % limit : 0;
}

static Input read_input(const char *path)
{
    Input input = {malloc(LARGEST), 0};
    FILE *file = fopen(path, "rb");
    if (!file || !input.bytes) {
        perror(path);
        exit(2);
    }
    input.size = fread(input.bytes, 1, LARGEST, file);
    fclose(file);
    return input;
}

// One change: a byte, a piece removed, a piece of another file, or of this one, put in.
static void change(uint8_t *bytes, size_t *size, size_t room, Input other)
{
    size_t at = below(*size + 1), length = below(40);
    if (below(3) == 0 && *size) {
        bytes[below(*size)] = (uint8_t)below(256);
    } else if (below(2) == 0) {
        if (length > *size - at) length = *size - at;
        memmove(bytes + at, bytes + at + length, *size - at - length);
        *size -= length;
    } else {
        size_t from = below(other.size + 1);
        if (length > other.size - from) length = other.size - from;
        if (*size + length > room) return;
        memmove(bytes + at + length, bytes + at, *size - at);
        memcpy(bytes + at, other.bytes + from, length);
        *size += length;
    }
}

// In memory of exactly its size, so that a read behind it is seen.
static void try_once(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) exit(2);
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void mutate(const Input *inputs, size_t count, long rounds)
{
    uint8_t *bytes = malloc(LARGEST + MORE);
    for (long round = 0; bytes && round < rounds; round++) {
        Input begin = inputs[below(count)];
        size_t size = begin.size;
        memcpy(bytes, begin.bytes, size);
        for (size_t i = below(8) + 1; i > 0; i--) {
            change(bytes, &size, LARGEST + MORE, inputs[below(count)]);
        }
        FILE *last = fopen("fuzz-last.bin", "wb");
        if (last) {
            fwrite(bytes, 1, size, last);
            fclose(last);
        }
        try_once(bytes, size);
    }
    free(bytes);
}

int main(int count, char **arguments)
{
    int first = 1;
    long rounds = 0;
    if (count > 4 && strcmp(arguments[1], "--mutate") == 0) {
        state = strtoull(arguments[2], NULL, 10) * 2 + 1;
        rounds = strtol(arguments[3], NULL, 10);
        first = 4;
    }
    size_t files = (size_t)(count - first);
    Input *inputs = calloc(files + 1, sizeof *inputs);
    if (!inputs || files == 0) return 2;
    for (size_t i = 0; i < files; i++) inputs[i] = read_input(arguments[first + (int)i]);
    if (rounds) mutate(inputs, files, rounds);
    for (size_t i = 0; i < files; i++) {
        if (!rounds) try_once(inputs[i].bytes, inputs[i].size);
        free(inputs[i].bytes);
    }
    free(inputs);
    printf("%zu files, %ld changed\n", files, rounds);
    return 0;
}
