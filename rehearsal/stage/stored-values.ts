/** Parameters and secrets of a rehearsal: those of the template, and what the scenario says of them. */
import type { Assembly } from '../assembly/assembly';
import { meant } from '../assembly/meant';
import { identifier } from '../assembly/naming';
import type { Stack } from '../assembly/stack';
import { keyNamed, parametersBeside, secretsBeside } from '../assembly/stored-values';
import type { StoredSecret } from '../endpoints/secrets-manager';
import { ParameterStore } from '../engine/parameter-store';
import { UserError } from '../report/user-error';
import type { Scenario } from '../scenario/scenario';

export function storedParameters(assembly: Assembly, stack: Stack, scenario: Scenario, now: () => number): ParameterStore {
  const store = new ParameterStore(now);
  parametersBeside(assembly, stack).forEach((parameter) => store.seed(parameter));
  for (const { name, value, key } of scenario.parameters) {
    const type = store.find(name)?.type ?? 'String';
    store.seed(key === undefined ? { name, value, type } : { name, value, type: 'SecureString', keyArn: keyNamed(assembly, stack, key) });
  }
  return store;
}

/** A secret that has no value is left out: its value cannot be found. */
export function storedSecrets(assembly: Assembly, stack: Stack, scenario: Scenario): readonly StoredSecret[] {
  const known = secretsBeside(assembly, stack);
  const told = scenario.secrets.map(({ name, text }) => {
    const [only, ...others] = meant(known, name);
    if (others.length > 0) {
      const names = meant(known, name).map((one) => one.path ?? one.name);
      throw new UserError(`${scenario.file}: "${name}" stands for several secrets; name one of ${names.join(', ')}`);
    }
    return { ...(only ?? madeElsewhere(stack, name)), text };
  });
  const untold = known.filter(({ arn }) => !told.some((one) => one.arn === arn));
  return [...told, ...untold.flatMap(({ text, ...secret }) => (text === undefined ? [] : [{ ...secret, text }]))];
}

/** By its name, or its whole ARN. */
function madeElsewhere({ account, region }: Stack, name: string): Pick<StoredSecret, 'name' | 'arn'> {
  const [, inArn] = /:secret:(.*)-[^-]{6}$/.exec(name) ?? [];
  return inArn === undefined
    ? { name, arn: `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${identifier.hex(`secret ${name}`, 6)}` }
    : { name: inArn, arn: name };
}
