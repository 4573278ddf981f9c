// emulator/signin.c: the sign-in service, as much of it as the clients of Resource Manager ask for.
//   facts: RFC 6749, RFC 7523 (assertions); the errors AADSTS… of Microsoft's documentation
#include "emulator/signin.h"

#include "compiler/evaluate/shape.h"
#include "emulator/handlers.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { TOKEN_SECONDS = 3599, CLOCK_SECONDS = 300 }; // how far clocks may be apart

// ---- JSON Web Tokens (RFC 7519), signed by HS256 with a key of this world

static Text base64url(Arena *arena, const unsigned char *bytes, size_t count)
{
    char *out = arena_alloc(arena, count * 4 / 3 + 8);
    int length = EVP_EncodeBlock((unsigned char *)out, bytes, (int)count);
    while (length > 0 && out[length - 1] == '=') length--;
    for (int i = 0; i < length; i++) out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    return (Text){out, (size_t)length};
}

// Empty if it is no base64url.
static Text base64url_read(Arena *arena, Text text)
{
    size_t padded = (text.length + 3) / 4 * 4;
    unsigned char *in = arena_alloc(arena, padded + 1), *out = arena_alloc(arena, padded + 1);
    memset(in, '=', padded);
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        in[i] = (unsigned char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    int length = EVP_DecodeBlock(out, in, (int)padded);
    if (length < 0) return (Text){0};
    return (Text){(char *)out, (size_t)length - (padded - text.length)};
}

static Text signature(const World *world, Arena *arena, Text signed_text)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    HMAC(EVP_sha256(), world->token_key.at, (int)world->token_key.length,
         (const unsigned char *)signed_text.at, signed_text.length, mac, &length);
    return base64url(arena, mac, length);
}

static Text encode(Arena *arena, const Value *value)
{
    Text json = shape_json(arena, value);
    return base64url(arena, (const unsigned char *)json.at, json.length);
}

static Text new_token(const World *world, Arena *arena, Text audience, Text client)
{
    int64_t now = (int64_t)world->now;
    Text issuer = text_format(arena, "%.*s/%.*s/", TEXT_ARG(world->url), TEXT_ARG(world->tenant));
    const Value *claims =
        shape_make(arena,
                   "{aud:%t,iss:%t,iat:%i,nbf:%i,exp:%i,appid:%t,idtyp:'app',oid:%t,sub:%t,tid:%t,"
                   "uti:%t,ver:'1.0'}",
                   audience, issuer, now, now - CLOCK_SECONDS, now + TOKEN_SECONDS, client,
                   world->object, world->object, world->tenant, random_guid(arena));
    Text header = encode(arena, shape_make(arena, "{typ:'JWT',alg:'HS256'}"));
    Text payload = encode(arena, claims);
    Text body = text_format(arena, "%.*s.%.*s", TEXT_ARG(header), TEXT_ARG(payload));
    Text mac = signature(world, arena, body);
    return text_format(arena, "%.*s.%.*s", TEXT_ARG(body), TEXT_ARG(mac));
}

// The claims of a token of the form a.b.c; NULL if it has not.
static const Value *claims_of(Arena *arena, Text token)
{
    const char *first = token.length ? memchr(token.at, '.', token.length) : NULL;
    if (!first) return NULL;
    size_t from = (size_t)(first - token.at) + 1, to = from;
    while (to < token.length && token.at[to] != '.') to++;
    if (to == token.length) return NULL;
    Text error, json = base64url_read(arena, text_slice(token, from, to));
    const Value *claims = json.length ? value_read_json(arena, json, &error) : NULL;
    return claims && claims->kind == VALUE_OBJECT ? claims : NULL;
}

static bool is_ours(const World *world, Arena *arena, Text token)
{
    size_t dot = token.length;
    while (dot > 0 && token.at[dot - 1] != '.') dot--;
    if (dot < 2) return false;
    Text mac = signature(world, arena, text_slice(token, 0, dot - 1));
    Text given = text_slice(token, dot, token.length);
    return mac.length == given.length && CRYPTO_memcmp(mac.at, given.at, mac.length) == 0;
}

static void unauthorized(Exchange *exchange, const char *code, const char *message)
{
    Text url = exchange->world->url, tenant = exchange->world->tenant;
    answer_header(exchange, "WWW-Authenticate",
                  text_format(exchange->arena,
                              "Bearer authorization_uri=\"%.*s/%.*s\", error=\"invalid_token\", "
                              "error_description=\"%s\"",
                              TEXT_ARG(url), TEXT_ARG(tenant), message));
    refuse(exchange, 401, code, "%s", message);
}

bool signin_check(Exchange *exchange)
{
    Text given = exchange_header(exchange, "authorization");
    if (!text_starts_alike(given, "Bearer ")) {
        unauthorized(exchange, "AuthenticationFailed",
                     "Authentication failed. The 'Authorization' header is missing.");
        return false;
    }
    Text token = text_slice(given, 7, given.length);
    const Value *claims =
        is_ours(exchange->world, exchange->arena, token) ? claims_of(exchange->arena, token) : NULL;
    if (!claims) {
        unauthorized(exchange, "InvalidAuthenticationToken", "The access token is invalid.");
        return false;
    }
    if (shape_number(claims, "exp", 0) > exchange->world->now) return true;
    unauthorized(exchange, "ExpiredAuthenticationToken",
                 "The access token expiry UTC time is earlier than current UTC time.");
    return false;
}

// ---- where things are

static Text endpoint(Exchange *exchange, const char *path)
{
    return text_format(exchange->arena, "%.*s%s", TEXT_ARG(exchange->world->url), path);
}

// Before 2019 one object with few endpoints; then a list of clouds; since 2022 one cloud.
void metadata_endpoints(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text version = exchange_query(exchange, "api-version");
    Text url = exchange->world->url, slash = endpoint(exchange, "/");
    Text portal = endpoint(exchange, "/portal"), graph = endpoint(exchange, "/graph");
    if (text_compare(version, TEXT("2018-01-01")) < 0) {
        answer(exchange, 200,
               shape_make(arena,
                          "{galleryEndpoint:%t,graphEndpoint:%t,portalEndpoint:%t,"
                          "authentication:{loginEndpoint:%t,audiences:[%t,%t]}}",
                          slash, graph, portal, slash, slash, url));
        return;
    }
    size_t host = 0; // behind '://'
    while (url.at[host] != '/') host++;
    Text vault = text_format(arena, "vault.%.*s", TEXT_ARG(text_slice(url, host + 2, url.length)));
    const Value *cloud = shape_make(
        arena,
        "{portal:%t,authentication:{loginEndpoint:%t,audiences:[%t,%t],tenant:'common',"
        "identityProvider:'AAD'},media:%t,graphAudience:%t,graph:%t,name:'swarmgen',"
        "suffixes:{azureDataLakeStoreFileSystem:'azuredatalakestore.net',acrLoginServer:'azurecr."
        "io',"
        "sqlServerHostname:'database.windows.net',"
        "azureDataLakeAnalyticsCatalogAndJob:'azuredatalakeanalytics.net',"
        "keyVaultDns:%t,storage:'core.windows.net',"
        "azureFrontDoorEndpointSuffix:'azurefd.net'},batch:%t,resourceManager:%t,"
        "vmImageAliasDoc:%t,sqlManagement:%t,gallery:%t,activeDirectoryDataLake:%t,"
        "microsoftGraphResourceId:%t,appInsightsResourceId:%t,logAnalyticsResourceId:%t}",
        portal, slash, slash, url, slash, slash, slash, vault, slash, slash,
        endpoint(exchange, "/aliases"), slash, slash, slash, slash, slash, slash);
    bool one = text_compare(version, TEXT("2022-01-01")) >= 0;
    answer(exchange, 200, one ? cloud : shape_make(arena, "[%v]", cloud));
}

// '/adfs/…', '/TENANT/…', '/TENANT/v2.0/…': the service says what was asked.
void openid_configuration(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text scope = exchange->scope;
    bool second = text_ends(scope, "/v2.0");
    if (second) scope.length -= 5;
    Text base = text_format(arena, "%.*s%.*s", TEXT_ARG(exchange->world->url), TEXT_ARG(scope));
    const char *version = second ? "/oauth2/v2.0" : "/oauth2";
    Text token = text_format(arena, "%.*s%s/token", TEXT_ARG(base), version);
    Text authorize = text_format(arena, "%.*s%s/authorize", TEXT_ARG(base), version);
    Text device = text_format(arena, "%.*s%s/devicecode", TEXT_ARG(base), version);
    Text keys = text_format(arena, "%.*s/discovery/keys", TEXT_ARG(base));
    Text issuer = text_format(arena, "%.*s/%.*s/", TEXT_ARG(exchange->world->url),
                              TEXT_ARG(exchange->world->tenant));
    answer(
        exchange, 200,
        shape_make(arena,
                   "{token_endpoint:%t,authorization_endpoint:%t,device_authorization_endpoint:%t,"
                   "jwks_uri:%t,issuer:%t,token_endpoint_auth_methods_supported:"
                   "['client_secret_post','private_key_jwt'],response_types_supported:['code'],"
                   "response_modes_supported:['query'],subject_types_supported:['pairwise'],"
                   "id_token_signing_alg_values_supported:['RS256'],scopes_supported:['openid'],"
                   "tenant_region_scope:'NA'}",
                   token, authorize, device, keys, issuer));
}

void instance_discovery(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    Text host = exchange->world->url;
    for (size_t i = 0; i + 2 < host.length; i++) {
        if (host.at[i] == '/' && host.at[i + 1] == '/') host = text_slice(host, i + 2, host.length);
    }
    Text tenant = text_format(arena, "%.*s/%.*s/.well-known/openid-configuration",
                              TEXT_ARG(exchange->world->url), TEXT_ARG(exchange->world->tenant));
    answer(exchange, 200,
           shape_make(arena,
                      "{tenant_discovery_endpoint:%t,'api-version':'1.1',"
                      "metadata:[{preferred_network:%t,preferred_cache:%t,aliases:[%t]}]}",
                      tenant, host, host, host));
}

void discovery_keys(Exchange *exchange)
{
    answer(exchange, 200, shape_make(exchange->arena, "{keys:[]}")); // tokens are for us alone
}

// ---- tokens

static void deny(Exchange *exchange, int status, const char *code, int number, const char *message)
{
    Arena *arena = exchange->arena;
    Text text = text_format(
        arena, "AADSTS%d: %s Trace ID: %.*s Correlation ID: %.*s Timestamp: %.*s", number, message,
        TEXT_ARG(exchange->request_id), TEXT_ARG(exchange->correlation),
        TEXT_ARG(time_text(arena, exchange->world->now)));
    answer(exchange, status,
           shape_make(arena,
                      "{error:%s,error_description:%t,error_codes:[%i],timestamp:%t,trace_id:%t,"
                      "correlation_id:%t}",
                      code, text, (int64_t)number, time_text(arena, exchange->world->now),
                      exchange->request_id, exchange->correlation));
}

static void grant(Exchange *exchange, Text audience, Text client)
{
    Arena *arena = exchange->arena;
    int64_t expires = (int64_t)exchange->world->now + TOKEN_SECONDS;
    answer_header(exchange, "Cache-Control", TEXT("no-store"));
    answer(exchange, 200,
           shape_make(arena,
                      "{token_type:'Bearer',expires_in:%i,ext_expires_in:%i,expires_on:%t,"
                      "not_before:%t,resource:%t,access_token:%t}",
                      (int64_t)TOKEN_SECONDS, (int64_t)TOKEN_SECONDS,
                      text_format(arena, "%lld", (long long)expires),
                      text_format(arena, "%lld", (long long)exchange->world->now - CLOCK_SECONDS),
                      audience, new_token(exchange->world, arena, audience, client)));
}

static Text decode_form(Arena *arena, Text text)
{
    TextBuffer out = {.arena = arena};
    for (size_t i = 0; i < text.length; i++) {
        unsigned code;
        char c = text.at[i];
        char digits[3] = {0};
        if (c == '%' && i + 2 < text.length) memcpy(digits, text.at + i + 1, 2);
        if (digits[0] && sscanf(digits, "%2x", &code) == 1) {
            buffer_char(&out, (char)code);
            i += 2;
        } else {
            buffer_char(&out, c == '+' ? ' ' : c);
        }
    }
    return buffer_done(&out);
}

// application/x-www-form-urlencoded; empty if absent.
static Text form_field(Exchange *exchange, const char *name)
{
    Text rest = exchange->text;
    while (rest.length) {
        const char *end = memchr(rest.at, '&', rest.length);
        size_t length = end ? (size_t)(end - rest.at) : rest.length;
        Text pair = text_slice(rest, 0, length);
        const char *equal = memchr(pair.at, '=', pair.length);
        size_t key = equal ? (size_t)(equal - pair.at) : pair.length;
        if (text_is(text_slice(pair, 0, key), name))
            return decode_form(exchange->arena, text_slice(pair, key + 1, pair.length));
        rest = text_slice(rest, length + (end != NULL), rest.length);
    }
    return (Text){"", 0};
}

// A client's assertion or a federated token: its form and time are checked; whose key signed it is
// not known here.
static bool good_assertion(Exchange *exchange, Text assertion)
{
    const Value *claims = claims_of(exchange->arena, assertion);
    double now = exchange->world->now;
    if (!claims) {
        deny(exchange, 400, "invalid_request", 50027, "JWT token is invalid or malformed.");
    } else if (shape_number(claims, "exp", 0) <= now ||
               shape_number(claims, "nbf", 0) > now + CLOCK_SECONDS) {
        deny(exchange, 401, "invalid_client", 700024,
             "Client assertion is not within its valid time range.");
    } else if (!shape_text(claims, "iss").length || !shape_text(claims, "sub").length ||
               !shape_text(claims, "aud").length) {
        deny(exchange, 401, "invalid_client", 50027,
             "JWT token is invalid or malformed: it needs iss, sub and aud.");
    }
    return exchange->status == 0;
}

void token_post(Exchange *exchange)
{
    Arena *arena = exchange->arena;
    World *world = exchange->world;
    Text client = form_field(exchange, "client_id"),
         grant_type = form_field(exchange, "grant_type");
    Text secret = form_field(exchange, "client_secret");
    Text assertion = form_field(exchange, "client_assertion");
    Text audience = form_field(exchange, "resource"), scope = form_field(exchange, "scope");
    if (!audience.length) { // 'https://management.azure.com//.default openid …'
        const char *space = scope.length ? memchr(scope.at, ' ', scope.length) : NULL;
        audience = space ? text_slice(scope, 0, (size_t)(space - scope.at)) : scope;
        if (text_ends(audience, "/.default")) audience.length -= 9;
    }
    if (!text_is(grant_type, "client_credentials")) {
        deny(exchange, 400, "unsupported_grant_type", 70003,
             "The app requested an unsupported grant type; only client_credentials is known here.");
    } else if (!client.length) {
        deny(exchange, 400, "invalid_request", 900144,
             "The request body must contain the following parameter: 'client_id'.");
    } else if (!audience.length) {
        deny(exchange, 400, "invalid_request", 900144,
             "The request body must contain the following parameter: 'scope'.");
    } else if (assertion.length) {
        if (good_assertion(exchange, assertion)) grant(exchange, audience, client);
    } else if (!secret.length) {
        deny(exchange, 401, "invalid_client", 7000216,
             "'client_assertion', 'client_secret' or 'request' is required for the "
             "'client_credentials' grant type.");
    } else if (!text_equal(secret, world->secret)) {
        Text message =
            text_format(arena,
                        "Invalid client secret provided. Ensure the secret being sent in "
                        "the request is the client secret value, not the client secret "
                        "ID, for a secret added to app '%.*s'.",
                        TEXT_ARG(client));
        deny(exchange, 401, "invalid_client", 7000215, message.at);
    } else {
        grant(exchange, audience, client);
    }
}

// The forms of a virtual machine (header Metadata) and of App Service (X-IDENTITY-HEADER).
void identity_get(Exchange *exchange)
{
    Text resource = exchange_query(exchange, "resource");
    bool asked = text_is(exchange_header(exchange, "metadata"), "true") ||
                 exchange_header(exchange, "x-identity-header").length;
    if (!asked) {
        answer(
            exchange, 400,
            shape_make(exchange->arena,
                       "{error:'invalid_request',error_description:'Required metadata header not "
                       "specified'}"));
    } else if (!resource.length) {
        answer(exchange, 400,
               shape_make(exchange->arena, "{error:'invalid_request',error_description:'Required "
                                           "audience parameter not specified'}"));
    } else {
        Text client = exchange_query(exchange, "client_id");
        grant(exchange, resource, client.length ? client : exchange->world->client);
    }
}

// ---- who and where

void tenants_list(Exchange *exchange)
{
    Text tenant = exchange->world->tenant;
    answer(
        exchange, 200,
        shape_make(exchange->arena,
                   "{value:[{id:%t,tenantId:%t,countryCode:'DE',displayName:'Local',"
                   "domains:['local.example'],tenantCategory:'Home',defaultDomain:'local.example',"
                   "tenantType:'AAD'}]}",
                   text_format(exchange->arena, "/tenants/%.*s", TEXT_ARG(tenant)), tenant));
}

void subscriptions_list(Exchange *exchange)
{
    const World *world = exchange->world;
    Value *items = value_array(exchange->arena);
    for (size_t i = 0; i < world->subscription_count; i++)
        value_append(exchange->arena, items,
                     world_subscription(world, exchange->arena, world->subscriptions[i]));
    answer(exchange, 200,
           shape_make(exchange->arena, "{value:%v,count:{type:'Total',value:%i}}", items,
                      (int64_t)world->subscription_count));
}

void subscription_get(Exchange *exchange)
{
    answer(exchange, 200, world_subscription(exchange->world, exchange->arena, exchange->words[0]));
}
