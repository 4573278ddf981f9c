// compiler/snapshot/typecheck.c
#include "compiler/snapshot/typecheck.h"

const Value *typecheck_resolve(const Frame *frame, const Value *type)
{
    for (int hops = 0; hops < 32; hops++) {
        const Value *reference = value_find(type, TEXT("$ref"));
        if (!reference || reference->kind != VALUE_STRING) return type;
        Text path = reference->string;
        const Value *at = frame->template->words->json;
        if (!text_starts(path, "#/")) break;
        path = text_slice(path, 2, path.length);
        while (path.length && at && at->kind == VALUE_OBJECT) {
            size_t end = 0;
            while (end < path.length && path.at[end] != '/') end++;
            at = value_find(at, text_slice(path, 0, end));
            path = text_slice(path, end < path.length ? end + 1 : end, path.length);
        }
        if (!at || at->kind != VALUE_OBJECT) break;
        type = at;
    }
    return engine_fail(frame, "The type reference of a template declaration is not valid.");
}

bool typecheck_is_secure(const Frame *frame, const Value *type)
{
    type = typecheck_resolve(frame, type);
    const Value *name = type ? value_find(type, TEXT("type")) : NULL;
    return name && name->kind == VALUE_STRING &&
           (engine_same(name->string, TEXT("securestring")) ||
            engine_same(name->string, TEXT("secureobject")));
}

const Value *typecheck_parameter(const Frame *frame, const Named *parameter)
{
    const Value *given = parameter->given ? value_find(parameter->given, TEXT("value")) : NULL;
    if (given) return given;
    const Value *fallback = value_find(parameter->json, TEXT("defaultValue"));
    if (fallback) return engine_json(frame, fallback);
    const Value *type = typecheck_resolve(frame, parameter->json);
    if (!type) return NULL;
    const Value *nullable = value_find(parameter->json, TEXT("nullable"));
    if (!nullable) nullable = value_find(type, TEXT("nullable"));
    if (nullable && nullable->kind == VALUE_BOOL && nullable->boolean) return &value_null;
    return engine_fail(
        frame,
        "The value for the template parameter '%.*s' at line '1' and column '1' is "
        "not provided. Please see https://aka.ms/arm-create-parameter-file for usage "
        "details.",
        TEXT_ARG(parameter->name));
}
