import * as iam from 'aws-cdk-lib/aws-iam';
import { Token } from 'aws-cdk-lib/core';

import type { HttpAuthDocument } from '../model/http-document';
import type { CheckValues } from '../private/check-values';
import type { DeployTimeValues } from '../private/deploy-time-values';
import type { RuntimeValue } from './runtime-value';

/** What is asked with a signature of AWS. */
export interface SigV4Options {
  /** Name of the service as signatures have it, such as `execute-api`, `lambda` for a function URL, or `vpc-lattice-svcs`. */
  readonly service: string;

  /**
   * Region of the service.
   *
   * @default - the hook's
   */
  readonly region?: string;

  /** Actions that the request needs, such as `execute-api:Invoke`; the hook's role may take them on `resources`. */
  readonly actions: string[];

  /** ARNs that the actions are for, such as `api.arnForExecuteApi('GET', '/orders')`. `*` alone is refused. */
  readonly resources: string[];
}

/** How a request proves who sends it. Nothing of it goes to another origin, wherever redirects lead. */
export class HttpAuth {
  /**
   * User name and password, as RFC 7617 has them.
   *
   * @param user the name, without a colon; it may refer to values, as `{{name}}`
   * @param password a value that is read, or a captured one by `RuntimeValue.named`
   */
  public static basic(user: string, password: RuntimeValue): HttpAuth {
    if (user.length === 0 || user.includes(':')) {
      throw new Error(`'user' must be a name without a colon, got '${user}'; what follows a colon is the password`);
    }
    return new HttpAuth([password], (values, known) => ({ kind: 'basic', user: values.replace(user), password: known.reference(password) }), []);
  }

  /**
   * A token, as RFC 6750 has it.
   *
   * @param token a value that is read, or a captured one by `RuntimeValue.named`
   */
  public static bearer(token: RuntimeValue): HttpAuth {
    return new HttpAuth([token], (_values, known) => ({ kind: 'bearer', token: known.reference(token) }), []);
  }

  /**
   * Signature Version 4 with the credentials of the hook's role, made anew for each request.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
   */
  public static sigV4(options: SigV4Options): HttpAuth {
    const { service, region } = options;
    requireSignedName('service', service);
    if (region !== undefined) {
      requireSignedName('region', region);
    }
    const statement = scopedStatement(options);
    return new HttpAuth([], (values) => ({ kind: 'sigV4', service, ...(region === undefined ? {} : { region: values.replace(region) }) }), [statement]);
  }

  private constructor(
    private readonly values: RuntimeValue[],
    private readonly render: (values: DeployTimeValues, known: CheckValues) => HttpAuthDocument,
    private readonly statements: iam.PolicyStatement[],
  ) {}

  /** @internal */
  public get _values(): RuntimeValue[] {
    return this.values;
  }

  /** @internal */
  public get _statements(): iam.PolicyStatement[] {
    return this.statements;
  }

  /** @internal */
  public get _writesHeader(): boolean {
    return this.statements.length === 0;
  }

  /** @internal */
  public _render(values: DeployTimeValues, known: CheckValues): HttpAuthDocument {
    return this.render(values, known);
  }
}

function requireSignedName(what: string, name: string): void {
  const open = what === 'region' && Token.isUnresolved(name);
  if (!open && !/^[a-z0-9-]+$/.test(name)) {
    throw new Error(`'${what}' must be a name as signatures have it, such as ${what === 'region' ? "'eu-central-1'" : "'execute-api'"}, got '${name}'`);
  }
}

function scopedStatement({ actions, resources }: SigV4Options): iam.PolicyStatement {
  const wide = actions.find((action) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action));
  if (actions.length === 0 || wide !== undefined) {
    throw new Error(`'actions' must name single actions such as 'execute-api:Invoke', got ${wide === undefined ? 'none' : `'${wide}'`}; name what the request needs`);
  }
  if (resources.length === 0 || resources.some((resource) => resource === '*')) {
    throw new Error(`'resources' must name what the request asks, got ${resources.length === 0 ? 'none' : "'*'"}; use its ARN`);
  }
  return new iam.PolicyStatement({ actions, resources });
}
