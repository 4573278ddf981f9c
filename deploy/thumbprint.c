// deploy/thumbprint.c
#include "deploy/thumbprint.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdio.h>

bool thumbprint_fits(const char *pem, Text wanted)
{
    unsigned char print[SHA_DIGEST_LENGTH] = {0};
    char hex[2 * SHA_DIGEST_LENGTH + 1];
    BIO *bytes = BIO_new_mem_buf(pem, -1);
    X509 *certificate = bytes ? PEM_read_bio_X509(bytes, NULL, NULL, NULL) : NULL;
    bool read = certificate && X509_digest(certificate, EVP_sha1(), print, NULL) == 1;
    for (size_t i = 0; i < SHA_DIGEST_LENGTH; i++) snprintf(hex + 2 * i, 3, "%02x", print[i]);
    X509_free(certificate);
    BIO_free(bytes);
    ERR_clear_error();
    return read && text_alike(wanted, text_of(hex));
}
