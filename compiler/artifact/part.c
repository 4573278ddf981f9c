// compiler/artifact/part.c
#include "compiler/artifact/part.h"

const Value *part_of(const Value *object, const char *name)
{
    return object && object->kind == VALUE_OBJECT ? value_find(object, text_of(name)) : NULL;
}

Text part_text(const Value *object, const char *name)
{
    const Value *value = part_of(object, name);
    return value && value->kind == VALUE_STRING ? value->string : (Text){0};
}

int64_t part_int(const Value *object, const char *name, int64_t otherwise)
{
    const Value *value = part_of(object, name);
    return value && value->kind == VALUE_INT ? value->integer : otherwise;
}

bool part_is(const Value *object, const char *name, bool boolean)
{
    const Value *value = part_of(object, name);
    return value && value->kind == VALUE_BOOL && value->boolean == boolean;
}
