// compiler/snapshot/builtin.c: the table.
#include "compiler/snapshot/builtin.h"

#include "base/table.h"

static const Builtin rows[] = {
#define BUILTIN(name, kind, least, most, run) {#name, BUILTIN_##kind, least, most, run},
#define BUILTIN_OF_EVALUATE(name, kind) {#name, BUILTIN_##kind, 0, -1, NULL},
#include "compiler/snapshot/builtin.def"
#undef BUILTIN
#undef BUILTIN_OF_EVALUATE
};

const Builtin *builtin_find(Text name)
{
    static Table table = {TABLE_OF(rows), .alike = true};
    const Builtin *found = table_find(&table, name);
    return found || !text_starts_alike(name, "list") ? found : table_find(&table, TEXT("list"));
}
