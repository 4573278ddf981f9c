// deploy/cloud.c: the known ones are a table; others tell.
#include "deploy/cloud.h"

#include "compiler/evaluate/shape.h"
#include "deploy/address.h"
#include "deploy/answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    const char *names[3]; // the first is Azure's own
    const char *manager, *login, *audience, *vault, *portal;
} KnownCloud;

static const KnownCloud clouds[] = {
    {{"AzureCloud", "public", "AzurePublicCloud"},
     "https://management.azure.com",
     "https://login.microsoftonline.com",
     "https://management.azure.com",
     "vault.azure.net",
     "https://portal.azure.com"},
    {{"AzureUSGovernment", "usgov", "AzureUSGovernmentCloud"},
     "https://management.usgovcloudapi.net",
     "https://login.microsoftonline.us",
     "https://management.usgovcloudapi.net",
     "vault.usgovcloudapi.net",
     "https://portal.azure.us"},
    {{"AzureChinaCloud", "china", "AzureChina"},
     "https://management.chinacloudapi.cn",
     "https://login.chinacloudapi.cn",
     "https://management.chinacloudapi.cn",
     "vault.azure.cn",
     "https://portal.azure.cn"},
};

static Text trimmed(Text address)
{
    while (address.length && address.at[address.length - 1] == '/') address.length--;
    return address;
}

static const KnownCloud *known(const char *name)
{
    for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++) {
        for (size_t j = 0; j < 3; j++) {
            if (strcasecmp(name, clouds[i].names[j]) == 0) return &clouds[i];
        }
    }
    return NULL;
}

// ---- a cloud that tells

// A vault's suffix where the cloud does not say: Azure Stack's is beside its management.REGION.DOMAIN.
static Text vault_beside(Arena *arena, Text manager)
{
    Text host = address_host(arena, manager);
    size_t dot = text_index(host, '.');
    if (!text_starts(host, "management.")) return (Text){0};
    return text_format(arena, "vault%.*s", TEXT_ARG(text_slice(host, dot, host.length)));
}

bool cloud_read(Arena *arena, Text manager, const Value *endpoints, Cloud *cloud)
{
    const Value *one = endpoints;
    if (endpoints->kind == VALUE_ARRAY) {
        one = NULL;
        for (size_t i = 0; i < endpoints->array.count; i++) {
            const Value *item = endpoints->array.items[i];
            Text its = shape_text(item, "resourceManager");
            if (!one || (its.length && address_same_host(its, manager))) one = item;
        }
    }
    const Value *sign_in = shape_at(one, "authentication");
    const Value *audiences = shape_at(sign_in, "audiences");
    bool listed = audiences && audiences->kind == VALUE_ARRAY && audiences->array.count > 0 &&
                  audiences->array.items[0]->kind == VALUE_STRING;
    Text portal = shape_text(one, "portal"), name = shape_text(one, "name");
    Text vault = shape_text(shape_at(one, "suffixes"), "keyVaultDns");
    if (!portal.length) portal = shape_text(one, "portalEndpoint");
    if (vault.length && *vault.at == '.') vault = text_slice(vault, 1, vault.length);
    *cloud = (Cloud){
        .name = name.length ? name : manager,
        .manager = manager,
        .login = trimmed(shape_text(sign_in, "loginEndpoint")),
        .audience = listed ? audiences->array.items[0]->string : (Text){0},
        .vault = vault.length ? vault : vault_beside(arena, manager),
        .portal = trimmed(portal),
    };
    return cloud->login.length && cloud->audience.length;
}

static bool refuse(Arena *arena, Failure *failure, Text manager, const char *why)
{
    *failure = (Failure){
        .kind = FAILURE_CONNECTION,
        .code = TEXT("NoCloud"),
        .message = text_format(arena, "'%.*s' %s", TEXT_ARG(manager), why),
        .call = text_starts(manager, "http") // else nobody was asked
                    ? text_format(arena, "GET %.*s/metadata/endpoints", TEXT_ARG(manager))
                    : (Text){0},
    };
    return false;
}

static bool ask_cloud(Arena *arena, Http *http, Text manager, Cloud *cloud, Failure *failure)
{
    static const char *const versions[] = {"2022-09-01", "2015-01-01"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        Text error;
        HttpAnswer answer;
        HttpRequest request = {
            .method = "GET",
            .address = text_format(arena, "%.*s/metadata/endpoints?api-version=%s",
                                   TEXT_ARG(manager), versions[i]),
        };
        if (!http_ask(http, arena, &request, &answer, failure)) return false;
        const Value *endpoints =
            answer.status == 200 ? value_read_json(arena, answer.body, &error) : NULL;
        if (endpoints && cloud_read(arena, manager, endpoints, cloud)) return true;
    }
    return refuse(arena, failure, manager,
                  "does not say in /metadata/endpoints how to sign in; is it a Resource Manager?");
}

bool cloud_find(Arena *arena, Http *http, const char *named, Cloud *cloud, Failure *failure)
{
    const char *login = getenv("AZURE_AUTHORITY_HOST");
    const KnownCloud *found = known(named ? named : "public");
    if (found) {
        *cloud = (Cloud){text_of(found->names[0]), text_of(found->manager), text_of(found->login),
                         text_of(found->audience), text_of(found->vault),   text_of(found->portal)};
    } else {
        Text manager = trimmed(text_of(named));
        bool secure = text_starts(manager, "https://");
        if (text_index(manager, '@') < manager.length)
            return refuse(arena, failure, TEXT("--cloud"),
                          "has a name or password in its address; "
                          "nobody is asked with that");
        if (!secure && !text_starts(manager, "http://"))
            return refuse(arena, failure, manager,
                          "is no cloud; --cloud is public, usgov, china, or the address of a "
                          "Resource Manager, https://HOST");
        if (!secure && !address_is_local(arena, manager))
            return refuse(arena, failure, manager,
                          "is not asked: without https a token could be read on its way");
        if (!ask_cloud(arena, http, manager, cloud, failure)) return false;
    }
    if (login && *login) {
        bool whole = strstr(login, "://") != NULL;
        cloud->login = trimmed(whole ? text_of(login) : text_format(arena, "https://%s", login));
    }
    if (!text_starts(cloud->login, "https://") && !address_is_local(arena, cloud->login))
        return refuse(arena, failure, cloud->login,
                      "is not asked for a token: without https a secret could be read on its way");
    return true;
}
