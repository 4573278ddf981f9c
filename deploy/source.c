// deploy/source.c: what several sources share.
#include "deploy/source.h"

#include "compiler/evaluate/shape.h"
#include "deploy/answer.h"

#include <errno.h>
#include <stdlib.h>

enum { LARGEST_FILE = 64 * 1024 };
static const double shortest_life = 60; // seconds, of what seems dead: our clock may be wrong

static SourceResult result(const SourceRequest *request, Failure *failure, SourceResult given,
                           const char *format, va_list arguments)
{
    TextBuffer out = {.arena = request->arena};
    buffer_format_list(&out, format, arguments);
    failure->kind = FAILURE_SIGN_IN;
    failure->message = buffer_done(&out);
    return given;
}

SourceResult source_not_here(const SourceRequest *request, Failure *failure, const char *format,
                             ...)
{
    va_list arguments;
    va_start(arguments, format);
    result(request, failure, SOURCE_NOT_HERE, format, arguments);
    va_end(arguments);
    return SOURCE_NOT_HERE;
}

SourceResult source_failed(const SourceRequest *request, Failure *failure, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    result(request, failure, SOURCE_FAILED, format, arguments);
    va_end(arguments);
    return SOURCE_FAILED;
}

// A number, or a text of digits.
static double number_of(const Value *value)
{
    if (value && value->kind == VALUE_INT) return (double)value->integer;
    if (value && value->kind == VALUE_FLOAT) return value->number;
    if (!value || value->kind != VALUE_STRING) return 0;
    double number = 0;
    for (size_t i = 0; i < value->string.length; i++) {
        char c = value->string.at[i];
        if (c < '0' || c > '9') return 0;
        number = number * 10 + (c - '0');
    }
    return number;
}

double source_life(const SourceRequest *request, Text token, double said)
{
    const Value *claims = answer_claims(request->secret, token);
    double end = number_of(shape_at(claims, "exp"));
    double begin = number_of(shape_at(claims, "iat")), life = said;
    if (said <= 0) life = end - http_server_now(request->http);
    if (begin > 0 && end > begin && life > end - begin) life = end - begin; // a clock is wrong
    return life > 0 ? life : shortest_life;
}

SourceResult source_read(const SourceRequest *request, const HttpAnswer *answer, SourceToken *token,
                         Failure *failure)
{
    Text error;
    const Value *body = value_read_json(request->secret, answer->body, &error);
    token->token = shape_text(body, "access_token");
    if (!token->token.length)
        return source_failed(request, failure, "the answer to the request for a token has none");
    double life = number_of(shape_at(body, "expires_in"));
    double end = number_of(shape_at(body, "expires_on"));
    if (life <= 0 && end > 0) life = end - http_server_now(request->http);
    token->life = source_life(request, token->token, life);
    return SOURCE_TOKEN;
}

Text source_file(const SourceRequest *request, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return (Text){0};
    setvbuf(file, NULL, _IONBF, 0); // no copy in a buffer of its own
    char *bytes = arena_alloc(request->secret, LARGEST_FILE);
    size_t length = fread(bytes, 1, LARGEST_FILE, file);
    bool whole = !ferror(file) && length < LARGEST_FILE;
    if (fclose(file) == 0 && whole) {
        errno = 0;
        return (Text){bytes, length};
    }
    if (!errno || length) errno = EFBIG;
    return (Text){0};
}
