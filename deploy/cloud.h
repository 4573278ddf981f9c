// deploy/cloud.h: which Azure: the addresses of its services.
#pragma once
#include "deploy/http.h"

typedef struct {
    Text name;     // AzureCloud; an address if it is none of the table
    Text manager;  // https://management.azure.com: Resource Manager; no address here ends in '/'
    Text login;    // https://login.microsoftonline.com; AZURE_AUTHORITY_HOST if that is set
    Text audience; // whom a token for Resource Manager is for, exactly
    Text vault;    // vault.azure.net: a vault's host is NAME.vault.azure.net
    Text portal;   // https://portal.azure.com; may be empty
} Cloud;

// `named`: a name, an address (whose /metadata/endpoints is asked), or NULL: public. False on
// failure.
bool cloud_find(Arena *arena, Http *http, const char *named, Cloud *cloud, Failure *failure);

// What /metadata/endpoints answers, in each of its shapes: an object of 2015, a list of clouds of
// 2019, an object of 2022. False if it has no sign-in or audience.
bool cloud_read(Arena *arena, Text manager, const Value *endpoints, Cloud *cloud);
