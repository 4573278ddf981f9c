// compiler/snapshot/template.h: an ARM template, evaluated as Resource Manager evaluates it.
//   in:     azuredeploy.json (or any template, classic or with symbolic names) and its parameters as
//           JSON values; a context that says what Azure would know
//   out:    the resources it makes, in dependency order; their bodies; the outputs
//   errors: a TemplateProblem with Azure's code and, as near as can be, Azure's words
#pragma once
#include "compiler/evaluate/value.h"

typedef struct {
    Text code; // InvalidTemplate, InvalidTemplateDeployment, …
    Text message;
    Text target; // resource ID, parameter or path within the template; may be empty
} TemplateProblem;

// What a deployment knows beside its template. Empty texts where a scope has no such thing.
typedef struct {
    Text tenant, subscription, management_group; // IDs
    Text group;                                  // name of the resource group
    Text location;                               // of the group, or of the deployment
    Text name;                                   // of the deployment
    const Value *group_object; // what resourceGroup() gives; NULL: made from the above
    const Value *subscription_object;
    const Value *environment; // what environment() gives; NULL: the public cloud's
    const Value *deployer;    // what deployer() gives; NULL: made up
    Text source; // the template's JSON as it was written, so that messages name lines; may be empty
    int64_t now; // seconds since 1970, for utcNow()
    uint64_t seed; // for newGuid(): the same seed gives the same
    size_t memory; // bytes that evaluating it may take; 0: a gibibyte
    // A secret of a vault that a parameter refers to; a NULL answer is Azure's error. NULL: unknown.
    const Value *(*secret)(void *self, Arena *arena, Text vault, Text name, Text version);
    void *secret_self;
    bool partial; // a snapshot: what is not given above is not known, and stays a call
} TemplateContext;

// What exists already: asked while bodies and outputs are evaluated. A NULL answer is the problem
// that Azure reports for it. With a NULL runtime (a snapshot), calls that need one stay in the result
// as texts "[reference(…)]", their arguments evaluated.
typedef struct {
    void *self;
    // A resource as GET gives it: {id, name, type, location, properties …}.
    const Value *(*resource)(void *self, Arena *arena, Text id, Text api_version);
    // What POST id/function gives (listKeys, listAccountSas …).
    const Value *(*list)(void *self, Arena *arena, Text function, Text id, Text api_version,
                         const Value *body);
} TemplateRuntime;

typedef struct {
    Text symbol; // poolWeb, pools[2]; empty in a template without symbolic names
    Text id, type, name, api_version;
    Text scope;    // ID of the scope it is deployed to
    bool existing; // only referenced
    bool nested;   // Microsoft.Resources/deployments: see template_nested
    size_t *needs; // indices of the resources it waits for; all of them come before it
    size_t need_count;
    const Value *only_if_not_exists, *retry_on; // @options; NULL if there are none
} TemplateResource;

typedef struct Template Template;

// `parameters`: {name: {"value": …}}, as a deployment is given them. Reads and checks: parameters against their types and limits, unknown names, cycles, copies,
// conditions. NULL with `problem` set.
Template *template_read(Arena *arena, const Value *json, const Value *parameters,
                        const TemplateContext *context, TemplateProblem *problem);

// In dependency order; those whose condition is false are not among them.
const TemplateResource *template_resources(const Template *template, size_t *count);

// {name: {"type": …, "value": …}} as a GET of the deployment shows them: secure ones without value.
const Value *template_parameters(const Template *template);

// The body to PUT: {type, apiVersion, name, location, tags, sku, properties …}, all evaluated.
const Value *template_body(Template *template, size_t index, const TemplateRuntime *runtime,
                           TemplateProblem *problem);

// Bytes of it as JSON once everything is in its place: bodies and outputs, those of the templates
// within it counted in their bodies. Azure takes TEMPLATE_LIMIT.
enum { TEMPLATE_LIMIT = 4 * 1024 * 1024 };
size_t template_size(Template *template);

// The template that a nested deployment deploys, with its own parameters and context.
Template *template_nested(Template *template, size_t index, const TemplateRuntime *runtime,
                          TemplateProblem *problem);

// {name: {"type": …, "value": …}}.
const Value *template_outputs(Template *template, const TemplateRuntime *runtime,
                              TemplateProblem *problem);
