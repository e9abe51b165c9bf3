import type * as lambda from 'aws-cdk-lib/aws-lambda';

import { AppSpecDocument } from '../appspec/app-spec-document';
import { AppSpecPlatform } from '../appspec/app-spec-platform';
import type { AppSpecFinding } from '../model/appspec/rules';
import { lambdaAppSpecDocument } from '../model/lambda-app-spec';
import { requireSound } from '../private/app-spec-rules';

/** The Lambda functions that validate a release, by lifecycle event. */
export interface LambdaAppSpecHooks {
  /**
   * Before traffic is shifted to the new version.
   *
   * @default - no hook
   */
  readonly beforeAllowTraffic?: lambda.IFunction;

  /**
   * After all traffic is shifted.
   *
   * @default - no hook
   */
  readonly afterAllowTraffic?: lambda.IFunction;
}

/** Properties of an AppSpec of a Lambda deployment. */
export interface LambdaAppSpecProps {
  /** The alias whose traffic is shifted. */
  readonly alias: lambda.IAlias;

  /** Number of the version that the alias has when the deployment begins, such as `'7'`. The service refuses the deployment where it has another. */
  readonly currentVersion: string;

  /** Number of the version that the alias is to get, such as `fn.currentVersion.version`. */
  readonly targetVersion: string;

  /**
   * Lambda functions that validate the release.
   *
   * @default - no hooks
   */
  readonly hooks?: LambdaAppSpecHooks;
}

/**
 * The AppSpec of a Lambda deployment: between which versions an alias is shifted, and which functions validate it.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
export class LambdaAppSpec extends AppSpecDocument {
  public readonly platform = AppSpecPlatform.LAMBDA;

  private readonly warnings: readonly AppSpecFinding[];

  constructor(private readonly props: LambdaAppSpecProps) {
    super();
    this.warnings = requireSound(this._document(), 'lambda');
  }

  /** @internal */
  public _document(): object {
    const { alias, currentVersion, targetVersion, hooks = {} } = this.props;
    const { beforeAllowTraffic, afterAllowTraffic } = hooks;
    return lambdaAppSpecDocument({
      functionName: alias.version.lambda.functionName,
      alias: alias.aliasName,
      currentVersion,
      targetVersion,
      hooks: { BeforeAllowTraffic: beforeAllowTraffic?.functionArn, AfterAllowTraffic: afterAllowTraffic?.functionArn },
    });
  }

  /** @internal */
  protected _warnings(): readonly AppSpecFinding[] {
    return this.warnings;
  }
}
