/**
 * Says what the intrinsic functions of a template would come to once it is deployed.
 *
 * Physical names are made up, but always the same for the same stack; whatever cannot be known from the assembly gets a stable
 * stand-in and is listed in `approximated`. Resolving never fails: an odd template must not stop a rehearsal of its sound parts.
 */
import { CONDITION_FUNCTIONS, FUNCTIONS } from './intrinsics';
import { Naming } from './naming';
import { PHYSICAL } from './physical-ids';
import { partitionOf, pseudoParameter } from './pseudo-parameters';
import { isObject } from './read-json';
import { sameEnvironment } from './stack';
import type { Stack, TemplateResource } from './stack';

/** Stands for AWS::NoValue: the property or list entry that holds it goes away. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** What an intrinsic function may ask for while it is resolved. */
export interface Scope {
  readonly stack: Stack;
  readonly stacks: readonly Stack[];
  /** The value of an argument, with every function in it resolved. */
  value(argument: unknown): unknown;
  text(argument: unknown): string;
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  condition(name: string): boolean;
  /** The same within another stack. */
  within(stack: Stack): Scope;
  /** A stable stand-in for what the assembly cannot tell; `what` names it in the list of approximations. */
  standIn(name: string, what: string): string;
}

/** What is known of resources that are made: it goes before what a template lets guess. */
export interface Made {
  ref(stack: Stack, logicalId: string): string | undefined;
  attribute(stack: Stack, logicalId: string, name: string): string | undefined;
}

/** Values nested deeper than this are left alone: no template has such, and following them would end the program. */
const MAX_NESTING = 200;

export class Resolver {
  readonly approximated = new Set<string>();
  private readonly known = new Map<string, unknown>();
  private readonly running = new Set<string>();
  private nesting = 0;

  constructor(
    private readonly stacks: readonly Stack[],
    private readonly made?: Made,
  ) {}

  scope(stack: Stack): Scope {
    return {
      stack,
      stacks: this.stacks,
      value: (argument) => this.value(stack, argument),
      text: (argument) => this.text(stack, argument),
      ref: (name) => this.ref(stack, name),
      attribute: (logicalId, name) => this.attribute(stack, logicalId, name),
      condition: (name) => this.condition(stack, name),
      within: (other) => this.scope(other),
      standIn: (name, what) => this.standIn(stack, name, what),
    };
  }

  /** A JSON value of a template with every function resolved; `AWS::NoValue` at the top comes out as undefined. */
  value(stack: Stack, node: unknown): unknown {
    const value = this.node(stack, node);
    return value === NO_VALUE ? undefined : value;
  }

  text(stack: Stack, node: unknown): string {
    const value = this.value(stack, node) ?? '';
    return Array.isArray(value) ? value.join(',') : isObject(value) ? JSON.stringify(value) : String(value);
  }

  ref(stack: Stack, name: string): unknown {
    return this.made?.ref(stack, name) ?? this.once(`${stack.id} Ref ${name}`, stack, name, () => {
      if (name.startsWith('AWS::')) {
        return name === 'AWS::NoValue' ? NO_VALUE : (pseudoParameter(stack, name) ?? this.standIn(stack, name, `pseudo parameter ${name}`));
      }
      if (stack.template.parameters[name] !== undefined) {
        return this.parameter(stack, name);
      }
      const resource = stack.template.resources[name];
      if (resource === undefined) {
        return this.standIn(stack, name, `Ref of ${name}, which is not in the template of ${stack.path}`);
      }
      const physical = this.physical(stack, name, resource);
      return physical === undefined ? this.standIn(stack, name, `name of ${stack.path}/${name} (${resource.type})`) : physical.ref();
    });
  }

  attribute(stack: Stack, logicalId: string, name: string): unknown {
    return this.made?.attribute(stack, logicalId, name) ?? this.once(`${stack.id} GetAtt ${logicalId}.${name}`, stack, logicalId, () => {
      const resource = stack.template.resources[logicalId];
      if (resource === undefined) {
        return this.standIn(stack, logicalId, `${name} of ${logicalId}, which is not in the template of ${stack.path}`);
      }
      const nested = this.stacks.find(({ parent }) => parent?.stack.id === stack.id && parent.logicalId === logicalId);
      if (nested !== undefined && name.startsWith('Outputs.')) {
        return this.value(nested, nested.template.outputs[name.slice('Outputs.'.length)]?.Value);
      }
      const attribute = this.physical(stack, logicalId, resource)?.attributes[name];
      if (attribute !== undefined) {
        return attribute();
      }
      return resource.properties[name] === undefined
        ? this.standIn(stack, logicalId, `${name} of ${stack.path}/${logicalId} (${resource.type})`)
        : this.value(stack, resource.properties[name]);
    });
  }

  /** Whether a resource is made at all: it has no condition, or one that holds. */
  exists(stack: Stack, resource: TemplateResource): boolean {
    return resource.condition === undefined || this.condition(stack, resource.condition);
  }

  condition(stack: Stack, name: string): boolean {
    const decided = this.once(`${stack.id} Condition ${name}`, stack, name, () => this.node(stack, stack.template.conditions[name]));
    return decided === true || decided === 'true';
  }

  private node(stack: Stack, node: unknown): unknown {
    if (this.nesting >= MAX_NESTING) {
      return this.standIn(stack, 'nested', `a value in ${stack.path} that is nested deeper than ${MAX_NESTING} levels`);
    }
    this.nesting += 1;
    try {
      return this.shallow(stack, node);
    } finally {
      this.nesting -= 1;
    }
  }

  private shallow(stack: Stack, node: unknown): unknown {
    if (Array.isArray(node)) {
      return node.map((item) => this.node(stack, item)).filter((item) => item !== NO_VALUE);
    }
    if (!isObject(node)) {
      return node;
    }
    const [only, ...others] = Object.keys(node);
    const resolve = only !== undefined && others.length === 0 ? this.functionNamed(stack, only, node[only]) : undefined;
    if (resolve !== undefined) {
      return resolve();
    }
    const entries = Object.entries(node).map(([key, value]) => [key, this.node(stack, value)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== NO_VALUE));
  }

  private functionNamed(stack: Stack, name: string, argument: unknown): (() => unknown) | undefined {
    // `Condition` is a function only where it names one; elsewhere it is a key such as that of an IAM statement.
    const isCondition = name === 'Condition' && typeof argument === 'string' && argument in stack.template.conditions;
    const isFunction = isCondition || name.startsWith('Fn::') || name === 'Ref';
    const implementation = isFunction ? (FUNCTIONS[name] ?? CONDITION_FUNCTIONS[name]) : undefined;
    if (implementation !== undefined) {
      return () => implementation(this.scope(stack), argument) ?? this.standIn(stack, name, `${name} in ${stack.path}`);
    }
    return name.startsWith('Fn::') ? () => this.standIn(stack, name, `${name} in ${stack.path}`) : undefined;
  }

  private parameter(stack: Stack, name: string): unknown {
    const declared = stack.template.parameters[name] ?? {};
    const type = String(declared.Type ?? 'String');
    const { parent } = stack;
    const outer = parent?.stack.template.resources[parent.logicalId]?.properties.Parameters;
    const given = parent !== undefined && isObject(outer) && name in outer ? this.value(parent.stack, outer[name]) : stack.parameters[name];
    const value = given ?? declared.Default;
    if (value === undefined) {
      return this.standIn(stack, name, `parameter ${name} of ${stack.path}, which has no default`);
    }
    const stored = type.startsWith('AWS::SSM::Parameter::Value') ? this.storedParameter(stack, String(value)) : value;
    return /List</.test(type) || type === 'CommaDelimitedList' ? String(stored).split(',').map((item) => item.trim()) : String(stored);
  }

  /** Value of a parameter in Parameter Store: known where a stack of the assembly makes it. Each stage may have one of this name. */
  private storedParameter(stack: Stack, name: string): string {
    for (const other of this.stacks.filter((one) => sameEnvironment(one, stack))) {
      for (const resource of Object.values(other.template.resources)) {
        if (resource.type === 'AWS::SSM::Parameter' && this.text(other, resource.properties.Name) === name) {
          return this.text(other, resource.properties.Value);
        }
      }
    }
    return this.standIn(stack, name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-/, ''), `value of the stored parameter ${name}`);
  }

  private physical(stack: Stack, logicalId: string, resource: TemplateResource) {
    return PHYSICAL[resource.type]?.(new Naming(this.scope(stack), logicalId, resource.properties, partitionOf(stack.region)));
  }

  private standIn(stack: Stack, name: string, what: string): string {
    this.approximated.add(what);
    return new Naming(this.scope(stack), name, {}, partitionOf(stack.region)).standIn(what);
  }

  /** Resolves each thing once, and answers a circle with a stand-in. */
  private once(key: string, stack: Stack, name: string, resolve: () => unknown): unknown {
    if (this.known.has(key)) {
      return this.known.get(key);
    }
    if (this.running.has(key)) {
      return this.standIn(stack, name, `${key}, which refers to itself`);
    }
    this.running.add(key);
    try {
      const value = resolve();
      this.known.set(key, value);
      return value;
    } finally {
      this.running.delete(key);
    }
  }
}
