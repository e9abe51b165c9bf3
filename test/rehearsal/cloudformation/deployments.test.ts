/** Events of CloudFormation, as they really come, against the built handlers: how many deployments start, where the stack ends, and what the service runs. */
import { cloudFormationBehaviour, type CloudFormationBehaviour } from '../../../rehearsal/cloudformation/behaviour';
import { edited, editedBesideTheAppSpec, idsOf, released } from '../../../rehearsal/cloudformation/edits';
import type { JsonObject } from '../../../rehearsal/assembly/read-json';
import { ALWAYS_SOUND, MINUTE, ReplayStage, SECOND, synthesized, type Call, type Disturbance } from './stage';

const shop = synthesized();
afterAll(() => shop.remove());

/** Everything that the provider asks CodeDeploy, ECS, CloudFormation and Step Functions; not what the hooks ask. */
const ofProvider = ({ by }: Call, s: ReplayStage): boolean => [s.functionNamed('Step'), s.functionNamed('Intake')].includes(by);

const update = (s: ReplayStage, number = 2): Promise<void> => s.replay.play(s.stack.update(s.version(number)));

/** Another name for the family of the task definition; `everywhere`: in the service too, as the CDK writes it. */
function otherFamily(s: ReplayStage, everywhere: boolean): Promise<void> {
  const [taskDefinition] = idsOf(s.first, 'AWS::ECS::TaskDefinition');
  const renamed = edited(s.version(2), taskDefinition, (properties) => ({ ...properties, Family: 'other' }));
  const [service] = idsOf(renamed, 'AWS::ECS::Service');
  return s.replay.play(s.stack.update(everywhere ? edited(renamed, service, (properties) => ({ ...properties, TaskDefinition: 'other' })) : renamed));
}

/** The container that takes the traffic gets another name in the task definition; `everywhere`: in the service too. */
function otherContainer(s: ReplayStage, everywhere: boolean): Promise<void> {
  const renamed = (list: unknown, name: string) => (list as JsonObject[]).map((item) => ({ ...item, [name]: 'app' }));
  const [taskDefinition] = idsOf(s.first, 'AWS::ECS::TaskDefinition');
  const other = edited(s.version(2), taskDefinition, (properties) => ({ ...properties, ContainerDefinitions: renamed(properties.ContainerDefinitions, 'Name') }));
  const [service] = idsOf(other, 'AWS::ECS::Service');
  return s.replay.play(s.stack.update(everywhere ? edited(other, service, (properties) => ({ ...properties, LoadBalancers: renamed(properties.LoadBalancers, 'ContainerName') })) : other));
}

/** Updates, and does something in the middle of it. */
async function meanwhile(s: ReplayStage, afterMs: number, act: () => void): Promise<void> {
  const updated = s.stack.update(s.version(2));
  await s.replay.pass(afterMs);
  act();
  await s.replay.play(updated);
}

/** From some seconds after the update began, for so long. */
function during(s: ReplayStage, fromMs: number, forMs: number, disturbance: Disturbance): void {
  const begun = s.now;
  s.disturbed((call) => (ofProvider(call, s) && call.operation !== 'PutAnswer' && call.at >= begun + fromMs && call.at < begun + fromMs + forMs ? disturbance : undefined));
}

const deployments = (s: ReplayStage) => s.replay.world.codeDeployRollouts[0].deployments;
const running = (s: ReplayStage): string => deployments(s).active() ?? '';

/** As somebody does from a shell, with the AppSpec that the stack has now. */
function byHand(s: ReplayStage): string {
  const { model, versions } = s.replay.world.codeDeployRollouts[0];
  return deployments(s).create({ appSpec: model.appSpec, release: versions.release(0), description: 'by hand' });
}

interface Case {
  readonly behaviour?: Partial<CloudFormationBehaviour>;
  readonly play: (s: ReplayStage) => Promise<void>;
  /** Deployments started, the stack's last status, the revision that runs, and requests without exactly one answer. */
  readonly outcome: readonly [number, string, string, number];
  /** Said in the events of the stack. */
  readonly reason?: RegExp;
}

/** CloudFormation, or Lambda for it, delivers the last request of the deployment resource once more. */
function redeliver(s: ReplayStage, { otherUrl = false } = {}): void {
  const last = s.replay.customResources.requests.findLast(({ event }) => event.ResourceType === 'Custom::GreenlightDeployment')!;
  const key = `${String(last.event.StackId)}|${last.event.LogicalResourceId}|${last.event.RequestId}`;
  const event = otherUrl ? { ...last.event, ResponseURL: s.replay.bucket.presign(key) } : last.event;
  expect(s.replay.customResources.deliver({ ...last, event })).toMatchObject({ accepted: true });
}

/** Lambda does not run the intake for so long from now. */
function throttleIntake(s: ReplayStage, forMs: number): void {
  s.replay.world.invocations.throttle(s.functionNamed('Intake'), s.now, s.now + forMs);
}

/** The first call of the provider for this. */
const once = (s: ReplayStage, operation: string, disturbance: Disturbance): void =>
  s.disturbed((call, nth) => (call.operation === operation && nth === 1 && ofProvider(call, s) ? disturbance : undefined));

const noEvents = (s: ReplayStage): void => s.disturbed(({ operation }) => (operation === 'DescribeStackEvents' ? 'deny' : undefined));

const LEFT_HALF_WAY: Case = {
  play: (s) => meanwhile(s, 5 * SECOND, () => void deployments(s).stop(running(s), { autoRollbackEnabled: false })),
  outcome: [2, 'UPDATE_ROLLBACK_COMPLETE', '1', 0],
  reason: /MANUAL_STOP/,
};

/** CloudFormation's rollback asks before the request that it takes back has come to its first step. */
const CANCELLED_AT_ONCE: Pick<Case, 'play' | 'reason'> = { play: (s) => meanwhile(s, 0, () => s.stack.cancelUpdate()), reason: /Resource update cancelled/ };

/** Each begins with a stack that was created. */
const CASES: Readonly<Record<string, Case>> = {
  'a new task definition': { play: (s) => update(s), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'a release that fails its validation': {
    play: (s) => update(s, 2).then(() => s.replay.play(s.stack.update(released(s.version(2), 'web:broken')))),
    outcome: [2, 'UPDATE_ROLLBACK_COMPLETE', '2', 0],
    reason: /HOOK_EXECUTION_FAILURE.*its hook says: GET \/health: status was 500, expected 200.*rollback d-\w+ succeeded; https:\/\/console/,
  },
  'a release whose hook is killed': {
    play: (s) => (s.disturbed(({ by, operation }) => (operation === 'GetDeployment' && by.includes('AfterAllowTestTraffic') ? 'kill' : undefined)), update(s)),
    outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0],
    reason: /AfterAllowTestTraffic failed; the guardian says: hook Shop-WebAfterAllowTestTraffic\S+ crashed without reporting: Runtime\.ExitError: .*; rollback d-\w+ succeeded; https:\/\/console/,
  },
  'a release whose hook is killed, by a role that may not read the guardian\'s log': {
    play: (s) => (
      s.disturbed(({ by, operation }, nth) => (operation === 'GetDeployment' && by.includes('AfterAllowTestTraffic') ? 'kill' : operation === 'FilterLogEvents' && nth % 2 === 0 ? 'deny' : undefined)),
      update(s)
    ),
    outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0],
    reason: /AfterAllowTestTraffic failed; the guardian's log could not be read \(logs:FilterLogEvents failed: AccessDeniedException: not authorized to perform FilterLogEvents\); rollback/,
  },
  'an edit that leaves the AppSpec alone': { play: (s) => s.replay.play(s.stack.update(editedBesideTheAppSpec(s.first))), outcome: [0, 'UPDATE_COMPLETE', '1', 0] },

  'event delivered again at once': { play: (s) => meanwhile(s, 0, () => redeliver(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'event delivered again while the deployment runs': { play: (s) => meanwhile(s, 5 * SECOND, () => redeliver(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'event delivered again a day later': { play: (s) => update(s).then(() => s.replay.pass(24 * 60 * MINUTE)).then(() => (redeliver(s), s.replay.settle())), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },

  'task definition family changed, and the service with it': {
    play: (s) => otherFamily(s, true),
    outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0],
    reason: /Unable to update task definition on services with a CODE_DEPLOY deployment controller/,
  },
  'task definition family changed, and the service left alone': { play: (s) => otherFamily(s, false), outcome: [1, 'UPDATE_COMPLETE', '1', 0] },
  'container removed, and the service with it': { play: (s) => otherContainer(s, true), outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], reason: /Unable to update load balancers/ },
  'container removed, and the AppSpec still names it': {
    play: (s) => otherContainer(s, false),
    outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0],
    reason: /The container web does not exist in the task definition/,
  },

  'deployment group deleted by hand': { play: (s) => (s.deleteGroup(), update(s)), outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], reason: /DeploymentGroupDoesNotExist/ },
  'deployment stopped by hand, with rollback': {
    play: (s) => meanwhile(s, 5 * SECOND, () => void deployments(s).stop(running(s), { autoRollbackEnabled: true })),
    outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0],
    reason: /MANUAL_STOP/,
  },
  // Its task set is left beside the primary one: the rollback starts the one deployment back.
  'deployment stopped by hand, without rollback': LEFT_HALF_WAY,
  'a deployment by hand is running, whose end is waited for': { play: (s) => (byHand(s), update(s)), outcome: [2, 'UPDATE_COMPLETE', '2', 0] },
  'deleted while a deployment by hand is running, which is stopped': { play: (s) => (byHand(s), s.replay.pass(5 * SECOND).then(() => s.replay.play(s.stack.delete()))), outcome: [1, 'DELETE_COMPLETE', '1', 0] },

  'role denied mid-way, for a minute': { play: (s) => (during(s, 2 * SECOND, MINUTE, 'deny'), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'role denied mid-way, for good': { play: (s) => (during(s, 2 * SECOND, Infinity, 'deny'), update(s)), outcome: [1, 'UPDATE_ROLLBACK_FAILED', '2', 0], reason: /not authorized to perform GetDeployment/ },
  'throttled for ten minutes, before it starts': { play: (s) => (during(s, SECOND / 10, 10 * MINUTE, 'throttle'), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'throttled for ten minutes, while it runs': { play: (s) => (during(s, 2 * SECOND, 10 * MINUTE, 'throttle'), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'the intake throttled by Lambda for four minutes': { play: (s) => (throttleIntake(s, 4 * MINUTE), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },

  'StartExecution throttled for ten minutes': {
    play: (s) => (s.disturbed(({ operation, at }) => (operation === 'StartExecution' && at < 10 * MINUTE ? 'throttle' : undefined)), update(s)),
    outcome: [1, 'UPDATE_COMPLETE', '2', 0],
  },

  'provider killed between start and record': { play: (s) => (once(s, 'CreateDeployment', 'kill'), update(s)), outcome: [1, 'UPDATE_COMPLETE', '2', 0] },
  'provider killed after every start': {
    play: (s) => (s.disturbed(({ operation }) => (operation === 'CreateDeployment' ? 'kill' : undefined)), update(s)),
    outcome: [1, 'UPDATE_COMPLETE', '2', 0],
  },

  'update cancelled before its deployment starts': {
    play: (s) => (byHand(s), meanwhile(s, 5 * SECOND, () => s.stack.cancelUpdate())),
    outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0],
    reason: /Resource update cancelled/,
  },
  'update cancelled while its deployment runs': { play: (s) => meanwhile(s, 5 * SECOND, () => s.stack.cancelUpdate()), outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0], reason: /Resource update cancelled/ },
  // The deployment was fine, and CloudFormation never hears of it: its rollback starts the one deployment back.
  'nobody can answer for an hour': {
    play: (s) => (s.disturbed(({ operation }) => (operation === 'PutAnswer' ? 'error' : undefined)), update(s)),
    outcome: [2, 'UPDATE_ROLLBACK_FAILED', '1', 2],
    reason: /CloudFormation did not receive a response from your Custom Resource/,
  },

  'update cancelled in the moment in which it begins': { ...CANCELLED_AT_ONCE, outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0] },
  'the same, with events that are shown late': { ...CANCELLED_AT_ONCE, behaviour: { eventsShownAfterMs: 20 * SECOND }, outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0] },
  // Nothing tells the late request from the rollback's own: its deployment is stopped by the rollback's.
  'the same, with events that do not tell': { ...CANCELLED_AT_ONCE, behaviour: { showsProperties: false }, outcome: [1, 'UPDATE_ROLLBACK_COMPLETE', '1', 0] },
  // While it hopes for events, the rollback comes to its end.
  'the same, without the permission to look at events': { ...CANCELLED_AT_ONCE, play: (s) => (noEvents(s), CANCELLED_AT_ONCE.play(s)), outcome: [0, 'UPDATE_ROLLBACK_COMPLETE', '1', 0] },

  'a rollback that deploys, with events that are shown late': { ...LEFT_HALF_WAY, behaviour: { eventsShownAfterMs: 20 * SECOND } },
  'a rollback that deploys, with events that are shown when all is over': { ...LEFT_HALF_WAY, behaviour: { eventsShownAfterMs: 60 * MINUTE } },
  'a rollback that deploys, with events that do not tell': { ...LEFT_HALF_WAY, behaviour: { showsProperties: false } },
  'a rollback that deploys, without an event of its own': { ...LEFT_HALF_WAY, behaviour: { notesWayBackOfFailed: false } },
  'a rollback that deploys, without the permission to look at events': { ...LEFT_HALF_WAY, play: (s) => (noEvents(s), LEFT_HALF_WAY.play(s)) },
};

async function playCase({ play, outcome, reason, behaviour = {} }: Case): Promise<void> {
  const s = await ReplayStage.open({ ...shop, behaviour: cloudFormationBehaviour(behaviour) });
  try {
    await s.replay.play(s.stack.create());
    expect(s.outcome).toEqual([0, 'CREATE_COMPLETE', '1', 0]);
    await play(s);
    expect([s.outcome, s.reasons]).toEqual([outcome, reason === undefined ? [] : (expect.arrayContaining([expect.stringMatching(reason)]) as unknown)]);
  } finally {
    await s.close();
  }
}

describe('an update', () => {
  test.each(Object.entries(CASES))('%s', (_name, played) => playCase(played));

  // CloudFormation was seen to use a request id again where an operation is tried again: aws/aws-cdk#35957. The URL is then another one.
  test('a request that is tried again under its id is answered at its own URL', async () => {
    const s = await ReplayStage.open(shop);
    try {
      await s.replay.play(s.stack.create());
      await update(s);
      await s.replay.pass(60 * MINUTE);
      redeliver(s, { otherUrl: true });
      await s.replay.settle();
      const ofDeployments = s.replay.customResources.requests.filter(({ event }) => String(event.ResourceType).startsWith('Custom::GreenlightDeployment'));
      expect(ofDeployments.map((request) => request.answers().length)).toEqual([1, 1, 2, 1]);
    } finally {
      await s.close();
    }
  });
});

/** What the provider asks in an update, in this order: each is disturbed once, in an update of its own. */
const CALLS = ['StartExecution', 'DescribeStacks', 'ListDeployments', 'DescribeServices', 'CreateDeployment', 'GetDeployment', 'PutAnswer'];

describe('time-outs at every point', () => {
  let s: ReplayStage;

  beforeAll(async () => {
    s = await ReplayStage.open({ ...shop, scenario: ALWAYS_SOUND });
    await s.replay.play(s.stack.create());
  });

  afterAll(() => s.close());

  test('an update without any asks what is disturbed below', async () => {
    s.disturbed(() => undefined);
    await update(s);
    expect([...new Set(s.calls.filter((call) => ofProvider(call, s)).map(({ operation }) => operation))]).toEqual(CALLS);
    expect(s.outcome).toEqual([1, 'UPDATE_COMPLETE', '2', 0]);
  });

  /** What changes nothing can also be lost, or answered to nobody: it is as if it had hung. */
  const EFFECTS = ['StartExecution', 'CreateDeployment', 'PutAnswer'];
  const POINTS = CALLS.flatMap((operation) => (EFFECTS.includes(operation) ? (['hang', 'lost', 'kill'] as const) : (['hang'] as const)).map((disturbance) => [operation, disturbance] as const));

  test.each(POINTS)('%s: %s', async (operation, disturbance) => {
    const before = s.replay.started.length;
    const answered = s.replay.customResources.requests.length;
    const revision = before + 2;
    once(s, operation, disturbance);
    await update(s, revision);
    const asked = s.calls.filter((call) => call.operation === operation && ofProvider(call, s)).length;
    expect(asked).toBeGreaterThan(operation === 'CreateDeployment' && disturbance !== 'hang' ? 0 : 1);
    expect(s.outcome.slice(0, 3)).toEqual([before + 1, 'UPDATE_COMPLETE', `${revision}`]);
    // An answer that was lost, or whose sender was killed, is sent again: the same bytes.
    const bodies = s.replay.customResources.requests.slice(answered).map((request) => new Set(request.answers().map(({ body }) => body)).size);
    expect(bodies).toEqual([1, 1]);
  });
});

describe('clocks that disagree', () => {
  test.each([-10 * MINUTE, -2 * MINUTE, 2 * MINUTE, 10 * MINUTE])('Step Functions is ahead by %i ms', async (statesSkewMs) => {
    const s = await ReplayStage.open({ ...shop, statesSkewMs });
    await s.replay.play(s.stack.create());
    once(s, 'CreateDeployment', 'kill');
    await update(s);
    expect(s.outcome).toEqual([1, 'UPDATE_COMPLETE', '2', 0]);
    await s.close();
  });
});
