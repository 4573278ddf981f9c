// tests/unit/check.h: what a unit test says: CHECK(condition) counts a failure and goes on; the
// last line of main is `return check_done();`.
#pragma once
#include "base/text.h"

#include <stdio.h>

static int check_failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);              \
            check_failures++;                                                                      \
        }                                                                                          \
    } while (0)

#define CHECK_TEXT(got, want)                                                                      \
    do {                                                                                           \
        Text check_got = (got), check_want = text_of(want);                                        \
        if (!text_equal(check_got, check_want)) {                                                  \
            fprintf(stderr, "%s:%d: got <%.*s>, want <%.*s>\n", __FILE__, __LINE__,                \
                    TEXT_ARG(check_got), TEXT_ARG(check_want));                                    \
            check_failures++;                                                                      \
        }                                                                                          \
    } while (0)

static inline int check_done(void)
{
    if (check_failures) fprintf(stderr, "%d checks failed\n", check_failures);
    return check_failures != 0;
}
