/** The command lines of the AWS CLI that start deployments of what is served, as those in an account do. */
import type { CodeDeployRollout } from '../stage/codedeploy-rollout';
import { aliasAppSpec } from '../stage/lambda-models';
import type { LambdaRollout } from '../stage/lambda-rollout';
import { ServerRollout } from '../stage/server-rollout';

export type Served = CodeDeployRollout | LambdaRollout | ServerRollout;

/** Where the template has no revision, since they come from elsewhere. */
const SOME_BUNDLE = { revisionType: 'S3', s3Location: { bucket: 'BUCKET', key: 'KEY', bundleType: 'zip' } };

/** One after the other. */
export function commandsOf(rollout: Served, url: string): readonly string[] {
  return rollout instanceof ServerRollout ? serverCommands(rollout, url) : [createCommand(rollout, url)];
}

function createCommand({ model }: CodeDeployRollout | LambdaRollout, url: string): string {
  const content = model.controller === 'LAMBDA' ? aliasAppSpec(model, String(model.version - 1), String(model.version)) : model.appSpecContent;
  return createDeployment(model, url, { revisionType: 'AppSpecContent', appSpecContent: { content } });
}

/** Two groups that alternate need as many instances in the idle one before, which are the replacements. */
function serverCommands({ model }: ServerRollout, url: string): readonly string[] {
  const { alternating, autoScalingGroups, description, revision = SOME_BUNDLE } = model;
  const { fileExistsBehavior, ignoreApplicationStopFailures } = description;
  const more = [
    ...(alternating === undefined ? [] : ['--target-instances', `autoScalingGroups=${alternating[1]}`]),
    ...(fileExistsBehavior === 'DISALLOW' ? [] : ['--file-exists-behavior', fileExistsBehavior]),
    ...(ignoreApplicationStopFailures ? ['--ignore-application-stop-failures'] : []),
  ];
  const create = createDeployment(model, url, revision, more);
  if (alternating === undefined) {
    return [create];
  }
  const capacity = autoScalingGroups.find(({ name }) => name === alternating[0])?.capacity ?? 1;
  return [['aws autoscaling set-desired-capacity', '--endpoint-url', url, '--auto-scaling-group-name', alternating[1], '--desired-capacity', String(capacity)].join(' '), create];
}

interface Names {
  readonly application: { readonly name: string };
  readonly deploymentGroup: { readonly name: string };
}

function createDeployment({ application, deploymentGroup }: Names, url: string, revision: object, more: readonly string[] = []): string {
  const words = ['--application-name', application.name, '--deployment-group-name', deploymentGroup.name, '--revision', quoted(JSON.stringify(revision)), ...more];
  return ['aws deploy create-deployment', '--endpoint-url', url, ...words].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
