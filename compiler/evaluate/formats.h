// compiler/evaluate/formats.h: numbers in the forms of .NET's format strings: D3, N2, X8, #,##0.00
// …
//   facts: the invariant culture (currency ¤); asked of the Bicep CLI 0.49.2
#pragma once
#include "compiler/evaluate/value.h"

// An integer or a float in a form; false if there is no such form.
bool format_number(TextBuffer *out, const Value *number, Text form);
