// cli/command.c: options in, a command called, diagnostics shown once.
#include "cli/command.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Text command_swarm_path(Arena *arena, const char *argument)
{
    if (!argument) return TEXT("swarm.yaml");
    struct stat info;
    bool folder = stat(argument, &info) == 0 && S_ISDIR(info.st_mode);
    Text path = text_of(argument);
    return folder ? path_join(arena, path, TEXT("swarm.yaml")) : path;
}

bool command_colour(FILE *stream)
{
    const char *off = getenv("NO_COLOR");
    return isatty(fileno(stream)) && !(off && *off);
}

bool command_print(Text text)
{
    bool good = fwrite(text.at, 1, text.length, stdout) == text.length && fflush(stdout) == 0;
    if (!good) perror("swarmgen: standard output");
    return good;
}

// ---- help

static void print_option(FILE *out, const Option *option)
{
    if (!option->help) return;
    char left[64];
    snprintf(left, sizeof left, "%s%c%s--%s%s%s", option->letter ? "-" : "  ",
             option->letter ? option->letter : ' ', option->letter ? ", " : "  ", option->name,
             option->value ? " " : "", option->value ? option->value : "");
    fprintf(out, "  %-26s %s\n", left, option->help);
}

static void print_command_help(FILE *out, const Program *program, const Command *command)
{
    fprintf(out, "usage: %s %s [options] %s\n\n%s\n\n", program->name, command->name,
            command->arguments, command->help);
    for (const Option *option = command->options; option->kind != OPTION_END; option++) {
        print_option(out, option);
    }
}

static void print_help(FILE *out, const Program *program)
{
    fprintf(out, "%s\n\nusage: %s COMMAND [options] …\n\n", program->title, program->name);
    for (size_t i = 0; i < program->count; i++) {
        const Command *command = program->commands[i];
        size_t first_line = strcspn(command->help, "\n");
        fprintf(out, "  %-10s %-14s %.*s\n", command->name, command->arguments, (int)first_line,
                command->help);
    }
    fprintf(out,
            "\n'%s COMMAND --help' explains a command.\n"
            "Exit status: 0 done, 1 the input has errors, 2 wrong usage, 3 --check found a "
            "difference,\n4 Azure refused or failed the deployment, 5 no sign-in or no connection, "
            "130 interrupted.\n",
            program->name);
}

// ---- options

static Status wrong_usage(const char *what, const char *which, Text nearest)
{
    fprintf(stderr, "swarmgen: %s '%s'", what, which);
    if (nearest.length) fprintf(stderr, "; did you mean '%.*s'?", TEXT_ARG(nearest));
    fputc('\n', stderr);
    return STATUS_USAGE;
}

// The option that `word` (up to `length`) names; NULL if there is none.
static const Option *find_option(const Command *command, const char *word, size_t length)
{
    for (const Option *option = command->options; option->kind != OPTION_END; option++) {
        bool by_letter =
            word[1] != '-' && option->letter && word[1] == option->letter && length == 2;
        bool by_name = word[1] == '-' && strlen(option->name) == length - 2 &&
                       strncmp(word + 2, option->name, length - 2) == 0;
        if (by_letter || by_name) return option;
    }
    return NULL;
}

static Status unknown_option(const Command *command, const char *word)
{
    Text names[32];
    size_t count = 0;
    for (const Option *option = command->options; option->kind != OPTION_END; option++) {
        if (count < 32) names[count++] = text_of(option->name);
    }
    Text nearest = word[1] == '-' ? diag_nearest(text_of(word + 2), names, count) : (Text){0};
    return wrong_usage("unknown option", word, nearest);
}

// Reads the words behind the command into its option struct. STATUS_DONE if they are right.
static Status read_options(Arena *arena, const Command *command, int count, char **words,
                           void *options, bool *help)
{
    const char **argument = options;
    bool only_arguments = false;
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        if (only_arguments || word[0] != '-' || word[1] == '\0') {
            if (*argument) return wrong_usage("unexpected argument", word, (Text){0});
            *argument = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_arguments = true;
            continue;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            *help = true;
            return STATUS_DONE;
        }
        size_t length = word[1] == '-' ? strcspn(word, "=") : strlen(word);
        const Option *option = find_option(command, word, length);
        if (!option) return unknown_option(command, word);
        char *member = (char *)options + option->offset;
        bool attached = word[length] == '=';
        if (option->kind == OPTION_FLAG) {
            if (attached) return wrong_usage("no value belongs to", word, (Text){0});
            *(bool *)(void *)member = true;
            continue;
        }
        if (!attached && i + 1 == count)
            return wrong_usage("a value is missing after", word, (Text){0});
        const char *value = attached ? word + length + 1 : words[++i];
        if (option->kind == OPTION_LIST) {
            list_add(arena, (OptionList *)(void *)member, value);
        } else {
            *(const char **)(void *)member = value;
        }
    }
    if (command->needs_argument && !*argument) {
        return wrong_usage("what is missing:", command->arguments, (Text){0});
    }
    return STATUS_DONE;
}

// Of what was printed on the way; command_print has said it before.
static Status print_rest(Status status)
{
    bool good = !ferror(stdout) && fflush(stdout) == 0;
    if (good || status != STATUS_DONE) return status;
    fprintf(stderr, "swarmgen: standard output: %s\n", strerror(errno ? errno : EIO));
    return STATUS_INPUT;
}

// Who was called with a closed stream would otherwise write messages into the next file it opens.
static void open_streams(void)
{
    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) != stream) _exit(STATUS_INPUT);
    }
}

static Status run(const Program *program, const Command *command, int count, char **words)
{
    Session session = {.program = program,
                       .command = command,
                       .count = count,
                       .words = words,
                       .colour = command_colour(stderr)};
    session.diags.arena = &session.arena;
    void *options = arena_alloc(&session.arena, command->size);
    bool help = false;
    Status status = read_options(&session.arena, command, count, words, options, &help);
    if (help) {
        print_command_help(stdout, program, command);
    } else if (status == STATUS_DONE) {
        status = command->run(&session, options);
        diag_show(stderr, &session.diags, session.colour);
    }
    arena_free(&session.arena);
    return print_rest(status);
}

int program_main(const Program *program, int count, char **words)
{
    open_streams();
    if (count < 2 || strcmp(words[1], "help") == 0 || strcmp(words[1], "--help") == 0 ||
        strcmp(words[1], "-h") == 0) {
        print_help(count < 2 ? stderr : stdout, program);
        return count < 2 ? STATUS_USAGE : STATUS_DONE;
    }
    if (strcmp(words[1], "--version") == 0 || strcmp(words[1], "version") == 0) {
        puts("swarmgen " SWARMGEN_VERSION);
        return STATUS_DONE;
    }
    Text names[32];
    for (size_t i = 0; i < program->count; i++) {
        const Command *command = program->commands[i];
        if (strcmp(words[1], command->name) == 0)
            return run(program, command, count - 2, words + 2);
        if (i < 32) names[i] = text_of(command->name);
    }
    return wrong_usage("unknown command", words[1],
                       diag_nearest(text_of(words[1]), names, program->count));
}
