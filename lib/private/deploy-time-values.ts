/** Takes deploy-time values out of a suite, since the suite is a file of an asset and only the environment can carry them. */
import type { IResolvable } from 'aws-cdk-lib/core';
import { Token, Tokenization } from 'aws-cdk-lib/core';

import { DEPLOY_TIME_VALUE } from '../model/suite';

/** Collects tokens by name: each distinct token gets one name, in the order of their first use. */
export class DeployTimeValues {
  private readonly names = new Map<string, string>();

  /** The string with every token replaced by a reference that the handler resolves. */
  public replace(text: string): string {
    if (text.match(DEPLOY_TIME_VALUE) !== null) {
      throw new Error(`'\${greenlight:...}' is reserved for deploy-time values, got '${text}'; write the text differently`);
    }
    if (!Token.isUnresolved(text)) {
      return text;
    }
    return Tokenization.reverseString(text)
      .mapTokens({ mapToken: (token) => this.reference(token) })
      .join({ join: (left: string | undefined, right: string | undefined) => `${left ?? ''}${right ?? ''}` });
  }

  /** Name to token string; empty when the suite is known at synth. */
  public all(): Record<string, string> {
    return Object.fromEntries([...this.names].map(([token, name]) => [name, token]));
  }

  private reference(token: IResolvable): string {
    const key = Token.asString(token);
    const name = this.names.get(key) ?? `V${this.names.size + 1}`;
    this.names.set(key, name);
    return `\${greenlight:${name}}`;
  }
}
