import { createHash } from 'node:crypto';

import type { JsonObject } from './read-json';
import type { Scope } from './resolver';

/** Identifiers that look as AWS makes them and are always the same for the same seed. */
export const identifier = {
  hex: (seed: string, length: number): string => digest(seed).slice(0, length),
  /** The upper-case letters and digits that CloudFormation appends to names. */
  suffix: (seed: string, length: number): string => {
    const bytes = digest(seed).match(/../g) ?? [];
    return bytes.slice(0, length).map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(byte, 16) % 32]).join('');
  },
  digits: (seed: string, length: number): string => (BigInt(`0x${digest(seed)}`) % 10n ** BigInt(length)).toString().padStart(length, '1'),
  uuid: (seed: string): string => digest(seed).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
};

function digest(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}

/** What the physical ids of one resource are made from. */
export class Naming {
  constructor(
    readonly scope: Scope,
    readonly logicalId: string,
    private readonly properties: JsonObject,
    readonly partition: string,
  ) {}

  /** A property as text; undefined where the template does not set it. */
  property(name: string): string | undefined {
    const value = this.scope.value(this.properties[name]);
    return value === undefined || value === null || value === '' ? undefined : this.scope.text(value);
  }

  /** The name that a property sets, else `<stack>-<logical id>-<suffix>` in at most `longest` characters, as CloudFormation makes it. */
  name(property: string, longest = 128): string {
    return this.property(property) ?? this.generated(longest);
  }

  generated(longest = 128): string {
    const { stackName } = this.scope.stack;
    const suffix = identifier.suffix(this.seed('name'), 12);
    const whole = `${stackName}-${this.logicalId}-${suffix}`;
    const part = Math.floor((longest - suffix.length - 2) / 2);
    return whole.length <= longest ? whole : `${stackName.slice(0, part)}-${this.logicalId.slice(0, part)}-${suffix}`;
  }

  /** Such as `sg-0` and sixteen hexadecimal digits. */
  id(prefix: string): string {
    return `${prefix}-0${identifier.hex(this.seed(prefix), 16)}`;
  }

  hex(length: number): string {
    return identifier.hex(this.seed('hex'), length);
  }

  digits(length: number): string {
    return identifier.digits(this.seed('digits'), length);
  }

  uuid(): string {
    return identifier.uuid(this.seed('uuid'));
  }

  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** ARN of a service without regions. */
  globalArn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}::${this.account}:${resource}`;
  }

  standIn(what: string): string {
    return `${this.logicalId}-${identifier.hex(this.seed(what), 8)}`;
  }

  get region(): string {
    return this.scope.stack.region;
  }

  get account(): string {
    return this.scope.stack.account;
  }

  private seed(purpose: string): string {
    return [this.account, this.region, this.scope.stack.stackName, this.logicalId, purpose].join('|');
  }
}
