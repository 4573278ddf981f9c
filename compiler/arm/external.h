// compiler/arm/external.h: values of a parameters file that are known only when it is deployed:
// externalInput() and what stands for it. They become expressions, in which all else is filled in.
//   in:     a bound .bicepparam without errors, and who evaluates the rest of it
//   errors: those of the evaluator and of expressions
//   facts:  Emit/ExternalInputFunctionReferenceVisitor of the Bicep repository
#pragma once
#include "compiler/arm/emitter.h"
#include "compiler/evaluate/evaluate.h"

typedef struct {
    Text key;            // in the parameters file: kind and number
    Text kind;           // sys.cliArg …
    const Value *config; // NULL: none
    Text call;           // kind and config as one text: equal calls share one input
} ExternalInput;

struct External {
    Emitter *emitter; // of the parameters file
    Evaluator *evaluator;
    const Scope *base; // `base` of the file that it extends; NULL: none
    struct {
        ExternalInput *items;
        size_t count, room;
    } inputs;
};

// Whether the value of `node` needs an external input, also through names of the file.
bool external_needs(const BoundFile *file, const Syntax *node);
// Notes the inputs within `node`, in the order in which they are numbered.
void external_collect(External *external, const Syntax *node);
// What a name or call of the file becomes; NULL: what it is elsewhere.
Tree *external_tree(const Env *env, const Syntax *node);
// "externalInputDefinitions", if there are any.
void external_write(const External *external, JsonWriter *json);
