// emulator/exchange.c
#include "emulator/exchange.h"

#include "compiler/evaluate/shape.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

Text exchange_query(const Exchange *exchange, const char *name)
{
    const Text *value = map_get(&exchange->query, text_of(name));
    return value ? *value : (Text){"", 0};
}

Text exchange_header(const Exchange *exchange, const char *name)
{
    const Text *value = map_get(&exchange->headers, text_of(name));
    return value ? *value : (Text){"", 0};
}

Text exchange_id(Exchange *exchange, const char *type)
{
    Arena *arena = exchange->arena;
    Text scope = exchange->scope, group = id_group(scope);
    const Record *known = world_find(exchange->world, SHELF_GROUPS, scope);
    if (known)
        scope = known->id;
    else if (group.length)
        scope = text_format(arena, "/subscriptions/%.*s/resourceGroups/%.*s",
                            TEXT_ARG(id_subscription_name(scope)), TEXT_ARG(group));
    return text_format(arena, "%.*s/providers/Microsoft.Resources/%s/%.*s", TEXT_ARG(scope), type,
                       TEXT_ARG(exchange->words[0]));
}

Text exchange_source(Exchange *exchange)
{
    const Value *template = shape_at(exchange->body, "properties.template");
    size_t from = 0, to = 0;
    bool found = template && value_json_span(exchange->arena, exchange->text, exchange->body,
                                             template, &from, &to);
    return found ? text_slice(exchange->text, from, to) : (Text){0};
}

void answer(Exchange *exchange, int status, const Value *value)
{
    exchange->status = status;
    exchange->answer = value;
}

void answer_text(Exchange *exchange, int status, const char *content_type, Text text)
{
    exchange->status = status;
    exchange->content_type = content_type;
    exchange->raw = text;
}

void refuse_with(Exchange *exchange, int status, const Value *error)
{
    answer(exchange, status, shape_make(exchange->arena, "{error:%v}", error));
}

void refuse(Exchange *exchange, int status, const char *code, const char *format, ...)
{
    TextBuffer message = {.arena = exchange->arena};
    va_list arguments;
    va_start(arguments, format);
    buffer_format_list(&message, format, arguments);
    va_end(arguments);
    refuse_with(exchange, status,
                shape_make(exchange->arena, "{code:%s,message:%t}", code, buffer_done(&message)));
}

void answer_header(Exchange *exchange, const char *name, Text value)
{
    size_t room = sizeof exchange->headers_out / sizeof *exchange->headers_out;
    assert(exchange->header_count < room);
    exchange->headers_out[exchange->header_count++] = (Header){name, value};
}

void answer_retry(Exchange *exchange, double azure_seconds)
{
    double seconds = ceil(world_seconds(exchange->world, azure_seconds)); // 0 means 30 to some
    answer_header(exchange, "Retry-After",
                  text_format(exchange->arena, "%.0f", seconds < 1 ? 1 : seconds));
}

void answer_page(Exchange *exchange, const Value *items, size_t size)
{
    Arena *arena = exchange->arena;
    Text skip = exchange_query(exchange, "$skiptoken");
    size_t from = (size_t)strtoul(text_string(arena, skip), NULL, 10), count = items->array.count;
    if (from > count) from = count;
    size_t to = size && count - from > size ? from + size : count;
    Value *page = value_array(arena);
    for (size_t i = from; i < to; i++) value_append(arena, page, items->array.items[i]);
    Text next = {0};
    if (to < count) {
        TextBuffer link = {.arena = arena};
        buffer_text(&link, exchange->world->url);
        Text target = exchange->target; // the token of this page is the last of the query
        for (size_t i = 0; i < target.length; i++) {
            if (text_starts(text_slice(target, i, target.length), "&$skiptoken=") ||
                text_starts(text_slice(target, i, target.length), "&%24skiptoken="))
                target.length = i;
        }
        buffer_format(&link, "%.*s&$skiptoken=%zu", TEXT_ARG(target), to);
        next = buffer_done(&link);
    }
    answer(exchange, 200, shape_make(arena, "{value:%v,nextLink:%t}", page, next));
}
