/** The values of one check, by the names that its texts refer to. */
import { Token } from 'aws-cdk-lib/core';

import type { RuntimeValue } from '../checks/runtime-value';
import { VALUE_NAME } from '../model/runtime-value';

export type ValuesByName = { readonly [name: string]: RuntimeValue };

export class CheckValues {
  private readonly named: Map<string, RuntimeValue>;

  /** @param taken names that captures have */
  constructor(
    given: ValuesByName,
    private readonly taken: readonly string[],
  ) {
    Object.entries(given).forEach(([name, value]) => {
      requireValueName(name);
      if (value._name !== undefined) {
        throw new Error(`value '${name}' only refers to '${value._name}'; give a secret or a parameter`);
      }
    });
    this.named = new Map(Object.entries(given));
  }

  /** How texts refer to a value, which gets a name where it has none. */
  public reference(value: RuntimeValue): string {
    return `{{${value._name ?? this.nameOf(value)}}}`;
  }

  public get all(): ValuesByName {
    return Object.fromEntries(this.named);
  }

  private nameOf(value: RuntimeValue): string {
    const known = [...this.named].find(([, other]) => other === value)?.[0];
    if (known !== undefined) {
      return known;
    }
    let number = 1;
    while (this.named.has(`credential${number}`) || this.taken.includes(`credential${number}`)) {
      number += 1;
    }
    this.named.set(`credential${number}`, value);
    return `credential${number}`;
  }
}

export function requireValueName(name: string): void {
  if (Token.isUnresolved(name) || !VALUE_NAME.test(name)) {
    throw new Error(`'${name}' is no name of a value; use up to 64 letters, digits and '_', beginning with a letter`);
  }
}
