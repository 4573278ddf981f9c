#include "compiler/snapshot/template.h"
