/** The load balancer in front of a service that ECS moves traffic for: two target groups and the rules of its listeners. */
import { UserError } from '../report/user-error';
import type { Assembly, PlacedResource } from './assembly';
import { isObject, type JsonObject } from './read-json';
import type { StagedListener } from './staged-model';

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';

export class NativeBalancer {
  private readonly entry: JsonObject;
  private readonly advanced: JsonObject;

  constructor(
    private readonly assembly: Assembly,
    private readonly service: string,
    properties: JsonObject,
  ) {
    const [first, ...others] = Array.isArray(properties.LoadBalancers) ? properties.LoadBalancers.filter(isObject) : [];
    this.entry = first ?? {};
    this.advanced = isObject(first?.AdvancedConfiguration) ? first.AdvancedConfiguration : {};
    if (first === undefined || this.advanced.AlternateTargetGroupArn === undefined || this.advanced.ProductionListenerRule === undefined) {
      throw new UserError(
        `service ${service} has no load balancer with an alternate target group and a production listener rule, between which a rehearsal could move traffic; ` +
          "give its 'loadBalancerTarget' an ecs.AlternateTarget",
      );
    }
    if (others.length > 0) {
      throw new UserError(`service ${service} stands behind ${others.length + 1} target groups, and a rehearsal plays one load balancer for a service`);
    }
  }

  targetGroupArns(): readonly [string, string] {
    return [String(this.entry.TargetGroupArn), String(this.advanced.AlternateTargetGroupArn)];
  }

  listeners(): { readonly production: StagedListener; readonly test?: StagedListener } {
    const production = this.listener(this.advanced.ProductionListenerRule, 'production');
    const test = this.advanced.TestListenerRule === undefined ? undefined : this.listener(this.advanced.TestListenerRule, 'test');
    if (test !== undefined && test.port === production.port) {
      throw new UserError(`service ${this.service} has its test rule on the production listener, port ${test.port}, and a rehearsal tells test traffic by its port; give it a listener of its own`);
    }
    return { production, ...(test === undefined ? {} : { test }) };
  }

  loadBalancerArn(): string {
    return String(this.listenerOf(this.advanced.ProductionListenerRule, 'production').LoadBalancerArn);
  }

  private listener(rule: unknown, name: string): StagedListener {
    const { Port, Protocol } = this.listenerOf(rule, name);
    const conditions = this.find(RULE, String(rule));
    const rules = conditions === undefined ? undefined : [ruleOf(this.assembly.properties(conditions), this.service)];
    return { port: Number(Port), protocol: Protocol === 'HTTPS' ? 'HTTPS' : 'HTTP', ...(rules === undefined ? {} : { rules }) };
  }

  /** Properties of the listener that a rule belongs to; what is named may be the listener itself. */
  private listenerOf(arn: unknown, name: string): JsonObject {
    const rule = this.find(RULE, String(arn));
    const listenerArn = rule === undefined ? String(arn) : String(this.assembly.properties(rule).ListenerArn);
    const listener = this.find(LISTENER, listenerArn);
    if (listener === undefined) {
      throw new UserError(`the ${name} listener of service ${this.service} is made outside of this assembly, so that its port is not known; add the stack that makes it to the app`);
    }
    return this.assembly.properties(listener);
  }

  private find(type: string, arn: string): PlacedResource | undefined {
    return this.assembly.resources(type).find(({ stack, logicalId }) => this.assembly.ref(stack, logicalId) === arn);
  }
}

function ruleOf({ Priority, Conditions }: JsonObject, service: string): NonNullable<StagedListener['rules']>[number] {
  const conditions = Array.isArray(Conditions) ? Conditions.filter(isObject) : [];
  const values = (field: string, config: string): readonly string[] | undefined => {
    const found = conditions.find((condition) => condition.Field === field);
    const own = found === undefined ? undefined : isObject(found[config]) ? found[config].Values : found.Values;
    return Array.isArray(own) ? own.map(String) : undefined;
  };
  const other = conditions.find(({ Field }) => Field !== 'path-pattern' && Field !== 'host-header');
  if (other !== undefined) {
    throw new UserError(`a listener rule of service ${service} has a condition on ${String(other.Field)}, and a rehearsal plays those on path-pattern and host-header`);
  }
  const paths = values('path-pattern', 'PathPatternConfig');
  const hosts = values('host-header', 'HostHeaderConfig');
  return { priority: Number(Priority ?? 1), ...(paths === undefined ? {} : { paths }), ...(hosts === undefined ? {} : { hosts }) };
}
