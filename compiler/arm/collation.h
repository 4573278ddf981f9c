// compiler/arm/collation.h: the order in which .NET sorts names, with ICU's root collation,
// independent of the locale.
//   facts: docs/emission.md, "The file"; seen in `dependsOn` and imported names of the Bicep CLI 0.49.2
#pragma once
#include "base/text.h"

// Below, equal or above zero. Ignores case at first; where texts differ only in it, the lower case
// comes first.
int collation_compare(Text a, Text b);
