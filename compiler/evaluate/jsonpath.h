// compiler/evaluate/jsonpath.h: the path of loadJsonContent() and loadYamlContent().
//   facts: grammar and results of Newtonsoft.Json's SelectTokens(), each tried in the Bicep CLI;
//   filters are left out
#pragma once
#include "compiler/evaluate/value.h"

// What the path finds: one value as it is, several as an array. NULL with `error` set.
const Value *jsonpath_find(Arena *arena, const Value *value, Text text, Text *error);
