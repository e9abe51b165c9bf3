import { VERDICT_LOG_KEY } from '../../lib/model/hook-contract';
import type { Log } from '../core/ports';

/** Takes one line without its line break. */
export type WriteLine = (line: string) => void;

/** Around the console, which Lambda prefixes with time and request id: a line must be JSON and nothing else to be searched. */
const toStandardOutput: WriteLine = (line) => {
  process.stdout.write(`${line}\n`);
};

export function jsonLog(write: WriteLine = toStandardOutput): Log {
  const line = (level: string) => (message: string, fields: object = {}) => write(JSON.stringify({ level, message, ...fields }));
  return {
    verdict: (record) => line(record.verdict === 'pass' ? 'INFO' : 'ERROR')(record.reason, { [VERDICT_LOG_KEY]: record }),
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
  };
}
