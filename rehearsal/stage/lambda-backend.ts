/** Lambda as functions and clients see it: the functions of the assembly, and the one that a rollout releases by its versions. */
import { uuidOf } from '../endpoints/aws-service';
import type { LambdaBackend } from '../endpoints/lambda-invoke';
import type { LambdaReadBackend } from '../endpoints/lambda-read';
import type { LambdaVersionsBackend } from '../endpoints/lambda-versions';
import type { FunctionSpec } from '../engine/ports';
import { ServiceError } from '../engine/ports';
import type { LambdaRollout } from './lambda-rollout';
import type { World } from './world';

/** A name, or an ARN without a qualifier. */
const releasedBy = (world: World, nameOrArn: string): LambdaRollout | undefined => world.lambdaRollouts.find(({ model }) => [model.released.name, model.released.arn].includes(nameOrArn));

export function lambdaBackend(world: World): LambdaBackend {
  const seen = new Map<string, number>();
  return {
    find: (nameOrArn) => {
      const released = releasedBy(world, nameOrArn)?.model;
      return released === undefined ? world.functions.find(nameOrArn)?.spec : { arn: released.released.arn, timeoutMs: released.timeoutMs };
    },
    isQualifier: (arn, qualifier) => releasedBy(world, arn)?.function.isQualifier(qualifier) ?? true,
    invoke: async (arn, { payload, clientContext, qualifier }) => {
      const released = releasedBy(world, arn)?.function;
      // By what is invoked and how often, never by the order of arrival.
      const key = uuidOf(JSON.stringify([released === undefined || qualifier === undefined ? arn : `${arn}:${qualifier}`, payload, clientContext]));
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      const identity = `${key}:${times}`;
      const invocation = { requestId: uuidOf(identity), payload, ...(clientContext === undefined ? {} : { clientContext }) };
      if (released === undefined || qualifier === undefined || qualifier === '$LATEST') {
        return world.run(world.functions.required(arn), invocation);
      }
      const version = released.versionFor(qualifier, identity)!;
      return { ...(await released.invoke({ ...invocation, version, qualifier, identity })), executedVersion: version };
    },
    invokeLater: (arn, payload) => world.invocations.invoke(arn, payload),
  };
}

export function lambdaReadBackend(world: World): LambdaReadBackend {
  return {
    alias: (arn, name) => {
      const rollout = releasedBy(world, arn);
      return rollout?.model.aliasName === name ? { name, ...rollout.deployments.alias.configuration } : undefined;
    },
    configuration: (arn, qualifier) => {
      const released = releasedBy(world, arn)?.function;
      if (released === undefined || qualifier === undefined || qualifier === '$LATEST') {
        const { spec } = world.functions.required(arn);
        return view(spec, '$LATEST');
      }
      const version = released.versionFor(qualifier, `configuration ${qualifier}`);
      return version === undefined ? undefined : view(released.staged(version).spec, version);
    },
  };
}

/** Of the functions that rollouts release; others have no versions here. */
export function lambdaVersionsBackend(world: World): LambdaVersionsBackend {
  const none = (): never => {
    throw new ServiceError('UnknownOperationException', 'versions are modelled by the rehearsal for functions that a rollout releases', 501);
  };
  const of = (arn: string): LambdaRollout => releasedBy(world, arn) ?? none();
  return {
    versions: (arn) => of(arn).function.versions,
    aliases: (arn) => {
      const { model, deployments } = of(arn);
      return [{ name: model.aliasName, ...deployments.alias.configuration }];
    },
    deleteVersion: (arn, version) => of(arn).function.remove(version),
    provisioned: (arn) => of(arn).provisioned.all(),
    provision: (arn, version, executions) => of(arn).provisioned.request(version, executions),
    release: (arn, version) => of(arn).provisioned.release(version),
  };
}

function view({ name, runtime, handler, roleArn, timeoutMs, memoryMb }: FunctionSpec, version: string): ReturnType<LambdaReadBackend['configuration']> {
  return { functionName: name, version, runtime, handler, roleArn, timeoutSeconds: timeoutMs / 1000, memoryMb };
}
