import { dirname } from 'node:path';

import { Resolver, type Made } from './resolver';
import { isObject } from './read-json';
import type { JsonObject } from './read-json';
import { sameEnvironment } from './stack';
import type { Stack, TemplateResource } from './stack';

/** A resource together with the stack whose template holds it. */
export interface PlacedResource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/** A cloud assembly that has been read: its stacks, and what the functions in them come to. */
export class Assembly {
  private readonly resolver: Resolver;

  constructor(
    readonly directory: string,
    readonly stacks: readonly Stack[],
    private readonly notes: readonly string[] = [],
    made?: Made,
  ) {
    this.resolver = new Resolver(stacks, made);
  }

  /** The same assembly with another template for one of its stacks, and what is known of its resources. */
  withStack(stack: Stack, made: Made): Assembly {
    const stacks = this.stacks.map((other) => (other.id === stack.id ? stack : other));
    return new Assembly(this.directory, stacks, this.notes, made);
  }

  /**
   * The assembly as it is where the stage of this stack is deployed: without the stacks of other stages that would be in the place of one of its own. Stages that
   * name no account have such, where their stacks have the same names.
   */
  seenFrom(stack: Stack): Assembly {
    const own = this.stacks.filter((other) => stageOf(other) === stageOf(stack)).map(outermost);
    const isReplaced = (other: Stack) => own.some((one) => one.stackName === other.stackName && sameEnvironment(one, other));
    const stacks = this.stacks.filter((other) => stageOf(other) === stageOf(stack) || !isReplaced(outermost(other)));
    return new Assembly(this.directory, stacks, this.notes);
  }

  /** Everything so far that was asked for and could only be made up, sorted; for the fidelity statement. */
  get approximated(): readonly string[] {
    return [...this.notes, ...this.resolver.approximated].sort();
  }

  /** A JSON value of a template with its functions resolved. */
  value(stack: Stack, node: unknown): unknown {
    return this.resolver.value(stack, node);
  }

  text(stack: Stack, node: unknown): string {
    return this.resolver.text(stack, node);
  }

  /** What `Ref` gives for a resource or parameter. */
  ref(stack: Stack, logicalId: string): string {
    return this.resolver.text(stack, { Ref: logicalId });
  }

  /** What `Fn::GetAtt` gives, as text. */
  attribute(stack: Stack, logicalId: string, name: string): string {
    return this.resolver.text(stack, { 'Fn::GetAtt': [logicalId, name] });
  }

  /** Properties of a resource with their functions resolved. */
  properties({ stack, resource }: PlacedResource): JsonObject {
    const value = this.value(stack, resource.properties);
    return isObject(value) ? value : {};
  }

  /** Every resource of these types that is made (its condition holds), stack by stack in the order of the templates. */
  resources(...types: readonly string[]): readonly PlacedResource[] {
    return this.stacks.flatMap((stack) =>
      Object.entries(stack.template.resources)
        .filter(([, resource]) => types.includes(resource.type) && this.resolver.exists(stack, resource))
        .map(([logicalId, resource]) => ({ stack, logicalId, resource })),
    );
  }
}

function outermost(stack: Stack): Stack {
  return stack.parent === undefined ? stack : outermost(stack.parent.stack);
}

/** A stage is a directory of the assembly. */
const stageOf = (stack: Stack): string => dirname(outermost(stack).templateFile);
