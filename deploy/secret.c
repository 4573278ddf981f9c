#define _GNU_SOURCE // explicit_bzero, MADV_DONTDUMP
#include "deploy/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void secret_protect(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Secret secret_keep(Text text)
{
    size_t size = text.length + 1;
    char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        fputs("swarmgen: out of memory\n", stderr); // as in arena.c
        exit(1);
    }
    mlock(pages, size); // beyond RLIMIT_MEMLOCK it fails; the token is used all the same
    madvise(pages, size, MADV_DONTDUMP);
    memcpy(pages, text.at, text.length);
    return (Secret){pages, text.length};
}

void secret_wipe(Secret *secret)
{
    if (!secret->at) return;
    explicit_bzero(secret->at, secret->length);
    munmap(secret->at, secret->length + 1);
    *secret = (Secret){0};
}
