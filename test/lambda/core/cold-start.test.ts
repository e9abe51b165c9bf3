import { startOf } from '../../../lambda/core/cold-start';

const report = (more: string) => `REPORT RequestId: 8f5d\tDuration: 2.34 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t${more}`;
const json = (metrics: object) => JSON.stringify({ time: '2026-01-05T09:00:00.000Z', type: 'platform.report', record: { requestId: '8f5d', metrics: { durationMs: 2.34, ...metrics }, status: 'success' } });

test.each<[string, string, object | undefined]>([
  ['an init phase', `START RequestId: 8f5d Version: 42\nEND RequestId: 8f5d\n${report('Init Duration: 130.25 ms\t')}\n`, { start: 'cold', initMs: 130.25 }],
  ['an init phase of whole milliseconds, with line breaks of Windows', `a\r\n${report('Init Duration: 130 ms')}\r\n`, { start: 'cold', initMs: 130 }],
  ['a restore from a snapshot', report('Restore Duration: 412.02 ms\tBilled Restore Duration: 100 ms'), { start: 'cold', initMs: 412.02 }],
  ['an init phase as long as all of it', report('Init Duration: 500 ms'), { start: 'cold', initMs: 500 }],
  ['an init phase that was over long before', report('Init Duration: 500.01 ms'), { start: 'warm' }],
  ['neither', report(''), { start: 'warm' }],
  ['an init phase, in JSON', `{"level":"info"}\n${json({ initDurationMs: 130.25 })}`, { start: 'cold', initMs: 130.25 }],
  ['a restore, in JSON', json({ restoreDurationMs: 412 }), { start: 'cold', initMs: 412 }],
  ['neither, in JSON', json({}), { start: 'warm' }],
  ['something that is no number, in JSON', json({ initDurationMs: '130' }), { start: 'warm' }],
  ['a report without metrics', '{"type":"platform.report"}', { start: 'warm' }],
  ['two reports, of which the last one counts', `${report('Init Duration: 130 ms')}\n${report('')}`, { start: 'warm' }],
  ['no report', 'START RequestId: 8f5d Version: 42\nEND RequestId: 8f5d\n', undefined],
  ['words about a report', `2026-01-05T09:00:00.000Z\t8f5d\tINFO\t${report('Init Duration: 130 ms')}`, undefined],
  ['JSON of other kinds', 'null\n5\n[]\n{"type":"platform.start"}\n{"type":"platform.rep', undefined],
  ['nothing', '', undefined],
])('a log with %s', (_, log, start) => {
  expect(startOf(log, 500)).toEqual(start);
});
