/** Task definitions at the ECS endpoint, asked by the SDK's own client. */
import { DeregisterTaskDefinitionCommand, ECSClient, ListTaskDefinitionsCommand, type ListTaskDefinitionsCommandInput } from '@aws-sdk/client-ecs';
import { ACCOUNT, AwsWorld, REGION } from './aws-world';

let world: AwsWorld;
let client: ECSClient;

const arn = (name: string): string => `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${name}`;

const list = async (input: ListTaskDefinitionsCommandInput = {}) => {
  const { taskDefinitionArns, nextToken } = await client.send(new ListTaskDefinitionsCommand(input));
  return { names: (taskDefinitionArns ?? []).map((each) => each.split('/')[1]), nextToken };
};

const deregister = (taskDefinition: string) => client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));

beforeEach(async () => {
  world = await AwsWorld.start();
  client = new ECSClient(world.client());
  ['web', 'web', 'api', ...Array.from({ length: 8 }, () => 'web'), 'web-api'].forEach((family) => world.taskDefinitions.register(arn(family), { ContainerDefinitions: [{ Name: family }] }));
});

afterEach(() => {
  client.destroy();
  return world.close();
});

test.each<[string, ListTaskDefinitionsCommandInput, readonly string[]]>([
  ['of one family, by its whole name', { familyPrefix: 'web', sort: 'DESC' }, ['web:10', 'web:9', 'web:8', 'web:7', 'web:6', 'web:5', 'web:4', 'web:3', 'web:2', 'web:1']],
  ['the first one first where nothing is said', { familyPrefix: 'api' }, ['api:1']],
  ['of all families', { maxResults: 4 }, ['api:1', 'web:1', 'web:2', 'web:3']],
  ['of none', { familyPrefix: 'we' }, []],
  ['that are INACTIVE', { status: 'INACTIVE' }, []],
])('EC-S5: lists those %s', async (_what, input, expected) => {
  expect((await list(input)).names).toEqual(expected);
});

test('EC-S5: page by page', async () => {
  const first = await list({ familyPrefix: 'web', sort: 'DESC', maxResults: 6 });
  const second = await list({ familyPrefix: 'web', sort: 'DESC', maxResults: 6, nextToken: first.nextToken });
  expect([first.names.at(-1), second]).toEqual(['web:5', { names: ['web:4', 'web:3', 'web:2', 'web:1'], nextToken: undefined }]);
});

test.each(['web:2', arn('web:2')])('EC-S6: %s is INACTIVE once it is deregistered, and no other; so it stays', async (name) => {
  const { taskDefinition } = await deregister(name);
  expect(taskDefinition).toMatchObject({ taskDefinitionArn: arn('web:2'), family: 'web', revision: 2, status: 'INACTIVE' });
  expect((await list({ familyPrefix: 'web', maxResults: 3 })).names).toEqual(['web:1', 'web:3', 'web:4']);
  expect((await list({ status: 'INACTIVE' })).names).toEqual(['web:2']);
  expect((await deregister(name)).taskDefinition?.status).toBe('INACTIVE');
});

test('EC-S6: no task set is made of an INACTIVE one, nor for a container that it lacks', async () => {
  await deregister('web:2');
  expect(['web:2', 'web:3', 'api:1'].map((name) => world.taskDefinitions.refusal(arn(name), 'web'))).toEqual([
    'TaskDefinition is inactive',
    undefined,
    'The container web does not exist in the task definition.',
  ]);
});

test.each<[string, () => Promise<unknown>, string, string]>([
  ['too large a page', () => list({ maxResults: 101 }), 'InvalidParameterException', 'maxResults must be between 1 and 100.'],
  ['no page', () => list({ maxResults: 0 }), 'InvalidParameterException', 'maxResults must be between 1 and 100.'],
  ['an unknown token', () => list({ nextToken: 'x' }), 'InvalidParameterException', 'Invalid token.'],
  ['an unknown status', () => list({ status: 'OLD' as never }), 'InvalidParameterException', 'status must be one of ACTIVE, INACTIVE, DELETE_IN_PROGRESS.'],
  ['an unknown order', () => list({ sort: 'UP' as never }), 'InvalidParameterException', 'sort must be one of ASC, DESC.'],
  ['a family', () => deregister('web'), 'ClientException', 'Revision is missing.'],
  ['nothing', () => deregister(''), 'ClientException', 'Task definition can not be blank.'],
  ['what is not there', () => deregister('web:11'), 'ClientException', 'Unable to describe task definition.'],
])('refused: %s', async (_what, ask, name, message) => {
  await expect(ask()).rejects.toMatchObject({ name, message });
});

test('AWS-4: the role needs both actions, on everything', async () => {
  ['ecs:ListTaskDefinitions', 'ecs:DeregisterTaskDefinition'].forEach((action) => world.denied.add(action));
  client = new ECSClient(world.client('FUNCTION'));
  await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(deregister('web:1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(world.calls.map(({ action, resource }) => [action, resource])).toEqual([
    ['ecs:ListTaskDefinitions', '*'],
    ['ecs:DeregisterTaskDefinition', '*'],
  ]);
  expect(world.taskDefinitions.all().every(({ status }) => status === 'ACTIVE')).toBe(true);
});
