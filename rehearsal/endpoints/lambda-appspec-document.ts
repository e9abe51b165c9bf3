/**
 * Reads the AppSpec of a deployment to an alias, JSON or YAML, whatever the case of its keys.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
import { LAMBDA_HOOK_EVENTS, type LambdaHookEvent } from '../../lib/model/lifecycle';
import { invalid, list, member, parse, readHookList, section, text } from './appspec-document';

export interface LambdaAppSpec {
  readonly functionName: string;
  readonly alias: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  readonly hooks: Partial<Record<LambdaHookEvent, string>>;
}

/** @throws ServiceError `InvalidRevisionException`, with what is wrong and what to write instead. */
export function readLambdaAppSpec(content: string): LambdaAppSpec {
  const root = section(parse(content), 'the AppSpec');
  const resources = list(member(root, 'Resources'), 'Resources');
  const entries = resources.flatMap((resource) => Object.entries(section(resource, 'the resource')));
  if (entries.length !== 1) {
    throw invalid(`Resources must hold exactly one function, got ${entries.length}`);
  }
  const resource = section(entries[0][1], 'the resource');
  const type = text(member(resource, 'Type'), 'Type');
  if (type !== 'AWS::Lambda::Function') {
    throw invalid(`Type must be 'AWS::Lambda::Function', got '${type}'`);
  }
  const properties = section(member(resource, 'Properties'), 'Properties');
  return {
    functionName: text(member(properties, 'Name'), 'Name'),
    alias: text(member(properties, 'Alias'), 'Alias'),
    currentVersion: version(member(properties, 'CurrentVersion'), 'CurrentVersion'),
    targetVersion: version(member(properties, 'TargetVersion'), 'TargetVersion'),
    hooks: Object.assign({}, ...readHookList(member(root, 'Hooks'), LAMBDA_HOOK_EVENTS, 'a Lambda')) as LambdaAppSpec['hooks'],
  };
}

/** YAML has a version that is not quoted as a number. */
function version(value: unknown, what: string): string {
  const named = typeof value === 'number' ? String(value) : text(value, what);
  if (!/^[1-9]\d*$/.test(named)) {
    throw invalid(`${what} must be the number of a published version, got '${named}'`);
  }
  return named;
}
