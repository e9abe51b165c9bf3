/** What ECS refuses of an update of a service whose deployments CodeDeploy controls. */
import type { JsonObject } from '../assembly/read-json';
import { isObject } from '../assembly/read-json';
import { sameProperties } from './properties';

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

/** @returns why CloudFormation's update of the service fails; undefined where it does not */
export function serviceUpdateRefusal(before: JsonObject, after: JsonObject): string | undefined {
  const byCodeDeploy = isObject(after.DeploymentController) && after.DeploymentController.Type === 'CODE_DEPLOY';
  const refused = [...new Set([...Object.keys(before), ...Object.keys(after)])].find(
    (name) => !UPDATABLE.includes(name) && !sameProperties({ value: before[name] }, { value: after[name] }),
  );
  return !byCodeDeploy || refused === undefined
    ? undefined
    : 'Resource handler returned message: "Invalid request provided: UpdateService error: ' +
        `Unable to update ${WORDS[refused] ?? refused} on services with a CODE_DEPLOY deployment controller. ` +
        'Use AWS CodeDeploy to trigger a new deployment. (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException)" (HandlerErrorCode: InvalidRequest)';
}
