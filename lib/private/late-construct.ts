/**
 * A service of the CDK asks for its hooks while references are resolved, when dependencies have been turned into `DependsOn` and aspects have run.
 * What is made then gets by hand what it came too late for; what cannot be made up for is an error.
 */
import { Aspects, CfnResource, DefaultTokenResolver, Reference, Stack, StringConcat, Tokenization } from 'aws-cdk-lib/core';
import type { IPostProcessor, IResolvable, IResolveContext } from 'aws-cdk-lib/core';
import { Dependable } from 'constructs';
import type { IConstruct } from 'constructs';

/** @param placed whether the construct is in a VPC: rules of security groups that have been resolved already would be lost */
export function completeLate(construct: IConstruct, placed: boolean): void {
  if (placed) {
    throw new Error(`the hook '${construct.node.path}' runs in a VPC, whose security groups are settled before a service asks for its hooks; attach it by 'attachTo(service)'`);
  }
  visit(construct);
  construct.node.findAll().forEach(dependOn);
  refuseOtherStacks(construct);
}

/** Aspects of everything above, as tags are, in the order of their priority. */
function visit(construct: IConstruct): void {
  const above = construct.node.scopes.slice(0, -1);
  const aspects = above.flatMap((scope) => Aspects.of(scope).applied).sort((a, b) => a.priority - b.priority);
  construct.node.findAll().forEach((each) => aspects.forEach(({ aspect }) => aspect.visit(each)));
}

function dependOn(construct: IConstruct): void {
  const targets = construct.node.dependencies.flatMap((dependency) => Dependable.of(dependency).dependencyRoots).flatMap(resourcesOf);
  resourcesOf(construct).forEach((source) => targets.filter((target) => target !== source).forEach((target) => source.addResourceDependency(target)));
}

const resourcesOf = (construct: IConstruct): CfnResource[] => construct.node.findAll().filter((child) => CfnResource.isCfnResource(child));

function refuseOtherStacks(construct: IConstruct): void {
  const home = Stack.of(construct);
  for (const resource of resourcesOf(construct)) {
    const foreign = referencesOf(resource).find((reference) => Stack.of(reference.target) !== home);
    if (foreign !== undefined) {
      throw new Error(
        `the hook '${construct.node.path}' needs '${foreign.target.node.path}' of another stack, and references between stacks are settled before a ` +
          "service asks for its hooks; attach it by 'attachTo(service)'",
      );
    }
  }
}

function referencesOf(resource: CfnResource): readonly Reference[] {
  const found = new Collector();
  Tokenization.resolve(resource._toCloudFormation(), { scope: resource, resolver: found, preparing: true });
  return found.references;
}

class Collector extends DefaultTokenResolver {
  readonly references: Reference[] = [];

  constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) {
      this.references.push(token);
    }
    return super.resolveToken(token, context, postProcessor);
  }
}
