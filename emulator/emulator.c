#include "emulator/emulator.h"

bool emulator_run(const EmulatorOptions *options)
{
    (void)options;
    return false;
}
