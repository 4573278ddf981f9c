// cli/command.h: a command is a row: its name, its options, and the function that calls the parts.
//   Help, usage errors and the reference page come from these rows.
#pragma once
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>

// The names EXIT_* of stdlib.h stay its own.
typedef enum {
    STATUS_DONE = 0,
    STATUS_INPUT = 1,   // the input has errors
    STATUS_USAGE = 2,   // wrong usage
    STATUS_DIFFERS = 3, // --check found a difference
} Status;

typedef enum { OPTION_END, OPTION_FLAG, OPTION_TEXT } OptionKind;

typedef struct {
    const char *name; // without the dashes
    char letter;      // 0: none
    OptionKind kind;
    size_t offset; // of a bool or a const char * in the command's option struct
    const char *value;
    const char *help;
} Option;

typedef struct {
    Arena arena;
    Diags diags;
    bool colour; // of standard error
} Session;

typedef struct {
    const char *name;
    const char *arguments; // as in usage
    const char *help;
    const Option *options;
    size_t size; // of the option struct; its first member is `const char *argument`
    bool needs_argument;
    Status (*run)(Session *session, const void *options);
} Command;

extern const Command command_build, command_validate, command_compile, command_console,
    command_schema;

// Where swarm.yaml is: a file, a folder that holds one, or the current folder (NULL).
Text command_swarm_path(Arena *arena, const char *argument);
bool command_colour(FILE *stream); // a terminal, and NO_COLOR is not set
// All of `text` to standard output; false after a message if that fails.
bool command_print(Text text);
