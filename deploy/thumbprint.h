// deploy/thumbprint.h: servers that are known by their certificate, not by who signed it.
#pragma once
#include "base/text.h"

// Whether `wanted` (hexadecimal, of any case) is the SHA-1 of the certificate in `pem`.
bool thumbprint_fits(const char *pem, Text wanted);
