// compiler/snapshot/budget.h: what evaluating a template may take, so that a few lines of it cannot
// fill the memory or keep a server busy: map(range(0, 10000), …) within another, a list of a list
// twice, twenty times over, replace() of each letter of a long text by a long text.
//   counted: bytes of the arena, and what functions are given (a value as a tree: a byte of text or an
//            item of a list is one), for the outermost template and those within it together
//   limits:  together context.memory; one value BUDGET_VALUE (budget.c)
//   errors:  InvalidTemplate
#pragma once
#include "compiler/snapshot/engine.h"

// Whether anything is left. Each of these: false with the frame's problem set.
bool budget_left(const Frame *frame);
// Counts a value that is going to be walked through.
bool budget_counts(const Frame *frame, const Value *value);
// What the function would make of these, where that is more than they are together.
bool budget_fits(const Frame *frame, const Call *call, const Value *const *values);
