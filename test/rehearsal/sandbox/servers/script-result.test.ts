/** Small decisions about scripts, by tables. */
import { ScriptLog } from '../../../../rehearsal/engine/fleet/script-log';
import { Lines } from '../../../../rehearsal/sandbox/servers/outputs';
import { runProgram } from '../../../../rehearsal/sandbox/servers/script-program';
import { scriptEnd } from '../../../../rehearsal/sandbox/servers/script-result';
import type { End } from '../../../../rehearsal/sandbox/servers/server-sandbox';
import { quoted, starPattern } from '../../../../rehearsal/sandbox/servers/shell';
import { Turns } from '../../../../rehearsal/sandbox/servers/turns';

const SCRIPT = { location: 'scripts/a.sh', timeoutSeconds: 60 };
const PREFIX = 'Script at specified location: scripts/a.sh';

test.each<[string, End, object, number, object]>([
  ['a success', { kind: 'exited', status: 0 }, {}, 1, { ms: 2000 }],
  ['one on a slow host', { kind: 'exited', status: 0 }, {}, 30, { ms: 60_000 }],
  ['one on a host that is too slow', { kind: 'exited', status: 0 }, {}, 31, { ms: 60_000, failure: { errorCode: 'ScriptTimedOut', message: `${PREFIX} failed to complete in 60 seconds` } }],
  ['as long as the scenario says', { kind: 'exited', status: 0 }, { durationMs: 9000 }, 2, { ms: 18_000 }],
  ['a failure', { kind: 'exited', status: 3 }, {}, 1, { ms: 2000, failure: { errorCode: 'ScriptFailed', message: `${PREFIX} failed with exit code 3` } }],
  ['a failure as another user', { kind: 'exited', status: 3 }, { runAs: 'shop' }, 1, { ms: 2000, failure: { errorCode: 'ScriptFailed', message: `${PREFIX} run as user shop failed with exit code 3` } }],
  ['its time-out', { kind: 'timedOut' }, {}, 1, { ms: 60_000, failure: { errorCode: 'ScriptTimedOut', message: `${PREFIX} failed to complete in 60 seconds` } }],
  ['a time-out as long as a rehearsal waits', { kind: 'timedOut' }, { timeoutSeconds: 120 }, 1, { ms: 120_000, failure: { errorCode: 'ScriptTimedOut', message: `${PREFIX} failed to complete in 120 seconds` } }],
  [
    'longer than a rehearsal waits',
    { kind: 'timedOut' },
    { timeoutSeconds: 121 },
    1,
    { ms: 2000, failure: { errorCode: 'ScriptTimedOut', message: `${PREFIX} was not complete in 120 seconds, which is as long as a rehearsal waits for a script that may take 121 seconds` } },
  ],
  ['an output left open', { kind: 'leftOpen', output: 'out' }, {}, 1, { ms: 2000, failure: { errorCode: 'UnknownError', message: `${PREFIX} failed to close STDOUT` } }],
  ['the other one left open', { kind: 'leftOpen', output: 'err' }, {}, 1, { ms: 2000, failure: { errorCode: 'UnknownError', message: `${PREFIX} failed to close STDERR` } }],
  ['an instance that is gone', { kind: 'gone', reason: 'it ended' }, {}, 1, { ms: 2000, failure: { errorCode: 'UnknownError', message: 'The simulated instance has ended: it ended' } }],
])('%s', (_, end, more, slowness, result) => {
  expect(scriptEnd({ ...end, wallMs: 2000 }, { ...SCRIPT, ...more }, slowness, 120)).toEqual(result);
});

test.each([
  ['nothing', [], ''],
  ['what fits', ['a\n', 'b\n'], 'a\nb\n'],
  ['2,047 characters', ['x'.repeat(2000), 'y'.repeat(47)], 'x'.repeat(2000) + 'y'.repeat(47)],
  ['2,048 characters are one too many', ['x'.repeat(2000), 'y'.repeat(48)], 'y'.repeat(48)],
  ['a line that is too long for itself', ['a\n', 'x'.repeat(2048)], ''],
  ['and what comes after it', ['a\n', 'x'.repeat(2048), 'b\n'], 'b\n'],
  ['only the last lines', Array.from({ length: 1000 }, (_, number) => `line ${number}\n`), Array.from({ length: 227 }, (_, number) => `line ${773 + number}\n`).join('')],
])('the agent keeps of a log: %s', (_, entries, text) => {
  const log = new ScriptLog();
  entries.forEach((entry) => log.append(entry));
  expect(log.text).toBe(text);
});

test.each([
  ['lines over several chunks', ['on', 'e\ntw', 'o\n'], ['one\n', 'two\n']],
  ['a last line without an end', ['one\ntwo'], ['one\n', 'two']],
  ['empty lines', ['\n\n'], ['\n', '\n']],
  ['a long line is cut', ['x'.repeat(3000), 'y'.repeat(3000), 'z\nnext\n'], [`${'x'.repeat(3000)}${'y'.repeat(1096)}\n`, 'next\n']],
])('%s', (_, chunks, expected) => {
  const lines: string[] = [];
  const reader = new Lines((line) => lines.push(line));
  chunks.forEach((chunk) => reader.add(chunk));
  reader.end();
  expect(lines).toEqual(expected);
});

test('words and patterns of the shell', () => {
  expect([quoted('a b'), quoted("it's"), quoted('$(x)`y`\n')]).toEqual(["'a b'", "'it'\\''s'", "'$(x)`y`\n'"]);
  expect([starPattern('*.sh'), starPattern('a?[b] $x)')]).toEqual(['*.sh', 'a\\?\\[b\\]\\ \\$x\\)']);
});

test('a script is run with limits, in the folder of the agent, and with nothing but its own variables', () => {
  expect(runProgram({ path: "/opt/it's.sh", environment: { DEPLOYMENT_ID: 'd-1' } })).toBe(
    [
      'ulimit -f 524288',
      'ulimit -d 2097152',
      'ulimit -u 256 2>/dev/null || ulimit -p 256',
      'ulimit -c 0',
      "cd '/opt/codedeploy-agent' || exit 1",
      "exec env -i 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' 'DEPLOYMENT_ID=d-1' '/opt/it'\\''s.sh'",
      '',
    ].join('\n'),
  );
  expect(runProgram({ path: '/opt/a.sh', environment: {}, userId: 1003 })).toContain("\nexec unshare --user --map-user=1003 --map-group=1003 env -i 'PATH=");
});

test('only so many at a time, in their order, and one that fails lets the next one in', async () => {
  const turns = new Turns(2);
  const events: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => turns.take(() => new Promise<void>((resolve, reject) => {
    events.push(name);
    ends.push(name === 'a' ? () => reject(new Error(name)) : resolve);
  }));
  const all = [work('a').catch(() => events.push('failed')), work('b'), work('c'), work('d')];
  expect(events).toEqual(['a', 'b']);
  ends[0]!();
  await all[0];
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(expect.arrayContaining(['a', 'b', 'failed', 'c']));
  expect(events).not.toContain('d');
  ends.slice(1).forEach((end) => end());
  await new Promise((resolve) => setImmediate(resolve));
  ends.at(-1)!();
  await Promise.all(all);
  expect(events.at(-1)).toBe('d');
});
