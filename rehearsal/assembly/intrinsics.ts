/**
 * The intrinsic functions of CloudFormation. One that is not here, or that is given what it cannot take, gets a stand-in.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { cidrBlocks } from './cidr';
import { isObject } from './read-json';
import type { Scope } from './resolver';
import { sameEnvironment } from './stack';

/** Undefined: the argument is none that this function can take. */
type Intrinsic = (scope: Scope, argument: unknown) => unknown;

export const FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  Ref: (scope, argument) => scope.ref(String(argument)),
  'Fn::GetAtt': getAttribute,
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': (scope, argument) => (Array.isArray(argument) ? scope.text(argument[1]).split(scope.text(argument[0])) : undefined),
  'Fn::If': choose,
  'Fn::FindInMap': findInMap,
  'Fn::ImportValue': importValue,
  'Fn::GetStackOutput': getStackOutput,
  'Fn::GetAZs': (scope, argument) => ['a', 'b', 'c'].map((zone) => `${scope.text(argument) || scope.stack.region}${zone}`),
  'Fn::Base64': (scope, argument) => Buffer.from(scope.text(argument)).toString('base64'),
  'Fn::Cidr': cidr,
  'Fn::ToJsonString': (scope, argument) => JSON.stringify(scope.value(argument)),
  'Fn::Length': (scope, argument) => list(scope, argument)?.length,
};

export const CONDITION_FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  Condition: (scope, argument) => scope.condition(String(argument)),
  'Fn::Equals': (scope, argument) => (Array.isArray(argument) ? scope.text(argument[0]) === scope.text(argument[1]) : undefined),
  'Fn::And': (scope, argument) => list(scope, argument)?.every(holds),
  'Fn::Or': (scope, argument) => list(scope, argument)?.some(holds),
  'Fn::Not': (scope, argument) => list(scope, argument)?.every((item) => !holds(item)),
  'Fn::Contains': contains,
};

function holds(value: unknown): boolean {
  return value === true || value === 'true';
}

function list(scope: Scope, argument: unknown): unknown[] | undefined {
  const value = scope.value(argument);
  return Array.isArray(value) ? value : undefined;
}

function getAttribute(scope: Scope, argument: unknown): unknown {
  if (Array.isArray(argument)) {
    return scope.attribute(String(argument[0]), scope.text(argument[1]));
  }
  const [logicalId, ...name] = String(argument).split('.');
  return scope.attribute(logicalId ?? '', name.join('.'));
}

function join(scope: Scope, argument: unknown): unknown {
  const items = Array.isArray(argument) ? list(scope, argument[1]) : undefined;
  return items?.map((item) => scope.text(item)).join(scope.text((argument as unknown[])[0]));
}

function substitute(scope: Scope, argument: unknown): unknown {
  const [template, variables] = Array.isArray(argument) ? argument : [argument];
  const own = isObject(variables) ? variables : {};
  return String(template).replace(/\$\{(!?)([^}]*)\}/g, (whole, literal: string, name: string) => {
    const key = name.trim();
    if (literal !== '') {
      return `\${${name}}`;
    }
    if (key in own) {
      return scope.text(own[key]);
    }
    return key === '' ? whole : scope.text(key.includes('.') ? { 'Fn::GetAtt': key } : { Ref: key });
  });
}

function cidr(scope: Scope, argument: unknown): unknown {
  const [block, count, bits] = Array.isArray(argument) ? argument : [];
  return cidrBlocks(scope.text(block), Number(scope.value(count)), Number(scope.value(bits)));
}

function contains(scope: Scope, argument: unknown): unknown {
  const [items, wanted] = Array.isArray(argument) ? argument : [];
  return list(scope, items)?.map(String).includes(scope.text(wanted));
}

function select(scope: Scope, argument: unknown): unknown {
  const items = Array.isArray(argument) ? list(scope, argument[1]) : undefined;
  return items?.[Number(scope.value((argument as unknown[])[0]))];
}

function choose(scope: Scope, argument: unknown): unknown {
  if (!Array.isArray(argument)) {
    return undefined;
  }
  const chosen: unknown = scope.condition(String(argument[0])) ? argument[1] : argument[2];
  // Handed on unresolved where it is AWS::NoValue, so that the property around it goes away.
  return isObject(chosen) && chosen.Ref === 'AWS::NoValue' ? scope.ref('AWS::NoValue') : scope.value(chosen);
}

function findInMap(scope: Scope, argument: unknown): unknown {
  if (!Array.isArray(argument)) {
    return undefined;
  }
  const [map, first, second] = argument.slice(0, 3).map((key: unknown) => scope.text(key));
  const row = scope.stack.template.mappings[map ?? '']?.[first ?? ''];
  const found = isObject(row) ? row[second ?? ''] : undefined;
  const options: unknown = argument[3];
  return found ?? (isObject(options) ? scope.value(options.DefaultValue) : undefined);
}

/** The output of another stack that is exported under this name; names are unique in an account and region. */
function importValue(scope: Scope, argument: unknown): unknown {
  const name = scope.text(argument);
  for (const stack of scope.stacks.filter((other) => sameEnvironment(other, scope.stack))) {
    for (const output of Object.values(stack.template.outputs)) {
      const exported = isObject(output.Export) ? scope.within(stack).text(output.Export.Name) : undefined;
      if (exported === name) {
        return scope.within(stack).value(output.Value);
      }
    }
  }
  return scope.standIn(name.replace(/[^A-Za-z0-9]+/g, '-'), `export ${name}, which no stack of the assembly has`);
}

function getStackOutput(scope: Scope, argument: unknown): unknown {
  if (!isObject(argument)) {
    return undefined;
  }
  const name = scope.text(argument.StackName);
  const region = scope.text(argument.Region) || scope.stack.region;
  // A stack of another account is read under a role of that account.
  const account = /^arn:[^:]*:iam::(\d{12}):/.exec(scope.text(argument.RoleArn))?.[1] ?? scope.stack.account;
  const found = scope.stacks.find((stack) => stack.stackName === name && stack.region === region && stack.account === account);
  const output = found?.template.outputs[scope.text(argument.OutputName)];
  return found === undefined || output === undefined ? undefined : scope.within(found).value(output.Value);
}
