// cli/azure.c: the rows of the commands that talk to Azure.
#include "cli/azure.h"

#define SIGNED_IN                                                                                  \
    {"group", 'g', OPTION_TEXT, offsetof(AzureOptions, group), "NAME", "resource group"},          \
        {"subscription", 's',                                                                      \
         OPTION_TEXT,    offsetof(AzureOptions, subscription),                                     \
         "ID",           "AZURE_SUBSCRIPTION_ID, or the Azure CLI's, if left out"},                \
        {"cloud",                                                                                  \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         offsetof(AzureOptions, cloud),                                                            \
         "NAME|URL",                                                                               \
         "public (unless said otherwise), usgov, china, or a Resource Manager's address"},         \
        {"name",       'n',                                                                        \
         OPTION_TEXT,  offsetof(AzureOptions, name),                                               \
         "DEPLOYMENT", "made from the content if left out"},                                       \
        {"format",    0,                                                                           \
         OPTION_TEXT, offsetof(AzureOptions, format),                                              \
         "text|json", "json: one event a line"},                                                   \
        {"quiet", 'q', OPTION_FLAG, offsetof(AzureOptions, quiet), NULL, "errors only"},           \
        {"verbose",   'v',                                                                         \
         OPTION_FLAG, offsetof(AzureOptions, verbose),                                             \
         NULL,        "show each request, secrets masked"},                                        \
    {                                                                                              \
        AZURE_BUILT, 0, OPTION_TEXT, offsetof(AzureOptions, built), "FD", NULL                     \
    }

#define DESCRIBED                                                                                  \
    {"location",  'l',                                                                             \
     OPTION_TEXT, offsetof(AzureOptions, location),                                                \
     "PLACE",     "region of a resource group that is made"},                                      \
        {"parameter",  'p',                                                                        \
         OPTION_LIST,  offsetof(AzureOptions, parameters),                                         \
         "NAME=VALUE", "a parameter of the template; may stand several times"},                    \
        {"stack",     0,                                                                           \
         OPTION_FLAG, offsetof(AzureOptions, stack),                                               \
         NULL,        "as a deployment stack: what is no longer described is removed"},            \
    {                                                                                              \
        "library", 0, OPTION_TEXT, offsetof(AzureOptions, library), "DIR",                         \
            "templates, scripts and stack from this folder"                                        \
    }

#define CONFIRMED                                                                                  \
    {                                                                                              \
        "yes", 'y', OPTION_FLAG, offsetof(AzureOptions, yes), NULL, "do not ask"                   \
    }
#define FOLLOWED                                                                                   \
    {                                                                                              \
        "no-wait", 0, OPTION_FLAG, offsetof(AzureOptions, no_wait), NULL,                          \
            "end as soon as Azure has taken the order"                                             \
    }

static const Option what_if_options[] = {DESCRIBED, SIGNED_IN, {0}};
static const Option deploy_options[] = {
    DESCRIBED,
    CONFIRMED,
    {"skip-preflight", 0, OPTION_FLAG, offsetof(AzureOptions, skip_preflight), NULL,
     "do not look ahead: Azure decides whether it works"},
    FOLLOWED,
    SIGNED_IN,
    {0},
};
static const Option running_options[] = {SIGNED_IN, {0}};
static const Option destroy_options[] = {
    CONFIRMED,
    {"purge", 0, OPTION_FLAG, offsetof(AzureOptions, purge), NULL,
     "also the vault, which could be brought back for some days"},
    FOLLOWED,
    SIGNED_IN,
    {0},
};

#define SWARM_IS "SWARM is a file, or a folder with a swarm.yaml; the current folder if left out."

const Command command_what_if = {
    "what-if",
    "[SWARM]",
    "show what a deployment would change\n" SWARM_IS "\nExit status 3: something would change.",
    what_if_options,
    sizeof(AzureOptions),
    false,
    azure_run,
};
const Command command_deploy = {
    "deploy",
    "[SWARM]",
    "bring the swarm to Azure, with live progress\n" SWARM_IS,
    deploy_options,
    sizeof(AzureOptions),
    false,
    azure_run,
};
const Command command_status = {
    "status",
    "[SWARM]",
    "show the deployment, and follow it if it runs\n" SWARM_IS,
    running_options,
    sizeof(AzureOptions),
    false,
    azure_run,
};
const Command command_cancel = {
    "cancel",
    "[SWARM]",
    "stop the running deployment\n" SWARM_IS,
    running_options,
    sizeof(AzureOptions),
    false,
    azure_run,
};
const Command command_outputs = {
    "outputs",
    "[SWARM]",
    "print the outputs of the last deployment\n" SWARM_IS,
    running_options,
    sizeof(AzureOptions),
    false,
    azure_run,
};
const Command command_destroy = {
    "destroy",
    "[SWARM]",
    "remove everything that was deployed\n" SWARM_IS,
    destroy_options,
    sizeof(AzureOptions),
    false,
    azure_run,
};
