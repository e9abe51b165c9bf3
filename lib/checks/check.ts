import { Token } from 'aws-cdk-lib/core';

import type { ListenerDescription } from '../model/rollout';
import type { HttpCheckDocument } from '../model/suite';
import type { DeployTimeValues } from '../private/deploy-time-values';
import type { HttpRequestOptions } from './http-request';

/**
 * What a rollout tells a check that is written into its suite.
 *
 * @internal
 */
export interface _CheckContext {
  readonly values: DeployTimeValues;
  readonly production: Pick<ListenerDescription, 'protocol'>;
  /** Absent: the rollout has no test listener. */
  readonly test?: Pick<ListenerDescription, 'protocol'>;
}

/** Something that a release must prove. The bundled hook handler measures it and decides. */
export abstract class Check {
  /** Name of the check, unique in its hook. */
  public readonly name: string;

  /** @internal */
  protected constructor(name: string) {
    if (Token.isUnresolved(name)) {
      throw new Error("'name' of a check must be known at synth, got a deploy-time value; name a check whose URL is one");
    }
    if (name.length === 0) {
      throw new Error("'name' of a check must not be empty; name what it proves");
    }
    this.name = name;
  }

  /** @internal */
  public abstract get _request(): HttpRequestOptions;

  /** @internal */
  public abstract _render(context: _CheckContext): HttpCheckDocument;

  /**
   * Longest time that the check can take, in milliseconds.
   *
   * @internal
   */
  public abstract _longestMs(): number;
}
