/** What the service does under its own role, and only as far as the template lets it. */
import type { Named } from '../assembly/rollout-model';
import type { StagedModel } from '../assembly/staged-model';
import { invokeDeniedMessage } from '../engine/messages';
import type { AlarmStates, HookInvoker } from '../engine/ports';
import type { Principal } from './permissions';
import type { World } from './world';

const SESSION = 'CodeDeploy';

export function serviceInvocation(model: { readonly serviceRole: Named }, world: Pick<World, 'functions' | 'permissions' | 'invocations'>): HookInvoker {
  const service: Principal = { roleArn: model.serviceRole.arn, session: SESSION };
  return {
    invoke: (name, payload) => {
      const found = world.functions.find(name);
      const resource = found?.spec.arn ?? name;
      if (!world.permissions.decideFor(service, { action: 'lambda:InvokeFunction', resource, context: {} }).allowed) {
        return { accepted: false, message: invokeDeniedMessage(service.roleArn) };
      }
      // A function that is made elsewhere cannot run here; its report may still come, from the scenario or from outside.
      return found === undefined ? { accepted: true } : world.invocations.invoke(name, payload);
    },
  };
}

/** What the role may not read is unreadable to the service. */
export function serviceAlarms(model: Pick<StagedModel, 'alarms'> & { readonly serviceRole: Named }, world: Pick<World, 'alarms' | 'permissions'>): AlarmStates {
  const service: Principal = { roleArn: model.serviceRole.arn, session: SESSION };
  const arns = new Map(model.alarms.map(({ name, arn }) => [name, arn]));
  const readable = new Map<string, boolean>();
  return {
    state: (name) => {
      const call = { action: 'cloudwatch:DescribeAlarms', resource: arns.get(name) ?? name, context: {} };
      const known = readable.get(name) ?? world.permissions.decideFor(service, call).allowed;
      readable.set(name, known);
      return known ? world.alarms.state(name) : undefined;
    },
  };
}
