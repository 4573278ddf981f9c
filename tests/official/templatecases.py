"""Templates for snapshots.py that no Bicep file becomes: every function with known and unknown arguments, wrong ones too,
and what resources, parameters and loops may look like.
"""
METADATA = {'subscriptionId': '00000000-1111-2222-3333-444444444444', 'resourceGroup': 'acme', 'location': 'westeurope',
            'tenantId': '99999999-1111-2222-3333-444444444444', 'deploymentName': 'main'}
SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
UNKNOWN = '[deployer().objectId]'

# What the expressions below may use.
AROUND = {
    'parameters': {'p': {'type': 'string', 'defaultValue': 'pv'}, 'n': {'type': 'string', 'defaultValue': '[newGuid()]'},
                   'o': {'type': 'object', 'defaultValue': {'a': UNKNOWN, 'b': ['x', UNKNOWN]}}},
    'variables': {'v': 'vv', 'w': "[concat('x', deployer().objectId)]", 'obj': {'k': UNKNOWN, 'l': "[toLower('X')]"},
                  'copy': [{'name': 'c', 'count': 2, 'input': "[concat(deployer().objectId, copyIndex('c'))]"}]},
    'functions': [{'namespace': 'ns', 'members': {'f': {'parameters': [{'name': 'a', 'type': 'string'}],
                  'output': {'type': 'string', 'value': "[concat(parameters('a'), 'b')]"}}}}],
}

# One a line; swarmgen must give the same value, the same rest or the same message.
EXPRESSIONS = r"""
concat('a', 'b', deployer().objectId, 'c', 'd')
format('{0}-{1}', 'x', deployer().objectId)
format('{0}-{1}', 'x', toLower('A{'))
if(true(), 'a', deployer().objectId)
if(false(), 'a', deployer().objectId)
if(equals(deployer().objectId,'a'), toLower('A'), 'b')
and(true(), equals(deployer().objectId, 'x'))
and(false(), equals(deployer().objectId, 'x'))
and(equals(deployer().objectId, 'x'), false())
or(true(), equals(deployer().objectId, 'x'))
or(false(), equals(deployer().objectId, 'x'))
or(equals(deployer().objectId, 'x'), toLower('A'), true())
not(equals(deployer().objectId, 'x'))
coalesce(null(), deployer().objectId)
coalesce(null(), deployer().objectId, 'a')
coalesce('x', deployer().objectId, 'a')
createObject('a', deployer().objectId, 'b', 1)
createObject('a', deployer().objectId, 'b', 1).a
createObject('a', deployer().objectId, 'b', 1).b
createArray(deployer().objectId, 1)
createArray(deployer().objectId, 1)[1]
createArray(deployer().objectId, 1)[0]
first(createArray(deployer().objectId, 1))
last(createArray(deployer().objectId, 1))
length(createArray(deployer().objectId, 1))
length(createObject('a', deployer().objectId))
contains(createObject('a', deployer().objectId), 'a')
contains(createArray('b', deployer().objectId), 'b')
empty(createArray(deployer().objectId))
items(createObject('a', deployer().objectId))
objectKeys(createObject('a', deployer().objectId))
union(createObject('a', deployer().objectId), createObject('b', 1))
shallowMerge(createArray(createObject('a', deployer().objectId), createObject('b', 1)))
map(createArray('a', deployer().objectId), lambda('x', concat(lambdaVariables('x'), 'b')))
map(createArray('a', 'c'), lambda('x', concat(lambdaVariables('x'), deployer().objectId)))
filter(createArray('a', 'c'), lambda('x', equals(lambdaVariables('x'), deployer().objectId)))
reduce(createArray('a', 'c'), deployer().objectId, lambda('x','y', concat(lambdaVariables('x'), lambdaVariables('y'))))
tryGet(createObject('a', deployer().objectId), 'a')
tryGet(createObject('a', deployer().objectId), 'b')
tryGet(deployer().objectId, 'b', 'c')
json('{"a": 1}')
json('2.50')
string(createObject('a', deployer().objectId))
string(createObject('a', 1))
add(1, length(deployer().objectId))
deployer().objectId
utcNow()
utcNow('yyyy')
toLower(deployer().objectId)
subscription().displayName
resourceGroup().tags
resourceGroup().tags.a
resourceGroup()
subscription()
tenant()
deployment()
deployer()
environment()
environment().suffixes.storage
managementGroup()
reference('x')
reference(resourceId('Microsoft.A/b','c'),'2020-01-01')
reference(resourceId('Microsoft.A/b','c'),'2020-01-01').a.b[0]
reference(resourceId('Microsoft.A/b','c'),'2020-01-01')[toLower('A')]
listKeys(resourceId('Microsoft.A/b','c'),'2020-01-01').keys[0].value
pickZones('Microsoft.A','b','westeurope')
providers('Microsoft.Compute')
resourceId('Microsoft.A/b', deployer().objectId)
resourceId(deployer().objectId, 'Microsoft.A/b', 'c')
uniqueString(resourceGroup().id)
guid(deployer().objectId,'x')
'[x]'
'it''s'
null()
int('5')
true()
createArray()
createObject()
toObject(createArray('a'), lambda('x', lambdaVariables('x')), lambda('x', deployer().objectId))
sort(createArray(deployer().objectId,'a'), lambda('x','y', less(lambdaVariables('x'),lambdaVariables('y'))))
split(deployer().objectId, ',')
split(deployer().objectId, ',')[0]
equals(deployer().objectId,deployer().objectId)
less(1, 2)
max(createArray(1, length(deployer().objectId)))
bool(deployer().objectId)
dateTimeAdd(utcNow(), 'P1D')
base64(deployer().objectId)
substring(deployer().objectId, 0, 5)
indexOf(deployer().objectId, 'a')
toLogicalZone('s','l','1')
fail('x')
mod(5,0)
createObject('a', 1).b
createArray(1)[3]
parseCidr('10.0.0.0/8').network
take(createArray(deployer().objectId, 2, 3), 1)
skip(createArray(deployer().objectId, 2, 3), 1)
flatten(createArray(createArray(deployer().objectId), createArray(2)))
join(createArray(deployer().objectId, 'b'), ',')
indexFromEnd(createArray(deployer().objectId, 'b'), 1)
tryIndexFromEnd(createArray(deployer().objectId, 'b'), 2)
mapValues(createObject('a', deployer().objectId), lambda('x', lambdaVariables('x')))
groupBy(createArray('a', deployer().objectId), lambda('x', 'k'))
subscriptionResourceId('Microsoft.A/b','c')
tenantResourceId('Microsoft.A/b','c')
extensionResourceId(resourceId('Microsoft.A/b','c'),'Microsoft.D/e','f')
managementGroupResourceId('Microsoft.A/b','c')
subscription().subscriptionId
tenant().tenantId
deployment().name
deployment().properties.template.contentVersion
deployment().location
if(equals(deployer().objectId,'a'), parameters('p'), variables('v'))
if(equals(deployer().objectId,'a'), variables('w'), ns.f('q'))
variables('w')
variables('obj')
variables('c')
parameters('n')
parameters('o')
parameters('o').b
ns.f(deployer().objectId)
ns.f('x')
createObject('a-b', deployer().objectId, 'c''d', createArray(true(), null(), 5, -5, json('2.5'), 3000000000))
createObject(deployer().objectId, 1)
createObject('a', deployer().objectId)['a']
reference('x')['a-b'].c['d''e'][0][toLower('ä')].ä
concat(createArray(deployer().objectId),createArray(1))
union(createArray(deployer().objectId),createArray(1))
union(createArray(deployer().objectId),createArray(deployer().objectId))
distinct(createArray(deployer().objectId,deployer().objectId))
intersection(createArray(deployer().objectId,1),createArray(1,deployer().objectId))
contains(createArray(deployer().objectId,1),2)
contains(createArray(deployer().objectId,1),deployer().objectId)
contains(createObject('a',deployer().objectId),deployer().objectId)
contains(deployer().objectId,'a')
equals(createObject('a',deployer().objectId),createObject('a',deployer().objectId))
equals(createObject('a',deployer().objectId),createObject('b',deployer().objectId))
equals(createArray(deployer().objectId),createArray(1,2))
indexOf(createArray(1,deployer().objectId), 1)
array(deployer().objectId)
array(createObject('a',deployer().objectId))
array(createArray(deployer().objectId))
coalesce(deployer().objectId, toLower('A'))
coalesce(createObject('a',deployer().objectId), toLower('A'))
empty(deployer().objectId)
length(deployer().objectId)
take(deployer().objectId,2)
filter(createArray(1,deployer().objectId), lambda('x', true()))
filter(createArray(1,deployer().objectId), lambda('x', equals(lambdaVariables('x'), 1)))
filter(createArray(createObject('a',1,'b',deployer().objectId), createObject('a',2)), lambda('x', equals(lambdaVariables('x').a, 1)))
sort(createArray(createObject('a',2,'b',deployer().objectId), createObject('a',1)), lambda('x', 'y', less(lambdaVariables('x').a, lambdaVariables('y').a)))
reduce(createArray(createObject('a',2,'b',deployer().objectId), createObject('a',1)), 0, lambda('x', 'y', add(lambdaVariables('x'), lambdaVariables('y').a)))
reduce(createArray(1,2), createArray(deployer().objectId), lambda('x', 'y', concat(lambdaVariables('x'), createArray(lambdaVariables('y')))))
groupBy(createArray('a',deployer().objectId), lambda('x', lambdaVariables('x')))
map(deployer().objectId, lambda('x', toLower('Q')))
map(createArray(1), lambda('x', variables('v')))
map(createArray(deployer().objectId), lambda('x', concat(lambdaVariables('x'), variables('v'), toLower('A'))))
filter(createArray(deployer().objectId), lambda('x', equals(lambdaVariables('x'), variables('v'))))
items(deployer().objectId)
objectKeys(deployer().objectId)
shallowMerge(createArray(deployer().objectId))
union(createObject('a',deployer().objectId),deployer().objectId)
union(createObject('a',deployer().objectId),createObject('a',1))
union(createObject('a',createObject('c',deployer().objectId)),createObject('a',deployer().objectId))
mapValues(deployer().objectId, lambda('x', 1))
createArray(deployer().objectId)[deployer().objectId]
createArray(1,2)[length(deployer().objectId)]
createObject('a',1)[deployer().objectId]
indexFromEnd(deployer().objectId, 1)
tryIndexFromEnd(deployer().objectId, 1)
tryGet(deployer().objectId, 'a', 0)
tryGet(createObject('a',deployer().objectId), 'a', 'b')
reference('a').b.c
tryGet(reference('a'), 'b')
min(deployer().objectId, 1)
max(createArray(deployer().objectId))
join(createArray('a','b'),deployer().objectId)
string(createArray(1,deployer().objectId))
format('{0}', createArray(deployer().objectId))
substring('abc', length(deployer().objectId))
bool('true')
int(deployer().objectId)
json(deployer().objectId)
split('a,b', deployer().objectId)
startsWith('a', deployer().objectId)
add(1,2)
add(deployer().objectId,toLower('A'))
concat(toLower('A'), deployer().objectId, toLower('B'))
concat(deployer().objectId)
flatten(createArray(deployer().objectId, createArray(1)))
flatten(deployer().objectId)
first(deployer().objectId)
skip(deployer().objectId,1)
range(0,length(deployer().objectId))
guid(deployer().objectId)
createArray(if(equals(deployer().objectId,'a'),1,2))
uri('http://a/', deployer().objectId)
last(split(deployer().objectId,'/'))
not(deployer().objectId)
or(deployer().objectId, true())
parseCidr(deployer().objectId)
resourceId('Microsoft.A/b/c', 'x', deployer().objectId)
resourceId('other', 'Microsoft.A/b', deployer().objectId)
resourceId(deployer().objectId, 'other', 'Microsoft.A/b', 'c')
subscriptionResourceId('Microsoft.A/b', deployer().objectId)
subscriptionResourceId(deployer().objectId, 'Microsoft.A/b', 'c')
tenantResourceId('Microsoft.A/b', deployer().objectId)
extensionResourceId(deployer().objectId, 'Microsoft.A/b', 'c')
managementGroupResourceId('mg', 'Microsoft.A/b', 'c')
managementGroupResourceId(deployer().objectId, 'Microsoft.A/b', 'c')
environment().name
deployment().properties
listKeys(deployer().objectId, '2020-01-01')
list('x', '2020-01-01', createObject('a',1))
reference(deployer().objectId)
references('x', 'full')
reference('x', '2020-01-01', 'Full')
dateTimeAdd('2020-01-01T00:00:00Z', 'P1D')
dateTimeAdd(deployer().objectId, 'P1D')
guid('a')
toUpper(parameters('n'))
shallowMerge(createArray(createObject('a',1), deployer().objectId))
subscription().tenantId
resourceInfo('x')
tenant().countryCode
isNull(1)
true
copyIndex()
foo(1)
parameters('zz')
variables('zz')
parameters(deployer().objectId)
union(createObject('a',1),createObject('a',deployer().objectId))
union(createObject('a',null()),createObject('a',deployer().objectId))
union(createObject('a',deployer().objectId),createObject('a',createObject('c',1)))
union(createObject('a',deployer().objectId),createObject('a',null()))
union(createObject('a',deployer().objectId),createObject('a',deployer().objectId))
union(createObject('a',createArray(1)),createObject('a',deployer().objectId))
union(createObject('a',createArray(1)),createObject('a',createArray(deployer().objectId)))
union(createObject('a',createObject('b',1)),createObject('a',createObject('b',deployer().objectId,'c',2)))
union(createObject('a','x'),createObject('a',createObject('b',1)))
union(createObject('a',1),createObject('A',deployer().objectId))
toObject(createArray(createObject('k','a','v',deployer().objectId)), lambda('x', lambdaVariables('x').k), lambda('x', lambdaVariables('x').v))
groupBy(createArray(createObject('k','a','v',deployer().objectId)), lambda('x', lambdaVariables('x').k))
reduce(createArray(1,2), 0, lambda('x', 'y', add(lambdaVariables('x'), length(deployer().objectId))))
reduce(createArray(deployer().objectId), 'a', lambda('x', 'y', concat(lambdaVariables('x'), lambdaVariables('y'))))
map(range(0,2), lambda('i', if(equals(lambdaVariables('i'), 1), deployer().objectId, 'x')))
map(createArray(1), lambda('i', lambdaVariables('j')))
map(createArray(createArray(deployer().objectId)), lambda('i', first(lambdaVariables('i'))))
filter(createArray(deployer().objectId), lambda('i', not(empty(lambdaVariables('i')))))
concat(createArray(1), deployer().objectId)
concat('a', createArray(deployer().objectId))
contains('abc', deployer().objectId)
intersection(createObject('a',deployer().objectId),createObject('a',deployer().objectId))
createObject('a',deployer().objectId,'A',1)
if(deployer().objectId, reference('x'), listKeys('y','1'))
and(deployer().objectId, equals(reference('x').y, 1))
flatten(createArray(createArray(1),createArray(deployer().objectId)))
distinct(createArray(deployer().objectId))
empty(createObject())
lastIndexOf(createArray(deployer().objectId,'a'),'a')
indexOf(createArray(deployer().objectId,'a'),deployer().objectId)
items(createObject('b',deployer().objectId,'a',1))
tryGet(createArray(deployer().objectId),0)
tryGet(createArray(deployer().objectId),5)
tryGet(null(),'a')
tryGet('str','a')
tryGet(createObject('a',null()),'a','b')
createObject('a',null()).a.b
'abc'
concat('a','b').x
createArray(1).length
createObject('a',1)[0]
null().x
int('5').x
createArray(1,2)[-1]
createArray(1,2)['0']
indexFromEnd(createArray(1,2),3)
indexFromEnd('ab',1)
tryIndexFromEnd(createArray(1,2),3)
tryIndexFromEnd(createArray(createObject('a',1)),1,'a')
if(equals(deployer().objectId,1), parameters('nope'), 1)
if('x', 1, 2)
and(1, true())
not('x')
equals(1, '1')
equals('a', 'A')
equals(createArray(1), createArray(1))
less('a', 'B')
less(1, 'a')
less(true(), false())
add('1', 2)
add(9223372036854775807, 1)
coalesce(null(), null())
coalesce()
createObject('a')
createObject(1, 2)
concat()
length()
length(1,2)
split('a')
toLower(5)
resourceId('a')
resourceId('A/b')
resourceId('A/b', 'c', 'd')
resourceId('A/b', 5)
resourceId('A/b/c', 'd')
resourceId('x', 'y', 'z', 'A/b', 'c')
resourceId('x', 'y', 'A/b', 'c')
subscriptionResourceId('A/b')
subscriptionResourceId('x', 'A/b', 'c')
extensionResourceId('x', 'A/b', 'c')
extensionResourceId('/x', 'A/b')
tenantResourceId('x', 'A/b', 'c')
resourceId('Microsoft.Resources/resourceGroups', 'x')
subscriptionResourceId('Microsoft.Resources/resourceGroups', 'x')
tenantResourceId('Microsoft.Management/managementGroups', 'x')
tenantResourceId('Microsoft.Resources/subscriptions', 'x')
subscriptionResourceId('microsoft.resources/resourcegroups/providers', 'x', 'y')
extensionResourceId(resourceGroup().id, 'Microsoft.Resources/deployments', 'd')
uniqueString()
take('abc', 2)
float('1.5')
float(2)
string(true())
guid()
first(createArray())
first('')
union(createArray(1), createObject())
CONCAT('a', 'B')
concat('a', 5, true())
providers('a','b')
lambda('x', 1)
lambdaVariables('x')
map(createArray(1), lambda(1))
sort(createArray(2,1), lambda('a','b', less(lambdaVariables('a'), lambdaVariables('b'))))
deployment().properties.mode
resourceGroup('x')
loadTextContent('x')
any(1)
nameof('x')
externalInputs('x')
getKeyVaultSecret('a','b')
target('full')
parseUri('https://a.b/c?d=e#f')
buildUri(createObject('scheme','https','host','a'))
like('abc', 'a*')
shallowMerge(createArray(createObject('a',1),createObject('A',2)))
toLogicalZones('s','l',createArray('1'))
"""


def resource(name, **more):
    return {'type': 'Microsoft.A/b', 'apiVersion': '2020-01-01', 'name': name, **more}


COUNTED = "[length(union(createArray(deployer().objectId), createArray('p')))]"
RESOURCES = {
    'references': {'z': resource('z', properties={'x': "[reference('b').foo]", 'y': "[reference('b').none]"}),
                   'b': resource('b', properties={'foo': 'bar', "[concat('x', 'y')]": '[[a]', 'q': '[[a'})},
    'loops': {'a': resource("[concat('a', copyIndex())]", copy={'name': 'l', 'count': 2}, properties={
        'copy': [{'name': 'x', 'count': 2, 'input': "[concat(copyIndex('l'), '-', copyIndex(), '-', copyIndex('x'))]"}]})},
    'an unknown name': {'a': resource(UNKNOWN), 'b': resource("[concat('b/', deployer().objectId)]", type='Microsoft.A/b/c')},
    'an unknown scope': {'a': resource('a', scope=UNKNOWN)},
    'an unknown condition': {'a': resource('a', condition="[equals(deployer().objectId, 'x')]")},
    'a relative scope': {'a': resource('a', scope='Microsoft.X/y/z')},
    'no name': {'a': {'type': 'A.B/c', 'apiVersion': '1'}},
    'no version': {'a': {'type': 'A.B/c', 'name': 'x'}},
    'segments': {'a': resource('x/y')},
    'a count below zero': {'a': resource("[concat('a', copyIndex())]", copy={'name': 'c', 'count': -1})},
    'an unknown loop': {'a': resource("[concat('a', copyIndex('zz'))]", copy={'name': 'c', 'count': 2})},
    'no loop': {'a': resource("[concat('a', copyIndex())]")},
    'a reference in a name': {'a': resource("[reference('b').x]"), 'b': resource('b')},
    'order by what evaluation leaves': {
        'z': resource('z', dependsOn=['c'], properties={'x': "[if(reference('b').foo, reference('d').x, 1)]"}), 'd': resource('d'), 'c': resource('c'),
        'b': resource('b', properties={'x': "[tryGet(createObject('a', reference('c').x), 'b')]"})},
    'what an absent one depends on': {'z': resource('z', dependsOn=['a']), 'a': resource('a', condition=False, dependsOn=['b']), 'c': resource('c'), 'b': resource('b')},
    'an absent one that has no name': {'a': resource("[fail('x')]", condition=False), 'b': resource('b', properties={'x': "[reference('a').x]"})},
    'references as arguments': {'b': resource('b', properties={'foo': {'k': 1}, 'n': None, 'u': UNKNOWN}), 'z': resource('z', properties={
        'a': "[union(reference('b'), createObject('q', 1))]", 'b': "[string(reference('b').foo)]", 'c': "[empty(createArray(string(tryGet(reference('b'), 'none'))))]",
        'd': "[coalesce(reference('b').n, 'x')]", 'e': "[shallowMerge(createArray(reference('b'), createObject('z', reference('b').u)))]",
        'f': "[filter(createArray(1), lambda('x', contains(reference('b'), 'foo')))]", 'g': "[map(reference('e').list, lambda('x', reference('b').foo))]"}), 'e': resource('e')},
    'a string of nothing': {'b': resource('b', properties={}), 'z': resource('z', properties={'c': "[string(tryGet(reference('b'), 'none'))]"})},
    'numbers of a loop within what is not decided': {'b': resource('b'), 'a': resource("[concat('a', copyIndex())]", copy={'name': 'l', 'count': 2}, properties={
        'copy': [{'name': 'x', 'count': 2, 'input': "[if(reference('b').x, createArray(5, 6)[copyIndex('x')], copyIndex('l', 3))]"}]})},
    'a property as long as nobody knows': {'a': resource('a', properties={'copy': [{'name': 'x', 'count': COUNTED, 'input': 1}, {'name': 'y', 'count': 1, 'input': 2}]}),
                                           'z': resource('z', properties={'x': "[length(reference('a').x)]", 'y': "[reference('a').y]"})},
    'no group': {'a': resource('a', type='Microsoft.Resources/deployments', resourceGroup='[null()]', properties={'mode': 'Incremental', 'template': {
        '$schema': SCHEMA, 'contentVersion': '1.0.0.0', 'resources': [resource('b')]}})},
    'a name of nothing': {'a': resource('[null()]')},
    'as many as nobody knows': {'a': resource("[concat('a', copyIndex())]", copy={'name': 'c', 'count': COUNTED})},
    'a wrong body': {'a': resource('a', properties={'x': '[div(1, 0)]'})},
}

def extensions(form):
    """Resources of an extension: `import` in older templates, `extension` in newer ones."""
    version = {'apiVersion': 'v1'} if form == 'extension' else {}
    other = lambda **more: {form: 'k', 'type': 'shop/product' if version else 'shop/product@v1', **version, **more}
    return {
        'tea': other(properties={'name': 'tea', 'price': 3}),
        'old': other(existing=True, properties={'name': 'old'}),
        'off': other(condition=False, properties={'name': 'off'}),
        'on': other(condition="[contains(subscription().displayName, 'x')]", properties={'name': 'on'}),
        'cups': other(copy={'name': 'cups', 'count': 2}, condition='[equals(copyIndex(), 1)]', properties={'name': "[concat('cup', copyIndex())]", 'price': "[reference('old').stock]"}),
        'again': other(properties={'name': "[reference('tea').name]", 'stock': "[reference('tea').stock]", 'all': "[reference('tea')]"}, dependsOn=['old']),
        'nothing': other(),
        'a': resource('a', tags={'t': "[reference('tea').name]"}, properties={
            'x': "[reference('again').name]", 'y': "[map(references('cups'), lambda('c', lambdaVariables('c').name))]", 'z': "[reference('cups[1]')]",
            'o': "[reference('off').name]", 'c': "[reference('on').name]", 'n': "[tryGet(reference('tea'), 'stock')]", 'e': "[reference('old').x]"}),
        'm': {'type': 'Microsoft.Resources/deployments', 'apiVersion': '2025-04-01', 'name': 'm', 'properties': {'expressionEvaluationOptions': {'scope': 'inner'}, 'mode': 'Incremental',
              'parameters': {'p': {'value': "[reference('tea').price]"}}, 'template': {
            '$schema': SCHEMA, 'contentVersion': '1.0.0.0', 'languageVersion': '2.0' if form == 'import' else '2.2-experimental', 'parameters': {'p': {'type': 'int'}},
            form + 's': {'k': {'provider' if form == 'import' else 'name': 'Shop', 'version': '1'}},
            'resources': {'tea': other(properties={'name': 'inner', 'price': "[parameters('p')]"}), 'b': resource('b', properties={'x': "[reference('tea').price]"})},
            'outputs': {'o': {'type': 'int', 'value': "[reference('tea').price]"}}}}}}


# Types of a parameter with values for it.
VALUES = [
    ({'type': 'string'}, 5), ({'type': 'string'}, None), ({'type': 'int'}, '5'), ({'type': 'int'}, 1.5), ({'type': 'bool'}, 1),
    ({'type': 'array'}, {}), ({'type': 'string', 'allowedValues': ['a', 'b']}, 'A'), ({'type': 'int', 'allowedValues': [1]}, 3),
    ({'type': 'array', 'allowedValues': ['a', 'b']}, ['a', 'c']), ({'type': 'string', 'minLength': 3}, 'ab'),
    ({'type': 'int', 'maxValue': 3}, 4), ({'type': 'array', 'items': {'type': 'string'}}, ['a', 1]),
    ({'type': 'array', 'prefixItems': [{'type': 'string'}], 'items': False}, ['a', 1]),
    ({'type': 'object', 'properties': {'a': {'type': 'string'}}}, {}),
    ({'type': 'object', 'properties': {'a': {'type': 'string'}}, 'additionalProperties': False}, {'a': 'x', 'b': 1}),
    ({'type': 'object', 'properties': {'a': {'type': 'securestring'}}}, {'a': 'x', 'b': 1}),
    ({'type': 'securestring'}, 'x'), ({'type': 'string', 'nullable': True}, None), ({'type': 'int'}, UNKNOWN),
]


def template(**parts):
    return {'$schema': SCHEMA, 'contentVersion': '1.0.0.0', 'languageVersion': '2.0', 'resources': {}, **parts}


def cases():
    """(label, template, metadata)"""
    for expression in EXPRESSIONS.strip().split('\n'):
        yield expression, template(outputs={'o': {'value': f'[{expression}]'}}, **AROUND), METADATA
    for label, resources in RESOURCES.items():
        yield label, template(resources=resources), METADATA
        yield label + ', nothing known', template(resources=resources), {}
    for form, name, language in ('import', 'provider', '2.0'), ('extension', 'name', '2.2-experimental'):
        parts = {form + 's': {'k': {name: 'Shop', 'version': '1'}}, 'languageVersion': language,
                 'outputs': {'o': {'type': 'int', 'value': "[reference('tea').price]"}, 'p': {'type': 'int', 'value': "[reference('m').outputs.o.value]"},
                             'q': {'type': 'object', 'value': "[reference('cups[1]')]"}, 'r': {'type': 'array', 'value': "[references('cups')]"}}}
        yield 'resources of an ' + form, template(resources=extensions(form), **parts), METADATA
        yield f'resources of an {form}, nothing known', template(resources=extensions(form), **parts), {}
    for of, value in VALUES:
        inner = template(parameters={'p': of}, resources={'a': resource('n', properties={'p': "[parameters('p')]"})})
        properties = {'expressionEvaluationOptions': {'scope': 'inner'}, 'mode': 'Incremental',
                      'parameters': {'p': {'value': value}}, 'template': inner}
        yield f'{value} for {of}', template(resources={'m': {
            'type': 'Microsoft.Resources/deployments', 'apiVersion': '2025-04-01', 'name': 'm', 'properties': properties}}), METADATA
