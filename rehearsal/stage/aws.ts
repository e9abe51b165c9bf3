/** The AWS of a rehearsal: one endpoint, and behind it what the stage knows. */
import { startAwsEndpoint, type AwsEndpoint } from '../endpoints/aws-endpoint';
import { cloudWatchBackend } from '../endpoints/cloudwatch-backend';
import type { CodeDeployBackend } from '../endpoints/codedeploy-backend';
import type { LambdaBackend } from '../endpoints/lambda-invoke';
import { privateAddresses } from '../sandbox/network-map';
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
    parameters: world.parameters,
    secrets: world.secrets,
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
  let synchronous = 0;
  return {
    find: (nameOrArn) => world.functions.find(nameOrArn)?.spec,
    invoke: (arn, payload) => world.sandbox.run(world.functions.required(arn).spec, { requestId: `synchronous-${++synchronous}`, payload }),
    invokeLater: (arn, payload) => world.invocations.invoke(arn, payload),
  };
}
