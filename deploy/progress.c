#include "deploy/progress.h"
