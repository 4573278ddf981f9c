"""Random Bicep programs for syntax.py: lists of tokens that the grammar allows, then the text with spaces, line ends
and comments at random places. Meaning does not matter: only reading and printing are compared.

A token is its text; NEWLINE may become several line ends with comments, LINE_END is exactly one.
"""
import random

from choices import Choices

NEWLINE, LINE_END = 'NEWLINE', 'LINE_END'
DEEPEST = 7


class Programs(Choices):
    def __init__(self, rng):
        super().__init__(rng)
        self.depth = 0

    def maybe(self, probability, *tokens):
        return list(tokens) if self.chance(probability) else []

    def name(self):
        if self.chance(0.03):  # words that are keywords elsewhere
            return self.pick('param', 'resource', 'type', 'for', 'if', 'in', 'none', 'existing', 'as')
        return self.pick('a', 'b', 'foo', 'barBaz', 'x1', '_y', 'value', f'longName{self.rng.randint(0, 99)}')

    # ---- strings

    def string(self, holes=True):
        kind = self.rng.random()
        if kind < 0.55:
            return ["'" + self.pick('', 'abc', 'a b', "it\\'s", '\\u{1F600}', 'ünï', '\\${x}', '$', 'a$b',
                                    'x' * self.rng.randint(1, 50)) + "'"]
        if kind < 0.65:
            return ["'''" + self.pick('', 'abc', '\nline\n  two\n', "it's", "q'' q", '${x}', '\r\nab\r\n', "tail'")
                    + "'''"]
        if not holes:
            return ["'z'"]
        if kind < 0.9:
            tokens = ["'" + self.pick('', 'p-', '$ ') + '${'] + self.expression(hole=True)
            for _ in range(self.rng.randint(0, 2)):
                tokens += ['}' + self.pick('', '-', ' mid ') + '${'] + self.expression(hole=True)
            return tokens + ['}' + self.pick('', '-end') + "'"]
        dollars = '$' * self.rng.randint(1, 2)
        return ([dollars + "'''" + self.pick('', '\nabc ', 'x\n', '$ ') + dollars + '{'] + self.expression(hole=True)
                + ['}' + self.pick('', '\nend\n') + "'''"])

    # ---- expressions; within a hole of a string there are no line ends, objects and arrays

    def expression(self, hole=False):
        self.depth += 1
        try:
            kind = self.rng.random()
            if self.depth > DEEPEST or kind < 0.3:
                return self.pick(lambda: [self.name()], lambda: [str(self.rng.randint(0, 10 ** 12))],
                                 lambda: self.string(self.depth <= DEEPEST),
                                 lambda: [self.pick('true', 'false', 'null')])
            if kind < 0.38:
                operator = self.pick('+', '-', '*', '/', '%', '==', '!=', '=~', '!~', '<', '<=', '>', '>=', '&&',
                                     '||', '??')
                return self.expression(hole) + [operator] + self.expression(hole)
            if kind < 0.43:
                new_line = 0 if hole else 0.5
                return (self.expression(hole) + self.maybe(new_line, NEWLINE) + ['?'] + self.expression(hole)
                        + self.maybe(new_line, NEWLINE) + [':'] + self.expression(hole))
            if kind < 0.46:
                return [self.pick('-', '!')] + self.primary(hole)
            if kind < 0.5:
                return ['('] + self.expression(hole) + [')']
            if kind < 0.62:
                return self.call(hole)
            if kind < 0.7:
                return self.primary(hole) + self.members(hole)
            if kind < 0.73:
                return self.lambda_(hole)
            if hole:
                return [self.name()]
            if kind < 0.86:
                return self.object()
            if kind < 0.97:
                return ['['] + self.items(lambda: self.maybe(0.1, '...') + self.expression(), ']')
            return self.loop(self.expression)
        finally:
            self.depth -= 1

    def primary(self, hole):
        return self.pick(lambda: [self.name()], lambda: self.call(hole),
                         lambda: ['('] + self.expression(hole) + [')'])

    def members(self, hole):
        tokens = []
        for _ in range(self.rng.randint(1, 3)):
            tokens += self.pick(
                lambda: ['.', self.name()], lambda: ['.', '?', self.name()], lambda: ['::', self.name()],
                lambda: ['!'], lambda: ['.'] + self.call(hole),
                lambda: ['['] + self.maybe(0.3, '?') + self.maybe(0.3, '^') + self.expression(hole) + [']'])
        return tokens

    def call(self, hole=False, name=None):
        tokens = [name or self.name(), '(']
        count = self.rng.randint(0, 3)
        spread = not hole and count and self.chance(0.3)
        if spread:
            tokens += [NEWLINE]
        for i in range(count):
            if i:
                tokens += [','] + self.maybe(0 if hole else 0.3, NEWLINE)
            tokens += self.expression(hole)
        return tokens + (self.pick([LINE_END], [LINE_END], [NEWLINE]) if spread else []) + [')']

    def lambda_(self, hole):
        if self.chance(0.5):
            tokens = [self.name()]
        else:
            new_line = [] if hole else self.maybe(0.2, NEWLINE)
            tokens = ['('] + new_line
            for i in range(self.rng.randint(0, 3)):
                tokens += ([','] + new_line if i else []) + [self.name()]
            tokens += new_line + [')']
        return tokens + ['=>'] + self.maybe(0 if hole else 0.2, NEWLINE) + self.expression(hole)

    def items(self, item, close):
        count = self.rng.randint(0, 4)
        layout = self.rng.random()
        tokens = []
        if layout < 0.5:  # a line each
            tokens += [NEWLINE] if count else self.maybe(0.5, NEWLINE)
            for _ in range(count):
                tokens += item() + [NEWLINE]
        elif layout < 0.9:  # on one line
            for i in range(count):
                tokens += ([','] if i else []) + item()
            tokens += self.maybe(0.2, ',') if count else []
        else:  # mixed
            tokens += self.maybe(0.5, NEWLINE)
            for i in range(count):
                tokens += ([self.pick(',', NEWLINE)] if i else []) + item()
            tokens += self.maybe(0.5, NEWLINE)
        return tokens + [close]

    def object(self, nested=False):
        def element():
            kind = self.rng.random()
            if nested and kind < 0.1:
                return self.decorators(1) + self.resource()
            if kind < 0.1:
                return ['...'] + self.expression()
            return (self.string() if self.chance(0.3) else [self.name()]) + [':'] + self.expression()
        return ['{'] + self.items(element, '}')

    def loop(self, body):
        variables = [self.name()] if self.chance(0.6) else ['(', self.name(), ',', self.name(), ')']
        return (['['] + self.maybe(0.5, NEWLINE) + ['for'] + variables + ['in'] + self.expression() + [':'] + body()
                + self.maybe(0.5, NEWLINE) + [']'])

    def condition(self, nested):
        return ['if', '('] + self.expression() + [')'] + self.object(nested)

    # ---- types

    def type(self):
        self.depth += 1
        try:
            kind = self.rng.random()
            if self.depth > DEEPEST - 1 or kind < 0.3:
                tokens = [self.pick('string', 'int', 'bool', 'object', 'array', 'foo')]
            elif kind < 0.4:
                tokens = self.string(holes=False)
            elif kind < 0.45:
                tokens = self.maybe(0.5, '-') + [str(self.rng.randint(0, 99))]
            elif kind < 0.5:
                tokens = [self.pick('true', 'false', 'null')]
            elif kind < 0.62:
                tokens = ['{'] + self.items(
                    lambda: self.decorators(0.1) + [self.pick('*', "'k-y'", self.name, self.name)] + [':']
                    + self.type(), '}')
            elif kind < 0.7:
                tokens = ['['] + self.items(lambda: self.decorators(0.1) + self.type(), ']')
            elif kind < 0.76:
                tokens = ['('] + self.type() + [')']
            elif kind < 0.86:
                tokens = self.pick([], ['|'], [LINE_END, '|']) + self.type()
                for _ in range(self.rng.randint(1, 3)):
                    tokens += self.maybe(0.5, LINE_END) + ['|'] + self.type()
            elif kind < 0.9:
                tokens = (self.maybe(0.5, 'sys', '.') + [self.pick('resourceInput', 'resourceOutput'), '<']
                          + self.maybe(0.5, NEWLINE) + ["'Microsoft.Storage/storageAccounts@2022-09-01'", '>'])
            else:
                tokens = [self.name()] + self.pick(['.', 'b'], ['.', '*'], ['[', '*', ']'], ['[', '0', ']'])
            return tokens + self.maybe(0.2, '[', ']') + self.maybe(0.15, '?')
        finally:
            self.depth -= 1

    # ---- statements

    def decorators(self, probability):
        tokens = []
        while self.chance(probability * 0.4):
            tokens += (['@'] + self.maybe(0.5, 'sys', '.')
                       + self.call(name=self.pick('description', 'export', 'secure', 'minLength')) + [NEWLINE])
        return tokens

    def resource(self):
        def body():
            return self.pick(lambda: self.object(nested=True), lambda: self.condition(nested=True))
        return (['resource', self.name(), "'Microsoft.X/y@2020-01-01'"] + self.maybe(0.5, 'existing') + ['=']
                + self.pick(lambda: self.object(nested=True),
                            lambda: self.maybe(0.5, NEWLINE) + self.condition(nested=True), lambda: self.loop(body)))

    def module(self):
        return (['module', self.name(), "'./m.bicep'", '=']
                + self.pick(self.object, lambda: self.maybe(0.5, NEWLINE) + self.condition(nested=False),
                            lambda: self.loop(self.object)))

    def function(self):
        new_line = self.maybe(0.3, NEWLINE)
        tokens = ['func', self.name(), '('] + new_line
        for i in range(self.rng.randint(0, 3)):
            tokens += ([','] + new_line if i else []) + [self.name()] + self.type()
        return tokens + new_line + [')'] + self.type() + ['=>'] + self.maybe(0.3, NEWLINE) + self.expression()

    def import_(self):
        def name():
            return self.pick(lambda: [self.name()], lambda: [self.name(), 'as', self.name()],
                             lambda: ["'a-b'", 'as', self.name()])
        names = self.pick(lambda: ['*', 'as', self.name()], lambda: ['{'] + self.items(name, '}'))
        return ['import'] + names + ['from', "'m.bicep'"]

    def extension(self):
        return (['extension', self.pick('kubernetes', "'foo'")]
                + self.pick(list, lambda: ['with'] + self.object()) + self.maybe(0.5, 'as', self.name()))

    def variable(self):
        return ['var', self.name()] + self.pick(list, list, self.type) + ['='] + self.expression()

    def statement(self):
        return self.decorators(1) + self.pick(
            lambda: ['param', self.name()] + self.type() + self.pick(list, lambda: ['='] + self.expression()),
            self.variable, self.variable, self.variable,
            lambda: ['output', self.name()] + self.type() + ['='] + self.expression(),
            lambda: ['type', self.name(), '='] + self.type(),
            self.function, self.resource, self.module, self.import_, self.extension,
            lambda: ['metadata', self.name(), '='] + self.expression())

    def program(self):
        tokens = []
        for _ in range(self.pick(1, 1, 1, 2, 3)):
            tokens += self.statement() + [NEWLINE]
        return tokens

    def parameters(self):
        tokens = self.pick(['using', 'none', NEWLINE], ['using', "'main.bicep'", NEWLINE])
        for _ in range(self.rng.randint(1, 3)):
            tokens += self.pick(lambda: ['param', self.name(), '='] + self.expression(), self.variable,
                                lambda: ['type', self.name(), '='] + self.type()) + [NEWLINE]
        return tokens


MUTANTS = ("'x'", '(', ')', '[', ']', '{', '}', ',', '.', '?', '??', ':', '::', '=', '==', '=>', '|', '-', '!', 'a',
           'for', 'in', 'if', '1', 'true', 'null', NEWLINE, '@', '...', '^', '*', '+', '<', '>', "'${a}'", 'resource',
           'param', 'var', 'type', 'func', 'string', ';', '"', '#', '&', '/', '//c', '/*', '*/', "'", '$', "'''", '\\',
           '99999999999999999999', 'as', 'from', 'existing', 'with', 'module', 'output', '${')


def mutated(tokens, rng):
    """One or two tokens removed, replaced, put in or repeated."""
    tokens = list(tokens)
    for _ in range(rng.choice((1, 1, 1, 2))):
        at = rng.randrange(len(tokens))
        kind = rng.random()
        if kind < 0.35 and len(tokens) > 1:
            del tokens[at]
        elif kind < 0.6:
            tokens.insert(at, rng.choice(MUTANTS))
        elif kind < 0.8:
            tokens[at] = rng.choice(MUTANTS)
        else:
            tokens.insert(at, rng.choice(tokens))
    return tokens


def plain(tokens):
    """The text with single spaces."""
    text = ''
    for token in tokens:
        if token in (NEWLINE, LINE_END):
            text += '\n'
            continue
        goes_on = token[0] == '}' and len(token) > 1
        text += ('' if not text or text.endswith(('\n', '${')) or goes_on else ' ') + token
    return text


def is_word(character):
    return character.isalnum() or character == '_'


class Mangler:
    """The text with random spaces and, with probability `comments`, comments at any place."""

    def __init__(self, rng, comments, wild):
        self.rng, self.comments, self.wild = rng, comments, wild
        self.line_end = '\r\n' if rng.random() < 0.15 else '\n'

    def space(self, needed, hole):
        text = ' ' * self.rng.choice((1, 1, 1, 2, 5)) if needed or self.rng.random() < 0.7 else ''
        if self.wild and self.rng.random() < 0.05:
            text += '\t'
        if self.rng.random() < self.comments:
            choices = ['/* c */', '/**/', '/* a b */ /* d */', '/*ü*/']
            if not hole:
                choices.append('/* two' + self.line_end + ' lines */')
            text += self.rng.choice(choices) + ' ' * self.rng.randint(0, 1)
        return text

    def lines(self):
        end = self.line_end
        text = self.space(False, False)
        if self.rng.random() < self.comments * 1.5:
            text += '// ' + self.rng.choice(('comment', 'x  ', 'long comment ' * 8))
        text += self.rng.choice([end] * 6 + [end * 2, end * 3, f'{end} {end}', f'{end}  {end} {end}'])
        while self.rng.random() < self.comments * 1.5:
            text += self.space(False, False) + self.rng.choice((
                '// line', '/* block */', '#disable-next-line BCP001  no-x', '#disable-diagnostics A',
                '#restore-diagnostics A'))
            text += self.rng.choice((end, end, end * 2))
        return text

    def text(self, tokens):
        text, before, holes = '', '', 0
        for token in tokens:
            if token == NEWLINE:
                text += self.lines()
                before = ''
                continue
            if token == LINE_END:
                text += self.space(False, False) + self.line_end
                before = ''
                continue
            needed = bool(before) and (
                is_word(before[-1]) and is_word(token[0]) or before[-1] in '?:.|&=!<>*/' and token[0] in '?:.|&=!<>~*/'
                or before[-1] == "'" == token[0] or before[-1] == '$')
            if needed or self.wild:
                text += self.space(needed, holes > 0)
            if token[0] in "'$" and token.endswith('{'):
                holes += 1
            elif token[0] == '}' and token.endswith("'"):
                holes -= 1
            text += token
            before = token
        return text
