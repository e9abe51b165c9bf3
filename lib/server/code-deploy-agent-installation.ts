import type { Duration } from 'aws-cdk-lib/core';
import { Token } from 'aws-cdk-lib/core';

/** How user data installs. */
export interface CodeDeployAgentUserDataOptions {
  /**
   * SHA-256 of the file that is downloaded from AWS, in hexadecimal digits: the installer script on Linux, the package on Windows. AWS publishes none, so that it is that of a file which you
   * have looked at; where AWS changes the file, instances fail to install until this is changed.
   *
   * @default - the certificate of the bucket vouches for it
   */
  readonly sha256?: string;
}

/** How Systems Manager installs. */
export interface CodeDeployAgentSystemsManagerOptions {
  /**
   * When the newest version is installed again, as a rate or cron expression such as `rate(14 days)`. Deployments that an update meets fail.
   *
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
   * @default - once, on every instance
   */
  readonly schedule?: string;

  /**
   * How long CloudFormation waits for the installation on the instances that are there, and fails the stack's update where it does not succeed; 15 seconds to 2 days, in whole seconds.
   *
   * @default - CloudFormation does not wait; the compliance of the association tells of failures
   */
  readonly waitForSuccess?: Duration;
}

const SHORTEST_WAIT_SECONDS = 15;
const LONGEST_WAIT_SECONDS = 172_800;

/** How the CodeDeploy agent gets on an instance. */
export class CodeDeployAgentInstallation {
  /**
   * By the instance's first boot, before whatever user data is added after it. A failure ends the user data with its status.
   *
   * @throws where a SHA-256 is none
   */
  public static userData(options: CodeDeployAgentUserDataOptions = {}): CodeDeployAgentInstallation {
    const { sha256 } = options;
    if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) {
      throw new Error(`'sha256' must be 64 hexadecimal digits, got '${sha256}'`);
    }
    return new CodeDeployAgentInstallation('user-data', options, {});
  }

  /**
   * By an association of Systems Manager, whose agent must be on the instances (it is on Amazon Linux, Ubuntu Server and Windows Server images of AWS, and not on those of Red Hat).
   *
   * @throws where the wait is outside its range
   */
  public static systemsManager(options: CodeDeployAgentSystemsManagerOptions = {}): CodeDeployAgentInstallation {
    const { waitForSuccess } = options;
    if (waitForSuccess !== undefined && !waitForSuccess.isUnresolved() && !Token.isUnresolved(waitForSuccess)) {
      const seconds = waitForSuccess.toSeconds();
      if (seconds < SHORTEST_WAIT_SECONDS || seconds > LONGEST_WAIT_SECONDS) {
        throw new Error(`'waitForSuccess' must be from 15 seconds to 2 days, got ${waitForSuccess.toHumanString()}`);
      }
    }
    return new CodeDeployAgentInstallation('systems-manager', {}, options);
  }

  private constructor(
    /** @internal */
    public readonly _way: 'user-data' | 'systems-manager',
    /** @internal */
    public readonly _userData: CodeDeployAgentUserDataOptions,
    /** @internal */
    public readonly _systemsManager: CodeDeployAgentSystemsManagerOptions,
  ) {}
}
