import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import { Token } from 'aws-cdk-lib/core';

import type { RuntimeValueDocument } from '../model/runtime-value';
import { requireValueName } from '../private/check-values';
import type { DeployTimeValues } from '../private/deploy-time-values';
import type { ReadGrant } from '../private/read-grants';
import { parameterGrant, secretGrant } from '../private/read-grants';

/** What of a secret is the value. */
export interface SecretValueOptions {
  /**
   * Field of a secret that is kept as a JSON object, such as `password`.
   *
   * @default - the whole text of the secret
   */
  readonly jsonField?: string;
}

/**
 * A value that the hook reads when it runs, once for all its checks, with a permission for exactly that.
 *
 * It stands in no template, environment variable, log, event or report: there it is `***`, also URL-encoded, in base64 and escaped for JSON.
 * Values shorter than 4 characters cannot be told from other text, and are refused when they are read.
 */
export class RuntimeValue {
  /**
   * The current value of a secret, kept as text, in the hook's region.
   *
   * @param secret its key, where it has one of its own, must let the account's policies decide, as keys of the CDK do
   */
  public static secret(secret: secretsmanager.ISecret, options: SecretValueOptions = {}): RuntimeValue {
    const { jsonField } = options;
    if (jsonField !== undefined && (jsonField === '' || Token.isUnresolved(jsonField))) {
      throw new Error(`'jsonField' must be the name of a field that is known at synth, got '${jsonField}'; leave it out for the whole secret`);
    }
    const field = jsonField === undefined ? {} : { jsonField };
    return new RuntimeValue(undefined, (values) => ({ source: 'secret', id: values.replace(secret.secretFullArn ?? secret.secretArn), ...field }), secretGrant(secret));
  }

  /** The value of a parameter of Systems Manager; a SecureString is decrypted. */
  public static parameter(parameter: ssm.IStringParameter): RuntimeValue {
    return new RuntimeValue(undefined, (values) => ({ source: 'parameter', name: values.replace(parameter.parameterName) }), parameterGrant(parameter));
  }

  /**
   * A value of the check, or one that an earlier step has captured, by its name.
   *
   * @param name letters, digits and `_`, beginning with a letter
   */
  public static named(name: string): RuntimeValue {
    requireValueName(name);
    return new RuntimeValue(name);
  }

  private constructor(
    private readonly name?: string,
    private readonly render?: (values: DeployTimeValues) => RuntimeValueDocument,
    private readonly grant?: ReadGrant,
  ) {}

  /**
   * The name that it goes by; undefined where it is read.
   *
   * @internal
   */
  public get _name(): string | undefined {
    return this.name;
  }

  /** @internal */
  public get _grant(): ReadGrant | undefined {
    return this.grant;
  }

  /** @internal */
  public _render(values: DeployTimeValues): RuntimeValueDocument {
    if (this.render === undefined) {
      throw new Error(`'{{${this.name}}}' refers to a value and is none itself; give a secret or a parameter`);
    }
    return this.render(values);
  }
}
