import type { VerdictRecord } from '../../lib/model/hook-contract';
import { VERDICT_LOG_KEY } from '../../lib/model/hook-contract';
import { HOOKS_MISSING_LOG_KEY } from '../../lib/model/hook-inspector';
import type { HooksMissingLog } from '../core/hook-inspector/ports';
import type { Log } from '../core/ports';

/** Takes one line without its line break. */
export type WriteLine = (line: string) => void;

/** Around the console, which Lambda prefixes with time and request id: a line must be JSON and nothing else to be searched. */
const toStandardOutput: WriteLine = (line) => {
  process.stdout.write(`${line}\n`);
};

/** An override is to be noticed, and what the checks said against it is no error of anybody any more. */
const levelOf = ({ override, verdict }: VerdictRecord): string => (override !== undefined ? 'WARN' : verdict === 'pass' ? 'INFO' : 'ERROR');

const messageOf = ({ override, reason }: VerdictRecord): string =>
  override === undefined ? reason : `enforcement is off for this deployment, by ${override.by} (${override.reason}); without that: ${reason}`;

export function jsonLog(write: WriteLine = toStandardOutput): Log & HooksMissingLog {
  const line = (level: string) => (message: string, fields: object = {}) => write(JSON.stringify({ level, message, ...fields }));
  return {
    verdict: (record) => line(levelOf(record))(messageOf(record), { [VERDICT_LOG_KEY]: record }),
    hooksMissing: (record) => line('ERROR')(record.reason, { [HOOKS_MISSING_LOG_KEY]: record }),
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
  };
}
