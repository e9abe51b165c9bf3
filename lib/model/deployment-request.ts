/**
 * How CloudFormation, the state machine and the handlers of the deployment provider speak with each other.
 *
 * CloudFormation sends a request to the intake function, which starts an execution of the state machine under a name made of the request's id.
 * The execution invokes the step function again and again until it has an answer, and has it sent to CloudFormation.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html
 */
import type { LambdaHookNames } from './lambda-app-spec';
import type { EcsHookEvent } from './lifecycle';
import type { ServerGateEvent } from './server/gates';

/** Starts a deployment and waits for it, one segment of at most an hour. */
export const DEPLOYMENT_RESOURCE_TYPE = 'Custom::GreenlightDeployment';

/** The same for an alias of a Lambda function. */
export const LAMBDA_DEPLOYMENT_RESOURCE_TYPE = 'Custom::GreenlightLambdaDeployment';

/** The same for a fleet of EC2/on-premises. */
export const SERVER_DEPLOYMENT_RESOURCE_TYPE = 'Custom::GreenlightServerDeployment';

/** Waits for a deployment that another resource has started, for one more segment. */
export const DEPLOYMENT_WAIT_RESOURCE_TYPE = 'Custom::GreenlightDeploymentWait';

/** When a deployment counts as done: when it was started, when production traffic is all on the new version, or when it has ended. */
export type Completion = 'STARTED' | 'TRAFFIC_SHIFTED' | 'COMPLETED';

/** Longest time that CloudFormation gives a custom resource, in seconds. */
export const RESOURCE_TIMEOUT_SECONDS = 3600;

/**
 * What one segment waits, in seconds: the rest of the hour is for stopping a deployment that has not ended, for its rollback, and for the answer.
 * The last segment uses that rest; the others hand over.
 */
export const SEGMENT_SECONDS = 3000;

/** Before a deployment's mark in its description: `cdk-greenlight:RESOURCE:REQUEST`, two digests. */
export const MARK_PREFIX = 'cdk-greenlight';

/** Environment variables of the intake function. */
export const DEPLOYMENT_ENV = {
  /** ARN of the state machine. */
  stateMachine: 'GREENLIGHT_STATE_MACHINE',
} as const;

/** CloudFormation hands every value on as a string. */
export interface DeploymentProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  readonly ApplicationName: string;
  readonly DeploymentGroupName: string;
  /** Name or ARN of the service's cluster. */
  readonly Cluster: string;
  /** Name of the service. */
  readonly Service: string;
  /** JSON of an `EcsAppSpecDocument`. */
  readonly AppSpec: string;
  readonly Completion: Completion;
  /** Log group of each hook's function, from which a failed validation's reason is read. */
  readonly HookLogs?: Readonly<Partial<Record<EcsHookEvent, string>>>;
  /** Log group of the guardian, which says why a hook failed that died or was killed. */
  readonly GuardianLog?: string;
  /** Segments that wait, this one included; a decimal number. The last of them does not hand over. */
  readonly Segments: string;
}

/** Which version an alias is to name. From which one the deployment begins, GetAlias tells when it is started. */
export interface LambdaDeploymentProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  readonly ApplicationName: string;
  readonly DeploymentGroupName: string;
  /** Name of the function. */
  readonly Function: string;
  /** Name of the alias. */
  readonly Alias: string;
  /** Number of the version that the alias is to name. */
  readonly TargetVersion: string;
  /** Names or ARNs of the hooks' functions, by event. */
  readonly Hooks?: LambdaHookNames;
  readonly Completion: Completion;
  readonly HookLogs?: Readonly<Partial<Record<EcsHookEvent, string>>>;
  readonly GuardianLog?: string;
  /** Segments that wait, this one included; a decimal number. */
  readonly Segments: string;
}

/** Which revision a fleet is to have. */
export interface ServerDeploymentProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  readonly ApplicationName: string;
  readonly DeploymentGroupName: string;
  /** JSON of the `revision` of CreateDeployment; exactly one of this and `Redeploy`. */
  readonly Revision?: string;
  /** Id of an earlier deployment of the same application, whose revision is meant. */
  readonly Redeploy?: string;
  /** For blue/green whose fleets alternate: names of the two Auto Scaling groups. The idle one is scaled up before the deployment, and is its replacement. */
  readonly AutoScalingGroups?: readonly string[];
  /** Absent: DISALLOW. */
  readonly FileExistsBehavior?: 'DISALLOW' | 'OVERWRITE' | 'RETAIN';
  readonly IgnoreApplicationStopFailures?: 'true' | 'false';
  readonly Completion: Completion;
  /** Log groups of the gates' functions, by what gates are called, from which a failed validation's reason is read. */
  readonly GateLogs?: Readonly<Partial<Record<ServerGateEvent, string>>>;
  /** Segments that wait, this one included; a decimal number. */
  readonly Segments: string;
}

export interface DeploymentWaitProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  readonly ApplicationName: string;
  readonly DeploymentGroupName: string;
  /** The deployment's id, an attribute of the deployment resource; empty where it started none. */
  readonly DeploymentId: string;
  readonly Completion: Completion;
  readonly HookLogs?: Readonly<Partial<Record<EcsHookEvent, string>>>;
  readonly GuardianLog?: string;
  /** For deployments to a fleet. */
  readonly GateLogs?: ServerDeploymentProperties['GateLogs'];
  /** For deployments of an alias: its function and its name, by which a failure tells how the alias was left. */
  readonly Function?: string;
  readonly Alias?: string;
  /** Number of this segment, from 2, and how many there are; decimal numbers. */
  readonly Segment: string;
  readonly Segments: string;
}

/** Attributes of these resources. */
export interface DeploymentAttributes {
  /** The deployment that was started or joined; empty where none was needed. */
  readonly DeploymentId: string;
}

/** What CloudFormation sends. */
export interface ResourceRequest<Properties = DeploymentProperties | LambdaDeploymentProperties | ServerDeploymentProperties | DeploymentWaitProperties> {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Presigned: whoever has it can answer. It is never logged. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  /** Absent on Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  /** On Update only. */
  readonly OldResourceProperties?: Properties;
}

/** What CloudFormation is answered. */
export interface ResourceAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  /** On FAILED. */
  readonly Reason?: string;
  /** Attributes, by their names. */
  readonly Data?: Readonly<Record<string, string>>;
}

/** Input of an execution. */
export interface ExecutionInput {
  readonly request: ResourceRequest;
  /** `late`: seconds of CloudFormation's hour that the intake has spent. */
  readonly step: { readonly memory: { readonly late: number } };
}

/** What the state machine sends to the step function. */
export type StepEvent =
  | {
      readonly action: 'step';
      readonly request: ResourceRequest;
      /** When the execution began, an ISO 8601 moment by the clock of Step Functions. */
      readonly startedAt: string;
      /** How often this very step has been tried before: those tries may have started a deployment that no list shows yet. */
      readonly retries: number;
      /** What the step before remembered; empty at first. */
      readonly memory: object;
    }
  | {
      readonly action: 'answer';
      readonly request: ResourceRequest;
      readonly step: { readonly memory: object; readonly answer?: ResourceAnswer };
      /** Why the steps ended without an answer, as Step Functions says it. */
      readonly error?: { readonly Error?: string; readonly Cause?: string };
    };

/** What a step returns: either it is done, or the next step is due in so many seconds. */
export type StepReturn =
  | { readonly done: false; readonly waitSeconds: number; readonly memory: object }
  | { readonly done: true; readonly memory: object; readonly answer: ResourceAnswer };
