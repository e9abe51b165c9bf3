/** Host names that the checks of a rollout expect on its listeners: the local load balancer's certificate has to hold them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { SUITE_FILE } from '../../lib/model/suite';
import { readJsonObject } from '../assembly/read-json';
import type { BalancedModel } from '../assembly/staged-model';
import type { FunctionLibrary } from './functions';

export function suiteHosts({ hookFunctions, listeners }: BalancedModel, functions: FunctionLibrary): readonly string[] {
  const hosts = new Set([...(listeners.production.rules ?? []), ...(listeners.test?.rules ?? [])].flatMap((rule) => rule.hosts ?? []));
  for (const { function: name } of hookFunctions) {
    const directory = functions.find(name)?.spec.directory;
    const file = directory === undefined ? undefined : join(directory, SUITE_FILE);
    if (file !== undefined && existsSync(file)) {
      collect(readJsonObject(file, `check suite of ${name}`), hosts);
    }
  }
  return [...hosts];
}

/** Every `host` of a request, wherever the suite has it. */
function collect(value: unknown, hosts: Set<string>): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (key === 'host' && typeof member === 'string') {
      hosts.add(member);
    } else {
      collect(member, hosts);
    }
  }
}
