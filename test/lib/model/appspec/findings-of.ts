import { lintAppSpec } from '../../../../lib/model/appspec/lint';
import type { Platform } from '../../../../lib/model/appspec/rules';
import { readAppSpecText } from '../../../../rehearsal/documents/appspec/read-appspec';

/** `rule:line` of everything that is wrong with a YAML text. */
export function rulesBroken(text: string, platform: Platform): readonly string[] {
  return messagesOf(text, platform).map(([rule, line]) => `${rule}:${line}`);
}

export function messagesOf(text: string, platform: Platform): readonly (readonly [rule: string, line: number, message: string])[] {
  const reading = readAppSpecText(text, 'yaml');
  const { findings } = 'root' in reading ? lintAppSpec(reading.root, platform) : reading;
  return findings.map(({ rule, line, message }) => [rule, line, message] as const);
}
