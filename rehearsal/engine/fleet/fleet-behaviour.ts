/** What CodeDeploy and its agent do on fleets, as far as the documentation settles it and beyond: as data, each entry with its source. */
import { SERVICE_BEHAVIOUR, type BehaviourEntry, type Certainty, type ServiceBehaviour } from '../service-behaviour';

const entry = <T>(value: T, certainty: Certainty, what: string, source: string): BehaviourEntry<T> => ({ what, value, certainty, source });

const HEALTH = 'user guide on instance health';

export const FLEET_BEHAVIOUR = {
  batches: entry(
    'whole' as 'whole' | 'rolling',
    'inferred',
    'whether the next instances are begun with when a whole batch is over, or one for each that is',
    `${HEALTH}: "7 instances at the same time in the first batch, and then to the remaining 3 in the second batch"`,
  ),
  commandGapMs: entry(1000, 'documented', 'time until an agent fetches its next command', "the agent's configuration, :wait_between_runs: 1"),
  emptyEventMs: entry(500, 'assumed', 'duration of an event that runs no scripts', 'not documented; a round trip to the service'),
  downloadMs: entry(2000, 'assumed', 'duration of DownloadBundle', 'not documented; depends on the size of the bundle'),
  installMs: entry(1000, 'assumed', 'duration of Install', 'not documented; depends on the files'),
  scriptMs: entry(1000, 'assumed', 'duration of a script that the scenario does not time', 'no such thing is documented'),
  blockTrafficMs: entry(
    30_000,
    'assumed',
    'duration of BlockTraffic: deregistering and draining',
    'a target group drains for 300 s by default, and until its last request where that is earlier',
  ),
  allowTrafficMs: entry(
    30_000,
    'assumed',
    'duration of AllowTraffic: registering, and the health checks',
    'an Application Load Balancer takes 5 checks in 30 s each by default; users lower it',
  ),
  healthyTimeoutMs: entry(
    3_600_000,
    'documented',
    'time for which an instance may be unhealthy at the load balancer before AllowTraffic fails',
    'user guide on Elastic Load Balancing: "up to 1 hour"',
  ),
  provisionMs: entry(90_000, 'assumed', 'time until a copied Auto Scaling group has its instances', 'not documented; that of starting an instance'),
  launchMs: entry(90_000, 'assumed', 'time until an instance that Auto Scaling launches has booted', 'not documented; depends on the image, and on what its user data does'),
  groupFollowsDiscovered: entry(
    false,
    'assumed',
    'whether the service points a deployment group at the Auto Scaling groups that a deployment has discovered, once it succeeded',
    'not documented; the API reference says of autoScalingGroups that they are updated for a copied group',
  ),
  terminateMs: entry(5000, 'assumed', 'time that ending the originals takes', 'not documented'),
  zoneOrder: entry('byName' as 'byName' | 'asGiven', 'assumed', 'order of the Availability Zones of a zonal deployment', 'not documented'),
  rollbackIsZonal: entry(false, 'documented', 'whether a rollback goes zone by zone', 'user guide on zonal configuration'),
  rollbackTargets: entry(
    'all' as 'all' | 'attempted',
    'assumed',
    'instances of a rollback in place: all, or those that the failed deployment had begun with',
    'user guide on rollbacks: "a new deployment" and "each participating instance"',
  ),
  rollbackFileExistsBehavior: entry(
    'lastSuccessful' as 'lastSuccessful' | 'failed',
    'documented',
    'deployment whose way with files that exist a rollback takes',
    'user guide on rollbacks: that of the last successful deployment',
  ),
  instanceStoppedStatus: entry('Failed' as 'Failed' | 'Skipped', 'inferred', 'status of an instance that a stop finds at work', 'ECS captures show the running event as Failed'),
  tooManyFailedCode: entry('HEALTH_CONSTRAINTS', 'inferred', 'error code of a deployment that too many instances failed', 'user guide on error codes, by its text'),
  originalsNotBlockedCode: entry(
    'ELB_INVALID_INSTANCE',
    'assumed',
    'error code of a blue/green deployment of which an original could not be deregistered',
    'the failure is documented (instance health), its code is not',
  ),
  durationExceededCode: entry('TIMEOUT', 'assumed', 'error code of a deployment that takes longer than the service allows', 'by the name in the ErrorCode enumeration'),
  unevenFleets: entry(
    'allowed' as 'allowed' | 'refused',
    'assumed',
    'what becomes of blue/green with more or fewer replacements than originals',
    'user guide on error codes gives it as one thing that might cause NO_INSTANCES',
  ),
  replacementsAfterRollback: entry(
    'kept' as 'kept' | 'terminated',
    'assumed',
    'what becomes of the replacements after a rollback',
    'not documented; the service charges nobody for them, and deleting needs a decision',
  ),
  readyInstancesNotified: entry(true, 'assumed', 'whether EventBridge is told READY of an instance that waits for its traffic', 'the console lists READY among the states of instances'),
  autoUpdateDelayMs: entry(1000, 'assumed', 'time from the end of a deployment to that which updates outdated instances', 'user guide: immediately after'),
  autoUpdateCoversFailed: entry(
    false,
    'assumed',
    'whether the deployment that updates outdated instances is also for those where the one before failed',
    'user guide speaks of instances that were launched meanwhile',
  ),
} as const;

/** What the engine takes for granted of fleets, and cannot switch. */
export const FLEET_ASSUMPTIONS: readonly Omit<BehaviourEntry<never>, 'value'>[] = [
  {
    what: 'a deployment in place before which none has succeeded is not rolled back; one in blue/green gives its originals the traffic again',
    certainty: 'inferred',
    source: 'user guide on rollbacks: the last known good revision is deployed, and there is none',
  },
  {
    what: 'deployments that Auto Scaling starts are watched by no alarm, and are not rolled back',
    certainty: 'inferred',
    source: 'user guide on Auto Scaling: a failed launch is abandoned, and the end of an instance goes on whatever happens',
  },
  {
    what: 'an instance that has not been deployed to counts as unhealthy, and its failure counts like that of a healthy one',
    certainty: 'inferred',
    source: `${HEALTH}, and the rule of CodeDeployDefault.OneAtATime, which any failure but the last breaks`,
  },
  {
    what: 'traffic is rerouted to the replacements whose installation succeeded, and the minimum is that of their number; one at a time is always possible',
    certainty: 'inferred',
    source: 'user guide on deployment configurations, which tells of no failed installation before',
  },
  {
    what: 'an instance that Auto Scaling launches gets the revision of the last deployment that succeeded; before the first success it goes into service with none',
    certainty: 'documented',
    source: 'user guide on Auto Scaling: the revision previously deployed, not the newest',
  },
  {
    what: 'an instance that went into service before anything was released is no outdated one, and stays without a revision until the next deployment',
    certainty: 'inferred',
    source: 'user guide on Auto Scaling, which speaks of instances with the older revision',
  },
  {
    what: 'originals are deregistered when the last replacement has been registered',
    certainty: 'documented',
    source: 'user guide on Elastic Load Balancing',
  },
  {
    what: 'a copied Auto Scaling group is the one of the deployment group after a success, and the original is not; what is updated while a deployment runs is for the next one',
    certainty: 'inferred',
    source: 'user guide on blue/green; the API updates the Auto Scaling groups of the deployment group',
  },
  {
    what: 'a copied Auto Scaling group has as many instances as there are originals that answer, those left out where the last deployment has failed; the first deployment of a group counts instances that have no revision yet',
    certainty: 'assumed',
    source: 'not documented; otherwise no deployment group could begin with a copy',
  },
  {
    what: 'Auto Scaling launches into the zone with the fewest instances, ends the oldest ones, and replaces none that fails by itself',
    certainty: 'inferred',
    source: 'user guide of EC2 Auto Scaling on zones and on termination policies, of which users choose one',
  },
  {
    what: 'an agent works for several deployments at the same time, and none waits for another',
    certainty: 'inferred',
    source: 'its command poller has a pool of threads; older agents work on one command at a time',
  },
  {
    what: 'EventBridge is told START of an instance once in a deployment, SUCCESS or FAILURE when it is done, and nothing of one that is passed over',
    certainty: 'inferred',
    source: 'user guide on monitoring with events, which names the states and not their moments',
  },
  {
    what: 'files that scripts create are known as far as a scenario tells, and nothing removes them',
    certainty: 'documented',
    source: 'user guide on rollbacks',
  },
];

export type FleetBehaviourName = keyof typeof FLEET_BEHAVIOUR;

export type FleetBehaviour = { readonly [Name in FleetBehaviourName]: (typeof FLEET_BEHAVIOUR)[Name]['value'] };

/** The default values, with any of them switched. */
export function fleetBehaviour(switched: Partial<FleetBehaviour> = {}): FleetBehaviour {
  const defaults = Object.fromEntries(Object.entries(FLEET_BEHAVIOUR).map(([name, { value }]) => [name, value])) as FleetBehaviour;
  return { ...defaults, ...switched };
}

/** What the service does with task sets and aliases, which there are none of on fleets. */
const OF_OTHER_PLATFORMS: readonly (keyof ServiceBehaviour)[] = [
  'eventMs',
  'gapMs',
  'installBaseMs',
  'installTimeoutCode',
  'taskSetRefusedCode',
  'hookFailedCode',
  'hookSilentCode',
  'lateReportOfStoppedDeployment',
  'readyWaitPosition',
  'primaryFlip',
  'rollbackDurationMs',
  'rollbackCreatedMs',
  'rollbackConfigName',
  'rollbackRunsHooks',
  'rollbackRecordAfterBeforeInstall',
  'rollbackOfMovedAlias',
  'lambdaRollbackConfigName',
  'aliasUpdateCreator',
  'aliasCheckedBefore',
  'provisioningMs',
];

/** Of what the service does on every platform, that which deployments to fleets come to. */
export const SHARED_BEHAVIOUR: Readonly<Record<string, BehaviourEntry<unknown>>> = Object.fromEntries(
  Object.entries(SERVICE_BEHAVIOUR).filter(([name]) => !(OF_OTHER_PLATFORMS as readonly string[]).includes(name)),
);
