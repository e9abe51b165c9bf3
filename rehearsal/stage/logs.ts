/** What functions write, in the log groups that the template gives them. */
import type { Assembly } from '../assembly/assembly';
import { sameEnvironment, type Stack } from '../assembly/stack';
import { LogGroups } from '../engine/log-groups';
import type { InvocationResult } from '../engine/ports';
import { serviceBehaviour } from '../engine/service-behaviour';
import type { StagedFunction } from './functions';

export function stagedLogs(assembly: Assembly, stack: Stack): LogGroups {
  const names = assembly
    .resources('AWS::Logs::LogGroup')
    .filter((place) => sameEnvironment(place.stack, stack))
    .map((place) => assembly.ref(place.stack, place.logicalId));
  return new LogGroups(names, serviceBehaviour());
}

/** Lines of output carry no time of their own: they count as written at the end of the invocation. */
export function keepLog(logs: LogGroups, { spec, logGroup }: StagedFunction, { log, endedAt }: InvocationResult): void {
  logs.write(logGroup, `${spec.name}[$LATEST]`, endedAt, log);
}
