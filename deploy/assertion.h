// deploy/assertion.h: a client assertion: a token that an application signs with its certificate to
// prove who it is.
//   facts: RFC 7523; the header as Microsoft's libraries make it: PS256 with x5t#S256 for Entra ID,
//          RS256 with x5t for AD FS, which knows no other
#pragma once
#include "deploy/source.h"

typedef struct {
    Text file; // certificate (a chain, if it is to be sent) and its private key: PEM or PKCS#12
    const char *password; // of the key, or of the whole file; NULL: none
    bool adfs, chain;     // `chain`: x5c, the certificates themselves
    Text client, endpoint;
    double now; // seconds since 1970
} AssertionRequest;

// In `secret`. Empty with `*why` in `arena`.
Text assertion_make(Arena *secret, Arena *arena, const AssertionRequest *request, Text *why);
