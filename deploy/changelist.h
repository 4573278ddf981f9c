// deploy/changelist.h: the answer of what-if, as a tree; only changes.c shows it.
//   in:   as in changes.h
#pragma once
#include "compiler/evaluate/value.h"

typedef enum {
    CHANGE_DELETE,
    CHANGE_DETACH, // a stack no longer manages it; it stays
    CHANGE_MODIFY,
    CHANGE_CREATE,
    CHANGE_DEPLOY,
    CHANGE_UNSUPPORTED,
    CHANGE_NONE,
    CHANGE_IGNORE,
    CHANGE_COUNT,
} ChangeKind;

typedef enum { DELTA_DELETE, DELTA_CREATE, DELTA_MODIFY, DELTA_ARRAY, DELTA_NO_EFFECT } DeltaKind;

// Why a difference is none.
typedef enum {
    NOISE_NOT,
    NOISE_READ_ONLY,
    NOISE_DEFAULT,
    NOISE_WRITE_ONLY,
    NOISE_NO_EFFECT,
    NOISE_CASE,
    NOISE_ORDER,
    NOISE_EMPTY,
    NOISE_UNKNOWN,
    NOISE_COUNT,
} NoiseKind;

typedef struct Delta Delta;
typedef struct {
    Delta *items;
    size_t count, room;
} Deltas;

struct Delta {
    Text label, path; // as it stands there; with those of the differences around it
    DeltaKind kind;
    const Value *before, *after; // NULL: none
    Deltas inner;
    NoiseKind noise;
};

typedef struct {
    ChangeKind kind;
    Text id, symbol, section, type, name, reason;
    bool perhaps; // a stack's what-if is not sure
    Deltas deltas;
    size_t noise; // differences that are none
} Change;

typedef struct {
    Change *items;
    size_t count, room;
    size_t kinds[CHANGE_COUNT];
    size_t reasons[NOISE_COUNT]; // differences that are none, by why
    size_t only_noise;           // resources in which nothing else differs
} Changes;

// `sections` may be NULL.
Changes changelist_read(Arena *arena, const Value *list, const Value *sections);
bool changelist_differs(const Changes *changes); // noise aside

bool changelist_real(const Deltas *deltas); // whether any of them is no noise

const char *changelist_kind(ChangeKind kind); // "delete" …
const char *changelist_delta(DeltaKind kind); // "delete" …
