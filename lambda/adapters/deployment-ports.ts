import type { DeploymentPorts } from '../core/deployment/facts';
import { autoScaling } from './auto-scaling';
import { systemClock, systemRandom } from './clock';
import { cloudFormation, stackResources } from './cloudformation';
import { cloudWatchLogs } from './cloudwatch-logs';
import { codeDeployDeployments } from './codedeploy-deployments';
import { codeDeployGroups } from './codedeploy-groups';
import { ecs } from './ecs';
import { ecsTaskDefinitions } from './ecs-task-definitions';
import { elasticLoadBalancing } from './elastic-load-balancing';
import { functionVersions } from './function-versions';
import { lambdaAliases } from './lambda-aliases';
import { jsonLog } from './log';
import { originalTargets } from './original-targets';
import { provisionedConcurrency } from './provisioned-concurrency';
import { responseUrl } from './response-url';
import { serverDeployments } from './server-deployments';

/** The ports of the deployment provider in Lambda. Makes no connection and reads no configuration. */
export function deploymentPorts(): DeploymentPorts {
  return {
    clock: systemClock,
    random: systemRandom,
    log: jsonLog(),
    deployments: codeDeployDeployments(),
    serverDeployments: serverDeployments(),
    originals: originalTargets(),
    services: ecs(),
    aliases: lambdaAliases(),
    stacks: cloudFormation(),
    hookLogs: cloudWatchLogs(),
    listeners: elasticLoadBalancing(),
    responses: responseUrl,
    taskDefinitions: ecsTaskDefinitions(),
    functionVersions: functionVersions(),
    concurrency: provisionedConcurrency(),
    serverGroups: codeDeployGroups(),
    autoScalingGroups: autoScaling(),
    stackResources: stackResources(),
  };
}
