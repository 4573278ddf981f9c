// compiler/arm/templatehash.h: metadata._generator.templateHash, as the official compiler has it.
//   needs:  a template's text as JsonWriter wrote it; templates within it have their hashes
//   facts:  found by calling Azure.Deployments.Core.dll of the Bicep CLI 0.49.2 with templates of
//           our own. Of each object that Azure has a class for, only the known properties count,
//           in the order of the class, without those that are null; then the JSON is minified,
//           raised to capitals (keys, escapes and all) and hashed as by uniqueString(). The
//           template's own hash does not count, those of the templates within it do.
#pragma once
#include "base/text.h"

// The generator's name and version differ from the official compiler's, the hash must not: while a
// template is being written, one character stands for each.
#define TEMPLATEHASH_NAME '\x01'
#define TEMPLATEHASH_VERSION '\x02'

// Of the template that begins at `from`. `depth`: of the JSON around it.
uint64_t templatehash_of(Arena *arena, TextBuffer *written, size_t from, int depth);
