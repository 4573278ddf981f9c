#!/usr/bin/env python3
"""Compares templates of random programs with the official compiler, byte for byte: parameters, types (literals, tagged
unions, those of resources), functions, variables, imports, files that are loaded, resources (nested, by parent, existing,
in other scopes, in loops, with conditions, of an extension), modules within modules, and outputs.

    tests/official/programs.py [--seed N] [--count N] [--program SWARMGEN] [--keep FOLDER]

Programs are typed loosely (any() everywhere), so that most are accepted. One that the official compiler refuses is no
case: it checks more types than swarmgen does.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

import judge
from choices import Choices

KINDS = ('string', 'int', 'bool', 'object', 'array')
TYPES = (('Microsoft.Network/publicIPAddresses@2024-05-01', 1), ('Microsoft.Network/virtualNetworks@2024-05-01', 1),
         ('Microsoft.Storage/storageAccounts@2023-01-01', 1),
         ('Microsoft.Network/virtualNetworks/subnets@2024-05-01', 2),
         ('Microsoft.Storage/storageAccounts/blobServices/containers@2023-01-01', 3))
STRINGS = ("'a'", "'it\\'s'", "'[x]'", "'{b}'", "''", "'a/b'", "'''m'x'''", "'\\u{1F600}é'", "'[a'", "'tab\\t'")
SIMPLE = {'string': STRINGS, 'int': ('0', '1', '5', '42', '-3', '100'), 'bool': ('true', 'false')}
NAMES = ('alpha', 'B', 'c', 'zed', 'a_b', 'Ab', 'aB', 'x', 'Net', '_u', 'q9')
ENOUGH = 300  # literals of one statement; then only short ones
PART = '''param s string
param o object = {}
param a array = []
output s string = s
output o object = { o: o, a: a }
'''
FILES = {
    'part.bicep': '''param s string
param o object = {}
param a array = []
module inner 'inner.bicep' = [for i in range(0, 2): { name: 'inner${i}', params: { t: { size: i, tags: o } } }]
output s string = s
output o object = { o: o, a: a, n: inner[1].outputs.n }
@secure()
output hidden string = s
''',
    'inner.bicep': '''import { sized } from 'lib.bicep'
param t sized
output n int = t.size
''',
    'lib.bicep': '''type tags = { *: string }
@export()
@description('How large.')
type sized = { @minValue(0) size: int, tags: tags? }
@export()
type kinds = 'one' | 'two'
var prefix = 'p-${separator}'
var separator = '-'
@export()
@description('A name.')
var fullName = '${prefix}name'
@export()
var sizes = [for i in range(0, 3): { size: i, text: loadTextContent('text.txt') }]
@export()
func shout(text string, times int?) string => '${toUpper(text)}${prefix}${times ?? 1}'
@export()
func pick(from sized[], at int) sized => from[at]
'''.replace('{ @minValue(0) size: int, tags: tags? }', '{\n  @minValue(0)\n  size: int\n  tags: tags?\n}'),
    'text.txt': "it's a {text}\n[with] lines\n",
    'values.json': '{"a": {"b": [1, 2.5, "x", null]}, "copy": true, "list": [{"k": 1}, {"k": 2}]}',
    'values.yaml': 'a: {b: [1, yes, "x"]}\nlist:\n  - k: 1\n  - k: 2.50\n',
}
DERIVED = ("resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.sku.name",
           "resourceInput<'Microsoft.Network/virtualNetworks@2024-05-01'>.properties.subnets[*].properties",
           "resourceOutput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties.primaryEndpoints",
           "resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.tags",
           "resourceInput<'microsoft.compute/virtualmachines@2024-07-01'>.zones")


class Program(Choices):
    plain = False  # only part.bicep, here PART, is beside it; no extensions, lambdas, secrets

    def __init__(self, seed):
        super().__init__(random.Random(seed))
        self.lines, self.used, self.size = [], set(), 0
        self.known = {kind: [] for kind in KINDS}    # names whose values are known at the start
        self.running = {kind: [] for kind in KINDS}  # those that need the deployment
        self.locals, self.deployed, self.modules, self.functions, self.types = [], [], [], [], []
        self.may_run = False  # values that need the deployment may stand here
        self.in_function = False
        self.imported, self.kubernetes = '', False

    def name(self, prefix):
        while True:
            name = f'{prefix}{self.rng.choice(NAMES)}{len(self.used)}'
            if name.lower() not in self.used:
                self.used.add(name.lower())
                return name

    # ---- expressions

    def simple(self, kind):
        return self.rng.choice(SIMPLE.get(kind) or ('[]' if kind == 'array' else '{}',))

    def literal(self, kind):
        self.size += 1
        if kind in SIMPLE or self.size > ENOUGH:
            return self.simple(kind)
        if kind == 'array':
            items = [self.expression(self.rng.choice(KINDS[:4]), 1) for _ in range(self.rng.randint(0, 3))]
            return '[' + ', '.join(items) + ']'
        keys = self.rng.sample(('a', 'b', 'copy', "'q-r'", 'deep', 'Name', 'x1'), self.rng.randint(0, 3))
        return '{ ' + ', '.join(f'{key}: {self.expression(self.rng.choice(KINDS), 1)}' for key in keys) + ' }'

    def names(self, kind):
        names = self.known[kind] + (self.running[kind] if self.may_run else [])
        return names + [name for name, of in self.locals if of == kind]

    def variable(self, kind):
        names, objects = self.names(kind), self.names('object')
        if objects and self.chance(0.4):
            name = self.rng.choice(objects)
            path = self.pick('.a', '.q', "['x-y']", '.?a.b', '.?a.c[0]', '.m[0].k', '.l[^1]', '[?\'z\'].y',
                             lambda: f"[{self.expression('string', 2)}]")
            return f'any(any({name}){path})' if self.chance(0.8) else f'any((any({name}).?z).y)'
        return self.rng.choice(names) if names else None

    def item(self, known):
        """A name, with an index if it is a collection."""
        if not known['loop']:
            return known['name']
        return f"{known['name']}[{self.pick('0', '1', *[name for name, of in self.locals if of == 'int'])}]"

    def of_resource(self, kind):
        if not self.deployed or not self.may_run and kind != 'string':
            return None
        known = self.rng.choice(self.deployed)
        name = self.item(known)
        if known['type'] == 'kubernetes':
            path = self.pick('.metadata.name', '.metadata.?labels', '.spec', '') if self.may_run else None
            return path and f'any({name}{path})'
        if known['type'] == 'maybe':
            return f"string({name}.?{self.pick('id', 'properties', 'location')})" if self.may_run and kind == 'string' else None
        if kind != 'string':
            return f'any({name}.properties.{kind})' if kind != 'object' or self.chance(0.2) else f'{name}.properties'
        paths = ['id', 'name', 'type', 'apiVersion'] + (['properties.x', 'location', 'properties.y[0].z']
                                                        if self.may_run else [])
        path = self.rng.choice(paths)
        if self.may_run and not known['loop'] and path in ('id', 'properties.x', 'location') and self.chance(0.2):
            return f'string({name}.?{path})'
        return f'{name}.{path}' if path in paths[:4] else f'string({name}.{path})'

    def of_module(self, kind):
        if not self.modules or not self.may_run or kind not in ('string', 'object'):
            return None
        module = self.rng.choice(self.modules)
        if not module['loop'] and not self.plain and self.chance(0.15):
            return f"any({module['name']}.?outputs.{kind[0]})"
        if kind == 'string' and not self.plain and self.chance(0.15):
            return f"{self.item(module)}.{self.pick('name', 'outputs.hidden')}"
        return f"{self.item(module)}.outputs.{kind[0]}"

    def lambda_(self, count, body):
        """(a, b) => body([a, b]), with names that are only known in it."""
        names = [self.name('l') for _ in range(count)]
        self.locals += [(name, 'any') for name in names]
        text = body(names)
        del self.locals[-count:]
        return f"{names[0] if count == 1 and self.chance(0.7) else '(' + ', '.join(names) + ')'} => {text}"

    def of_lambda(self, kind, depth):
        """A call of a function that takes one."""
        array = self.expression('array', depth + 1)
        some = lambda names: self.pick(f"any({names[0]}).k", f"string({names[-1]})", lambda: self.expression('string', 2))
        if kind == 'object':
            return self.pick(
                lambda: f"toObject({array}, {self.lambda_(1, lambda n: f'string({n[0]})')})",
                lambda: f"toObject({array}, {self.lambda_(1, lambda n: f'string(any({n[0]}).k)')}, "
                        f"{self.lambda_(1, some)})",
                lambda: f"groupBy({array}, {self.lambda_(1, lambda n: f'string(any({n[0]}).k)')})",
                lambda: f"mapValues({self.expression('object', depth + 1)}, {self.lambda_(1, some)})")
        return self.pick(
            lambda: f"map({array}, {self.lambda_(2, lambda n: f'[{n[0]}, {n[1]} + 1]')})",
            lambda: f"filter({array}, {self.lambda_(self.pick(1, 2), lambda n: f'any({n[0]}).k != 1')})",
            lambda: f"sort({array}, {self.lambda_(2, lambda n: f'any({n[0]}).k < any({n[1]}).k')})",
            lambda: f"any(reduce({array}, [], {self.lambda_(self.pick(2, 3), lambda n: f'union(any({n[0]}), [{n[-1]}])')}))",
            lambda: f"objectKeys({self.expression('object', depth + 1)})",
            lambda: f"flatten(map({array}, {self.lambda_(1, lambda n: f'[{n[0]}]')}))")

    def of_file(self, kind):
        """What is read while compiling, or imported."""
        if self.in_function or self.plain:
            return None
        alias = self.imported
        choices = {'string': ["loadTextContent('text.txt')", "loadFileAsBase64('text.txt')", "loadTextContent('text.txt', 'utf-8')"],
                   'array': ["loadJsonContent('values.json', '$.list[*].k')", "loadYamlContent('values.yaml', '.list')"],
                   'object': ["loadJsonContent('values.json')", "loadJsonContent('values.json', '.a')",
                              "loadYamlContent('values.yaml')"]}.get(kind, [])
        if alias is not None and self.imported:
            dot = alias + '.' if alias != '-' else ''
            choices = choices + {'string': [f'{dot}fullName', f"{dot}shout('x', 2)", f'{dot}shout({dot}fullName, null)'],
                                 'array': [f'{dot}sizes'], 'int': [f'length({dot}sizes)', f'{dot}sizes[1].size'],
                                 'object': [f'any({dot}pick(any({dot}sizes), 1))', f'{dot}sizes[0]']}.get(kind, [])
        return self.rng.choice(choices) if choices else None

    def inside(self, kind, depth):
        """An expression for ${…}, where no braces and brackets may stand."""
        for _ in range(20):
            text = self.expression(kind, depth + 1)
            if not set("{[") & set(text.replace('${', '')) and "'''" not in text:
                return text
        return '1'

    def call(self, kind, depth):
        functions = [function for function in self.functions if function[2] == kind]
        if not functions:
            return self.literal(kind)
        name, parameters, _ = self.rng.choice(functions)
        return f"{name}({', '.join(self.expression(of, depth + 1) for of in parameters)})"

    def mapped(self, depth):
        name = self.name('l')
        array = self.expression('array', depth + 1)
        self.locals.append((name, 'any'))
        body = self.pick(f"'${{{name}}}${{any({name}).k}}'", lambda: self.expression('string', depth + 1),
                         lambda: self.expression('object', depth + 1))
        self.locals.pop()
        return f'map({array}, {name} => {body})'

    def expression(self, kind, depth=0):
        if depth >= 3 or self.size > ENOUGH or self.chance(0.15):
            return self.variable(kind) or self.literal(kind)
        choice = self.rng.random()
        found = None
        if choice < 0.3:
            found = self.variable(kind)
        elif choice < 0.45:
            found = self.of_resource(kind) if self.chance(0.7) else self.of_module(kind)
        elif choice < 0.5:
            found = self.of_file(kind)
        elif choice < 0.55 and kind in ('array', 'object'):
            found = None if self.plain else self.of_lambda(kind, depth)
        return found or self.made(kind, depth)

    def made(self, kind, depth):
        def part(of):
            return self.expression(of, depth + 1)

        def group(of):
            return f'({part(of)})'

        def choice():
            return f"{group('bool')} ? {group(kind)} : {group(kind)}"

        if kind == 'string':
            return self.pick(
                lambda: f"'p${{{self.inside('string', depth)}}}-${{{self.inside('int', depth)}}}{{'",
                lambda: f"concat({part('string')}, {part('string')})", lambda: f"toLower({part('string')})",
                lambda: f"format('{{0}}x', {part('string')})", lambda: f"string({part('object')})",
                lambda: f"$'''\nline ${{{self.inside('string', depth)}}} $ {{x}}\n  end'''",
                lambda: f"{group('string')} ?? {group('string')}", lambda: f"any({part('object')}).?a.b ?? {part('string')}",
                lambda: f"split({part('string')}, '/')[^1]", lambda: f"any({part('array')})[?0]!",
                lambda: f"guid({part('string')}, {part('string')})", lambda: f"base64({part('string')})",
                lambda: f"uniqueString({part('string')})", lambda: f"join(any({part('array')}), ',')",
                'resourceGroup().location', choice, lambda: self.call(kind, depth), lambda: self.literal(kind))
        if kind == 'int':
            return self.pick(lambda: f"{group('int')} {self.pick(*'+-*%')} {group('int')}",
                             lambda: f"length({part('array')})", lambda: f"int({part('string')})",
                             lambda: f"-{group('int')}", lambda: self.call(kind, depth), lambda: self.literal(kind))
        if kind == 'bool':
            return self.pick(lambda: f"{group('int')} {self.pick('<', '<=', '>', '>=')} {group('int')}",
                             lambda: f"any({part('string')}) {self.pick('==', '!=')} {group('string')}",
                             lambda: f"{group('string')} {self.pick('=~', '!~')} {group('string')}",
                             lambda: f"!{group('bool')}", lambda: f"{group('bool')} {self.pick('&&', '||')} {group('bool')}",
                             lambda: f"empty({part('array')})", lambda: f"contains({part('object')}, {part('string')})")
        if kind == 'array':
            return self.pick(lambda: self.literal(kind), lambda: f"concat({part('array')}, {part('array')})",
                             lambda: f"range(0, {part('int')})", lambda: f"[...{group('array')}, {part('int')}]",
                             lambda: self.mapped(depth), lambda: f"skip({part('array')}, 1)",
                             lambda: f"union({part('array')}, {part('array')})")
        return self.pick(lambda: self.literal(kind), lambda: f"union({part('object')}, {part('object')})",
                         lambda: f"{{ a: {part('string')}, ...({part('object')}), b: {part('int')} }}",
                         lambda: f"{{ '${{{self.inside('string', depth)}}}': {part('string')} }}", choice)

    # ---- types

    def literals(self):
        kind = self.rng.choice(('string', 'int', 'bool'))
        choices = {'string': ("'a'", "'b c'", "'B'", "'it\\'s'", "'[x]'", "'é'"), 'int': ('1', '10', '2', '-1', '-10'),
                   'bool': ('true', 'false')}[kind]
        unions = [name for name, of, _ in self.types if of == f'{kind} literals']
        members = [self.rng.choice(choices) for _ in range(self.rng.randint(1, 4))] + self.rng.sample(unions, min(1, len(unions)))
        if self.chance(0.15):
            members.append('null')
        self.rng.shuffle(members)
        if all(member == 'null' for member in members):
            members = ["'a'"]
        return ' | '.join(members), f'{kind} literals'

    def members(self, depth):
        lines = []
        for key in self.rng.sample(('a', 'b', 'Name', "'q-r'", 'copy'), self.rng.randint(0, 3)):
            text, kind = self.type(depth + 1)
            lines.append(self.decorators(kind, False) + f'{key}: {text}')
        if self.chance(0.2):
            lines.append('*: ' + self.type(depth + 1)[0])
        return lines

    def type(self, depth=0):
        """Its text, and what it is: a kind, `kind literals`, or something else."""
        choice = self.rng.random()
        if depth >= 3 or choice < 0.3:
            kind = self.rng.choice(KINDS)
            return kind, kind
        if choice < 0.45:
            return self.literals()
        if choice < 0.48:
            return self.rng.choice(DERIVED), 'derived'
        if choice < 0.5 and self.imported:
            return ('' if self.imported == '-' else self.imported + '.') + self.pick('sized', 'kinds'), 'imported'
        if choice < 0.6 and self.types:
            name, kind, paths = self.rng.choice(self.types)
            return (name + self.rng.choice(paths), 'path') if paths and self.chance(0.4) else (name, kind)
        text, kind = self.type(depth + 1)
        single = f'({text})' if ' ' in text or '\n' in text or text.endswith('?') else text
        if choice < 0.7:
            return single + '[]', 'list'
        if choice < 0.78 and not text.endswith('null'):
            return single + '?', f'{kind}?'
        if choice < 0.9:
            return '{\n' + ''.join(f'{line}\n' for line in self.members(depth)) + '}', 'shape'
        items = [self.type(depth + 1)[0] for _ in range(self.rng.randint(1, 3))]
        return '[\n' + ''.join(f'{item}\n' for item in items) + ']', 'tuple'

    def decorators(self, kind, statement=True):
        lines = []
        if self.chance(0.2):
            lines.append(self.pick("@description('d')", "@description('\'\'\'\n  one\n    two\n  \'\'\')".replace("\\'", "'"),
                                   "@sys.description('x')"))
        if self.chance(0.1):
            lines.append("@metadata({ a: 1, description: 'old', z: [true] })")
        if kind in ('string', 'array', 'list') and self.chance(0.2):
            lines.append('@minLength(1)')
        if kind == 'string' and self.chance(0.2):
            lines.append('@maxLength(9)')
        if kind == 'int' and self.chance(0.3):
            lines.append('@minValue(-5)')
        if kind in ('string', 'object') and self.chance(0.15):
            lines.append('@secure()')
        if kind == 'shape' and self.chance(0.1):
            lines.append('@sealed()')
        self.rng.shuffle(lines)
        return ''.join(line + '\n' for line in lines)

    def definition(self):
        name, (text, kind) = self.name('T'), self.type()
        export = '@export()\n' if self.chance(0.3) else ''
        self.lines.append(self.decorators(kind) + export + f'type {name} = {text}')
        paths = []
        if kind == 'shape':
            paths = ['.' + line.split(':')[0] for line in text.split('\n')[1:-1] if line[:1] in 'abN' and ': ' in line[:6]]
        if kind == 'list':
            paths = ['[*]']
        if kind == 'tuple':
            paths = ['[0]']
        self.types.append((name, kind, paths if '{' not in text[1:] and '[' not in text[1:-2] else []))

    def tagged(self):
        """A union of objects that a property tells apart; its members in place or by name."""
        member, name = self.name('T'), self.name('T')
        self.lines.append(f"type {member} = {{\n  kind: 'named'\n  {self.pick('a: int', 'a: string?', '*: bool')}\n}}")
        parts = [f"{{ kind: '{kind}', {self.pick('b: int', 'b: string[]', 'c: { d: bool }?')} }}"
                 for kind in self.rng.sample(('x', 'Y', 'z z'), self.rng.randint(1, 3))] + [member]
        self.rng.shuffle(parts)
        self.lines.append(f"@discriminator('kind')\ntype {name} = {' | '.join(parts)}")
        if self.chance(0.5):
            outer = self.name('T')
            self.lines.append(f"@discriminator('kind')\ntype {outer} = {name} | {{ kind: 'outer', inner: {name}[] }}")
            name = outer
        parameter = self.name('q')
        self.lines.append(f"param {parameter} {name}{self.pick('', '?', '[]')}")
        self.lines.append(f"output {self.name('o')} string = string({parameter})")

    def typed(self):
        if self.chance(0.4):
            self.tagged()
        for _ in range(self.rng.randint(1, 5)):
            self.definition()
        for _ in range(self.rng.randint(1, 5)):
            text, kind = self.type()
            self.lines.append(self.decorators(kind) + f"param {self.name('q')} {text}")
        for _ in range(self.rng.randint(0, 2)):
            parameters = ', '.join(f"{self.name('a')} {self.type(2)[0]}" for _ in range(self.rng.randint(0, 2)))
            self.lines.append(f"func {self.name('f')}({parameters}) {self.type(2)[0]} => any('x')")
        for _ in range(self.rng.randint(0, 3)):
            text, kind = self.type()
            self.lines.append(self.decorators(kind) + f"output {self.name('o')} {text} = any('x')")

    # ---- statements

    def loop(self, body):
        """[for (item, index) in array: body()]"""
        item, index = self.name('i'), self.name('k')
        may_run, self.may_run = self.may_run, False
        array = self.expression('array', 2)
        self.may_run = may_run
        self.locals += [(item, 'any'), (index, 'int')]
        text = body(item, index)
        del self.locals[-2:]
        return f'[for ({item}, {index}) in {array}: {text}]'

    def property_value(self):
        if self.chance(0.2):
            return self.loop(lambda item, index: self.expression(self.rng.choice(KINDS[:4]), 1))
        return self.expression(self.rng.choice(KINDS), 1)

    def parameters(self):
        for kind in KINDS:
            for _ in range(self.rng.randint(1, 2)):
                name = self.name('p')
                default = f' = {self.simple(kind)}' if self.chance(0.4) and kind in SIMPLE else ''
                self.lines.append(f'param {name} {kind}{default}')
                self.known[kind].append(name)

    def function(self):
        name, kind = self.name('f'), self.rng.choice(('string', 'int'))
        kinds = [self.rng.choice(KINDS[:3]) for _ in range(self.rng.randint(0, 3))]
        known, self.known = self.known, {of: [] for of in KINDS}
        self.locals = [(self.name('a'), of) for of in kinds]
        shown = ', '.join(f'{local} {of}' for local, of in self.locals)
        self.in_function = True
        self.lines.append(f'func {name}({shown}) {kind} => {self.expression(kind, 1)}')
        self.in_function = False
        self.locals, self.known = [], known
        self.functions.append((name, kinds, kind))

    def new_variable(self, running=False):
        self.size, self.may_run = 0, running
        kind, name = self.rng.choice(KINDS), self.name('v')
        if self.chance(0.2) and not running:
            kind, value = 'array', self.loop(lambda item, index: self.expression(self.rng.choice(KINDS[:4]), 1))
        else:
            value = self.expression(kind)
        self.lines.append(f'var {name} = {value}')
        (self.running if running else self.known)[kind].append(name)
        self.may_run = False

    def condition(self):
        return f"if ({self.expression('bool', 2)}) " if self.chance(0.25) else ''

    def named(self, name, prefix, item, index):
        if self.chance(0.3) and not item:
            return f"'{prefix}{name.lower()}'"
        end = self.pick(index, f'{item}.n') if item else self.inside('string', 2)
        return f"'{prefix}{name.lower()}${{{end}}}'"

    def dependencies(self):
        known = [at for at in self.deployed + self.modules if not at['existing']]
        chosen = self.rng.sample(known, min(len(known), self.rng.randint(1, 3)))
        entries = [at['name'] + ('[0]' if at['loop'] and self.chance(0.5) else '') for at in chosen]
        return 'dependsOn: [' + ', '.join(entries) + ']'

    def nested(self):
        self.may_run = True
        child = self.name('n')
        text = (f"  resource {child} 'subnets' = {self.condition_at_start()}{{\n    name: '{child.lower()}'\n"
                f"    properties: {{ q: {self.expression('string', 1)} }}\n  }}")
        self.may_run = False
        return child, text

    def condition_at_start(self):
        self.may_run = False
        text = self.condition()
        self.may_run = True
        return text

    def body(self, name, type_name, segments, existing, item, index, children):
        lines, networks = [], [at for at in self.deployed if at['type'] == 'Microsoft.Network/virtualNetworks']
        prefix = {1: '', 2: 'vv/', 3: 'aa/default/'}[segments]
        if segments == 2 and networks and self.chance(0.7):
            parent = self.rng.choice(networks)
            lines.append('parent: ' + parent['name'] + (f"[{self.pick('0', *([index] if index else []))}]"
                                                        if parent['loop'] else ''))
            prefix = ''
        lines.append('name: ' + self.named(name, prefix, item, index))
        if existing:
            if self.chance(0.4) and not lines[0].startswith('parent'):
                lines.append('scope: ' + self.pick("resourceGroup('other')",
                                                   lambda: f"resourceGroup('s', {self.expression('string', 2)})"))
            return lines
        if segments == 1:
            if self.chance(0.5):
                lines.append(f"location: {self.expression('string', 2)}")
            if self.chance(0.3):
                lines.append(f"tags: {{ a: {self.expression('string', 2)}, copy: {self.expression('string', 2)} }}")
        self.may_run = True
        keys = self.rng.sample('abcde', self.rng.randint(0, 4))
        if keys:
            lines.append('properties: {\n' + ''.join(f'    {key}: {self.property_value()}\n' for key in keys) + '  }')
        self.may_run = False
        if self.deployed and self.chance(0.3):
            lines.append(self.dependencies())
        return lines + [text for _, text in children]

    def resource(self):
        self.size = 0
        name, (type_name, segments) = self.name('r'), self.rng.choice(TYPES)
        existing = self.chance(0.2)
        loop = self.chance(0.3) and not existing
        plain = 'virtualNetworks@' in type_name and not loop and not existing
        children = [self.nested() for _ in range(self.rng.randint(1, 2))] if plain and self.chance(0.4) else []

        def whole(item=None, index=None):
            lines = self.body(name, type_name, segments, existing, item, index, children)
            return ('' if existing else self.condition()) + '{\n' + ''.join(f'  {line}\n' for line in lines) + '}'

        text = self.loop(whole) if loop else whole()
        decorators = "@description('d')\n" if self.chance(0.2) else ''
        decorators += '@batchSize(2)\n' if loop and self.chance(0.3) else ''
        if not existing and not self.plain and self.chance(0.15):
            decorators += self.pick('@onlyIfNotExists()\n', "@retryOn(['A', 'B'], 3)\n", "@sys.retryOn(['A'])\n")
        self.lines.append(f"{decorators}resource {name} '{type_name}' {'existing ' if existing else ''}= {text}")
        self.deployed.append({'name': name, 'loop': loop, 'type': type_name.split('@')[0], 'existing': existing})
        for child, _ in children:
            self.deployed.append({'name': f'{name}::{child}', 'loop': False, 'type': '', 'existing': False})

    def kubernetes_resource(self):
        """One of the extension; or an existing one that may be absent."""
        self.size, self.may_run = 0, False
        name = self.name('k')
        if self.chance(0.3):
            self.lines.append(f"@nullIfNotFound()\nresource {name} 'Microsoft.Storage/storageAccounts@2023-01-01' existing = "
                              f"{{ name: '{name.lower()}${{{self.inside('string', 2)}}}' }}")
            self.deployed.append({'name': name, 'loop': False, 'type': 'maybe', 'existing': True})
            return
        if not self.kubernetes:
            self.lines.append("extension kubernetes with {\n  kubeConfig: 'x'\n  "
                              f"namespace: {self.expression('string', 2)}\n}}{self.pick('', ' as k8s')}")
            self.kubernetes = True
        existing, loop = self.chance(0.2), self.chance(0.3)
        self.may_run = not existing

        def whole(item=None, index=None):
            at = f'${{{index}}}' if index else ''
            spec = '' if existing else f"  spec: any({self.expression('object', 1)})\n"
            return f"{{\n  metadata: {{ name: '{name.lower()}{at}', namespace: 'n' }}\n{spec}}}"

        text = self.loop(whole) if loop else whole()
        self.may_run = False
        self.lines.append(f"resource {name} '{self.pick('core/Service@v1', 'apps/Deployment@v1')}' "
                          f"{'existing ' if existing else ''}= {text}")
        self.deployed.append({'name': name, 'loop': loop, 'type': 'kubernetes', 'existing': existing})

    def module(self):
        self.size = 0
        name, loop = self.name('m'), self.chance(0.3)

        def whole(item=None, index=None):
            lines = []
            if self.chance(0.7):
                lines.append(f"name: '{name.lower()}${{{index if loop else self.inside('string', 2)}}}'")
            if self.chance(0.3):
                lines.append('scope: resourceGroup(' + self.pick("'g'", lambda: self.expression('string', 2)) + ')')
            self.may_run = True
            arguments = [f"s: {self.expression('string', 1)}"]
            if self.chance(0.5):
                arguments.append(f"o: {self.expression('object', 1)}")
            if self.chance(0.4):
                body = lambda item, index: self.expression(self.rng.choice(KINDS[:4]), 1)
                arguments.append('a: ' + (self.loop(body) if self.chance(0.5) else self.expression('array', 1)))
            self.may_run = False
            lines.append('params: {\n' + ''.join(f'    {line}\n' for line in arguments) + '  }')
            return self.condition() + '{\n' + ''.join(f'  {line}\n' for line in lines) + '}'

        self.lines.append(f"module {name} 'part.bicep' = {self.loop(whole) if loop else whole()}")
        self.modules.append({'name': name, 'loop': loop, 'type': '', 'existing': False})

    def output(self):
        self.size, self.may_run = 0, True
        kind = self.rng.choice(KINDS)
        value = self.expression(kind)
        if kind == 'array' and self.chance(0.5):
            value = self.loop(lambda item, index: self.expression(self.rng.choice(KINDS[:4]), 1))
        self.lines.append(f"output {self.name('o')} {kind} = {value}")

    def text(self):
        if not self.plain and self.chance(0.3):
            self.imported = self.pick('-', 'lib', 'l2')
            self.lines.append("import { sized, kinds, fullName, sizes, shout, pick } from 'lib.bicep'" if self.imported == '-'
                              else f"import * as {self.imported} from 'lib.bicep'")
        self.parameters()
        if self.chance(0.3):
            self.typed()
        elif self.chance(0.5):  # symbolic names
            self.lines.append(self.pick('param trigger string[]', 'type trigger = { a: string, b: int? }',
                                        "param trigger 'b' | 'a'"))
            for _ in range(self.rng.randint(0, 3)):
                self.function()
        for _ in range(self.rng.randint(1, 5)):
            self.new_variable()
        for _ in range(self.rng.randint(1, 7)):
            self.pick(*[self.resource] * 15, *[self.module] * 5, self.resource if self.plain else self.kubernetes_resource)
            if self.chance(0.4):
                self.new_variable(running=True)
        for _ in range(self.rng.randint(1, 5)):
            self.output()
        return '\n'.join(self.lines) + '\n'


# ---- comparing

def sorted_dependencies(value, order=lambda items: sorted(items, key=str)):
    """Several indexes into one collection come in the order of a hash table, which changes from run to run, and so does
    the template's hash."""
    if isinstance(value, judge.Pairs):
        return judge.Pairs((key, order(item) if key == 'dependsOn' and isinstance(item, list) else sorted_dependencies(item, order))
                           for key, item in value if key != '_generator')
    return [sorted_dependencies(item, order) for item in value] if isinstance(value, list) else value


def same(official, ours):
    official, ours = judge.normalised(official), judge.normalised(ours)
    if official == ours:
        return True
    official, ours = judge.read(official), judge.read(ours)
    if sorted_dependencies(official, list) == sorted_dependencies(ours, list):
        return False  # only the hash differs
    return judge.write(sorted_dependencies(official)) == judge.write(sorted_dependencies(ours))


def compare(bicep, swarmgen, path):
    """What differs, or an empty text; None if the official compiler refuses the program."""
    answer = bicep.compile(path)
    if not answer.get('success'):
        return None
    ours = subprocess.run([swarmgen, 'compile', path, '--stdout'], capture_output=True, check=False)
    if ours.returncode != 0:
        return ours.stderr.decode()[:2000]
    return '' if same(answer['contents'], ours.stdout.decode()) else 'templates differ'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=500)
    parser.add_argument('--program', default=os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/dev/swarmgen'))
    parser.add_argument('--keep', help='a folder for the programs that differ')
    given = parser.parse_args()
    passed, failed, refused = 0, [], 0
    with tempfile.TemporaryDirectory() as folder, judge.Bicep() as bicep:
        for name, text in FILES.items():
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
                file.write(text)
        path = os.path.join(folder, 'main.bicep')
        for seed in range(given.seed, given.seed + given.count):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(Program(seed).text())
            difference = compare(bicep, given.program, path)
            if difference:
                failed.append(seed)
                print(f'program {seed}: {difference}')
                if given.keep:
                    os.makedirs(given.keep, exist_ok=True)
                    shutil.copy(path, os.path.join(given.keep, f'{seed}.bicep'))
            passed += difference == ''
            refused += difference is None
    print(f'seeds {given.seed}–{given.seed + given.count - 1}; refused by the official compiler: {refused}')
    print(f'{passed} passed, {len(failed)} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
