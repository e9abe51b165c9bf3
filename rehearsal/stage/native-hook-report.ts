/** What the report tells of a hook that ECS invoked, once or several times. */
import type { HookRunReport } from '../../lib/model/report';
import type { HookRunRecord } from '../engine/native/hook-run';
import type { FunctionLibrary } from './functions';
import { verdictRecord } from './hook-runs';

export function nativeHookReport({ hook, answers, end, problem }: HookRunRecord, functions: FunctionLibrary): HookRunReport {
  const results = answers.flatMap((answer) => (answer.kind === 'answered' ? [answer.result] : []));
  const record = results.map(({ log }) => verdictRecord(log)).findLast((found) => found !== undefined);
  const ended = end === undefined ? 'the deployment ended before it answered' : end === 'SUCCEEDED' || end === 'FAILED' ? `answered ${end}` : '';
  const reason = [problem, record?.reason].filter((text) => text !== undefined).join('; ');
  return {
    function: functions.find(hook.targetArn)?.spec.name ?? hook.targetArn,
    report: end === 'SUCCEEDED' ? 'Succeeded' : end === 'FAILED' ? 'Failed' : 'none',
    verdict: record?.verdict ?? 'none',
    reason: reason === '' ? ended : reason,
    durationMs: Math.round(results.reduce((sum, { wallMs }) => sum + wallMs, 0)),
    checks: record?.checks ?? [],
    ...(answers.length > 1 ? { invocations: answers.length } : {}),
  };
}
