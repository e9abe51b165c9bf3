/** What functions write, in the log groups that the template gives them. */
import type { Assembly } from '../assembly/assembly';
import { sameEnvironment, type Stack } from '../assembly/stack';
import { LogGroups } from '../engine/log-groups';
import type { InvocationResult } from '../engine/ports';
import { serviceBehaviour } from '../engine/service-behaviour';
import type { StagedFunction } from './functions';

export function stagedLogs(assembly: Assembly, stack: Stack): LogGroups {
  return new LogGroups(logGroupsIn(assembly, stack), serviceBehaviour());
}

/** Names of the log groups that templates make in the account and region of a stack. */
export function logGroupsIn(assembly: Assembly, stack: Stack): readonly string[] {
  return assembly
    .resources('AWS::Logs::LogGroup')
    .filter((place) => sameEnvironment(place.stack, stack))
    .map((place) => assembly.ref(place.stack, place.logicalId));
}

/** Lines of output carry no time of their own: they count as written at the end of the invocation. */
export function keepLog(logs: LogGroups, { spec, logGroup }: StagedFunction, { log, endedAt }: InvocationResult): void {
  logs.write(logGroup, `${spec.name}[$LATEST]`, endedAt, log);
}
