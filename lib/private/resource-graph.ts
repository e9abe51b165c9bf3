/** Which resources of a stack wait for which, as CloudFormation will see it: for questions that can be answered when the app is complete. */
import { CfnResource } from 'aws-cdk-lib/core';
import type { Stack } from 'aws-cdk-lib/core';

import type { ConstructsOf } from './complete-app';

/** One graph for each round of questions, so that the rollouts of a stack share it, and what they add to it. */
const GRAPHS = new WeakMap<ConstructsOf, Map<Stack, ResourceGraph>>();

export class ResourceGraph {
  public static of(stack: Stack, constructsOf: ConstructsOf): ResourceGraph {
    const graphs = GRAPHS.get(constructsOf) ?? new Map<Stack, ResourceGraph>();
    GRAPHS.set(constructsOf, graphs);
    const graph = graphs.get(stack) ?? new ResourceGraph(stack, constructsOf(stack).filter((construct) => CfnResource.isCfnResource(construct)));
    graphs.set(stack, graph);
    return graph;
  }

  private readonly resources: ReadonlyMap<string, CfnResource>;
  /** A resource is resolved when somebody asks for it: most of a stack never is. */
  private readonly edges = new Map<CfnResource, Set<CfnResource>>();
  /** What has been asked for, since the rollouts of a set ask for the same; forgotten where it changes. */
  private readonly reached = new Map<CfnResource, ReadonlySet<CfnResource>>();

  private constructor(
    private readonly stack: Stack,
    resources: readonly CfnResource[],
  ) {
    this.resources = new Map(resources.filter((resource) => resource.stack === stack).map((resource) => [stack.resolve(resource.logicalId) as string, resource]));
  }

  /** The way by which one resource waits for another, both ends included; undefined where there is none. */
  public path(from: CfnResource, to: CfnResource): CfnResource[] | undefined {
    const cameFrom = new Map<CfnResource, CfnResource | undefined>([[from, undefined]]);
    for (const resource of cameFrom.keys()) {
      if (resource === to) {
        return pathTo(resource, cameFrom);
      }
      this.waitsFor(resource).forEach((next) => cameFrom.has(next) || cameFrom.set(next, resource));
    }
    return undefined;
  }

  /** All that a resource waits for. */
  public waitedFor(from: CfnResource): ReadonlySet<CfnResource> {
    const known = this.reached.get(from);
    if (known !== undefined) {
      return known;
    }
    const found = new Set(this.waitsFor(from));
    found.forEach((resource) => this.waitsFor(resource).forEach((next) => found.add(next)));
    this.reached.set(from, found);
    return found;
  }

  /** Those that name a resource themselves. */
  public referringTo(to: CfnResource): CfnResource[] {
    return [...this.resources.values()].filter((resource) => this.waitsFor(resource).has(to));
  }

  /** Lets one resource wait for others. */
  public add(from: CfnResource, others: readonly CfnResource[]): void {
    this.reached.forEach((found, resource) => (resource === from || found.has(from)) && this.reached.delete(resource));
    for (const to of others) {
      this.waitsFor(from).add(to);
      from.addResourceDependency(to);
    }
  }

  private waitsFor(resource: CfnResource): Set<CfnResource> {
    const known = this.edges.get(resource) ?? new Set(this.referencesOf(resource));
    this.edges.set(resource, known);
    return known;
  }

  private referencesOf(resource: CfnResource): CfnResource[] {
    const rendered = this.stack.resolve(resource._toCloudFormation()) as { readonly Resources: Record<string, object> };
    return Object.values(rendered.Resources).flatMap((body) => [...idsIn(body), ...dependsOn(body)]).flatMap((id) => this.resources.get(id) ?? []);
  }
}

function pathTo(end: CfnResource, cameFrom: ReadonlyMap<CfnResource, CfnResource | undefined>): CfnResource[] {
  const before = cameFrom.get(end);
  return before === undefined ? [end] : [...pathTo(before, cameFrom), end];
}

function dependsOn(body: object): string[] {
  const value: unknown = 'DependsOn' in body ? body.DependsOn : [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Logical ids in `Ref`, `Fn::GetAtt` and `Fn::Sub`, wherever they stand. */
function idsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    switch (key) {
      case 'Ref':
        return [String(inner)];
      case 'Fn::GetAtt':
        return [String(Array.isArray(inner) ? inner[0] : inner).split('.')[0]!];
      case 'Fn::Sub':
        return [...namesIn(String(Array.isArray(inner) ? inner[0] : inner)), ...idsIn(inner)];
      default:
        return idsIn(inner);
    }
  });
}

/** `${Name}` and `${Name.Attribute}`; `${!Literal}` is text. */
const namesIn = (text: string): string[] => [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name!.split('.')[0]!);
