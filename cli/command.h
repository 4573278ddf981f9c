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
    STATUS_AZURE = 4,   // Azure refused or failed the deployment
    STATUS_OFFLINE = 5, // no sign-in or no connection
    STATUS_INTERRUPTED = 130,
} Status;

typedef enum { OPTION_END, OPTION_FLAG, OPTION_TEXT, OPTION_LIST } OptionKind;

// What an option that may stand several times was given.
typedef struct {
    const char **items;
    size_t count, room;
} OptionList;

typedef struct {
    const char *name; // without the dashes
    char letter;      // 0: none
    OptionKind kind;
    size_t offset; // of a bool, a const char * or an OptionList in the command's option struct
    const char *value;
    const char *help; // NULL: not for people
} Option;

typedef struct Command Command;
typedef struct Program Program;

typedef struct {
    Arena arena;
    Diags diags;
    const Program *program;
    const Command *command;
    int count; // of the words behind the command
    char **words;
    bool colour; // of standard error
} Session;

struct Command {
    const char *name;
    const char *arguments; // as in usage
    const char *help;
    const Option *options;
    size_t size; // of the option struct; its first member is `const char *argument`
    bool needs_argument;
    Status (*run)(Session *session, const void *options);
};

struct Program {
    const char *name, *title;
    const Command *const *commands;
    size_t count;
};

// Finds the command, reads its options, runs it, shows its diagnostics; the exit status.
int program_main(const Program *program, int count, char **words);

extern const Command command_build, command_validate, command_compile, command_console,
    command_schema, command_snapshot;

// Where swarm.yaml is: a file, a folder that holds one, or the current folder (NULL).
Text command_swarm_path(Arena *arena, const char *argument);
bool command_colour(FILE *stream); // a terminal, and NO_COLOR is not set
// All of `text` to standard output; false after a message if that fails.
bool command_print(Text text);
