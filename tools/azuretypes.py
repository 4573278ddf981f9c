#!/usr/bin/env python3
"""Makes compiler/azure/types.bin (its form: compiler/azure/types.c) of the types that the official compiler has: the
NuGet package Azure.Bicep.Types.Az, of the version that the official CLI prints for `extension az` (0.2.972 in 0.49.2).

    tools/azuretypes.py PATH/Azure.Bicep.Types.Az.dll compiler/azure/types.bin

Run by hand when the official compiler changes; takes some minutes. The package's files are resources of a .NET
assembly, compressed JSON: index.json, and a types.json a provider and version, a list of types that refer to each
other. Types that look alike are one shape: all are taken for equal first, then told apart by what they hold, until no
new difference shows.
"""
import json
import struct
import sys
import zlib

LEAVES = {'StringType': 's', 'IntegerType': 'i', 'BooleanType': 'b', 'AnyType': 'a', 'NullType': 'n',
          'StringLiteralType': 's'}
FIXED = 32  # beside the scopes: a key and its values follow


# ---- the assembly

def resources(path):
    """{name: bytes} of the resources in a .NET assembly (ECMA-335)."""
    data = open(path, 'rb').read()
    word = lambda at: struct.unpack_from('<I', data, at)[0]
    half = lambda at: struct.unpack_from('<H', data, at)[0]
    head = word(0x3c)
    optional = head + 24
    sections = [struct.unpack_from('<III', data, optional + half(head + 20) + i * 40 + 12) for i in range(half(head + 6))]

    def offset(address):
        for start, size, raw in sections:
            if start <= address < start + size:
                return address - start + raw
        raise ValueError('an address outside of all sections')

    runtime = offset(word(optional + (96 if half(optional) == 0x10b else 112) + 14 * 8))
    metadata, blobs = offset(word(runtime + 8)), offset(word(runtime + 24))
    at = metadata + 16 + word(metadata + 12)
    count = half(at + 2)
    at += 4
    streams = {}
    for _ in range(count):
        end = data.index(b'\0', at + 8)
        streams[data[at + 8:end].decode()] = (metadata + word(at), word(at + 4))
        at = at + 8 + (end - at - 8) // 4 * 4 + 4
    tables, size = streams['#~']
    wide = 4 if data[tables + 6] & 1 else 2
    valid = struct.unpack_from('<Q', data, tables + 8)[0]
    present = [i for i in range(64) if valid >> i & 1]
    rows = {table: word(tables + 24 + i * 4) for i, table in enumerate(present)}
    assert present[-1] == 0x28, 'resources are the last table'
    length = 8 + wide + 2
    starts, at = set(), 0  # of the blobs: a length, then so many bytes, at multiples of eight
    while at < word(runtime + 28):
        starts.add(at)
        at = (at + 4 + word(blobs + at) + 7) // 8 * 8
    start = tables + size - rows[0x28] * length  # or a little before: the stream may be padded
    while any(word(start + i * length) not in starts for i in range(rows[0x28])):
        start -= 1
    found = {}
    for i in range(rows[0x28]):
        row = start + i * length
        name = streams['#Strings'][0] + (word(row + 8) if wide == 4 else half(row + 8))
        blob = blobs + word(row)
        found[data[name:data.index(b'\0', name)].decode()] = data[blob + 4:blob + 4 + word(blob)]
    return found


# ---- types

class Types:
    def __init__(self, files):
        self.nodes, self.start = [], {}
        self.literals = {}  # place of a node → its values, of text; place of a union of objects → its key and the key's values
        for name, packed in files.items():
            if not name.endswith('types.json.deflated'):
                continue
            items = json.loads(zlib.decompress(packed, -15))
            self.start[name[:-len('.deflated')]] = len(self.nodes)
            self.nodes += self.read(items, len(self.nodes))
        self.index = json.loads(zlib.decompress(files['index.json.deflated'], -15))['resources']

    def read(self, items, base):
        inner = lambda reference: None if reference is None else base + int(reference['$ref'][2:])
        made = []
        for item in items:
            kind = item['$type']
            if kind == 'StringLiteralType':
                self.literals[base + len(made)] = [item['value']]
            elif kind == 'DiscriminatedObjectType':
                self.literals[base + len(made)] = (item['discriminator'], sorted(item['elements']))
            if kind in ('ObjectType', 'DiscriminatedObjectType'):
                properties = item['properties' if kind == 'ObjectType' else 'baseProperties']
                made.append((kind[0], tuple(sorted((name, inner(value['type'])) for name, value in properties.items())),
                             inner(item.get('additionalProperties'))))
            elif kind == 'ArrayType':
                made.append(('A', inner(item['itemType'])))
            elif kind == 'UnionType':
                made.append(('U', tuple(inner(element) for element in item['elements'])))
            elif kind == 'ResourceType':
                made.append(('R', inner(item['body']), item['readableScopes'], item['writableScopes']))
            else:
                made.append((LEAVES.get(kind, 'a'),))
        return made

    def fixed(self, body):
        """(key, values) of a resource's body: the property that must be there, and what it can be; key '' for a name
        that can be nothing else. None if there is none."""
        node = self.nodes[body]
        if node[0] == 'D':
            return self.literals[body]
        at = dict(node[1]).get('name')
        parts = self.nodes[at][1] if self.nodes[at][0] == 'U' else [at]
        if all(part in self.literals for part in parts):
            return '', sorted(value for part in parts for value in self.literals[part])
        return None

    def simple(self, at):
        """The letter of a union's kind."""
        node = self.nodes[at]
        if node[0] != 'U':
            return node[0]
        letters = {self.simple(element) for element in node[1]} - {'n'}
        return letters.pop() if len(letters) == 1 else 'a'

    def shape(self, at, classes):
        node = self.nodes[at]
        if node[0] in 'OD':
            return (node[0], tuple((name, classes[inner]) for name, inner in node[1]),
                    None if node[2] is None else classes[node[2]])
        if node[0] == 'A':
            return ('A', classes[node[1]])
        if node[0] == 'U':
            letter = self.simple(at)
            return (letter,) if letter in 'sib' else ('a',)
        return (node[0],) if node[0] != 'R' else ('R', classes[node[1]])

    def classes(self):
        classes, before = [0] * len(self.nodes), 0
        while True:
            numbers = {}
            classes = [numbers.setdefault((classes[at], self.shape(at, classes)), len(numbers))
                       for at in range(len(self.nodes))]
            print(len(numbers), 'shapes', file=sys.stderr)
            if len(numbers) == before:
                return classes
            before = len(numbers)


# ---- the table

def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(value):
    return number(len(value.encode())) + value.encode()


class Table:
    def __init__(self, types):
        self.types, self.classes = types, types.classes()
        self.first = {}
        for at, number_of_class in enumerate(self.classes):
            self.first.setdefault(number_of_class, at)
        self.names, self.name_list, self.shapes, self.shape_list = {}, [], {}, []

    def name(self, name):
        if name not in self.names:
            self.names[name] = len(self.name_list)
            self.name_list.append(text(name))
        return number(self.names[name])

    def shape(self, at):
        """The number of the shape; what it holds is queued."""
        number_of_class = self.classes[at]
        if number_of_class not in self.shapes:
            self.shapes[number_of_class] = len(self.shape_list)
            self.shape_list.append(number_of_class)
        return self.shapes[number_of_class]

    def shape_bytes(self, number_of_class):
        at = self.first[number_of_class]
        node = self.types.nodes[at]
        if node[0] in 'OD':
            out = node[0].encode() + number(len(node[1]))
            for name, inner in node[1]:
                out += self.name(name) + number(self.shape(inner))
            if node[0] == 'O':
                out += number(0 if node[2] is None else self.shape(node[2]) + 1)
            return out
        if node[0] == 'A':
            return b'A' + number(self.shape(node[1]))
        return self.types.simple(at).encode()

    def type_records(self):
        grouped = {}
        for full, reference in self.types.index.items():
            name, version = full.split('@')
            path, at = reference['$ref'].split('#/')
            node = self.types.nodes[self.types.start[path] + int(at)]
            grouped.setdefault(name, []).append((version, node))
        names, records = sorted(grouped, key=lambda name: (name.lower(), name)), []
        for name in names:
            record = text(name) + number(len(grouped[name]))
            for version, (_, body, readable, writable) in sorted(grouped[name]):
                fixed = self.types.fixed(body)
                record += self.name(version) + number(self.shape(body)) + number(readable)
                record += number(writable | (FIXED if fixed else 0))
                if fixed:
                    record += text(fixed[0]) + number(len(fixed[1])) + b''.join(map(text, fixed[1]))
            records.append(record)
        return names, records

    def bytes(self):
        (types, records), shapes = self.type_records(), []
        while len(shapes) < len(self.shape_list):
            shapes.append(self.shape_bytes(self.shape_list[len(shapes)]))
        return assembled(types, records, shapes, self.name_list)


def slots(names):
    """Numbers plus one at the hashes of the names without regard to case; 0 is free."""
    table = [0] * (1 << (2 * len(names)).bit_length())
    for index, name in enumerate(names):
        at = 2166136261
        for byte in name.encode():
            at = (at ^ (byte | 0x20)) * 16777619 & 0xffffffff
        while table[at % len(table)]:
            at += 1
        table[at % len(table)] = index + 1
    return table


def assembled(types, records, shapes, names):
    lists, found = (records, shapes, names), slots(types)
    places, at = [], 20
    for items in lists:
        places.append(at)
        at += 4 * len(items)
    out = struct.pack('<5I', *places, at, len(found))
    at += 2 * len(found)
    for items in lists:
        for item in items:
            out += struct.pack('<I', at)
            at += len(item)
    return out + struct.pack(f'<{len(found)}H', *found) + b''.join(map(b''.join, lists))


def main():
    table = Table(Types(resources(sys.argv[1]))).bytes()
    with open(sys.argv[2], 'wb') as file:
        file.write(table)
    print(len(table), 'bytes')


if __name__ == '__main__':
    main()
