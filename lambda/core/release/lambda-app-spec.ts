/**
 * What the AppSpec of a Lambda deployment says of its function. CloudFormation writes JSON with keys in Pascal case, the user guide shows them in lower
 * case, and both work.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
import { excerpt, quoted } from '../text';
import type { LambdaVersions } from './ports';

const FUNCTION_TYPE = 'AWS::Lambda::Function';

/** A text is why it cannot be read. */
export function readLambdaAppSpec(content: string): LambdaVersions | string {
  let root: unknown;
  try {
    root = JSON.parse(content);
  } catch {
    return `the AppSpec is no JSON: ${quoted(content, 60)}`;
  }
  const resources = valueOf(root, 'resources');
  const described = (Array.isArray(resources) ? resources : []).flatMap((entry) => (isMap(entry) ? Object.values(entry) : []));
  const [resource, ...others] = described;
  if (resource === undefined || others.length > 0) {
    return `the AppSpec must have one resource, and has ${described.length}`;
  }
  const type = valueOf(resource, 'type');
  if (type !== FUNCTION_TYPE) {
    return `the resource of the AppSpec must be of type ${FUNCTION_TYPE}, got ${excerpt(JSON.stringify(type) ?? 'nothing')}`;
  }
  const properties = valueOf(resource, 'properties');
  return {
    platform: 'Lambda',
    ...text('functionName', valueOf(properties, 'name')),
    ...text('alias', valueOf(properties, 'alias')),
    ...text('currentVersion', valueOf(properties, 'currentversion')),
    ...text('targetVersion', valueOf(properties, 'targetversion')),
  };
}

/** The value of a key, whatever its case. */
function valueOf(map: unknown, key: string): unknown {
  return isMap(map) ? Object.entries(map).find(([name]) => name.toLowerCase() === key)?.[1] : undefined;
}

/** Somebody who writes an AppSpec by hand may leave the quotation marks of a number out. */
function text<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  const found = typeof value === 'number' ? String(value) : value;
  return typeof found === 'string' && found !== '' ? ({ [name]: found } as Record<Name, string>) : {};
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
