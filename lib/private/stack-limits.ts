/**
 * What CloudFormation does not take in a template whose deployments it performs itself. A stack is made all the same; it is the first release that fails.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/blue-green-considerations.html
 */
import { CfnElement, Stack, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import { BLUE_GREEN_HOOK } from '../model/cloudformation-rollout';
import { askWhenComplete } from './complete-app';

type Section = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** As far as the limits look at it. */
export interface LimitedTemplate {
  readonly Parameters?: Section;
  readonly Resources?: Section;
  readonly Outputs?: Section;
  readonly Hooks?: Section;
}

/** Asks at synthesis whether the rollout's stack keeps to the limits. */
export function requireStackLimits(rollout: IConstruct): void {
  const stack = Stack.of(rollout);
  Validations.of(stack).acknowledge({ id: 'CloudFormation-Validate::F0005', reason: "the section 'Hooks' is CloudFormation's own, and the rules of the CDK do not know it" });
  askWhenComplete(rollout, (constructsOf) => stackLimitProblems(rollout.node.path, templateOf(stack, constructsOf(rollout))));
}

/** Each with the value and the remedy; empty where CloudFormation takes the template. */
export function stackLimitProblems(rollout: string, template: LimitedTemplate): string[] {
  const { Parameters = {}, Resources = {}, Outputs = {}, Hooks = {} } = template;
  const of = `rollout '${rollout}' is deployed by CloudFormation, which`;
  const all = Object.entries({ ...Parameters, ...Resources, ...Outputs });
  const naming = (section: Section, test: (value: Readonly<Record<string, unknown>>) => boolean) => Object.keys(section).filter((name) => test(section[name]!));
  return [
    ...naming(Outputs, () => true).map((name) => {
      const exported = Outputs[name]!.Export === undefined ? '' : ' (exported, such as for another stack that refers to this one)';
      return `${of} supports no outputs in its stack, and there is '${name}'${exported}; read the value by the AWS CLI, or move what needs it into this stack`;
    }),
    ...importing(all).map(({ where, what }) => `${of} supports no values of other stacks, and '${where}' has ${what}; make it in this stack, or name it by a literal`),
    ...all.flatMap(([where, value]) =>
      dynamicReferences(value).map((what) => `${of} fails on dynamic references, and '${where}' has '${what}'; let the task read the value itself, such as by 'secrets' of its container`),
    ),
    ...naming(Parameters, ({ NoEcho }) => NoEcho === true || NoEcho === 'true').map(
      (name) => `${of} fails on parameters with 'NoEcho', and there is '${name}'; let the task read the value itself, such as by 'secrets' of its container`,
    ),
    ...naming(Resources, ({ Type }) => Type === 'AWS::CloudFormation::Stack').map(
      (name) => `${of} takes no nested stacks in its stack, and there is '${name}'; make the nested stack a stack of its own, or move what is in it`,
    ),
    ...naming(Resources, ({ Type }) => String(Type).endsWith('::MODULE')).map(
      (name) => `${of} takes no modules in its stack (aws-cloudformation/cloudformation-coverage-roadmap#1479), and there is '${name}'; write out what the module makes`,
    ),
    ...naming(Hooks, ({ Type }) => Type === BLUE_GREEN_HOOK)
      .slice(1)
      .map((name) => `${of} deploys one service of a stack only, and there is another hook '${name}'; give its service a stack of its own`),
  ];
}

const IMPORTS = ['Fn::ImportValue', 'Fn::GetStackOutput'];

function importing(entries: readonly [string, unknown][]): { readonly where: string; readonly what: string }[] {
  return entries.flatMap(([where, value]) => [...keysOf(value)].filter((key) => IMPORTS.includes(key)).map((what) => ({ where, what })));
}

function keysOf(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) {
    return new Set();
  }
  return new Set([...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap((inner) => [...keysOf(inner)])]);
}

/** Of a text that is put together, as by `Fn::Join`, the beginning is enough. */
function dynamicReferences(value: unknown): string[] {
  return [...new Set(JSON.stringify(value).match(/\{\{resolve:[^"}]*(\}\})?/g) ?? [])];
}

/** What the stack itself holds, rendered; nested stacks have templates of their own. */
function templateOf(stack: Stack, constructs: readonly IConstruct[]): LimitedTemplate {
  const sections: Record<string, Record<string, Readonly<Record<string, unknown>>>> = {};
  for (const element of constructs.filter((construct) => CfnElement.isCfnElement(construct))) {
    if (element.stack === stack) {
      const rendered = stack.resolve(element._toCloudFormation()) as Record<string, object>;
      Object.entries(rendered).forEach(([name, entries]) => (sections[name] = { ...sections[name], ...entries }));
    }
  }
  return sections;
}
