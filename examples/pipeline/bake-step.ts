import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IStage } from 'aws-cdk-lib/aws-codepipeline';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import { Step } from 'aws-cdk-lib/pipelines';
import type { CodePipelineActionFactoryResult, ICodePipelineActionFactory, ProduceActionOptions } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';

/** Alarms that must be quiet while a release bakes. */
export interface BakeAlarms {
  /** How their names begin. */
  readonly namePrefix: string;
  /** Role in their account that may ask for them. They must be in the region of the pipeline: Step Functions calls the services of its own region. */
  readonly readerRoleArn: string;
}

export interface BakeStepProps {
  /** How long the release bakes, in whole minutes: one to a day. */
  readonly duration: Duration;
  readonly alarms: BakeAlarms;
}

const MINUTE = Duration.minutes(1);
const MAX_MINUTES = 24 * 60;

/**
 * Lets a release bake before the pipeline goes on: a state machine that asks for its alarms every minute, and fails as soon as one of them is in ALARM. A bake costs
 * nothing while it waits, and may last longer than the hour that a build or a Lambda action has.
 */
export class BakeStep extends Step implements ICodePipelineActionFactory {
  private readonly minutes: number;
  private readonly alarms: BakeAlarms;

  constructor(id: string, props: BakeStepProps) {
    super(id);
    this.alarms = props.alarms;
    this.minutes = props.duration.toMinutes();
    if (this.minutes < 1 || this.minutes > MAX_MINUTES) {
      throw new Error(`'duration' of ${id} must be 1 to ${MAX_MINUTES} minutes, got ${this.minutes}`);
    }
  }

  produceAction(stage: IStage, options: ProduceActionOptions): CodePipelineActionFactoryResult {
    stage.addAction(
      new actions.StepFunctionInvokeAction({
        actionName: options.actionName,
        runOrder: options.runOrder,
        stateMachine: this.stateMachine(options.scope),
        stateMachineInput: actions.StateMachineInput.literal({ minutes: this.minutes }),
      }),
    );
    return { runOrdersConsumed: 1 };
  }

  private stateMachine(scope: Construct): sfn.StateMachine {
    const { namePrefix, readerRoleArn } = this.alarms;
    const wait = new sfn.Wait(scope, 'Wait', { time: sfn.WaitTime.duration(MINUTE) });
    // Written out, since the task of the CDK would allow the machine itself what only the role of the other account is asked for.
    const ask = new sfn.CustomState(scope, 'Ask', {
      stateJson: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:cloudwatch:describeAlarms',
        Credentials: { RoleArn: readerRoleArn },
        Parameters: { AlarmNamePrefix: namePrefix, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], StateValue: 'ALARM', MaxRecords: 1 },
        ResultPath: '$.asked',
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 3, BackoffRate: 2 }],
      },
    });
    const countDown = new sfn.Pass(scope, 'CountDown', { parameters: { 'minutes.$': 'States.MathAdd($.minutes, -1)', 'asked.$': '$.asked' } });
    const decide = new sfn.Choice(scope, 'Decide')
      .when(isPresent('$.asked.MetricAlarms[0]', '$.asked.CompositeAlarms[0]'), new sfn.Fail(scope, 'Alarmed', { error: 'Alarm', cause: `an alarm that begins with ${namePrefix} is in ALARM` }))
      .when(sfn.Condition.numberGreaterThan('$.minutes', 0), wait)
      .otherwise(new sfn.Succeed(scope, 'Baked'));
    const machine = new sfn.StateMachine(scope, 'Bake', {
      definitionBody: sfn.DefinitionBody.fromChainable(wait.next(ask).next(countDown).next(decide)),
      // A poll takes longer than the minute that it waits for; what takes twice the time hangs.
      timeout: Duration.minutes(2 * this.minutes + 10),
    });
    machine.addToRolePolicy(new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: [readerRoleArn] }));
    return machine;
  }
}

const isPresent = (...paths: readonly string[]): sfn.Condition => sfn.Condition.or(...paths.map((path) => sfn.Condition.isPresent(path)));
