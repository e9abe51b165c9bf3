/**
 * Actions of CodePipeline that start deployments of a group.
 *
 * They are no constructs, and a pipeline may be anywhere in the app: beside the rollout, in another stack, or outside the stage that the rollout is in. The app
 * is therefore walked when the whole of it is complete. That is later than its stages are, which CDK Pipelines synthesizes before it makes its actions.
 */
import { CfnResource, DefaultTokenResolver, Reference, Stack, StringConcat, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IPostProcessor, IResolvable, IResolveContext } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** A deployment group by its names, and the stack that says where it is. */
export interface PipelineTarget {
  readonly applicationName: string;
  readonly groupName: string;
  readonly stack: Stack;
}

/** Where an action is. */
interface FoundAction {
  readonly pipeline: string;
  readonly stage: string;
  readonly action: string;
  readonly applicationName: unknown;
  readonly groupName: unknown;
  /** Undefined: it cannot be known. */
  readonly account?: string;
  readonly region?: string;
}

/** What is wrong with an action that deploys this group, in the words of a validation error. */
interface Refusal {
  readonly target: PipelineTarget;
  readonly words: (action: string) => string;
}

const PIPELINE = 'AWS::CodePipeline::Pipeline';

/** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html */
const PROVIDERS: readonly unknown[] = ['CodeDeploy', 'CodeDeployToECS'];

/** The property that holds the name which `Ref` stands for. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::CodeDeploy::Application': 'applicationName',
  'AWS::CodeDeploy::DeploymentGroup': 'deploymentGroupName',
};

const REFUSALS = new WeakMap<IConstruct, Refusal[]>();

/**
 * Has synth fail where an action of a pipeline of this app deploys the group.
 *
 * @param words the error, given the action as `action 'A' of stage 'S' of pipeline 'P'`
 */
export function refusePipelineActions(target: PipelineTarget, words: (action: string) => string): void {
  const { root } = target.stack.node;
  const known = REFUSALS.get(root);
  if (known !== undefined) {
    known.push({ target, words });
    return;
  }
  const refusals: Refusal[] = [{ target, words }];
  REFUSALS.set(root, refusals);
  root.node.addValidation({ validate: () => problems(root, refusals) });
}

function problems(root: IConstruct, refusals: readonly Refusal[]): string[] {
  const actions = root.node.findAll().filter(isPipeline).flatMap(actionsOf);
  return refusals.flatMap(({ target, words }) =>
    actions
      .filter((action) => deploys(action, target))
      .map(({ pipeline, stage, action }) => words(`action '${action}' of stage '${stage}' of pipeline '${pipeline}'`)),
  );
}

/** By its type and not by its class, which would load the whole module of CodePipeline for every app. */
const isPipeline = (construct: IConstruct): construct is CfnResource => CfnResource.isCfnResource(construct) && construct.cfnResourceType === PIPELINE;

function deploys(action: FoundAction, { applicationName, groupName, stack }: PipelineTarget): boolean {
  return (
    action.applicationName === named(stack, applicationName) &&
    action.groupName === named(stack, groupName) &&
    mayBeSame(action.account, stack.account) &&
    mayBeSame(action.region, stack.region)
  );
}

const mayBeSame = (one: string | undefined, other: string): boolean => one === undefined || Token.isUnresolved(one) || Token.isUnresolved(other) || one === other;

function actionsOf(pipeline: CfnResource): FoundAction[] {
  const home = Stack.of(pipeline);
  const [resource] = entries(named(pipeline, (pipeline._toCloudFormation() as { Resources: unknown }).Resources));
  const { Stages } = record(record(resource).Properties);
  return list(Stages).flatMap((stage) =>
    list(record(stage).Actions)
      .filter((action) => PROVIDERS.includes(record(record(action).ActionTypeId).Provider))
      .map((action) => foundAction(home, pipeline.node.path, record(stage), record(action))),
  );
}

function foundAction(home: Stack, pipeline: string, stage: Properties, action: Properties): FoundAction {
  const { ApplicationName, DeploymentGroupName } = record(action.Configuration);
  return {
    pipeline,
    stage: String(stage.Name),
    action: String(action.Name),
    applicationName: ApplicationName,
    groupName: DeploymentGroupName,
    account: accountOf(action.RoleArn, home),
    region: action.Region === undefined ? home.region : literal(action.Region),
  };
}

/** An action is in the account of the role that it is taken under; without one, or with one of the same stack, it is in the pipeline's. */
function accountOf(role: unknown, home: Stack): string | undefined {
  const isOfStack = role === undefined || 'Fn::GetAtt' in record(role);
  return isOfStack ? home.account : /:iam::(\d{12}):/.exec(JSON.stringify(role))?.[1];
}

const literal = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

type Properties = Readonly<Record<string, unknown>>;

const record = (value: unknown): Properties => (typeof value === 'object' && value !== null ? (value as Properties) : {});
const entries = (value: unknown): unknown[] => Object.values(record(value));
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value as it comes out in the template, with a name in the place of a reference to what has it. */
function named(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver: new NameResolver(), preparing: false });
}

class NameResolver extends DefaultTokenResolver {
  constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    return (Reference.isReference(token) ? nameOf(token) : undefined) ?? super.resolveToken(token, context, postProcessor);
  }
}

/** What `Ref` of an application or a group stands for: its name, or where CloudFormation makes one up, what only that resource has. */
function nameOf({ target, displayName }: Reference): string | undefined {
  const property = displayName === 'Ref' && CfnResource.isCfnResource(target) ? NAME_PROPERTIES[target.cfnResourceType] : undefined;
  if (property === undefined) {
    return undefined;
  }
  const name = (target as unknown as Properties)[property];
  return typeof name === 'string' && !Token.isUnresolved(name) ? name : `the name of ${target.node.addr}`;
}
