// base/encoding.h: the bytes of a file as text, as .NET's StreamReader reads them.
//   facts: bicep's load functions; a byte order mark wins over the encoding that is named; what is
//   wrong becomes U+FFFD
#pragma once
#include "base/text.h"

bool encoding_known(Text name); // us-ascii, iso-8859-1, utf-8, utf-16, utf-16BE
Text encoding_decode(Arena *arena, Text bytes, Text name);
