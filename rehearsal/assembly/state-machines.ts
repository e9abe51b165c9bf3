/** State machines of the assembly, as the template deploys them. */
import type { Assembly } from './assembly';
import { isObject } from './read-json';

export interface ResolvedStateMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly type: string;
  /** Undefined where the template does not hold it, or holds no JSON. */
  readonly definition: unknown;
}

/** The state machine of this ARN; undefined where the assembly does not make it. */
export function stateMachineNamed(assembly: Assembly, arn: string): ResolvedStateMachine | undefined {
  const place = assembly.resources('AWS::StepFunctions::StateMachine').find(({ stack, logicalId }) => assembly.ref(stack, logicalId) === arn);
  if (place === undefined) {
    return undefined;
  }
  const properties = assembly.properties(place);
  return {
    name: assembly.attribute(place.stack, place.logicalId, 'Name'),
    arn,
    roleArn: String(properties.RoleArn ?? ''),
    type: String(properties.StateMachineType ?? 'STANDARD'),
    definition: definitionOf(properties),
  };
}

function definitionOf({ Definition, DefinitionString, DefinitionSubstitutions }: Readonly<Record<string, unknown>>): unknown {
  const text = isObject(Definition) ? JSON.stringify(Definition) : DefinitionString;
  const substitutions = isObject(DefinitionSubstitutions) ? DefinitionSubstitutions : {};
  if (typeof text !== 'string') {
    return undefined;
  }
  try {
    return JSON.parse(text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => (name in substitutions ? String(substitutions[name]) : whole)));
  } catch {
    return undefined;
  }
}
