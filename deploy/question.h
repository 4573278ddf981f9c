// deploy/question.h: asks the person at the terminal.
//   Questions go to standard error, answers come from standard input.
//   errors: QUESTION_INTERRUPTED after Ctrl-C (interrupt.h) or the end of input; the terminal is left
//           as it was
#pragma once
#include "base/text.h"

typedef enum { QUESTION_ANSWERED, QUESTION_INTERRUPTED } QuestionEnd;

// Whether there is anybody to ask: both ends are a terminal.
bool question_possible(void);

// A line, without blanks around it. `hidden`: what is typed is not shown.
QuestionEnd question_line(Arena *arena, Text prompt, bool hidden, Text *answer);

// "prompt [y/N] ": true only for y or yes.
QuestionEnd question_yes(Arena *arena, Text prompt, bool *yes);
