// compiler/arm/feature.h: experimental features of Bicep that a file's nearest bicepconfig.json
// turns on.
//   facts: the Bicep CLI 0.49.2; where one is on, the template says so, used or not
#pragma once
#include "compiler/arm/emitter.h"

typedef enum {
    FEATURE_SYMBOLIC_NAMES = 1,
    FEATURE_RESOURCE_INFO = 2,
    FEATURE_ASSERTIONS = 4,
    FEATURE_WAIT_UNTIL = 8,
    FEATURE_CONSTRAINTS = 16,
    FEATURE_RESOURCE_TYPES = 32, // parameters and outputs that are resources
    FEATURE_TESTS = 64,
    FEATURE_LOCAL_DEPLOY = 128,
    FEATURE_EXTENSION_CONFIGS = 256, // of modules
    FEATURE_DEPLOY_COMMANDS = 512,
    FEATURE_PATCH = 1024,
    FEATURE_RUNTIME_TAGS = 2048,
    FEATURE_AZ_CONFIG = 4096,
} Feature;

// A set of Feature.
unsigned feature_read(Emitter *emitter);
// False, after a diagnostic at `node`, if it is not on.
bool feature_wanted(Emitter *emitter, Feature feature, const Syntax *node);
// The entries of the template's metadata, none if no experimental feature is on.
void feature_write(Emitter *emitter);
// The version of the template's language, where it has symbolic names.
Text feature_language(const Emitter *emitter);
bool feature_experimental(const Emitter *emitter);
// Whether one is on that makes the template one with symbolic names.
bool feature_symbolic(const Emitter *emitter);
