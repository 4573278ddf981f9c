// base/table.h: the rows of a table that stands in the program, found by name.
//   needs: each row begins with a `const char *name`; at most 255 rows
#pragma once
#include "base/text.h"

#include <stdatomic.h>

typedef struct {
    const void *rows;
    size_t count, size; // rows; bytes of one
    bool alike;         // names are found without regard to the case of ASCII letters
    // ---- filled by the first table_find, of whatever thread
    atomic_bool filled;
    uint8_t slots[512]; // open addressing: index of the row plus one; 0 is free
} Table;

// The table of an array.
#define TABLE_OF(array)                                                                            \
    .rows = (array), .count = sizeof(array) / sizeof *(array), .size = sizeof *(array)

const void *table_find(Table *table, Text name); // the row; NULL if there is none
