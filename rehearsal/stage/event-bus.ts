/** The default event bus: CodeDeploy's state changes come to the rules of the template, and what they match goes to functions and state machines. */
import type { Finding } from '../../lib/model/rollout';
import type { StateChange, StateChangeEvent } from '../../lib/model/server/gates';
import type { Assembly } from '../assembly/assembly';
import { eventRules, type EventRule, type EventTarget } from '../assembly/event-rules';
import { isInvocable } from '../assembly/function-permissions';
import { targetInput } from '../engine/event-input';
import { eventPattern } from '../engine/event-pattern';
import { requestId } from '../engine/identifiers';
import { ServiceError, type RandomFor } from '../engine/ports';
import { expectedEvent, notifyOfStates, type Notified, type StateNotifications } from '../engine/state-notifications';
import type { Json } from '../engine/state-machine/paths';
import { UserError } from '../report/user-error';
import { BoundedInvocations, INVOKED_AT_ONCE } from './bounded-invocations';
import type { StagedFunction } from './functions';
import { playedFunctions } from './hooks';
import type { World } from './world';

type Staged = Pick<World, 'conductor' | 'permissions' | 'functions' | 'invocations' | 'stateMachines' | 'deployed'>;

/** A rollout whose deployments a deployment group has. */
export interface NotifyingRollout {
  readonly model: { readonly name: string; readonly account: string; readonly region: string };
  readonly group: StateNotifications['group'];
  readonly deployments: StateNotifications['deployments'];
}

interface PlayedRule extends EventRule {
  readonly matches: (event: unknown) => boolean;
}

interface Delivery {
  readonly rule: EventRule;
  readonly target: EventTarget;
  readonly event: StateChangeEvent;
  readonly input: Json;
  readonly rollout: string;
}

const FUNCTION = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:/;
const STATE_MACHINE = /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:/;

/** Session name of EventBridge. */
const SESSION = 'events';

export class EventBus {
  readonly #world: Staged;
  readonly #random: RandomFor;
  readonly #rules = new WeakMap<Assembly, Map<string, readonly PlayedRule[]>>();
  readonly #wanted = new WeakMap<Assembly, Map<string, boolean>>();
  readonly #notModelled = new Set<string>();
  readonly #findings = new Map<string, Map<string, Finding>>();
  readonly #bounded: BoundedInvocations;
  readonly #rollouts: NotifyingRollout[] = [];
  #pending = 0;

  constructor(world: Staged, random: RandomFor) {
    this.#world = world;
    this.#bounded = new BoundedInvocations(world.invocations);
    this.#random = random;
  }

  /** Events that have happened and are not delivered yet. */
  get pending(): number {
    return this.#pending + this.#bounded.waiting;
  }

  /** What is played, where any rule may match what the deployments of a rollout tell. */
  modelled(rollout: string): readonly string[] {
    const bound = this.#rollouts.some((one) => one.model.name === rollout && this.#isBound(one));
    return bound ? ['rules of EventBridge that match state changes of CodeDeploy, the input of their targets, and permission to invoke functions and start state machines'] : [];
  }

  get approximated(): readonly string[] {
    return this.#bounded.waited.map((name) => `${name}: invoked by ${INVOKED_AT_ONCE} events at the same time at most, while others waited`);
  }

  /** What rules ask for or lead to that is not played. */
  get notModelled(): readonly string[] {
    return [...this.#notModelled];
  }

  /** What kept events of a rollout from their targets. */
  findings(rollout: string): readonly Finding[] {
    return [...(this.#findings.get(rollout)?.values() ?? [])];
  }

  /** From now on the deployments of a rollout tell what they do. */
  connect(rollout: NotifyingRollout): void {
    const { scheduler, epochMs } = this.#world.conductor;
    const { group, deployments, model } = rollout;
    this.#rollouts.push(rollout);
    notifyOfStates(
      {
        ...this.#group(rollout),
        group,
        deployments,
        scheduler,
        epochMs,
        wants: (what, state) => this.#wants(rollout, what, state),
        expected: () => {
          this.#pending += 1;
        },
      },
      (event) => {
        this.#pending -= 1;
        this.#put(event, model);
      },
    );
  }

  #isBound(rollout: NotifyingRollout): boolean {
    const states: readonly StateChange[] = ['START', 'SUCCESS', 'FAILURE', 'STOP', 'READY'];
    return states.some((state) => (['deployment', 'instance'] as const).some((what) => this.#wants(rollout, what, state)));
  }

  #group({ group, model: { account, region } }: NotifyingRollout): { readonly group: NotifyingRollout['group']; readonly account: string; readonly region: string; readonly random: RandomFor } {
    return { group, account, region, random: this.#random };
  }

  #wants(rollout: NotifyingRollout, what: Notified, state: StateChange): boolean {
    const { deployed } = this.#world;
    const known = this.#wanted.get(deployed) ?? new Map<string, boolean>();
    this.#wanted.set(deployed, known);
    const key = `${rollout.group.deploymentGroupArn} ${what} ${state}`;
    const answer = known.get(key) ?? this.#rulesOf(rollout.model).some(({ matches }) => matches(expectedEvent(this.#group(rollout), what, state)));
    known.set(key, answer);
    return answer;
  }

  #rulesOf(place: NotifyingRollout['model']): readonly PlayedRule[] {
    const { deployed } = this.#world;
    const known = this.#rules.get(deployed) ?? new Map<string, readonly PlayedRule[]>();
    this.#rules.set(deployed, known);
    const key = `${place.account} ${place.region}`;
    const rules = known.get(key) ?? eventRules(deployed, place).flatMap((rule) => this.#played(rule));
    known.set(key, rules);
    return rules;
  }

  #played(rule: EventRule): readonly PlayedRule[] {
    const read = eventPattern(rule.pattern);
    if ('problem' in read) {
      if (mayBeOfCodeDeploy(rule.pattern)) {
        this.#notModelled.add(`rule ${rule.name}: its event pattern is not understood at ${read.problem}, so that it matched nothing`);
      }
      return [];
    }
    return [{ ...rule, matches: read.matches }];
  }

  #put(event: StateChangeEvent, rollout: NotifyingRollout['model']): void {
    for (const rule of this.#rulesOf(rollout).filter(({ matches }) => matches(event))) {
      for (const target of rule.targets) {
        const made = targetInput(target.input, event as unknown as Json & { readonly time: string }, rule);
        if ('problem' in made) {
          this.#undelivered({ rule, target, rollout: rollout.name }, made.problem, 'correct the input of the target');
        } else {
          this.#deliver({ rule, target, event, input: made.input, rollout: rollout.name });
        }
      }
    }
  }

  #deliver(delivery: Delivery): void {
    const { rule, target } = delivery;
    if (FUNCTION.test(target.arn)) {
      this.#invoke(delivery);
    } else if (STATE_MACHINE.test(target.arn)) {
      this.#start(delivery);
    } else {
      this.#notModelled.add(`target ${target.arn} of rule ${rule.name}: events that the rule matched went nowhere`);
    }
  }

  #invoke(delivery: Delivery): void {
    const { rule, target, input } = delivery;
    const { functions, invocations } = this.#world;
    try {
      const found = functions.find(target.arn);
      if (found === undefined) {
        this.#notModelled.add(`function ${target.arn}, which rule ${rule.name} invokes: it is made outside of this assembly, so that its code did not run`);
      } else if (this.#mayInvoke(delivery, found)) {
        invocations.deploy(playedFunctions([found.spec.arn], functions));
        this.#bounded.invoke(found.spec.name, input);
      }
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      this.#notModelled.add(`target of rule ${rule.name}: ${error.message}`);
    }
  }

  /** By the role of the target where it has one, and by the resource policy of the function otherwise. */
  #mayInvoke(delivery: Delivery, { spec }: StagedFunction): boolean {
    const { rule, target } = delivery;
    const { deployed } = this.#world;
    if (target.roleArn !== undefined) {
      return this.#mayCall(delivery, 'lambda:InvokeFunction', spec.arn);
    }
    const account = rule.arn.split(':')[4] ?? '';
    const allowed = isInvocable(deployed, { function: spec, service: 'events.amazonaws.com', sourceArn: rule.arn, account });
    if (!allowed) {
      this.#undelivered(delivery, `no AWS::Lambda::Permission lets events.amazonaws.com invoke ${spec.name} for ${rule.arn}`, 'add the permission, as aws_events_targets.LambdaFunction does');
    }
    return allowed;
  }

  #start(delivery: Delivery): void {
    const { rule, target, event, input } = delivery;
    if (!this.#mayCall(delivery, 'states:StartExecution', target.arn)) {
      return;
    }
    try {
      this.#world.stateMachines.start({ arn: target.arn, name: `${event.id}_${requestId(this.#random, `${rule.arn} ${target.id} ${event.id}`)}`, input: JSON.stringify(input) });
    } catch (error) {
      if (!(error instanceof ServiceError)) {
        throw error;
      }
      this.#notModelled.add(`target of rule ${rule.name}: ${error.message}`);
    }
  }

  #mayCall(delivery: Delivery, action: string, resource: string): boolean {
    const { roleArn } = delivery.target;
    const decision = roleArn === undefined ? { allowed: false as const, message: 'the target has no role' } : this.#world.permissions.decideFor({ roleArn, session: SESSION }, { action, resource, context: {} });
    if (!decision.allowed) {
      this.#undelivered(delivery, decision.message, `give the target a role that may call ${action}`);
    }
    return decision.allowed;
  }

  #undelivered({ rule, target, rollout }: Pick<Delivery, 'rule' | 'target' | 'rollout'>, why: string, remedy: string): void {
    const message = `rule ${rule.name} matched an event of ${rollout}, and its target ${target.id} did not get it: ${why}`;
    const known = this.#findings.get(rollout) ?? new Map<string, Finding>();
    this.#findings.set(rollout, known.set(message, { id: 'event-not-delivered', level: 'error', message, remedy }));
  }
}

/** A rule for events of other services, in whatever words, is none of ours. */
function mayBeOfCodeDeploy(pattern: unknown): boolean {
  const source = (pattern as { readonly source?: unknown } | null)?.source;
  return !Array.isArray(source) || !source.every((name) => typeof name === 'string') || source.includes('aws.codedeploy');
}
