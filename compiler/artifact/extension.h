// compiler/artifact/extension.h: the types of an extension, as Bicep.
//   in:    index.json and the files of types that it names, as their publisher packed them
//   out:   `text`: a declaration for each type; and what index.json says of the extension
//          Properties have @flags(N): 1 required, 2 read-only, 4 write-only, 16 identifies the resource
//   facts: Azure.Bicep.Types (TypeIndex, Concrete), ExtensionResourceTypeFactory.cs of the Bicep
//          repository
#pragma once
#include "compiler/artifact/archive.h"
#include "compiler/bind/bind.h"

// NULL with `error` set if it cannot be read.
const BindExtension *extension_read(Arena *arena, const ArchiveFiles *files, Text *text,
                                    Text *error);
