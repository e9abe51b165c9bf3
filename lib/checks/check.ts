import type * as iam from 'aws-cdk-lib/aws-iam';
import { Duration, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { CheckPolicy } from '../model/check-policy';
import type { ListenerDescription } from '../model/rollout';
import type { CheckDocument } from '../model/suite';
import type { ValuesByName } from '../private/check-values';
import type { DeployTimeValues } from '../private/deploy-time-values';
import type { AnyHookContext } from '../private/hook-context';
import { requireDuration } from '../private/numbers';
import type { CheckOptions } from './check-options';
import { CheckMode, InconclusivePolicy, Passes } from './check-options';
import type { HttpRequestOptions } from './http-request';

/** Time in which secrets and parameters are read where the services are busy. */
const READING_MS = 10_000;

/** Name that the settle phase has in reports. */
const RESERVED_NAME = 'settle';

/**
 * What a rollout tells a check that is written into its suite.
 *
 * @internal
 */
export interface _CheckContext {
  readonly values: DeployTimeValues;
  /** Absent: there is no such listener. */
  readonly production?: _CheckedListener;
  readonly test?: _CheckedListener;
  /** What gives the hook a listener that it lacks. */
  readonly remedies?: { readonly test: string; readonly production: string };
}

/**
 * A listener as far as a check needs to know it.
 *
 * @internal
 */
export interface _CheckedListener {
  readonly protocol: ListenerDescription['protocol'];
  /** Whether it is asked by a name of its own, which its certificate can hold, and not by the load balancer's. */
  readonly ownName?: boolean;
  /** Whose address it has, for messages; the load balancer's where nothing is said. */
  readonly whose?: string;
}

/**
 * What one attempt of a check can take, and how many may come to nothing.
 *
 * @internal
 */
export interface _Attempt {
  readonly longestMs: number;
  readonly errorBudget: number;
  /** What one that comes to nothing takes, where that is known to be less than the longest. */
  readonly refusalMs?: number;
}

/** Longest interval, in milliseconds, where a kind of check says nothing else. */
const MAX_INTERVAL_MS = 60_000;

/** Something that a release must prove. The bundled hook handler measures it and decides. */
export abstract class Check {
  /** Name of the check, unique in its hook. */
  public readonly name: string;

  private readonly common: CheckOptions;
  private readonly interval: Duration;

  /** @internal */
  protected constructor(name: string, common: CheckOptions, maxIntervalMs = MAX_INTERVAL_MS) {
    requireName(name);
    this.name = name;
    this.common = common;
    this.interval = common.interval ?? Duration.seconds(1);
    requireDuration('interval', this.interval, 'milliseconds', 0, maxIntervalMs);
    if (common.checkTimeout !== undefined) {
      requireDuration('checkTimeout', common.checkTimeout, 'seconds', 1, 3_600);
    }
    const shadow = this._mode === CheckMode.ENFORCE ? this._after.find((other) => other._mode === CheckMode.SHADOW) : undefined;
    if (shadow !== undefined) {
      throw new Error(`check '${name}' comes after '${shadow.name}', which is in shadow and must decide nothing; enforce that check too`);
    }
  }

  /** @internal */
  public get _mode(): CheckMode {
    return this.common.mode ?? CheckMode.ENFORCE;
  }

  /** @internal */
  protected get _interval(): Duration {
    return this.interval;
  }

  /** @internal */
  public get _inconclusive(): InconclusivePolicy {
    return this.common.inconclusive ?? InconclusivePolicy.FAIL;
  }

  /** @internal */
  public get _after(): Check[] {
    return this.common.after ?? [];
  }

  /**
   * Requests that it sends by HTTP: the hook must reach where they go.
   *
   * @internal
   */
  public get _requests(): HttpRequestOptions[] {
    return [];
  }

  /**
   * Whether it tells others the base URLs of the listeners. The hook itself need not reach them for that.
   *
   * @internal
   */
  public get _passesUrlsOn(): boolean {
    return false;
  }

  /**
   * Values that are read when the hook runs, by the names that texts of the check refer to. The hook's role is let read them.
   *
   * @internal
   */
  public get _values(): ValuesByName {
    return {};
  }

  /**
   * AWS services that it calls besides those of every hook, as their VPC endpoints are named (`ssm`): a hook in a VPC must reach them.
   *
   * @internal
   */
  public get _services(): string[] {
    return [];
  }

  /**
   * What the hook's role needs for it; the group is that of the deployments which the hook is asked about, and the function the one whose alias they release, if they do.
   *
   * @internal
   */
  public _statements(_scope: Construct, _groupArn?: string, _hook?: AnyHookContext): iam.PolicyStatement[] {
    return [];
  }

  /**
   * Texts that lie beside the suite, by the names of their files.
   *
   * @internal
   */
  public get _payloads(): ReadonlyMap<string, string> {
    return new Map();
  }

  /** @internal */
  public abstract get _attempt(): _Attempt;

  /**
   * The same in a hook whose rollout has a say in it.
   *
   * @internal
   */
  public _attemptIn(_hook?: AnyHookContext): _Attempt {
    return this._attempt;
  }

  /** @internal */
  public abstract _render(context: _CheckContext, hook: AnyHookContext): CheckDocument;

  /**
   * Longest time that the check can take in a hook, in milliseconds: its time-out, else that of all its attempts with the pauses between them.
   *
   * @internal
   */
  public _longestMs(hook?: AnyHookContext): number {
    const { longestMs, errorBudget, refusalMs = longestMs } = this._attemptIn(hook);
    const pause = this.interval.toMilliseconds();
    return this.common.checkTimeout?.toMilliseconds() ?? (longestMs + pause) * this.passes._answers + (refusalMs + pause) * errorBudget + this.readingMs;
  }

  /** @internal */
  protected _policy(hook?: AnyHookContext): CheckPolicy {
    const { longestMs, errorBudget } = this._attemptIn(hook);
    return {
      mode: this._mode,
      after: this._after.map((other) => other.name),
      passes: this.passes._rule,
      attemptMs: Math.max(1, Math.ceil(longestMs + this.readingMs)),
      intervalMs: this.interval.toMilliseconds(),
      errorBudget,
      deadlineMs: Math.max(1, this._longestMs(hook)),
      inconclusive: this._inconclusive,
    };
  }

  private get readingMs(): number {
    return Object.keys(this._values).length === 0 ? 0 : READING_MS;
  }

  private get passes(): Passes {
    return this.common.passes ?? Passes.inARow(1);
  }
}

function requireName(name: string): void {
  if (Token.isUnresolved(name)) {
    throw new Error("'name' of a check must be known at synth, got a deploy-time value; name a check whose URL is one");
  }
  if (name.length === 0) {
    throw new Error("'name' of a check must not be empty; name what it proves");
  }
  if (name === RESERVED_NAME) {
    throw new Error(`'name' of a check must not be '${RESERVED_NAME}', which the settle phase has in reports; name what it proves`);
  }
}
