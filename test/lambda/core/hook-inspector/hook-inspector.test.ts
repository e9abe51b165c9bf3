import { ENV } from '../../../../lib/model/hook-contract';
import type { HooksMissingRecord } from '../../../../lib/model/hook-inspector';
import { ServiceFailure } from '../../../../lambda/core/failures';
import { makeHookInspector } from '../../../../lambda/core/hook-inspector/hook-inspector';
import type { InspectedDeployment } from '../../../../lambda/core/hook-inspector/ports';
import type { LogFields } from '../../../../lambda/core/ports';
import type { Script } from '../../support/fake-ports';
import { context, fakeEnvironment, player } from '../../support/fake-ports';
import { virtualClock } from '../../support/virtual-clock';

const ID = 'd-A1B2C3D4E';
const SMOKE = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';
const APPROVE = 'arn:aws:lambda:eu-central-1:111122223333:function:approve';
const REQUIRED = [
  { event: 'AfterAllowTestTraffic', functionArn: SMOKE },
  { event: 'BeforeAllowTraffic', functionArn: APPROVE },
];
const START = { detail: { state: 'START', deploymentId: ID, application: 'web-application', deploymentGroup: 'web-group' } };
const BY_HAND: InspectedDeployment = { creator: 'user', revisionType: 'AppSpecContent', sha256: 'abc' };
const WITH_HOOKS = `Hooks: [{ AfterAllowTestTraffic: ${SMOKE} }, { BeforeAllowTraffic: approve }]`;
const WITHOUT = 'Hooks: [{ BeforeAllowTraffic: approve }]';

const failure = (call: string, code: string, retryable: boolean) => new ServiceFailure(`codedeploy:${call}`, code, 'no', retryable);

interface InspectorScript {
  readonly deployment?: Script<InspectedDeployment>;
  readonly appSpec?: Script<string>;
  readonly stop?: Script<void>;
  readonly send?: Script<void>;
  readonly requireHooks?: string;
  readonly required?: string;
  readonly remainingMs?: number;
  /** What the names of a set's groups begin with. */
  readonly groups?: string;
}

/** Where the clock stands before anything happens. */
const STARTED_AT = 5_000;

async function inspect(script: InspectorScript = {}, event: unknown = START) {
  const clock = virtualClock();
  await clock.sleep(STARTED_AT);
  const asked: unknown[][] = [];
  const records: HooksMissingRecord[] = [];
  const sent: HooksMissingRecord[] = [];
  const lines: { level: string; message: string; fields?: LogFields }[] = [];
  const note = <T>(play: () => Promise<T>, ...call: unknown[]): Promise<T> => {
    asked.push(call);
    return play();
  };
  const line = (level: string) => (message: string, fields?: LogFields) => lines.push({ level, message, ...(fields === undefined ? {} : { fields }) });
  const [read, appSpec, stop, send] = [player(script.deployment ?? [BY_HAND]), player(script.appSpec ?? [WITHOUT]), player<void>(script.stop ?? [undefined]), player<void>(script.send ?? [undefined])];
  const inspector = makeHookInspector({
    environment: fakeEnvironment({ [ENV.requiredHooks]: script.required ?? JSON.stringify(REQUIRED), [ENV.requireHooks]: script.requireHooks, ...(script.groups === undefined ? {} : { [ENV.deploymentGroups]: script.groups, [ENV.deploymentGroup]: undefined }) }),
    ports: {
      clock,
      random: () => 0.5,
      deployments: {
        read: (id) => note(read, 'read', id),
        appSpec: (application, revision) => note(appSpec, 'appSpec', application, revision),
        stop: (id) => note(stop, 'stop', id),
      },
      events: {
        send: (record) => {
          sent.push(record);
          return note(send, 'send');
        },
      },
      log: { hooksMissing: (record) => records.push(record), info: line('info'), warn: line('warn'), error: line('error') },
    },
  });
  const thrown = await inspector(event, context(script.remainingMs ?? 60_000)).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { asked, records, sent, lines, thrown, tookMs: clock.now() - STARTED_AT };
}

const READ = ['read', ID];
const APP_SPEC = ['appSpec', 'web-application', { revisionType: 'AppSpecContent', sha256: 'abc' }];
const STOP = ['stop', ID];
const SEND = ['send'];
const BASE = { schemaVersion: 1, rollout: 'App/Web', application: 'web-application', deploymentGroup: 'web-group', deploymentId: ID };
const MISSING = [{ event: 'AfterAllowTestTraffic', functionArn: SMOKE }];

describe('a deployment that is as it should be', () => {
  test.each(['stop', ''])('names every hook (%j)', async (requireHooks) => {
    expect(await inspect({ appSpec: [WITH_HOOKS], requireHooks })).toEqual({
      asked: [READ, APP_SPEC],
      records: [],
      sent: [],
      lines: [{ level: 'info', message: 'the deployment names every hook of the rollout', fields: { deploymentId: ID } }],
      thrown: undefined,
      tookMs: 0,
    });
  });

  test('is a rollback, whatever it names', async () => {
    const { asked, sent, lines } = await inspect({ deployment: [{ ...BY_HAND, creator: 'codeDeployRollback' }], requireHooks: 'stop' });
    expect(asked).toEqual([READ]);
    expect(sent).toEqual([]);
    expect(lines).toEqual([{ level: 'info', message: 'a rollback, whose hooks are not asked for', fields: { deploymentId: ID } }]);
  });
});

describe('a deployment that leaves hooks out', () => {
  test('is reported', async () => {
    const record = { ...BASE, creator: 'user', missing: MISSING, reason: `${ID} leaves out AfterAllowTestTraffic (smoke); it goes on, since 'requireHooks' is off`, stop: 'notRequired' };
    expect(await inspect()).toEqual({ asked: [READ, APP_SPEC, SEND], records: [record], sent: [record], lines: [], thrown: undefined, tookMs: 0 });
  });

  test('is stopped and reported where hooks are required', async () => {
    const record = { ...BASE, creator: 'user', missing: MISSING, reason: `${ID} leaves out AfterAllowTestTraffic (smoke); it is stopped and rolled back`, stop: 'requested' };
    expect(await inspect({ requireHooks: 'stop' })).toEqual({ asked: [READ, APP_SPEC, STOP, SEND], records: [record], sent: [record], lines: [], thrown: undefined, tookMs: 0 });
  });

  test('says all of them, and what stands in their place', async () => {
    const { sent } = await inspect({ deployment: [{ revisionType: 'AppSpecContent', sha256: 'abc' }], appSpec: ['Hooks: [{ BeforeAllowTraffic: other }]'] });
    expect(sent).toStrictEqual([
      {
        ...BASE,
        missing: [...MISSING, { event: 'BeforeAllowTraffic', functionArn: APPROVE, named: 'other' }],
        reason: `${ID} leaves out AfterAllowTestTraffic (smoke), BeforeAllowTraffic (approve; it names other); it goes on, since 'requireHooks' is off`,
        stop: 'notRequired',
      },
    ]);
  });

  test('and was started by CloudFormation is reported, and never stopped', async () => {
    const deployment = { creator: 'CloudFormation', revisionType: 'String', sha256: 'def' };
    const asked = [READ, ['appSpec', 'web-application', { revisionType: 'String', sha256: 'def' }], SEND];
    const record = { ...BASE, creator: 'CloudFormation', missing: MISSING };
    const [left, goesOn] = [`${ID} leaves out AfterAllowTestTraffic (smoke); it goes on, since`, "CloudFormation started it, by the update policy of the alias"];
    expect(await inspect({ deployment: [deployment], requireHooks: 'stop' })).toMatchObject({ asked, sent: [{ ...record, reason: `${left} ${goesOn}`, stop: 'byStack' }], thrown: undefined });
    expect(await inspect({ deployment: [deployment] })).toMatchObject({ asked, sent: [{ ...record, reason: `${left} 'requireHooks' is off`, stop: 'notRequired' }], thrown: undefined });
  });

  test('may be over before it can be stopped', async () => {
    const { sent, thrown } = await inspect({ requireHooks: 'stop', stop: [failure('StopDeployment', 'DeploymentAlreadyCompletedException', false)] });
    expect(sent[0]).toMatchObject({ stop: 'over', reason: `${ID} leaves out AfterAllowTestTraffic (smoke); it was over before it could be stopped` });
    expect(sent[0]).not.toHaveProperty('stopError');
    expect(thrown).toBeUndefined();
  });

  test('that cannot be stopped is reported, and tried again by Lambda', async () => {
    const { records, sent, thrown } = await inspect({ requireHooks: 'stop', stop: [failure('StopDeployment', 'AccessDeniedException', false)] });
    const stopError = 'codedeploy:StopDeployment failed: AccessDeniedException: no';
    const reason = `${ID} leaves out AfterAllowTestTraffic (smoke); it could not be stopped: ${stopError}`;
    expect(records).toEqual([{ ...BASE, creator: 'user', missing: MISSING, reason, stop: 'failed', stopError }]);
    expect(sent).toEqual(records);
    expect(thrown).toBe(reason);
  });
});

describe('a deployment whose AppSpec cannot be seen', () => {
  const ALL = REQUIRED;
  const unseen = (why: string, stop: string, consequence: string, creator: object = { creator: 'user' }) => ({ ...BASE, ...creator, missing: ALL, unseen: why, reason: `${ID} cannot be seen to name AfterAllowTestTraffic, BeforeAllowTraffic: ${why}; ${consequence}`, stop });
  const TYPE = (type: string) => `its revision is of type ${type}, of which CodeDeploy does not hand out the AppSpec; start deployments with the AppSpec as text (appSpecContent)`;
  test.each<[string, InspectorScript, string]>([
    ['lies in S3', { deployment: [{ creator: 'user', revisionType: 'S3' }] }, TYPE('"S3"')],
    ['is of another type that has a hash', { deployment: [{ creator: 'user', revisionType: 'GitHub', sha256: 'abc' }] }, TYPE('"GitHub"')],
    ['has no revision', { deployment: [{ creator: 'user' }] }, TYPE('unknown')],
    ['has no hash', { deployment: [{ creator: 'user', revisionType: 'AppSpecContent' }] }, TYPE('"AppSpecContent"')],
    ['is not registered', { appSpec: [failure('GetApplicationRevision', 'RevisionDoesNotExistException', false)] }, 'codedeploy:GetApplicationRevision failed: RevisionDoesNotExistException: no'],
    ['is no document', { appSpec: ['Hooks: ['] }, 'its AppSpec: it is neither JSON nor YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('since it %s counts as one that leaves all of them out', async (_, script, why) => {
    expect((await inspect(script)).sent).toEqual([unseen(why, 'notRequired', "it goes on, since 'requireHooks' is off")]);
    const enforced = await inspect({ ...script, requireHooks: 'stop' });
    expect(enforced.sent).toEqual([unseen(why, 'requested', 'it is stopped and rolled back')]);
    expect(enforced.asked).toContainEqual(STOP);
    expect(enforced.thrown).toBeUndefined();
  });

  test('is not stopped where nothing is known of it, but reported, and tried again by Lambda', async () => {
    const { asked, sent, records, thrown } = await inspect({ requireHooks: 'stop', deployment: [failure('GetDeployment', 'AccessDeniedException', false)] });
    const record = unseen('codedeploy:GetDeployment failed: AccessDeniedException: no', 'withheld', 'it is not stopped, since it could be a rollback', {});
    expect(asked).toEqual([READ, SEND]);
    expect(sent).toStrictEqual([record]);
    expect(records).toStrictEqual([record]);
    expect(thrown).toBe(record.reason);
  });
});

describe('time', () => {
  const THROTTLED = (call: string) => failure(call, 'ThrottlingException', true);

  test('throttled calls are made again', async () => {
    const { asked, sent, thrown } = await inspect({
      requireHooks: 'stop',
      deployment: [THROTTLED('GetDeployment'), BY_HAND],
      appSpec: [THROTTLED('GetApplicationRevision'), WITHOUT],
      stop: [THROTTLED('StopDeployment'), undefined],
      send: [THROTTLED('PutEvents'), undefined],
    });
    expect(asked).toEqual([READ, READ, APP_SPEC, APP_SPEC, STOP, STOP, SEND, SEND]);
    expect(sent[0]?.stop).toBe('requested');
    expect(thrown).toBeUndefined();
  });

  test.each<[string, InspectorScript, number, string]>([
    ['looking up takes half of it', { deployment: [THROTTLED('GetDeployment')] }, 30_000, 'withheld'],
    ['so does the AppSpec', { appSpec: [THROTTLED('GetApplicationRevision')], requireHooks: 'stop' }, 30_000, 'requested'],
    ['stopping takes four fifths', { stop: [THROTTLED('StopDeployment')], requireHooks: 'stop' }, 48_000, 'failed'],
  ])('%s at most', async (_, script, limitMs, stop) => {
    const { sent, tookMs } = await inspect(script);
    expect(sent[0]?.stop).toBe(stop);
    // A pause that would lead beyond the limit is not made: none is longer than 10 s.
    expect(tookMs).toBeLessThan(limitMs);
    expect(tookMs).toBeGreaterThan(limitMs - 10_000);
  });

  test('an event that does not get through is thrown in time, so that Lambda tries again', async () => {
    const { thrown, tookMs, records } = await inspect({ send: [THROTTLED('PutEvents')], remainingMs: 62_000 });
    expect(thrown).toBe('codedeploy:PutEvents failed: ThrottlingException: no');
    // The next pause would be one of 7.5 s, to 61.95 s: beyond the second that is kept back.
    expect(tookMs).toBeCloseTo(54_450);
    expect(records).toHaveLength(1);
  });

  test('everything is tried once where no time is left', async () => {
    const { asked } = await inspect({ requireHooks: 'stop', remainingMs: -5 });
    expect(asked).toEqual([READ, APP_SPEC, STOP, SEND]);
  });
});

describe('what is none of its business', () => {
  test.each([
    ['application', { ...START.detail, application: 'other' }],
    ['group', { ...START.detail, deploymentGroup: 'other' }],
  ])('a deployment of another %s', async (_, detail) => {
    const { asked, lines, thrown } = await inspect({ requireHooks: 'stop' }, { detail });
    expect(asked).toEqual([]);
    expect(lines).toEqual([{ level: 'warn', message: 'a deployment of another group, nothing is inspected', fields: { deploymentId: ID } }]);
    expect(thrown).toBeUndefined();
  });

  test('an event that is no start', async () => {
    const { asked, lines, thrown } = await inspect({}, { detail: { ...START.detail, state: 'SUCCESS' } });
    expect(asked).toEqual([]);
    expect(lines).toEqual([{ level: 'error', message: `not the start of a deployment, nothing is inspected: 'detail.state' must be START, got "SUCCESS"` }]);
    expect(thrown).toBeUndefined();
  });
});

describe('an inspector that the rollouts of a set share', () => {
  const startOf = (deploymentGroup: string, application = 'web-application') => ({ detail: { ...START.detail, application, deploymentGroup } });

  test('reports under the rollout whose group the deployment is of', async () => {
    const { records } = await inspect({ groups: 'functions.' }, startOf('functions.OrdersLive'));
    expect(records).toMatchObject([{ rollout: 'App/Web/OrdersLive', application: 'web-application', deploymentGroup: 'functions.OrdersLive', missing: [REQUIRED[0]] }]);
  });

  test.each([
    ['group', startOf('functions')],
    ['set', startOf('others.OrdersLive')],
    ['application', startOf('functions.OrdersLive', 'another')],
  ])('inspects nothing of another %s', async (_, event) => {
    const { asked, lines } = await inspect({ groups: 'functions.', requireHooks: 'stop' }, event);
    expect(asked).toEqual([]);
    expect(lines).toEqual([{ level: 'warn', message: 'a deployment of another group, nothing is inspected', fields: { deploymentId: ID } }]);
  });
});

describe('configuration', () => {
  test('a value of GREENLIGHT_REQUIRE_HOOKS that is none is thrown', async () => {
    const { asked, thrown } = await inspect({ requireHooks: 'yes' });
    expect(thrown).toBe('environment variable GREENLIGHT_REQUIRE_HOOKS must be "stop" or not set, got "yes"');
    expect(asked).toEqual([]);
  });

  test('hooks that cannot be read are thrown', async () => {
    const { asked, thrown } = await inspect({ required: '[]' });
    expect(thrown).toContain('environment variable GREENLIGHT_REQUIRED_HOOKS must hold a list');
    expect(asked).toEqual([]);
  });
});
