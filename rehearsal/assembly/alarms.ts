/** Alarms of the assembly as CloudFormation would make them. */
import { suggestion } from '../../lib/model/did-you-mean';
import { UserError } from '../report/user-error';
import type { Assembly, PlacedResource } from './assembly';
import { meant, pathOf } from './meant';
import type { JsonObject } from './read-json';
import { sameEnvironment } from './stack';
import type { Stack } from './stack';

export interface ResolvedAlarm {
  readonly name: string;
  readonly arn: string;
  /** `outside`: made elsewhere, so that only its name is known. */
  readonly kind: 'metric' | 'composite' | 'outside';
  /** Absent for an alarm that is made elsewhere. */
  readonly logicalId?: string;
  /** Path of the construct in the app where the template says it. */
  readonly path?: string;
  /** Properties of `AWS::CloudWatch::Alarm` or `AWS::CloudWatch::CompositeAlarm`, resolved. */
  readonly properties: JsonObject & { readonly AlarmName: string };
}

/** Every alarm that the assembly makes in the account and region of a stack. */
export function alarmsBeside(assembly: Assembly, stack: Stack): readonly ResolvedAlarm[] {
  const alarms = assembly.resources('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm');
  return alarms.filter((place) => sameEnvironment(place.stack, stack)).map((place) => resolveAlarm(assembly, place));
}

export function resolveAlarm(assembly: Assembly, place: PlacedResource): ResolvedAlarm {
  const name = assembly.ref(place.stack, place.logicalId);
  return {
    name,
    arn: assembly.attribute(place.stack, place.logicalId, 'Arn'),
    kind: place.resource.type === 'AWS::CloudWatch::Alarm' ? 'metric' : 'composite',
    logicalId: place.logicalId,
    path: pathOf(place),
    properties: { ...assembly.properties(place), AlarmName: name },
  };
}

/** These alarms and, for the composite ones among them, every alarm that they are made of. */
export function withChildren(alarms: readonly ResolvedAlarm[], every: readonly ResolvedAlarm[]): readonly ResolvedAlarm[] {
  const found = [...alarms];
  for (const alarm of found) {
    const rule = String(alarm.properties.AlarmRule ?? '');
    const mentioned = every.filter((other) => !found.some(({ arn }) => arn === other.arn) && mentions(rule, other));
    // Grows while it is walked, so that the children of children are found too.
    found.push(...mentioned);
  }
  return found;
}

function mentions(rule: string, alarm: ResolvedAlarm): boolean {
  const quoted = (text: string): string[] => [`"${text}"`, `'${text}'`, `(${text})`, `( ${text} )`];
  return [alarm.name, alarm.arn].flatMap(quoted).some((text) => rule.includes(text));
}

/** The alarm that a scenario means: by its name, its logical id, its construct's path or an ending of it, or a piece that only one has. */
export function alarmNamed(alarms: readonly ResolvedAlarm[], wanted: string): ResolvedAlarm {
  const matches = meant(alarms, wanted);
  const [only, ...others] = matches;
  if (only !== undefined && others.length === 0) {
    return only;
  }
  const names = alarms.map(({ name, path }) => path ?? name);
  const none = `no alarm "${wanted}" in this rollout${suggestion(wanted, names)}`;
  const problem = only === undefined ? none : `"${wanted}" stands for several alarms`;
  throw new UserError(`${problem}; name one of ${(only === undefined ? names : matches.map(({ name }) => name)).join(', ')}`);
}
