/** What ECS refuses of an update of a service whose deployments CodeDeploy controls. */
import type { EcsTargetService } from '../../lib/model/appspec';
import type { JsonObject } from '../assembly/read-json';
import { isObject } from '../assembly/read-json';
import { changedProperties, sameProperties, stringified } from './properties';

/** What UpdateService takes for such a service; API reference, and DeploymentController in its user guide. */
const UPDATABLE: readonly string[] = [
  'DeploymentConfiguration',
  'DesiredCount',
  'EnableECSManagedTags',
  'HealthCheckGracePeriodSeconds',
  'PlacementConstraints',
  'PlacementStrategies',
  'PropagateTags',
  'Tags',
];

/** What the service calls the others in its message; those that are not here by their own names. */
const WORDS: Readonly<Record<string, string>> = {
  TaskDefinition: 'task definition',
  NetworkConfiguration: 'network parameters',
  PlatformVersion: 'platform version',
  LoadBalancers: 'load balancers',
};

/** What the PRIMARY task set of a service runs. */
export type Running = EcsTargetService['Properties'];

/**
 * @param running what the update is compared with, where it is with more than the template of before
 * @returns why CloudFormation's update of the service fails; undefined where it does not
 */
export function serviceUpdateRefusal(before: JsonObject, after: JsonObject, running?: Running): string | undefined {
  const byCodeDeploy = isObject(after.DeploymentController) && after.DeploymentController.Type === 'CODE_DEPLOY';
  const changed = changedProperties(before, after).find((name) => !UPDATABLE.includes(name));
  const refused = changed ?? (running && otherThan(running, after));
  return !byCodeDeploy || refused === undefined
    ? undefined
    : 'Resource handler returned message: "Invalid request provided: UpdateService error: ' +
        `Unable to update ${WORDS[refused] ?? refused} on services with a CODE_DEPLOY deployment controller. ` +
        'Use AWS CodeDeploy to trigger a new deployment. (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException)" (HandlerErrorCode: InvalidRequest)';
}

/** The first property that is not what runs. A family stands for its newest revision, which is taken to be the one that runs. */
function otherThan({ TaskDefinition, NetworkConfiguration, PlatformVersion, LoadBalancerInfo }: Running, sent: JsonObject): string | undefined {
  const [family] = (TaskDefinition.split('/').at(-1) ?? '').split(':');
  const [balancer] = (Array.isArray(sent.LoadBalancers) ? sent.LoadBalancers : []) as JsonObject[];
  const pairs: Readonly<Record<string, readonly [unknown, unknown]>> = {
    TaskDefinition: [sent.TaskDefinition, family],
    NetworkConfiguration: [sent.NetworkConfiguration, NetworkConfiguration],
    PlatformVersion: [sent.PlatformVersion, PlatformVersion],
    LoadBalancers: [balancer && [balancer.ContainerName, balancer.ContainerPort], [LoadBalancerInfo.ContainerName, LoadBalancerInfo.ContainerPort]],
  };
  return Object.keys(pairs).find((name) => {
    const [wanted, runs] = pairs[name] ?? [];
    return wanted !== undefined && !sameProperties({ value: stringified(wanted) }, { value: stringified(runs) });
  });
}
