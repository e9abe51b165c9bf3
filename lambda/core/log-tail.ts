/** The last words of a function, for people: what Lambda itself writes into a log is left out. */
import { quoted } from './text';

const MAX_LINES = 3;
const MAX_LINE = 150;

/** START, END, REPORT and the like, as text or as JSON; and the error that is told anyway. */
const PLATFORM_LINE = /^(START|END|REPORT|INIT_START|EXTENSION|XRAY|RESTORE_\w+)\b|"type":\s*"platform\.|\tInvoke Error \t|\tUncaught Exception \t/;

/** What runtimes put before a message: time, request id, level. */
const PREFIX = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t(?:[A-Z]+\t)?/;

/** `; its log ends: "...", "..."`; empty where the function wrote nothing. */
export function lastWords(log: string): string {
  const lines = log.split(/\r?\n/).filter((line) => line.trim() !== '' && !PLATFORM_LINE.test(line));
  const last = lines.slice(-MAX_LINES).map((line) => quoted(line.replace(PREFIX, ''), MAX_LINE));
  return last.length === 0 ? '' : `; its log ends: ${last.join(', ')}`;
}
