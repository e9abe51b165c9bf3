/** What the rehearsal takes for granted of deployments to an alias, and cannot switch. */
import type { BehaviourEntry } from '../service-behaviour';

export const LAMBDA_ASSUMPTIONS: readonly Omit<BehaviourEntry<never>, 'value'>[] = [
  {
    what: "CloudFormation's rollback of the stack after a failed deployment starts no deployment, and leaves the alias as CodeDeploy left it",
    certainty: 'inferred',
    source: 'the user guide tells of aliases that stay between two versions after a stop without rollback',
  },
  {
    what: 'a deployment to a version that is not published is taken, and fails with INVALID_LAMBDA_FUNCTION when the alias is looked at, without a rollback',
    certainty: 'assumed',
    source: 'API reference of ErrorInformation, which lists the code and says nothing of when',
  },
  {
    what: 'the target of a deployment has the id function:alias and the ARN of the function',
    certainty: 'assumed',
    source: 'no published capture; targets of ECS are named cluster:service',
  },
  {
    what: 'the weight of the target version is told in percent, and for a rollback the version that is gone back to is the target version',
    certainty: 'inferred',
    source: 'API reference of LambdaFunctionInfo, which speaks of a percentage',
  },
  {
    what: 'Errors and Throttles have a value for each invocation, 0 where there is none, so that their average is a rate',
    certainty: 'assumed',
    source: 'Lambda developer guide on metrics, which tells to view them by their sum and gives no example',
  },
  {
    what: 'metrics of the dimension ExecutedVersion are there for every invocation by an alias, whether it is weighted or not, throttled ones included',
    certainty: 'inferred',
    source: 'Lambda developer guide of before 2019, which says of the dimension that it applies to invocations by an alias; later ones name weighted aliases as its use',
  },
  {
    what: 'a stack update changes alarms that name the version before it deploys, and takes them back when the deployment has failed; one that is made anew knows nothing of before',
    certainty: 'inferred',
    source: 'CloudFormation goes by dependencies and makes a replacement first; API reference of PutMetricAlarm: an alarm that is updated keeps its state',
  },
];
