// emulator/certificate.h: a certificate for localhost, 127.0.0.1 and ::1, and the authority that
// signed it. Nobody keeps the authority's key, so that it signs nothing else.
//   shapes: PEM
//   errors: false after a message on standard error
#pragma once
#include "base/text.h"

typedef struct {
    Text authority;   // what a client must trust
    Text certificate; // of the server, then the authority's
    Text key;         // of the server
} Certificate;

bool certificate_make(Arena *arena, Certificate *made);
