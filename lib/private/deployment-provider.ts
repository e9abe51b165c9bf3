/** What starts and follows the deployments of a stack for CloudFormation: intake, state machine and step function, once for all rollouts. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Annotations, Aws, Duration, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';

import { deploymentMachine } from '../model/deployment-machine';
import { DEPLOYMENT_ENV } from '../model/deployment-request';
import { askWhenComplete } from './complete-app';
import { lookAtStack, startExecution } from './deployment-statements';
import type { HandlerName } from './handler-code';
import { handlerCode } from './handler-code';
import type { OwnFunctionProps } from './own-function';
import { ownFunction } from './own-function';
import { MAX_INLINE_POLICY_CHARACTERS, policyCharacters } from './policy-size';
import { invoke } from './statements';

/** Contract: changing it replaces the provider, and with it the service token of every deployment resource. */
const PROVIDER_ID = 'GreenlightDeployments';

const MEMORY_MIB = 256;

/** Of one step, which makes a handful of calls. */
const STEP_TIMEOUT = Duration.seconds(60);

/** Of the intake, which asks Step Functions as long as it is throttled. */
const INTAKE_TIMEOUT = Duration.minutes(15);

/**
 * An intake that Lambda cannot run is tried for so long; then the step function answers. Nobody counts this time, so that it is the five minutes of
 * CloudFormation's hour that the step function keeps back.
 */
const MAX_EVENT_AGE = Duration.minutes(5);

/** The policy that the step function has without any rollout. */
const OWN_POLICY_CHARACTERS = 400;

type ProviderFunction = Pick<OwnFunctionProps, 'description' | 'timeout' | 'statements'> & Partial<Pick<OwnFunctionProps, 'environment'>>;

export class DeploymentProvider extends Construct {
  /** The one of the stack, made when it is first asked for. */
  public static of(scope: IConstruct): DeploymentProvider {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(PROVIDER_ID);
    return existing instanceof DeploymentProvider ? existing : new DeploymentProvider(stack);
  }

  /** The intake: what CloudFormation invokes. */
  readonly serviceToken: string;
  /** What a deployment waits for besides the service token. */
  readonly ready: IConstruct;

  private readonly role: iam.IRole;
  private readonly policies: iam.Policy[] = [];
  private readonly common = new Map<string, iam.Policy>();

  private constructor(stack: Stack) {
    super(stack, PROVIDER_ID);
    const step = this.function('Step', 'deployment-step', {
      description: 'Deployments by CloudFormation: one step of following a deployment',
      timeout: STEP_TIMEOUT,
      statements: [lookAtStack(Aws.STACK_ID)],
    });
    const machine = this.machine(step.functionArn);
    const intake = this.function('Intake', 'deployment-intake', {
      description: 'Deployments by CloudFormation: takes a request of CloudFormation and starts an execution for it',
      timeout: INTAKE_TIMEOUT,
      statements: [startExecution(machine.attrArn), invoke(step.functionArn)],
      environment: { [DEPLOYMENT_ENV.stateMachine]: machine.attrArn },
    });
    this.serviceToken = intake.functionArn;
    this.role = step.role!;
    this.ready = new lambda.EventInvokeConfig(this, 'IntakeInvocation', {
      function: intake,
      retryAttempts: 2,
      maxEventAge: MAX_EVENT_AGE,
      // The CDK's own destination would grant the intake more: every version and alias of the step function.
      onFailure: { bind: () => ({ destination: step.functionArn }) },
    });
    askWhenComplete(this, () => this.examineSize());
  }

  /** What the step function may do for a rollout: a policy of its own, so that rollouts do not wait for each other. */
  allow(scope: Construct, id: string, statements: iam.PolicyStatement[]): iam.Policy {
    const policy = new iam.Policy(scope, id, { roles: [this.role], statements });
    this.policies.push(policy);
    return policy;
  }

  /** The same for all rollouts together: the policy is made when it is first asked for. */
  allowOnce(id: string, statements: iam.PolicyStatement[]): iam.Policy {
    const policy = this.common.get(id) ?? new iam.Policy(this, id, { roles: [this.role], statements });
    this.common.set(id, policy);
    return policy;
  }

  private examineSize(): [] {
    const characters = [...this.policies, ...this.common.values()].reduce((sum, { document }) => sum + policyCharacters(Stack.of(this).resolve(document)), OWN_POLICY_CHARACTERS);
    if (characters > MAX_INLINE_POLICY_CHARACTERS) {
      Annotations.of(this).addWarningV2(
        'cdk-greenlight:many-rollouts',
        `CloudFormation deploys ${this.policies.length} rollouts of stack '${Stack.of(this).node.path}', for which the provider's role needs policies of about ${characters} ` +
          `characters, and a role has ${MAX_INLINE_POLICY_CHARACTERS} at most; make some of the rollouts in another stack`,
      );
    }
    return [];
  }

  private function(id: string, name: HandlerName, own: ProviderFunction): lambda.Function {
    return ownFunction(new Construct(this, id), {
      code: handlerCode(name),
      memoryMiB: MEMORY_MIB,
      runtime: lambda.Runtime.NODEJS_24_X,
      logRetention: logs.RetentionDays.ONE_MONTH,
      environment: {},
      ...own,
    });
  }

  /** It logs nothing: requests hold the presigned URL by which they are answered. */
  private machine(stepFunctionArn: string): sfn.CfnStateMachine {
    const role = new iam.Role(this, 'MachineRole', {
      description: 'Deployments by CloudFormation: invokes the step function',
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } } }),
    });
    role.addToPrincipalPolicy(invoke(stepFunctionArn));
    const machine = new sfn.CfnStateMachine(this, 'Machine', {
      roleArn: role.roleArn,
      stateMachineType: 'STANDARD',
      definition: deploymentMachine({ stepFunctionArn }),
    });
    machine.node.addDependency(role);
    return machine;
  }
}
