// emulator/certificate.c
#include "emulator/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>

enum { DAY = 24 * 60 * 60, VALID_DAYS = 825 }; // the most that Apple's clients accept

static bool extend(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[8];
    if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
    uint64_t serial = 0;
    for (size_t i = 0; i < sizeof bytes; i++) serial = serial << 8 | bytes[i];
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
}

// The authority signs itself: then `issuer` is NULL.
static X509 *new_certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *made = X509_new();
    if (!made) return NULL;
    X509_NAME *subject = X509_get_subject_name(made);
    bool leaf = issuer != NULL;
    if (!leaf) issuer = made;
    bool good =
        X509_set_version(made, X509_VERSION_3) && set_serial(made) &&
        X509_gmtime_adj(X509_getm_notBefore(made), -DAY) && // clocks of clients may be behind
        X509_gmtime_adj(X509_getm_notAfter(made), (long)VALID_DAYS * DAY) &&
        X509_set_pubkey(made, key) &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
                                   0) &&
        X509_set_issuer_name(made, X509_get_subject_name(issuer)) &&
        extend(made, issuer, NID_basic_constraints,
               leaf ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
        extend(made, issuer, NID_key_usage,
               leaf ? "critical,digitalSignature" : "critical,keyCertSign") &&
        extend(made, issuer, NID_subject_key_identifier, "hash") &&
        (!leaf || (extend(made, issuer, NID_authority_key_identifier, "keyid:always") &&
                   extend(made, issuer, NID_ext_key_usage, "serverAuth") &&
                   extend(made, issuer, NID_subject_alt_name,
                          "DNS:localhost,DNS:*.vault.localhost,IP:127.0.0.1,IP:::1"))) &&
        X509_sign(made, issuer_key, EVP_sha256());
    if (good) return made;
    X509_free(made);
    return NULL;
}

static Text pem(Arena *arena, X509 *certificate, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    Text text = {0};
    if (bio && (certificate ? PEM_write_bio_X509(bio, certificate)
                            : PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))) {
        char *bytes;
        long length = BIO_get_mem_data(bio, &bytes);
        text = text_copy(arena, (Text){bytes, (size_t)length});
    }
    BIO_free(bio);
    return text;
}

bool certificate_make(Arena *arena, Certificate *made)
{
    EVP_PKEY *authority_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *authority = NULL, *leaf = NULL;
    if (authority_key && key)
        authority = new_certificate("swarmgen emulate", authority_key, NULL, authority_key);
    if (authority) leaf = new_certificate("localhost", key, authority, authority_key);
    if (leaf) {
        made->authority = pem(arena, authority, NULL);
        Text own = pem(arena, leaf, NULL);
        made->certificate =
            text_format(arena, "%.*s%.*s", TEXT_ARG(own), TEXT_ARG(made->authority));
        made->key = pem(arena, NULL, key);
    }
    bool good = leaf && made->authority.length && made->certificate.length && made->key.length;
    if (!good) {
        fputs("swarmgen: OpenSSL cannot make a certificate:\n", stderr);
        ERR_print_errors_fp(stderr);
    }
    X509_free(leaf);
    X509_free(authority);
    EVP_PKEY_free(key);
    EVP_PKEY_free(authority_key);
    return good;
}
