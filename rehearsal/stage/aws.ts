/** The AWS of a rehearsal: one endpoint, and behind it what the stage knows. */
import { startAwsEndpoint, type AwsEndpoint } from '../endpoints/aws-endpoint';
import { cloudWatchBackend } from '../endpoints/cloudwatch-backend';
import { uuidOf } from '../endpoints/aws-service';
import type { CodeDeployBackend } from '../endpoints/codedeploy-backend';
import type { LambdaBackend } from '../endpoints/lambda-invoke';
import { privateAddresses } from '../sandbox/network-map';
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
    lambda: lambdaOf(world),
    builds: world.builds,
    calendars: world.calendars.calendars,
    parameters: world.parameters,
    secrets: world.secrets,
    stateMachines: world.stateMachines,
    logs: world.logs,
    stacks: world.stacks,
    services: () => servicesOf(world.playedRollouts),
    balancers: () => loadBalancersOf(world.codeDeployRollouts),
    ...(options.around === undefined ? {} : { around: options.around }),
    ...(options.taskDefinitions === undefined ? {} : { taskDefinitions: options.taskDefinitions }),
    loadBalancers: () => {
      const addresses = privateAddresses(world.network());
      return world.rollouts.map(({ model }) => {
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

function lambdaOf(world: World): LambdaBackend {
  const seen = new Map<string, number>();
  return {
    find: (nameOrArn) => world.functions.find(nameOrArn)?.spec,
    invoke: (arn, { payload, clientContext }) => {
      // By what is invoked and how often, never by the order of arrival.
      const key = uuidOf(JSON.stringify([arn, payload, clientContext]));
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      const invocation = { requestId: uuidOf(`${key}:${times}`), payload, ...(clientContext === undefined ? {} : { clientContext }) };
      return world.run(world.functions.required(arn), invocation);
    },
    invokeLater: (arn, payload) => world.invocations.invoke(arn, payload),
  };
}
