/** What ECS does in deployments that it controls itself, as far as the documentation settles it and beyond: as data, each entry with its source. */
import { DEFAULT_CALL_BACK_DELAY_SECONDS, DEFAULT_HOOK_TIMEOUT_MINUTES, ECS_NATIVE_DEFAULTS } from '../../../lib/model/ecs-native';
import type { BehaviourEntry, Certainty } from '../service-behaviour';

const entry = <T>(value: T, certainty: Certainty, what: string, source: string): BehaviourEntry<T> => ({ what, value, certainty, source });

const HOOKS_GUIDE = 'Amazon ECS developer guide, Lambda hooks for service deployments';

export const NATIVE_BEHAVIOUR = {
  pendingMs: entry(1500, 'assumed', 'time from PENDING to IN_PROGRESS', 'not documented; as CodeDeploy has been observed'),
  stageMs: entry(250, 'assumed', 'duration of a stage without a hook and without anything to wait for', 'not documented; as CodeDeploy has been observed'),
  gapMs: entry(150, 'assumed', 'time between two stages', 'not documented; as CodeDeploy has been observed'),
  scaleUpBaseMs: entry(5000, 'assumed', "time that SCALE_UP takes besides the version's own start", 'not documented; as for CodeDeploy'),
  cleanUpMs: entry(1000, 'assumed', 'time that CLEAN_UP takes', 'not documented; the tasks that it ends get no traffic any more'),
  callBackDelaySeconds: entry(DEFAULT_CALL_BACK_DELAY_SECONDS, 'documented', 'time to the next invocation of a hook that names none', HOOKS_GUIDE),
  hookTimeoutMinutes: entry(DEFAULT_HOOK_TIMEOUT_MINUTES, 'documented', 'time for which a hook may be in progress, where the service names none', HOOKS_GUIDE),
  hookTimeoutAction: entry('ROLLBACK' as 'ROLLBACK' | 'CONTINUE', 'documented', 'what comes of a hook that is in progress for longer, where the service names nothing', HOOKS_GUIDE),
  linearPercent: entry(ECS_NATIVE_DEFAULTS.linearPercent, 'documented', 'step of a linear shift, in percent, where the service names none', 'API reference, LinearConfiguration'),
  linearBakeMinutes: entry(ECS_NATIVE_DEFAULTS.linearBakeMinutes, 'documented', 'time between two steps of a linear shift, where the service names none', 'API reference, LinearConfiguration'),
  canaryPercent: entry(ECS_NATIVE_DEFAULTS.canaryPercent, 'documented', 'first step of a canary, in percent, where the service names none', 'API reference, CanaryConfiguration'),
  canaryBakeMinutes: entry(ECS_NATIVE_DEFAULTS.canaryBakeMinutes, 'documented', 'time before the second step of a canary, where the service names none', 'API reference, CanaryConfiguration'),
  bakeMinutes: entry(2160, 'documented', 'bake time where the service names none', 'CloudFormation reference, DeploymentConfiguration: 36 hours'),
  reconcileIsPlayed: entry(
    false,
    'documented',
    'whether RECONCILE_SERVICE is played in these deployments',
    'it is only where more than one service revision is active when a deployment begins; here one release follows the other',
  ),
  testStagesWithoutTestListener: entry(true, 'assumed', 'whether the test stages are played where there is no test listener', 'not documented'),
  executionIdStays: entry(true, 'inferred', 'whether a hook that is in progress is invoked again under the same execution id', `${HOOKS_GUIDE}: "the unique identifier for this hook execution"`),
  hookDetailsMerge: entry(
    'shallow' as 'shallow' | 'replace',
    'inferred',
    'how what a hook hands over is merged with what the service definition holds for it',
    `${HOOKS_GUIDE}: "merges this data", by an example with flat keys`,
  ),
  hookDetailsOutliveTheStage: entry(
    true,
    'inferred',
    'whether what a hook handed over comes back at a later stage or step of the same deployment',
    `${HOOKS_GUIDE}: it persists between invocations of the same hook within a single deployment`,
  ),
  rollbackDelayMs: entry(1000, 'assumed', 'time from a failed stage to the beginning of the rollback', 'not documented; as CodeDeploy has been observed'),
  rollbackOrder: entry(
    'productionFirst' as 'productionFirst' | 'testFirst',
    'assumed',
    'order in which a rollback moves traffic back',
    `${HOOKS_GUIDE}: PRODUCTION_TRAFFIC_SHIFT and TEST_TRAFFIC_SHIFT are played again, without an order`,
  ),
  rollbackReplaysUnmovedStages: entry(false, 'assumed', 'whether a rollback plays a shift stage whose traffic had not moved', 'not documented'),
  failedHookInRollback: entry('ROLLBACK_FAILED' as 'ROLLBACK_FAILED' | 'ROLLBACK_SUCCESSFUL', 'assumed', 'status of a deployment with a hook that fails in its rollback', 'by the name in the ServiceDeploymentStatus enumeration'),
  redAlarmAtStartTurnsAlarmsOff: entry(
    true,
    'inferred',
    'whether an alarm in ALARM when a deployment begins turns the alarms off for this deployment',
    'aws/copilot-cli#4512; the guide speaks of alarms that go into ALARM',
  ),
  alarmPollMs: entry(10_000, 'assumed', 'interval at which alarms are read', 'not documented; as for CodeDeploy'),
  failedWithoutRollback: entry('STOPPED' as const, 'assumed', 'status of a deployment that an alarm ends where rollback is off', 'the ServiceDeploymentStatus enumeration has no failed one'),
} as const;

/** What the engine takes for granted and cannot switch. */
export const NATIVE_ASSUMPTIONS: readonly Omit<BehaviourEntry<never>, 'value'>[] = [
  {
    what: 'traffic of a shift stage has moved when its hooks are invoked, and the wait between two steps is part of PRODUCTION_TRAFFIC_SHIFT',
    certainty: 'assumed',
    source: 'the guide shows the new weights in the event of the stage; the moment is not documented',
  },
  {
    what: 'several hooks of one stage are invoked at the same time, and the first that fails takes the deployment back',
    certainty: 'inferred',
    source: 'the guide: all hooks of a stage must complete before the deployment goes on',
  },
  {
    what: "ECS waits for one invocation as long as the function's own time-out lets it run, 15 minutes at most",
    certainty: 'inferred',
    source: 'an earlier edition of the guide speaks of a function that validates within 15 minutes; no other limit is documented',
  },
  {
    what: 'a rollback moves all production traffic back in one step, and alarms do not count in it',
    certainty: 'inferred',
    source: 'the guide shows the weights 0 and 100 in the event of a rollback',
  },
  {
    what: 'alarms count until the bake time is over',
    certainty: 'documented',
    source: 'Amazon ECS developer guide on CloudWatch alarms that detect deployment failures',
  },
  {
    what: 'codes and texts of a failed service deployment are our own words',
    certainty: 'assumed',
    source: 'ECS has no error codes, only a statusReason whose texts are not published',
  },
];

export type NativeBehaviour = { readonly [Name in keyof typeof NATIVE_BEHAVIOUR]: (typeof NATIVE_BEHAVIOUR)[Name]['value'] };

/** The default values, with any of them switched. */
export function nativeBehaviour(switched: Partial<NativeBehaviour> = {}): NativeBehaviour {
  const defaults = Object.fromEntries(Object.entries(NATIVE_BEHAVIOUR).map(([name, { value }]) => [name, value])) as NativeBehaviour;
  return { ...defaults, ...switched };
}
