"""Two judges that say whether two templates deploy the same.

`snapshot` compares what will be deployed: the official compiler's snapshots, with `format` folded on both sides.
`structure` compares what a snapshot does not show: options of resources, what must be deployed before what, security
and defaults of parameters. It has the official engine evaluate that too: `marked` writes each resource's place in the
template, its options and what it waits for into the resource (`placement`, which snapshots print), and hands the
place of a module down to its template as a parameter. The snapshot then shows them for every turn of every loop.
"""
import copy
import json
import os
import re

MARK = '__at'
METADATA = {'subscriptionId': '00000000-1111-2222-3333-444444444444', 'resourceGroup': 'acme', 'location': 'westeurope',
            'tenantId': '99999999-1111-2222-3333-444444444444', 'deploymentName': 'main'}


# ---- the text of template expressions

TOKEN = re.compile(r"\s*('(?:[^']|'')*'|-?\d+|[A-Za-z_$][\w$]*|[()\[\],.])")


class Expression:
    """Parses `f(a, 'b')[0].c`; fold() puts literal arguments of format into its text, takes decided parts out of conditions; show() prints."""

    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            match = TOKEN.match(text, at)
            if not match:
                raise ValueError(text)
            self.tokens.append(match[1])
            at = match.end()
        self.at = 0
        self.tree = self.read()
        if self.at != len(self.tokens):
            raise ValueError(text)

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ''

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def read(self):
        word = self.take()
        if word[0] == "'":
            tree = ('text', word[1:-1].replace("''", "'"))
        elif re.match(r'-?\d', word):
            tree = ('number', word)
        elif not re.match(r'[A-Za-z_$]', word):
            raise ValueError(word)
        else:
            while self.peek() == '.' and self.tokens[self.at + 2:self.at + 3] == ['(']:
                self.take()
                word += '.' + self.take()
            tree = ('call', word, self.arguments()) if self.peek() == '(' else ('name', word)
        while self.peek() in ('.', '['):
            if self.take() == '.':
                tree = ('property', tree, self.take())
            else:
                tree = ('index', tree, self.read())
                self.take()
        return tree

    def arguments(self):
        self.take()
        found = []
        while self.peek() != ')':
            found.append(self.read())
            if self.peek() == ',':
                self.take()
        self.take()
        return found


SPLIT = ('secrets', 'capacity')  # parameters of the library that are one for each key in the residual


def split_name(whole, key):
    words = ''.join(word[:1].upper() + word[1:] for word in re.split(r'[^A-Za-z0-9]+', key))
    return 'secret' + words if whole == 'secrets' else words[:1].lower() + words[1:] + 'Capacity'


def split_parameter(tree):
    """parameters('secrets')['a-b'] is the residual's parameters('secretAB')."""
    key = ('text', tree[2]) if tree[0] == 'property' else tree[2]
    if tree[1][:2] == ('call', 'parameters') and key[0] == 'text' and tree[1][2][0][1] in SPLIT:
        return ('call', 'parameters', [('text', split_name(tree[1][2][0][1], key[1]))])
    return tree


def fold(tree):
    if tree[0] == 'call':
        tree = ('call', tree[1], [fold(part) for part in tree[2]])
        if tree[1] == 'format' and tree[2][0][0] == 'text':
            return fold_format(tree[2])
        return fold_condition(tree) if tree[1] in NEUTRAL else tree
    if tree[0] == 'property':
        return split_parameter(('property', fold(tree[1]), tree[2]))
    if tree[0] == 'index':
        return split_parameter(('index', fold(tree[1]), fold(tree[2])))
    return tree


NEUTRAL = {'and': ('call', 'true', []), 'or': ('call', 'false', [])}


def fold_condition(tree):
    """What decides nothing goes: the library's conditions hold parts that the description has answered."""
    parts = [part for part in tree[2] if part != NEUTRAL[tree[1]]]
    return parts[0] if len(parts) == 1 else ('call', tree[1], parts) if parts else NEUTRAL[tree[1]]


def fold_format(arguments):
    """Texts, numbers and inner formats among the arguments become part of the text."""
    text, rest = '', []
    for part in re.split(r'(\{\{|\}\}|\{\d+\})', arguments[0][1]):
        if not re.fullmatch(r'\{\d+\}', part):
            text += part
            continue
        value = arguments[1 + int(part[1:-1])]
        if value[0] in ('text', 'number'):
            text += value[1].replace('{', '{{').replace('}', '}}')
        elif value[0] == 'call' and value[1] == 'format' and value[2][0][0] == 'text':
            base = len(rest)
            text += re.sub(r'(\{\{|\}\})|\{(\d+)\}', lambda m: m[1] or '{%d}' % (int(m[2]) + base), value[2][0][1])
            rest += value[2][1:]
        else:
            text += '{%d}' % len(rest)
            rest.append(value)
    if not rest:
        return ('text', text.replace('{{', '{').replace('}}', '}'))
    return ('call', 'format', [('text', text), *rest])


def show(tree):
    kind = tree[0]
    if kind == 'text':
        return "'" + tree[1].replace("'", "''") + "'"
    if kind == 'call':
        return f'{tree[1]}({", ".join(show(part) for part in tree[2])})'
    if kind == 'property':
        return f'{show(tree[1])}.{tree[2]}'
    if kind == 'index':
        return f'{show(tree[1])}[{show(tree[2])}]'
    return tree[1]


def folded(text):
    if not (text.startswith('[') and text.endswith(']')):
        return text
    try:
        tree = fold(Expression(text[1:-1]).tree)
    except (ValueError, IndexError):
        return text
    return tree[1] if tree[0] == 'text' else f'[{show(tree)}]'


def folded_all(value):
    """Also drops what is null: the residual shows no trace of it. Marks are left out."""
    if isinstance(value, dict):
        return {folded(key): folded_all(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [folded_all(item) for item in value]
    return folded(value) if isinstance(value, str) else value


# ---- the snapshot

def take_snapshot(bicep, path):
    """(the snapshot, None) or (None, why there is none)."""
    answer = bicep.snapshot(path, **METADATA)
    if 'error' in answer:
        return None, answer['error']
    return json.loads(answer['snapshot']), None


def snapshot_differences(library, residual):
    """What is not equal, as text. Outputs come in no order; one that is null is as good as none."""
    problems = []
    left, right = ([folded_all({k: v for k, v in resource.items() if k != 'placement'})
                    for resource in side['predictedResources']] for side in (library, residual))
    left_ids, right_ids = ([r.get('id', '?') for r in side] for side in (left, right))
    if sorted(left_ids) != sorted(right_ids):
        problems += [f'only in the library: {x}' for x in left_ids if x not in right_ids]
        problems += [f'only in the residual: {x}' for x in right_ids if x not in left_ids]
    by_id = {r.get('id', '?'): r for r in right}
    for resource in left:
        other = by_id.get(resource.get('id', '?'))
        if other is not None:
            problems += differences(resource, other, resource.get('id', '?').split('/providers/')[-1])
    outputs = [{k: folded_all(v) for k, v in (side.get('outputs') or {}).items() if v is not None} for side in (library, residual)]
    problems += differences(*outputs, 'outputs')
    messages = [sorted(json.dumps(d, sort_keys=True) for d in side.get('diagnostics') or []) for side in (library, residual)]
    problems += differences(*messages, 'diagnostics')
    return problems


def differences(left, right, at):
    if isinstance(left, dict) and isinstance(right, dict):
        found = []
        for key in list(left) + [k for k in right if k not in left]:
            if key not in right or key not in left:
                side = 'library' if key in left else 'residual'
                found.append(f'{at}.{key}: only in the {side}: {json.dumps((left | right)[key], ensure_ascii=False)[:300]}')
            else:
                found += differences(left[key], right[key], f'{at}.{key}')
        return found
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [text for i, pair in enumerate(zip(left, right)) for text in differences(*pair, f'{at}[{i}]')]
    if left != right or type(left) is not type(right):
        return [f'{at}:\n    library  {json.dumps(left, ensure_ascii=False)[:1500]}\n    residual {json.dumps(right, ensure_ascii=False)[:1500]}']
    return []


# ---- the structure

def expression(value):
    """A template's text as the inside of an expression."""
    return value[1:-1] if value.startswith('[') and value.endswith(']') and not value.startswith('[[') \
        else "'" + value.replace("'", "''") + "'"


def without_rules(library):
    """The library without the module that checks descriptions: the rules are judged on their own."""
    library = copy.deepcopy(library)
    del library['resources']['check']
    for resource in library['resources'].values():
        if 'check' in resource.get('dependsOn', []):
            resource['dependsOn'].remove('check')
    return library


def untyped(template):
    """The template with plain types only: types decide which values are legal, which is judged on its own, and each module repeats
    those that it uses. Without them a snapshot of the library takes a fifth of the time."""
    template = dict(template)
    types = template.pop('definitions', {})

    def plain(given):
        while '$ref' in given:
            given = {**types[given['$ref'].rpartition('/')[2]], **{key: given[key] for key in given if key != '$ref'}}
        return {'type': 'object', **{key: given[key] for key in given if key not in TYPE_ONLY}}

    for part in ('parameters', 'outputs'):
        template[part] = {name: plain(given) for name, given in template.get(part, {}).items()}
    template['functions'] = [{**space, 'members': {
        name: {'parameters': [plain(given) for given in function.get('parameters', [])], 'output': plain(function['output'])}
        for name, function in space['members'].items()}} for space in template.get('functions', [])]
    inner = {name: {**resource, 'properties': {**resource['properties'], 'template': untyped(resource['properties']['template'])}}
             for name, resource in template['resources'].items() if 'template' in resource.get('properties', {})}
    template['resources'] = {**template['resources'], **inner}
    return template


TYPE_ONLY = {'properties', 'additionalProperties', 'items', 'prefixItems', 'discriminator', 'allowedValues', 'metadata'}


def marked(template):
    """The template, each resource of which says in `placement` where it stands and what it waits for."""
    template = copy.deepcopy(template)
    mark_template(template, "''", False)
    return template


def mark_template(template, here, is_module):
    if is_module:
        template.setdefault('parameters', {})[MARK] = {'type': 'string'}
        template['parameters'][MARK + 'Waits'] = {'type': 'array'}
        here = f"parameters('{MARK}')"
    symbolic = isinstance(template['resources'], dict)
    entries = list(template['resources'].items()) if symbolic else [(None, r) for r in template['resources']]
    known = dict(entries) if symbolic else {}
    for name, resource in entries:
        if resource.get('existing'):
            continue
        waits = []
        for entry in waited(resource, known):
            inside = expression(entry)
            waits.append(f"format('{{0}}/{{1}}', {here}, {inside})" if symbolic else inside)
        outer = f"parameters('{MARK}Waits')" if is_module else 'createArray()'
        all_waits = f"concat({outer}, {'createArray(' + ', '.join(waits) + ')' if waits else 'createArray()'})"
        symbol = f"'{name}'"
        if 'copy' in resource:
            symbol = f"format('{name}[{{0}}]', copyIndex())"
        at = f"format('{{0}}/{{1}}', {here}, {symbol})" if symbolic else \
            f"format('{{0}}/{{1}}', {here}, {expression(resource['name'])})"
        if resource['type'] == 'Microsoft.Resources/deployments' and 'template' in resource.get('properties', {}):
            inner = resource['properties']
            inner.setdefault('parameters', {})[MARK] = {'value': f'[{at}]'}
            inner['parameters'][MARK + 'Waits'] = {'value': f'[{all_waits}]'}
            mark_template(inner['template'], None, True)
        else:
            resource['placement'] = {'at': f'[{at}]', 'waits': f'[{all_waits}]',
                                     'options': "[string(%s)]" % value_expression(resource.get('@options', {}))}


def waited(resource, known, seen=()):
    """dependsOn; an existing resource stands for what it waits for itself."""
    for entry in resource.get('dependsOn', []):
        target = known.get(entry)
        if target is not None and target.get('existing'):
            if entry not in seen:
                yield from waited(target, known, (*seen, entry))
        else:
            yield entry


def value_expression(value):
    if isinstance(value, dict):
        return 'createObject(' + ', '.join(f"'{k}', {value_expression(v)}" for k, v in value.items()) + ')'
    if isinstance(value, list):
        return 'createArray(' + ', '.join(value_expression(v) for v in value) + ')'
    if isinstance(value, bool):
        return 'true()' if value else 'false()'
    return str(value) if isinstance(value, int) else 'null()' if value is None else expression(value)


class Structure:
    """What the snapshot of a marked template says: options and waits of each resource, by id."""

    def __init__(self, snapshot):
        self.options, self.places, waits = {}, {}, {}
        for resource in snapshot['predictedResources']:
            mark = resource.get('placement')
            if not mark:
                continue
            name = folded(resource['id'])
            self.options[name] = mark['options']
            self.places[mark['at']] = name
            waits[name] = mark['waits']
        self.before = closure({name: {t for w in entries for t in self.targets(w)} - {name}
                               for name, entries in waits.items()})

    def targets(self, wait):
        """Ids of what an entry names: a resource, all turns of a loop, or all resources of a module."""
        text = folded(wait)
        if text in self.options:
            return [text]
        return [name for at, name in self.places.items() if at == wait or at.startswith((wait + '/', wait + '['))]


def closure(graph):
    done = {}

    def reach(name, path):
        if name in done:
            return done[name]
        found = set()
        for target in graph.get(name, ()):
            if target not in path:
                found |= {target} | reach(target, path | {name})
        done[name] = found
        return found
    for name in graph:
        reach(name, {name})
    return done


def structure_differences(library, residual):
    """library, residual: snapshots of the marked templates."""
    left, right = Structure(library), Structure(residual)
    short = lambda name: name.split('/providers/', 1)[-1]
    problems = []
    for name in sorted(left.options.keys() & right.options.keys()):
        if left.options[name] != right.options[name]:
            problems.append(f'{short(name)}: options {left.options[name]} in the library, {right.options[name]} in the residual')
        for side, one, other in (('library', left, right), ('residual', right, left)):
            for target in sorted(one.before[name] - other.before[name]):
                problems.append(f'{short(name)}: waits for {short(target)} only in the {side}')
    for name in sorted(left.options.keys() ^ right.options.keys()):
        problems.append(f'{short(name)}: only on one side')
    return problems


PLAIN = ('type', 'minLength', 'maxLength', 'minValue', 'maxValue', 'allowedValues', 'nullable')


def parameter_differences(library, residual, split, optional):
    """Parameters of the residual against the library's: security, limits, defaults.

    split: {residual name: (library's name, default or None)} for what became one parameter for each key.
    optional: names of the library's parameters that the description may make needless.
    """
    problems = []
    left, right = library.get('parameters', {}), residual.get('parameters', {})
    for name, given in right.items():
        if name in split:
            whole, default = split[name]
            secure = left[whole]['type'].lower() == 'secureobject'
            if secure != given['type'].lower().startswith('secure'):
                problems.append(f'parameter {name}: {given["type"]}, but {whole} of the library is {left[whole]["type"]}')
            if given.get('defaultValue') != default:
                problems.append(f'parameter {name}: default {given.get("defaultValue")!r}, expected {default!r}')
        elif name not in left:
            problems.append(f'parameter {name}: not of the library')
        else:
            for key in (*PLAIN, 'defaultValue'):
                if left[name].get(key) != given.get(key):
                    problems.append(f'parameter {name}: {key} {left[name].get(key)!r} in the library, {given.get(key)!r} in the residual')
    wholes = {whole for whole, _ in split.values()}
    for name in left:
        if name not in right and name not in optional and name not in wholes:
            problems.append(f'parameter {name}: missing in the residual')
    for name in split:
        if name not in right:
            problems.append(f'parameter {name}: missing in the residual')
    return problems
