import type * as sns from 'aws-cdk-lib/aws-sns';

/**
 * What a topic is told of a deployment.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-sns-event-notifications.html
 */
export enum DeploymentTriggerEvent {
  /** It has started. */
  DEPLOYMENT_START = 'DeploymentStart',
  /** It has succeeded. */
  DEPLOYMENT_SUCCESS = 'DeploymentSuccess',
  /** It has failed. */
  DEPLOYMENT_FAILURE = 'DeploymentFailure',
  /** Somebody or an alarm has stopped it. */
  DEPLOYMENT_STOP = 'DeploymentStop',
  /** What another one has deployed is taken back. */
  DEPLOYMENT_ROLLBACK = 'DeploymentRollback',
}

/** What differs from the defaults of a trigger. */
export interface DeploymentTriggerOptions {
  /**
   * What the topic is told of, at least one event.
   *
   * @default - all of them
   */
  readonly events?: DeploymentTriggerEvent[];
}

/** Somebody who is told of deployments by CodeDeploy itself. It tells what became of a deployment, and not why: verdicts are EventBridge events. */
export class DeploymentTrigger {
  /**
   * An Amazon SNS topic in the account and region of the rollout. The service role gets the right to publish to it, and to use the key that it is encrypted with.
   *
   * @param topic the topic; the service sends a test message to it when the trigger is made
   * @param options what differs from the defaults
   * @throws when no event or one twice is named
   */
  public static topic(topic: sns.ITopic, options: DeploymentTriggerOptions = {}): DeploymentTrigger {
    const events = options.events ?? Object.values(DeploymentTriggerEvent);
    if (events.length === 0) {
      throw new Error(`trigger of topic '${topic.node.path}' names no event, and would tell nothing; name one or leave 'events' out`);
    }
    const twice = events.find((event, index) => events.indexOf(event) !== index);
    if (twice !== undefined) {
      throw new Error(`trigger of topic '${topic.node.path}' names ${twice} twice; drop one of them`);
    }
    return new DeploymentTrigger(topic, events);
  }

  private constructor(
    private readonly target: sns.ITopic,
    private readonly events: DeploymentTriggerEvent[],
  ) {}

  /** @internal */
  public get _topic(): sns.ITopic {
    return this.target;
  }

  /** @internal */
  public get _events(): DeploymentTriggerEvent[] {
    return this.events;
  }
}
