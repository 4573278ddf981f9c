// What Microsoft's own libraries for JavaScript do with the local Resource Manager; sdk.py starts it.
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const { ClientSecretCredential } = createRequire(process.env.PACKAGES)('@azure/identity');
const { ResourceManagementClient } = createRequire(process.env.PACKAGES)('@azure/arm-resources');
const { DeploymentStacksClient } = createRequire(process.env.PACKAGES)('@azure/arm-resourcesdeploymentstacks');

const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret, URL: url, SUBSCRIPTION: subscription } = process.env;
const credential = new ClientSecretCredential(tenant, client, secret, { authorityHost: url, disableInstanceDiscovery: true });
const options = { $host: url, endpoint: url, credentialScopes: [`${url}/.default`] };
const resources = new ResourceManagementClient(credential, subscription, options);
const stacks = new DeploymentStacksClient(credential, subscription, options);
const templates = JSON.parse(process.env.TEMPLATES);
const order = (template, parameters = {}) => ({ properties: { mode: 'Incremental', template, parameters } });
const wait = { updateIntervalInMs: 100 };

async function all(pages) {
  const found = [];
  for await (const item of pages) found.push(item);
  return found;
}

const group = await resources.resourceGroups.createOrUpdate('g', { location: 'westeurope', tags: { a: 'b' } });
assert.equal(group.properties.provisioningState, 'Succeeded');
assert.equal((await resources.resourceGroups.checkExistence('none')).body, false);

const preview = await resources.deployments.beginWhatIfAndWait('g', 'd', order(templates.copies, { prefix: { value: 'ip' } }), wait);
assert.deepEqual(new Set(preview.changes.map(change => change.changeType)), new Set(['Create']));
const deployed = await resources.deployments.beginCreateOrUpdateAndWait('g', 'd', order(templates.copies, { prefix: { value: 'ip' } }), wait);
assert.equal(deployed.properties.provisioningState, 'Succeeded');
assert.equal(deployed.properties.outputs.addresses.value.length, 2);
const operations = await all(resources.deploymentOperations.list('g', 'd', { top: 2 }));
assert.equal(operations.filter(operation => operation.properties.targetResource).length, 3);
assert.equal((await all(resources.resources.listByResourceGroup('g'))).length, 3);
await assert.rejects(resources.deployments.beginCreateOrUpdateAndWait('g', 'd', order(templates.copies), wait),
  error => error.statusCode === 400 && error.code === 'InvalidTemplate');

const stack = template => ({ properties: { template, actionOnUnmanage: { resources: 'delete' }, denySettings: { mode: 'none' } } });
const made = await stacks.deploymentStacks.beginCreateOrUpdateAtResourceGroupAndWait('g', 's', stack(templates.network), wait);
assert.equal(made.provisioningState ?? made.properties?.provisioningState, 'succeeded');
const again = await stacks.deploymentStacks.beginCreateOrUpdateAtResourceGroupAndWait('g', 's', stack(templates.empty), wait);
assert.equal((again.deletedResources ?? again.properties.deletedResources).length, 1);
const exported = await stacks.deploymentStacks.exportTemplateAtResourceGroup('g', 's');
assert.deepEqual(exported.template.resources, []);
await stacks.deploymentStacks.beginValidateStackAtResourceGroupAndWait('g', 's', stack(templates.network), wait);
await stacks.deploymentStacks.beginDeleteAtResourceGroupAndWait('g', 's', { ...wait, unmanageActionResources: 'delete' });
assert.equal((await all(stacks.deploymentStacks.listAtResourceGroup('g'))).length, 0);

await resources.resourceGroups.beginDeleteAndWait('g', wait);
assert.equal((await all(resources.resourceGroups.list())).length, 0);
console.log('good');
