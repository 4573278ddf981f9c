// deploy/address.h: web addresses: which host they lead to, and how they may be shown.
#pragma once
#include "base/text.h"

bool address_same_host(Text a, Text b);            // scheme, host and port
Text address_host(Arena *arena, Text address);     // lower case, without port; empty if it is none
bool address_is_local(Arena *arena, Text address); // a loopback address, or a name under localhost

// What a redirect's Location leads to from `base`; empty if it is none.
Text address_resolve(Arena *arena, Text base, Text location);

// Bytes that no address has (spaces, letters beyond ASCII) as %XX.
Text address_clean(Arena *arena, Text address);
// A value for a query or a form.
void address_quote(TextBuffer *out, Text value);

// For people: values of the query that are not known to be harmless become ***, for signatures and
// keys travel there; so does a password.
Text address_masked(Arena *arena, Text address);
// "PUT …/deployments/acme"
Text address_call(Arena *arena, const char *method, Text address);
