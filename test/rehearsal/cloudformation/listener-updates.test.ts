/** What CloudFormation's player writes to a listener whose target group a custom resource tells. */
import { setImmediate } from 'node:timers/promises';

import { Assembly } from '../../../rehearsal/assembly/assembly';
import type { JsonObject } from '../../../rehearsal/assembly/read-json';
import type { Stack, TemplateResource } from '../../../rehearsal/assembly/stack';
import { cloudFormationBehaviour, type CloudFormationBehaviour } from '../../../rehearsal/cloudformation/behaviour';
import { CustomResources } from '../../../rehearsal/cloudformation/custom-resources';
import { StackPlay } from '../../../rehearsal/cloudformation/stack-play';
import { LISTENER } from '../../../rehearsal/cloudformation/stack-version';
import { TaskDefinitions } from '../../../rehearsal/cloudformation/task-definitions';
import { changed } from '../../../rehearsal/cloudformation/template-change';
import { ResponseBucket } from '../../../rehearsal/endpoints/response-bucket';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { Stacks } from '../../../rehearsal/engine/stacks';

const GUARD = 'Custom::GreenlightLiveListener';
const resource = (type: string, properties: JsonObject, more: Partial<TemplateResource> = {}): TemplateResource => ({ type, properties, metadata: {}, ...more });
const listener = { LoadBalancerArn: 'lb', Port: 443, SslPolicy: 'old' };

const STACK: Stack = {
  id: 'Shop',
  path: 'Shop',
  stackName: 'shop',
  account: '111122223333',
  region: 'eu-central-1',
  templateFile: '/none',
  template: {
    parameters: {},
    mappings: {},
    conditions: {},
    resources: {
      Listener: resource(LISTENER, { ...listener, DefaultActions: [{ Type: 'forward', TargetGroupArn: { 'Fn::GetAtt': ['Guard', 'TargetGroupArn'] } }] }, { metadata: { 'aws:cdk:path': 'Shop/Web/Production/Resource' } }),
      Guard: resource(GUARD, { ServiceToken: 'arn:function', Listener: listener, TargetGroupArns: ['blue', 'green'] }),
      Other: resource(LISTENER, { LoadBalancerArn: 'lb', Port: 80, DefaultActions: [{ Type: 'redirect' }] }),
      Bucket: resource('AWS::S3::Bucket', {}),
    },
    outputs: {},
  },
  assets: [],
  parameters: {},
};

const change = (property: string, value: unknown, name = 'Listener') => changed(STACK, { resource: name, property, value }, 'x.yaml: stack update "a"');

/** Plays one update. @param answers what the guard answers, one after the other; a text that begins with `!` is why it fails */
async function play(answers: readonly string[], options: { readonly failing?: string; readonly after?: Stack; readonly behaviour?: Partial<CloudFormationBehaviour> } = {}) {
  const scheduler = new EventScheduler();
  const bucket = new ResponseBucket({ region: 'eu-central-1', epochMs: 0, now: () => scheduler.now() });
  const asked: unknown[] = [];
  const written: unknown[] = [];
  const invoke = (_token: string, event: object) => {
    const { RequestType, ResponseURL, ResourceProperties, PhysicalResourceId, StackId, RequestId, LogicalResourceId } = event as Record<string, string>;
    const answer = answers[asked.length] ?? '';
    asked.push([RequestType, PhysicalResourceId, (ResourceProperties as unknown as { Listener: JsonObject }).Listener.SslPolicy]);
    const outcome = answer.startsWith('!') ? { Status: 'FAILED', Reason: answer } : { Status: 'SUCCESS', Data: { TargetGroupArn: answer } };
    const body = JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId, PhysicalResourceId });
    const { pathname, search } = new URL(ResponseURL!);
    scheduler.after(1000, 'answer', () => void bucket.handle({ method: 'PUT', url: pathname + search, headers: { 'content-length': `${body.length}` }, body: Buffer.from(body), remotePort: 1, arrivedAt: 0 }));
    return { accepted: true } as const;
  };
  const stack = new StackPlay({
    assembly: new Assembly('/none', [STACK]),
    scheduler,
    stacks: new Stacks(),
    customResources: new CustomResources({ scheduler, bucket, invoke }),
    taskDefinitions: new TaskDefinitions(),
    customTypes: [GUARD, LISTENER],
    writeListener: (_arn, { SslPolicy, DefaultActions }) => written.push([SslPolicy, (DefaultActions as [{ TargetGroupArn: string }])[0].TargetGroupArn]),
    stack: STACK,
    behaviour: cloudFormationBehaviour(options.behaviour),
  });
  stack.adopt();
  let over = false;
  void stack.update(options.after ?? change('SslPolicy', 'new').stack, options.failing).then(() => (over = true));
  do {
    await setImmediate();
  } while (!over && scheduler.runNext());
  return { status: stack.status, asked, written };
}

test('the guard is asked first, and the listener gets what it answers', async () => {
  expect(await play(['green'])).toEqual({ status: 'UPDATE_COMPLETE', asked: [['Update', 'Guard', 'new']], written: [['new', 'green']] });
});

test('a guard that refuses keeps the listener from being written, and is asked once more', async () => {
  expect(await play(['!no', 'blue'])).toEqual({
    status: 'UPDATE_ROLLBACK_COMPLETE',
    asked: [
      ['Update', 'Guard', 'new'],
      ['Update', 'Guard', 'old'],
    ],
    written: [],
  });
});

test('a rollback writes what the guard answers then', async () => {
  expect(await play(['green', 'blue'], { failing: 'another one' })).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', written: [['new', 'green'], ['old', 'blue']] });
  expect(await play(['green', 'green'], { failing: 'another one' })).toMatchObject({ written: [['new', 'green'], ['old', 'green']] });
});

test('were attributes not resolved again, a rollback would write what they came to before', async () => {
  expect(await play(['green', 'green'], { failing: 'another one', behaviour: { rollbackResolvesAttributes: false } })).toMatchObject({ written: [['new', 'green'], ['old', 'blue']] });
});

test('a listener that comes to the same is left alone where only the template says it otherwise, and written were templates compared', async () => {
  const written = { ...STACK.template.resources.Listener!, properties: { ...listener, DefaultActions: [{ Type: 'forward', TargetGroupArn: 'blue' }] } };
  const after = { ...STACK, template: { ...STACK.template, resources: { Listener: written } } };
  expect(await play(['deleted'], { after })).toEqual({ status: 'UPDATE_COMPLETE', asked: [['Delete', 'Guard', 'old']], written: [] });
  expect(await play(['deleted'], { after, behaviour: { comparesValues: false } })).toMatchObject({ written: [['old', 'blue']] });
});

test('a rollback that the guard refuses is stuck', async () => {
  expect(await play(['green', '!no'], { failing: 'another one' })).toMatchObject({ status: 'UPDATE_ROLLBACK_FAILED', written: [['new', 'green']] });
});

describe('a change', () => {
  const properties = (after: Stack, id: string) => after.template.resources[id]!.properties;

  test('of a listener reaches its guard, as the constructs would write it', () => {
    const { stack, logicalId } = change('Certificates.1.CertificateArn', 'arn', 'Web/Production');
    expect(logicalId).toBe('Listener');
    const after = { ...listener, Certificates: [undefined, { CertificateArn: 'arn' }] };
    expect(properties(stack, 'Listener')).toEqual({ ...properties(STACK, 'Listener'), ...after });
    expect(properties(stack, 'Guard')).toEqual({ ...properties(STACK, 'Guard'), Listener: after });
  });

  test('of another listener does not', () => {
    const { stack } = change('SslPolicy', 'new', 'Other');
    expect(properties(stack, 'Guard')).toEqual(properties(STACK, 'Guard'));
  });

  test.each([
    ['Port', 'Listener', "x.yaml: stack update \"a\": a rehearsal plays no change of a listener's Port; change another property, such as SslPolicy or Certificates"],
    ['DefaultActions.0.Type', 'Listener', "x.yaml: stack update \"a\": a rehearsal plays no change of a listener's DefaultActions; change another property, such as SslPolicy or Certificates"],
    ['X', 'Bucket', 'x.yaml: stack update "a": Bucket is a AWS::S3::Bucket, whose changes a rehearsal does not play; it plays those of Listener, Other'],
    ['X', 'Nobody', 'x.yaml: stack update "a": stack Shop has no resource "Nobody"; it plays those of Listener, Other'],
    ['X', 't', 'x.yaml: stack update "a": "t" may be Listener or Other; name one of them in full'],
  ])('of %s of %s is refused', (property, name, message) => {
    expect(() => change(property, 'x', name)).toThrow(message);
  });
});
