/** CloudFormation's player on a virtual clock, with custom resources whose functions do what a test tells them to. */
import { setImmediate } from 'node:timers/promises';

import { Assembly } from '../../../rehearsal/assembly/assembly';
import type { JsonObject } from '../../../rehearsal/assembly/read-json';
import type { Stack, TemplateResource } from '../../../rehearsal/assembly/stack';
import { cloudFormationBehaviour, type CloudFormationBehaviour } from '../../../rehearsal/cloudformation/behaviour';
import { CustomResources, type SentRequest } from '../../../rehearsal/cloudformation/custom-resources';
import { StackPlay } from '../../../rehearsal/cloudformation/stack-play';
import { TaskDefinitions } from '../../../rehearsal/cloudformation/task-definitions';
import type { LoopbackRequest } from '../../../rehearsal/endpoints/loopback-server';
import { ResponseBucket } from '../../../rehearsal/endpoints/response-bucket';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { Stacks } from '../../../rehearsal/engine/stacks';

type Event = SentRequest['event'];

/** What a function answers: after so many seconds; a text is sent as it is. */
type Answer = { readonly after?: number } & (JsonObject | { readonly text: string });

const stack = (resources: Readonly<Record<string, TemplateResource>>): Stack => ({
  id: 'Shop',
  path: 'Shop',
  stackName: 'shop',
  account: '111122223333',
  region: 'eu-central-1',
  templateFile: '/none',
  template: { parameters: {}, mappings: {}, conditions: {}, resources, outputs: {} },
  assets: [],
  parameters: {},
});

const custom = (properties: JsonObject = {}, dependsOn: readonly string[] = []): TemplateResource => ({
  type: 'Custom::Test',
  properties: { ServiceToken: 'arn:function', ...properties },
  metadata: {},
  dependsOn,
});

class Stage {
  readonly scheduler = new EventScheduler();
  readonly bucket = new ResponseBucket({ region: 'eu-central-1', epochMs: 0, now: () => this.scheduler.now() });
  readonly stacks = new Stacks();
  /** By request type and logical id, such as `Update A`; what is not here succeeds at once. */
  readonly answers: Record<string, Answer | readonly Answer[] | 'silent' | 'refused'> = {};
  readonly requests = new CustomResources({ scheduler: this.scheduler, bucket: this.bucket, invoke: (_token, event) => this.invoke(event as Event) });
  readonly play: StackPlay;

  constructor(
    first: Stack,
    readonly behaviour: Partial<CloudFormationBehaviour> = {},
  ) {
    this.play = new StackPlay({
      assembly: new Assembly('/none', [first]),
      scheduler: this.scheduler,
      stacks: this.stacks,
      customResources: this.requests,
      taskDefinitions: new TaskDefinitions(),
      customTypes: ['Custom::Test'],
      stack: first,
      behaviour: cloudFormationBehaviour(behaviour),
    });
  }

  /** Plays an operation to its end. @param meanwhile at a second since its beginning */
  async run(operation: Promise<void>, meanwhile?: readonly [number, () => void]): Promise<void> {
    let over = false;
    void operation.then(() => (over = true));
    if (meanwhile !== undefined) {
      this.scheduler.after(meanwhile[0] * 1000, 'meanwhile', meanwhile[1]);
    }
    do {
      await setImmediate();
    } while (!over && this.scheduler.runNext());
  }

  /** Of the stack itself. */
  get statuses(): readonly string[] {
    return this.play.events.filter(({ logicalId }) => logicalId === 'shop').map(({ status }) => status);
  }

  get sent(): readonly string[] {
    return this.requests.requests.map(({ at, event }) => `${at / 1000} ${event.RequestType} ${event.LogicalResourceId} ${String(event.PhysicalResourceId ?? '')}`.trim());
  }

  get reasons(): readonly string[] {
    return this.play.events.flatMap(({ logicalId, reason }) => (reason === undefined || logicalId === 'shop' ? [] : [`${logicalId}: ${reason}`]));
  }

  private invoke(event: Event): { accepted: true } | { accepted: false; message: string } {
    const told = this.answers[`${event.RequestType} ${event.LogicalResourceId}`] ?? {};
    if (told === 'refused') {
      return { accepted: false, message: 'no such function' };
    }
    for (const answer of told === 'silent' ? [] : Array.isArray(told) ? (told as readonly Answer[]) : [told as Answer]) {
      const { after = 0, ...members } = answer;
      this.scheduler.after(after * 1000, 'answer', () => this.put(event, 'text' in members ? String(members.text) : JSON.stringify(bodyOf(event, members))));
    }
    return { accepted: true };
  }

  private put(event: Event, body: string): void {
    const { pathname, search } = new URL(String(event.ResponseURL));
    const request: LoopbackRequest = { method: 'PUT', url: pathname + search, headers: { 'content-length': `${body.length}` }, body: Buffer.from(body), remotePort: 1, arrivedAt: 0 };
    this.bucket.handle(request);
  }
}

function bodyOf({ StackId, RequestId, LogicalResourceId, PhysicalResourceId }: Event, members: object): object {
  return { Status: 'SUCCESS', StackId, RequestId, LogicalResourceId, PhysicalResourceId: PhysicalResourceId ?? `id-of-${LogicalResourceId}`, ...members };
}

test('a request has the shape that CloudFormation sends: every value a text, the presigned URL, the old properties on an update', async () => {
  const s = new Stage(stack({ A: custom({ Number: 5, Nested: { list: [true, 'x', 1.5] } }) }));
  await s.run(s.play.create());
  await s.run(s.play.update(stack({ A: custom({ Number: 6 }) })));
  const [create, update] = s.requests.requests.map(({ event }) => event);
  const common = {
    ServiceToken: 'arn:function',
    ResponseURL: expect.stringMatching(/^https:\/\/cloudformation-custom-resource-response-eucentral1\.s3\.eu-central-1\.amazonaws\.com\/arn%3Aaws%3Acloudformation.*%7CA%7C/) as unknown,
    StackId: expect.stringMatching(/^arn:aws:cloudformation:eu-central-1:111122223333:stack\/shop\//) as unknown,
    RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    LogicalResourceId: 'A',
    ResourceType: 'Custom::Test',
  };
  const before = { ServiceToken: 'arn:function', Number: '5', Nested: { list: ['true', 'x', '1.5'] } };
  expect(create).toEqual({ RequestType: 'Create', ...common, ResourceProperties: before });
  expect(update).toEqual({ RequestType: 'Update', ...common, PhysicalResourceId: 'id-of-A', ResourceProperties: { ServiceToken: 'arn:function', Number: '6' }, OldResourceProperties: before });
  expect(create?.RequestId).not.toBe(update?.RequestId);
});

test('resources come after those that they need, by whatever reference, and side by side otherwise', async () => {
  const s = new Stage(
    stack({
      Sub: custom({ A: { 'Fn::Sub': 'x ${Att.Word} ${!Literal} ${AWS::Region}' } }),
      Att: custom({ A: { 'Fn::GetAtt': ['Ref', 'Word'] } }),
      Ref: custom({ A: { Ref: 'First' } }),
      Depends: custom({}, ['First']),
      First: custom(),
    }),
  );
  for (const name of ['Sub', 'Att', 'Ref', 'Depends', 'First']) {
    s.answers[`Create ${name}`] = { after: 10, Data: { Word: `word-of-${name}` } };
  }
  await s.run(s.play.create());
  expect(s.sent).toEqual(['0 Create First', '10 Create Ref', '10 Create Depends', '20 Create Att', '30 Create Sub']);
  expect(s.requests.requests.map(({ event }) => (event.ResourceProperties as JsonObject).A)).toEqual([undefined, 'id-of-First', undefined, 'word-of-Ref', 'x word-of-Att ${Literal} eu-central-1']);
  expect(s.statuses).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
});

test('what has not changed is not asked', async () => {
  const s = new Stage(stack({ A: custom({ x: 1, y: { b: 1, a: 2 } }), B: custom() }));
  await s.run(s.play.create());
  await s.run(s.play.update(stack({ A: custom({ y: { a: 2, b: 1 }, x: '1' }), B: custom({ x: 1 }) })));
  expect(s.sent).toEqual(['0 Create A', '0 Create B', '0 Update B id-of-B']);
});

test('another physical id is another resource: the old one is deleted after the update; so is what the template lacks', async () => {
  const s = new Stage(stack({ A: custom(), B: custom() }));
  await s.run(s.play.create());
  s.answers['Update A'] = { PhysicalResourceId: 'new' };
  await s.run(s.play.update(stack({ A: custom({ x: 1 }) })));
  expect(s.sent.slice(2)).toEqual(['0 Update A id-of-A', '0 Delete A id-of-A', '0 Delete B id-of-B']);
  expect(s.statuses.slice(2)).toEqual(['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE']);
  await s.run(s.play.delete());
  expect(s.sent.slice(5)).toEqual(['0 Delete A new']);
  expect([s.play.status, s.stacks.find('shop'), s.stacks.find(s.play.stackId)?.status]).toEqual(['DELETE_COMPLETE', undefined, 'DELETE_COMPLETE']);
});

test('a failed create is deleted again, with what was made before it', async () => {
  const s = new Stage(stack({ A: custom(), B: custom({}, ['A']), C: custom({}, ['B']) }));
  s.answers['Create B'] = { Status: 'FAILED', Reason: 'no luck' };
  await s.run(s.play.create());
  expect(s.sent).toEqual(['0 Create A', '0 Create B', '0 Delete B id-of-B', '0 Delete A id-of-A']);
  expect(s.statuses).toEqual(['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE']);
  expect(s.reasons).toEqual(['B: Received response status [FAILED] from custom resource. Message returned: no luck']);
  expect(s.stacks.find('shop')?.statusReason).toBeUndefined();
});

test('a failed update gives each resource what it had, the failed one included, in the same order; what was new goes', async () => {
  const s = new Stage(stack({ A: custom({ x: 1 }), B: custom({ a: { Ref: 'A' }, x: 1 }) }));
  await s.run(s.play.create());
  s.answers['Update B'] = { after: 5, Status: 'FAILED', Reason: 'no luck' };
  const updated = s.play.update(stack({ A: custom({ x: 2 }), B: custom({ a: { Ref: 'A' }, x: 2 }), New: custom({}, ['A']) }));
  await s.run(updated, [6, () => undefined]);
  expect(s.statuses.slice(2)).toEqual(['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED']);
  s.answers['Update B'] = {};
  expect(s.sent.slice(2)).toEqual(['0 Update A id-of-A', '0 Update B id-of-B', '0 Create New', '5 Update A id-of-A', '5 Update B id-of-B']);
  const back = s.requests.requests.at(-1)!.event;
  expect([back.ResourceProperties, back.OldResourceProperties]).toMatchObject([{ x: '1' }, { x: '2' }]);
});

test('a rollback that works ends with the clean-up of what was new', async () => {
  const s = new Stage(stack({ A: custom({ x: 1 }) }));
  await s.run(s.play.create());
  s.answers['Create New'] = { after: 5, Status: 'FAILED', Reason: 'no luck' };
  await s.run(s.play.update(stack({ A: custom({ x: 2 }), New: custom() })));
  expect(s.sent.slice(1)).toEqual(['0 Update A id-of-A', '0 Create New', '5 Update A id-of-A', '5 Delete New id-of-New']);
  expect(s.statuses.slice(2)).toEqual(['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE']);
});

test.each([
  [false, ['0 Create A', '0 Update A id-of-A', '5 Update A id-of-A']],
  [true, ['0 Create A', '0 Update A id-of-A', '60 Update A id-of-A']],
])('a cancelled update rolls back at once, or (waitsForResources %s) when what is in progress has answered', async (waitsForResources, sent) => {
  const s = new Stage(stack({ A: custom({ x: 1 }) }), { waitsForResources });
  await s.run(s.play.create());
  s.answers['Update A'] = { after: 60 };
  await s.run(s.play.update(stack({ A: custom({ x: 2 }), B: custom({}, ['A']) })), [5, () => s.play.cancelUpdate()]);
  expect(s.sent).toEqual(sent);
  expect(s.play.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(s.reasons).toEqual(waitsForResources ? [] : ['A: Resource update cancelled']);
  expect(() => s.play.cancelUpdate()).toThrow('stack shop is UPDATE_ROLLBACK_COMPLETE: only an update that is under way can be cancelled');
});

/** Events as DescribeStackEvents shows them, without those of the first create: name, physical id, status, and what is to be given. */
const shown = (s: Stage) =>
  s.stacks
    .events(s.play.stackId)
    .slice(4)
    .map(({ logicalId, physicalId, status, resourceType, properties }) => [logicalId === 'shop' ? 'shop' : `${resourceType} ${logicalId}`, physicalId === s.play.stackId ? 'the stack' : physicalId, status, properties === undefined ? undefined : (JSON.parse(properties) as JsonObject).x]);

test.each<[string, Partial<CloudFormationBehaviour>, string | undefined, string | undefined, boolean]>([
  ['with what each of them is to be given', {}, '2', '1', true],
  ['without properties', { showsProperties: false }, undefined, undefined, true],
  ['without the way back of what has failed', { notesWayBackOfFailed: false }, '2', '1', false],
])('events are shown %s', async (_what, behaviour, forth, back, wayBack) => {
  const s = new Stage(stack({ A: custom({ x: 1 }) }), behaviour);
  await s.run(s.play.create());
  s.answers['Update A'] = [{ after: 5, Status: 'FAILED', Reason: 'no luck' }];
  await s.run(s.play.update(stack({ A: custom({ x: 2 }) })), [1, () => (s.answers['Update A'] = {})]);
  expect(shown(s)).toEqual([
    ['shop', 'the stack', 'UPDATE_IN_PROGRESS', undefined],
    ['Custom::Test A', 'id-of-A', 'UPDATE_IN_PROGRESS', forth],
    ['Custom::Test A', 'id-of-A', 'UPDATE_FAILED', undefined],
    ['shop', 'the stack', 'UPDATE_ROLLBACK_IN_PROGRESS', undefined],
    ...(wayBack ? [['Custom::Test A', 'id-of-A', 'UPDATE_IN_PROGRESS', back]] : []),
    ['Custom::Test A', 'id-of-A', 'UPDATE_COMPLETE', undefined],
    ['shop', 'the stack', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined],
    ['shop', 'the stack', 'UPDATE_ROLLBACK_COMPLETE', undefined],
  ]);
});

test('events are shown late where they are said to be', async () => {
  const s = new Stage(stack({ A: custom() }), { eventsShownAfterMs: 3000 });
  s.answers['Create A'] = { after: 5 };
  const seen: number[] = [];
  await s.run(s.play.create(), [2, () => seen.push(s.stacks.events(s.play.stackId).length)]);
  expect([...seen, s.stacks.events(s.play.stackId).map(({ status }) => status)]).toEqual([0, ['CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS']]);
});

test('the first answer counts, and the others are kept to be shown', async () => {
  const s = new Stage(stack({ A: custom() }));
  s.answers['Create A'] = [{ after: 1 }, { after: 1, Status: 'FAILED', Reason: 'too late' }];
  await s.run(s.play.create(), [2, () => undefined]);
  s.scheduler.runNext();
  expect(s.play.status).toBe('CREATE_COMPLETE');
  expect(s.requests.requests[0].answers().map(({ body }) => (JSON.parse(body) as JsonObject).Status)).toEqual(['SUCCESS', 'FAILED']);
});

test.each([
  [{}, 3600],
  [{ ServiceTimeout: '90' }, 90],
  [{ ServiceTimeout: 7200 }, 3600],
])('silence ends after the time of the service: %j', async (properties, seconds) => {
  const s = new Stage(stack({ A: custom(properties) }));
  s.answers['Create A'] = 'silent';
  await s.run(s.play.create());
  const [{ event }] = s.requests.requests;
  expect(s.reasons).toEqual([`A: CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${event.RequestId}].`]);
  expect(s.sent.at(-1)).toBe(`${seconds} Delete A shop-A`);
});

test.each<[string, Answer | 'refused', string]>([
  ['no JSON', { text: 'done' }, 'Invalid response from custom resource: StackId does not match the request.'],
  ['a list', { text: '[]' }, 'Invalid response from custom resource: StackId does not match the request.'],
  ['another request', { RequestId: 'other' }, 'Invalid response from custom resource: RequestId does not match the request.'],
  ['another status', { Status: 'DONE' }, 'Invalid response from custom resource.'],
  ['no physical id', { PhysicalResourceId: '' }, 'Invalid PhysicalResourceId'],
  ['no reason', { Status: 'FAILED' }, 'Invalid response from custom resource: a Reason is needed.'],
  ['4,097 bytes', { text: 'x'.repeat(4097) }, 'Response object is too long.'],
  ['a function that is not there', 'refused', 'Received response status [FAILED] from custom resource. Message returned: no such function'],
])('%s is a failure', async (_what, answer, reason) => {
  const s = new Stage(stack({ A: custom() }));
  s.answers['Create A'] = answer;
  await s.run(s.play.create());
  expect(s.reasons).toEqual([`A: ${reason}`]);
  expect(s.play.status).toBe('ROLLBACK_COMPLETE');
});

test('a delete that fails leaves the stack', async () => {
  const s = new Stage(stack({ A: custom() }));
  await s.run(s.play.create());
  s.answers['Delete A'] = { Status: 'FAILED', Reason: 'in use' };
  await s.run(s.play.delete());
  expect([s.play.status, s.stacks.find('shop')?.status]).toEqual(['DELETE_FAILED', 'DELETE_FAILED']);
});

describe('the service and its task definition', () => {
  const shop = (family: string, image: string, service: JsonObject = {}): Stack =>
    stack({
      Task: { type: 'AWS::ECS::TaskDefinition', properties: { Family: family, ContainerDefinitions: [{ Name: 'web', Image: image }] }, metadata: {} },
      Service: { type: 'AWS::ECS::Service', properties: { DeploymentController: { Type: 'CODE_DEPLOY' }, TaskDefinition: 'web', ...service }, metadata: {} },
      A: custom({ Task: { Ref: 'Task' } }, ['Service']),
    });
  const tasks = (s: Stage) => s.requests.requests.map(({ event }) => String((event.ResourceProperties as JsonObject).Task).split('/')[1]);

  test('a changed task definition is the next revision of its family; a rollback names the one before', async () => {
    const s = new Stage(shop('web', 'v1'));
    await s.run(s.play.create());
    await s.run(s.play.update(shop('web', 'v2')));
    s.answers['Update A'] = { Status: 'FAILED', Reason: 'no luck' };
    await s.run(s.play.update(shop('other', 'v2')));
    expect(tasks(s)).toEqual(['web:1', 'web:2', 'other:1', 'web:2']);
  });

  test.each<[string, JsonObject, string | undefined]>([
    ['desired count', { DesiredCount: 3 }, undefined],
    ['task definition', { TaskDefinition: 'other' }, 'task definition'],
    ['network', { NetworkConfiguration: {} }, 'network parameters'],
    ['platform version', { PlatformVersion: 'LATEST' }, 'platform version'],
    ['another property', { EnableExecuteCommand: true }, 'EnableExecuteCommand'],
    ['no controller of its own', { DeploymentController: { Type: 'ECS' }, TaskDefinition: 'other' }, undefined],
  ])('ECS takes an update of the service, or refuses it: %s', async (_what, service, refused) => {
    const s = new Stage(shop('web', 'v1'));
    await s.run(s.play.create());
    await s.run(s.play.update(shop('web', 'v1', service)));
    expect(s.play.status).toBe(refused === undefined ? 'UPDATE_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE');
    expect(s.reasons).toEqual(refused === undefined ? [] : [expect.stringContaining(`Unable to update ${refused} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy`)]);
  });
});
