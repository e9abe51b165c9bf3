/** The AWS of a rehearsal: one endpoint, and behind it what the stage knows. */
import { startAwsEndpoint, type AwsEndpoint } from '../endpoints/aws-endpoint';
import { cloudWatchBackend } from '../endpoints/cloudwatch-backend';
import type { CodeDeployBackend } from '../endpoints/codedeploy-backend';
import { privateAddresses } from '../sandbox/network-map';
import { lambdaBackend, lambdaReadBackend, lambdaVersionsBackend } from './lambda-backend';
import { loadBalancersOf } from './load-balancers';
import { servicesOf } from './services';
import type { World } from './world';

export function startAws(world: World): Promise<AwsEndpoint> {
  const { conductor, metrics, alarms, options } = world;
  const { region, account } = world.rollouts[0]!.model;
  return startAwsEndpoint({
    conductor,
    place: { partition: 'aws', region, accountId: account },
    ...(options.port === undefined ? {} : { port: options.port }),
    authorizer: world.permissions,
    codeDeploy: notingReports(world),
    cloudWatch: cloudWatchBackend(alarms, metrics),
    lambda: lambdaBackend(world),
    functions: lambdaReadBackend(world),
    versions: lambdaVersionsBackend(world),
    builds: world.builds,
    calendars: world.calendars.calendars,
    parameters: world.parameters,
    secrets: world.secrets,
    stateMachines: world.stateMachines,
    logs: world.logs,
    stacks: world.stacks,
    ...(world.servers === undefined ? {} : { autoScaling: world.servers.fleet.autoScaling }),
    services: () => servicesOf(world.playedRollouts),
    balancers: () => loadBalancersOf(world.codeDeployRollouts),
    ...(options.around === undefined ? {} : { around: options.around }),
    ...(options.taskDefinitions === undefined ? {} : { taskDefinitions: options.taskDefinitions }),
    loadBalancers: () => {
      const addresses = privateAddresses(world.network());
      return world.balancedRollouts.map(({ model }) => {
        const address = addresses.get(model.loadBalancer.dnsName.toLowerCase());
        return { fullName: model.loadBalancer.fullName, privateAddresses: address === undefined ? [] : [address] };
      });
    },
  });
}

/** Notes who made a report that the service accepted. */
function notingReports(world: World): CodeDeployBackend {
  const backend = world.codeDeploy;
  return {
    ...backend,
    putHookStatus: (report) => {
      backend.putHookStatus(report);
      const by = report.accessKeyId === undefined ? undefined : world.permissions.principalOf(report.accessKeyId)?.session;
      world.runs.reported(report.lifecycleEventHookExecutionId, { status: report.status, by, at: world.conductor.now() });
    },
  };
}
