/** Parameters and secrets of a scenario. */
import { isMap, isScalar } from 'yaml';
import type { Node } from 'yaml';

import type { Reader } from './reader';
import type { ParameterScenario, Scenario } from './scenario';
import { scalarText } from './service-profile';

const PARAMETER_KEYS = ['value', 'key'];

/** A text, a number or a boolean; or a map that says more of it. */
export function readParameters(reader: Reader, node: Node): readonly ParameterScenario[] {
  const read = (value: Node): Omit<ParameterScenario, 'name'> | undefined => {
    if (!isMap(reader.follow(value))) {
      const text = filledText(reader, value, 'a parameter');
      return text === undefined ? undefined : { value: text };
    }
    const map = reader.map(value, 'a parameter', PARAMETER_KEYS);
    const text = map?.required('value', (one) => filledText(reader, one, '"value"'));
    const key = map?.optional('key', (one) => reader.text(one, '"key"'));
    return text === undefined ? undefined : { value: text, ...(key === undefined ? {} : { key }) };
  };
  return Object.entries(reader.free(node, '"parameters"', read) ?? {}).map(([name, parameter]) => ({ name, ...parameter }));
}

/** A text as it is; a map or a list as JSON, as secrets with several fields are kept. */
export function readSecrets(reader: Reader, node: Node): Scenario['secrets'] {
  const read = (value: Node): string | undefined => {
    const found = reader.follow(value);
    return isScalar(found) ? filledText(reader, value, 'a secret') : reader.json(value, 'a secret');
  };
  return Object.entries(reader.free(node, '"secrets"', read) ?? {}).map(([name, text]) => ({ name, text }));
}

/** Neither service keeps an empty value. */
function filledText(reader: Reader, node: Node, what: string): string | undefined {
  const text = scalarText(reader, node, what);
  return text === '' ? reader.problem(node, `${what} must not be empty; write a value`) : text;
}
