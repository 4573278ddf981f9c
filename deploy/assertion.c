// deploy/assertion.c: header, claims, signature, in base64url with dots between.
#include "deploy/assertion.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

enum { LIFETIME = 600, CHAIN_LIMIT = 10 }; // seconds; certificates

static void base64(TextBuffer *out, Text bytes, bool url)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
    for (size_t i = 0; i < bytes.length; i += 3) {
        size_t left = bytes.length - i < 3 ? bytes.length - i : 3;
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < left ? (unsigned char)bytes.at[i + j] : 0);
        for (size_t j = 0; j < 4; j++) {
            size_t digit = bits >> (18 - 6 * j) & 63;
            if (j <= left) buffer_char(out, letters[url && digit >= 62 ? digit + 2 : digit]);
            if (j > left && !url) buffer_char(out, '=');
        }
    }
}

static Text complain(Arena *arena, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return reason ? text_format(arena, "%s: %s", what, reason) : text_of(what);
}

// ---- the certificates

typedef struct {
    X509 *items[CHAIN_LIMIT];
    size_t count;
} Chain;

static void read_chain(Text pem, Chain *chain)
{
    BIO *bytes = BIO_new_mem_buf(pem.at, (int)pem.length);
    while (bytes && chain->count < CHAIN_LIMIT) {
        X509 *next = PEM_read_bio_X509(bytes, NULL, NULL, NULL);
        if (!next) break;
        chain->items[chain->count++] = next;
    }
    ERR_clear_error(); // the end of the file is one
    BIO_free(bytes);
}

static void free_chain(Chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) X509_free(chain->items[i]);
}

static int give_password(char *to, int size, int writing, void *given)
{
    (void)writing;
    const char *password = *(const char **)given;
    size_t length = password ? strlen(password) : 0;
    if (length == 0 || length >= (size_t)size) return 0;
    snprintf(to, (size_t)size, "%s", password);
    return (int)length;
}

static EVP_PKEY *read_key(Text pem, const char *password)
{
    BIO *bytes = BIO_new_mem_buf(pem.at, (int)pem.length);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bytes, NULL, give_password, &password);
    BIO_free(bytes);
    return key;
}

// PKCS#12: certificates and key in one file, encrypted. NULL with an error of OpenSSL.
static EVP_PKEY *read_packed(PKCS12 *file, const char *password, Chain *chain)
{
    EVP_PKEY *key = NULL;
    X509 *leaf = NULL;
    STACK_OF(X509) *others = NULL;
    if (PKCS12_parse(file, password ? password : "", &key, &leaf, &others) != 1) return NULL;
    if (leaf) chain->items[chain->count++] = leaf;
    X509 *next;
    while (others && chain->count < CHAIN_LIMIT && (next = sk_X509_shift(others)) != NULL)
        chain->items[chain->count++] = next;
    sk_X509_pop_free(others, X509_free);
    return key;
}

static EVP_PKEY *read_file(const AssertionRequest *request, Chain *chain)
{
    const unsigned char *bytes = (const unsigned char *)request->file.at;
    PKCS12 *packed = d2i_PKCS12(NULL, &bytes, (long)request->file.length);
    ERR_clear_error(); // PEM is none
    EVP_PKEY *key = packed ? read_packed(packed, request->password, chain)
                           : read_key(request->file, request->password);
    if (key && !packed) read_chain(request->file, chain);
    PKCS12_free(packed);
    return key;
}

// The certificate that the key is of becomes the first.
static bool leaf_first(Chain *chain, EVP_PKEY *key)
{
    for (size_t i = 0; i < chain->count; i++) {
        if (X509_check_private_key(chain->items[i], key) != 1) continue;
        X509 *leaf = chain->items[i];
        memmove(chain->items + 1, chain->items, i * sizeof *chain->items);
        chain->items[0] = leaf;
        ERR_clear_error();
        return true;
    }
    ERR_clear_error();
    return false;
}

// ---- the parts

static void write_chain(JsonWriter *json, Arena *arena, const Chain *chain)
{
    json_key(json, TEXT("x5c"));
    json_begin_array(json);
    for (size_t i = 0; i < chain->count; i++) {
        unsigned char *der = NULL;
        int length = i2d_X509(chain->items[i], &der);
        TextBuffer text = {.arena = arena};
        if (length > 0) base64(&text, (Text){(const char *)der, (size_t)length}, false);
        OPENSSL_free(der);
        json_text(json, buffer_done(&text));
    }
    json_end_array(json);
}

static Text header_of(Arena *arena, const AssertionRequest *request, const Chain *chain)
{
    unsigned char print[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    TextBuffer out = {.arena = arena}, text = {.arena = arena};
    X509_digest(chain->items[0], request->adfs ? EVP_sha1() : EVP_sha256(), print, &size);
    base64(&text, (Text){(const char *)print, size}, true);
    JsonWriter json = {.out = &out, .compact = true};
    json_begin_object(&json);
    json_key(&json, TEXT("alg"));
    json_text(&json, request->adfs ? TEXT("RS256") : TEXT("PS256"));
    json_key(&json, TEXT("typ"));
    json_text(&json, TEXT("JWT"));
    json_key(&json, request->adfs ? TEXT("x5t") : TEXT("x5t#S256"));
    json_text(&json, buffer_done(&text));
    if (request->chain) write_chain(&json, arena, chain);
    json_end_object(&json);
    return buffer_done(&out);
}

static Text claims_of(Arena *arena, const AssertionRequest *request)
{
    TextBuffer out = {.arena = arena};
    JsonWriter json = {.out = &out, .compact = true};
    json_begin_object(&json);
    json_key(&json, TEXT("aud"));
    json_text(&json, request->endpoint);
    json_key(&json, TEXT("exp"));
    json_int(&json, (int64_t)request->now + LIFETIME);
    json_key(&json, TEXT("iss"));
    json_text(&json, request->client);
    json_key(&json, TEXT("jti"));
    json_text(&json, http_uuid(arena));
    json_key(&json, TEXT("nbf"));
    json_int(&json, (int64_t)request->now);
    json_key(&json, TEXT("sub"));
    json_text(&json, request->client);
    json_end_object(&json);
    return buffer_done(&out);
}

static bool sign(Arena *arena, EVP_PKEY *key, bool pss, Text text, Text *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL; // the context's own
    size_t size = 0;
    bool good = context && EVP_DigestSignInit(context, &how, EVP_sha256(), NULL, key) == 1;
    if (good && pss)
        good = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) > 0 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) > 0;
    const unsigned char *bytes = (const unsigned char *)text.at;
    good = good && EVP_DigestSign(context, NULL, &size, bytes, text.length) == 1;
    unsigned char *made = good ? arena_alloc(arena, size) : NULL;
    good = good && EVP_DigestSign(context, made, &size, bytes, text.length) == 1;
    EVP_MD_CTX_free(context);
    *signature = (Text){(const char *)made, size};
    return good;
}

Text assertion_make(Arena *secret, Arena *arena, const AssertionRequest *request, Text *why)
{
    Chain chain = {0};
    Text signature = {0}, made = {0};
    TextBuffer out = {.arena = secret};
    EVP_PKEY *key = read_file(request, &chain);
    if (!key) {
        *why = complain(arena, "has no private key that can be read");
    } else if (EVP_PKEY_base_id(key) != EVP_PKEY_RSA) {
        *why = TEXT("has a key that is not RSA, which Azure asks for");
    } else if (!leaf_first(&chain, key)) {
        *why = TEXT("has no certificate that belongs to its private key");
    } else {
        base64(&out, header_of(secret, request, &chain), true);
        buffer_char(&out, '.');
        base64(&out, claims_of(secret, request), true);
        if (sign(secret, key, !request->adfs, buffer_done(&out), &signature)) {
            buffer_char(&out, '.');
            base64(&out, signature, true);
            made = buffer_done(&out);
        } else {
            *why = complain(arena, "cannot sign");
        }
    }
    free_chain(&chain);
    EVP_PKEY_free(key);
    return made;
}
