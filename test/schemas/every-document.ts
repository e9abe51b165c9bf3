/** A suite with every assertion and every form of a part that the examples do not use. */
import type { CheckSuite } from '../../lib/model/suite';

const REQUEST = { method: 'GET', path: '/', headers: { 'x-key': 'a' }, timeoutMs: 1000, maxRedirects: 0 };
const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, intervalMs: 0, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;

export const EVERY_DOCUMENT: CheckSuite = {
  schemaVersion: 1,
  event: 'AfterAllowTestTraffic',
  policy: { run: 'FAIL_FAST', concurrency: 2, deadlineMs: 60_000 },
  settle: { target: { listener: 'production' }, request: REQUEST, consecutive: 3, intervalMs: 1000, timeoutMs: 60_000, version: { jsonPath: '$.version', equals: '7' } },
  checks: [
    { kind: 'alarm', name: 'quiet', alarms: ['a'], policy: { ...POLICY, passes: { atLeast: 2, of: 3 } } },
    {
      kind: 'http',
      name: 'home',
      target: { url: 'https://${greenlight:Host}/' },
      request: { ...REQUEST, path: '', body: '{}', host: 'a.test:8443' },
      policy: { ...POLICY, mode: 'SHADOW', after: ['quiet'], inconclusive: 'EXTEND' },
      assertions: [
        { kind: 'status', equals: 200, negate: true, warning: true, description: 'up' },
        { kind: 'statusIn', values: [200] },
        { kind: 'statusBetween', min: 200, max: 299 },
        { kind: 'headerEquals', name: 'etag', equals: '' },
        { kind: 'headerMatches', name: 'etag', pattern: 'a' },
        { kind: 'headerExists', name: 'etag' },
        { kind: 'headerAbsent', name: 'etag' },
        { kind: 'bodyContains', text: 'a' },
        { kind: 'bodyMatches', pattern: 'a' },
        { kind: 'bodySize', min: 1, max: 2 },
        { kind: 'bodySha256', equals: '0'.repeat(64) },
        { kind: 'jsonPathEquals', path: '$', equals: null },
        { kind: 'jsonPathMatches', path: '$', pattern: 'a' },
        { kind: 'jsonPathBetween', path: '$', min: -1.5, max: 1.5 },
        { kind: 'jsonPathExists', path: '$' },
        { kind: 'jsonPathAbsent', path: '$' },
        { kind: 'jsonPathCount', path: '$', min: 1, max: 3 },
        { kind: 'latencyBelow', ms: 500 },
        { kind: 'tlsDaysLeft', atLeast: 14 },
        { kind: 'finalUrlEquals', equals: 'https://a.test/' },
        { kind: 'finalUrlMatches', pattern: 'a' },
        { kind: 'cookie', name: 'a', equals: '', attributes: { secure: false, httpOnly: true, sameSite: 'None', domain: 'a.test', path: '/' } },
      ],
    },
  ],
};
