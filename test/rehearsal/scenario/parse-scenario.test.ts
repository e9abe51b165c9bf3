import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { parseScenario } from '../../../rehearsal/scenario/parse-scenario';
import { readScenarioFile } from '../../../rehearsal/scenario/read-scenario';
import type { Scenario } from '../../../rehearsal/scenario/scenario';

const REPOSITORY = join(__dirname, '..', '..', '..');

const parse = (...lines: string[]): Scenario => parseScenario('x.yaml', lines.join('\n'));

/** The message about a scenario that is not sound. */
function messageOf(...lines: string[]): string {
  try {
    parse(...lines);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the scenario was taken');
}

describe('parseScenario', () => {
  test('the smallest scenario is one release of a healthy service', () => {
    const profile = { latency: { p50Ms: 20, p99Ms: 120 }, startupMs: 30_000, routes: [], faults: [] };
    expect(parse('releases: [{ name: v2 }]')).toEqual({
      file: 'x.yaml',
      service: profile,
      releases: [{ name: 'v2', profile, leaveOut: [], actions: [] }],
      stackUpdates: [],
      alarms: [],
      throttle: [],
      deny: [],
      builds: [],
      calendars: [],
      parameters: [],
      secrets: [],
    });
  });

  test('reads every key', () => {
    const scenario = parse(
      'description: All of it',
      'rollout: EcsWeb/Web',
      'seed: 7',
      'expect: { outcome: stopped }',
      'requestsPerSecond: 12.5',
      'service: { latency: { p50: 5ms, p99: 1s }, startup: 1m, command: [node, server.js, 1], environment: { DEBUG: true, LEVEL: 3 } }',
      'releases: [{ name: v2, after: 30s, rollback: off }]',
      'alarms: [{ alarm: web-5xx, state: ALARM, for: 5m }, { alarm: other, state: INSUFFICIENT_DATA }]',
      'throttle: [{ hook: BeforeAllowTraffic, for: 1h }]',
      'deny: [{ hook: guardian, action: "codedeploy:*" }]',
      'builds: [{ project: Suite, after: 2m, status: FAULT, cases: [{ name: a, status: errored, duration: 5s, message: oops }] }, { project: Suite }]',
      'calendars: { Sale: closed, freeze: { state: open, for: 2h } }',
      'parameters: { /web/level: 3, /web/token: { value: p4ssword, key: Key } }',
      'secrets: { Login: { user: greenlight, password: p4ss }, web/plain: word }',
    );
    expect(scenario).toMatchObject({
      description: 'All of it',
      rollout: 'EcsWeb/Web',
      seed: 7,
      expect: { outcome: 'stopped' },
      requestsPerSecond: 12.5,
      service: { latency: { p50Ms: 5, p99Ms: 1000 }, startupMs: 60_000, command: ['node', 'server.js', '1'], environment: { DEBUG: 'true', LEVEL: '3' } },
      releases: [{ name: 'v2', afterMs: 30_000, rollback: false }],
      alarms: [
        { alarm: 'web-5xx', state: 'ALARM', forMs: 300_000 },
        { alarm: 'other', state: 'INSUFFICIENT_DATA' },
      ],
      throttle: [{ hook: 'BeforeAllowTraffic', forMs: 3_600_000 }],
      deny: [{ hook: 'guardian', action: 'codedeploy:*' }],
      builds: [
        { project: 'Suite', afterMs: 120_000, status: 'FAULT', cases: [{ name: 'a', status: 'errored', durationMs: 5_000, message: 'oops' }] },
        { project: 'Suite', afterMs: 60_000, status: 'SUCCEEDED' },
      ],
      calendars: [
        { calendar: 'Sale', state: 'closed' },
        { calendar: 'freeze', state: 'open', forMs: 7_200_000 },
      ],
      parameters: [
        { name: '/web/level', value: '3' },
        { name: '/web/token', value: 'p4ssword', key: 'Key' },
      ],
      secrets: [
        { name: 'Login', text: '{"user":"greenlight","password":"p4ss"}' },
        { name: 'web/plain', text: 'word' },
      ],
    });
  });

  test('reads the hooks that a release leaves out', () => {
    const { releases } = parse('releases: [{ name: v2, leaveOut: [BeforeInstall, AfterAllowTraffic] }, { name: v3, leaveOut: [] }]');
    expect(releases.map(({ leaveOut }) => leaveOut)).toEqual([['BeforeInstall', 'AfterAllowTraffic'], []]);
  });

  test('a release takes over what it does not say, and replaces what it says', () => {
    const { releases } = parse(
      'service: { startup: 10s, routes: [{ path: /a }], faults: [{ hang: on }] }',
      'releases: [{ name: v2 }, { name: v3, startup: 5s, faults: [] }]',
    );
    expect(releases.map(({ profile }) => [profile.startupMs, profile.routes.length, profile.faults.length])).toEqual([
      [10_000, 1, 1],
      [5_000, 1, 0],
    ]);
  });

  test('reads routes: texts go out as they are, other values as JSON', () => {
    const { service } = parse(
      'service:',
      '  routes:',
      '    - { path: /health }',
      '    - { path: /text, status: 503, body: busy }',
      '    - { path: "/api/*", headers: { Content-Type: application/problem+json, x-count: 3 }, body: { status: ok, list: [1, null] } }',
      '    - { path: /number, body: 7 }',
      'releases: [{ name: v2 }]',
    );
    expect(service.routes).toEqual([
      { path: '/health', status: 200, headers: {}, body: '' },
      { path: '/text', status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'busy' },
      { path: '/api/*', status: 200, headers: { 'Content-Type': 'application/problem+json', 'x-count': '3' }, body: '{"status":"ok","list":[1,null]}' },
      { path: '/number', status: 200, headers: { 'content-type': 'application/json' }, body: '7' },
    ]);
  });

  test('reads faults', () => {
    const { service } = parse(
      'service:',
      '  faults:',
      '    - { listener: production, path: /api/*, rate: 20%, after: 1m, status: 500, body: { error: full } }',
      '    - { rate: 0.5, latency: 2s }',
      '    - { listener: test, hang: on }',
      '    - { error: out of connections, rate: 10% }',
      '    - { throttled: on }',
      '    - { reset: true }',
      'releases: [{ name: v2 }]',
    );
    expect(service.faults).toEqual([
      { listener: 'production', path: '/api/*', rate: 0.2, afterMs: 60_000, effect: { kind: 'status', status: 500, body: '{"error":"full"}' } },
      { rate: 0.5, afterMs: 0, effect: { kind: 'latency', addMs: 2000 } },
      { listener: 'test', rate: 1, afterMs: 0, effect: { kind: 'hang' } },
      { rate: 0.1, afterMs: 0, effect: { kind: 'error', message: 'out of connections' } },
      { rate: 1, afterMs: 0, effect: { kind: 'throttled' } },
      { rate: 1, afterMs: 0, effect: { kind: 'reset' } },
    ]);
  });

  test('reads actions', () => {
    const { releases } = parse(
      'releases:',
      '  - name: v2',
      '    actions:',
      '      - { at: 5m, do: stop, rollback: on }',
      '      - { at: AllowTraffic, do: stop }',
      '      - { at: AllowTraffic+90s, do: continue }',
      '      - { at: BeforeAllowTraffic + 2m, do: report, hook: BeforeAllowTraffic, status: Failed }',
    );
    expect(releases[0]?.actions).toEqual([
      { delayMs: 300_000, action: { kind: 'stop', rollback: true } },
      { event: 'AllowTraffic', delayMs: 0, action: { kind: 'stop' } },
      { event: 'AllowTraffic', delayMs: 90_000, action: { kind: 'continue' } },
      { event: 'BeforeAllowTraffic', delayMs: 120_000, action: { kind: 'report', hook: 'BeforeAllowTraffic', status: 'Failed' } },
    ]);
  });

  test('aliases stand for what they name', () => {
    const { releases } = parse('service: { routes: &routes [{ path: /a }] }', 'releases: [{ name: v2, routes: *routes }]');
    expect(releases[0]?.profile.routes).toEqual([{ path: '/a', status: 200, headers: {}, body: '' }]);
  });
});

describe('parseScenario shows what is wrong', () => {
  test('an unknown key, with its line', () => {
    expect(messageOf('description: x', 'releases:', '  - name: v2', '    shiftt: 20%', '    startupp: 5s')).toBe(
      [
        'x.yaml:4:5: "shiftt" is not a key of a release; it has name, after, rollback, leaveOut, provisioning, actions, instanceFaults, scriptDurations, beside, latency, startup, routes, faults, command, environment',
        '  4 |     shiftt: 20%',
        '    |     ^^^^^^',
        '',
        'x.yaml:5:5: "startupp" is not a key of a release; did you mean "startup"?',
        '  5 |     startupp: 5s',
        '    |     ^^^^^^^^',
      ].join('\n'),
    );
  });

  test('a wrong value below its marker', () => {
    expect(messageOf('releases: [{ name: v2 }]', 'expect: { outcome: relased }')).toBe(
      [
        'x.yaml:2:20: "outcome" must be one of released, rolledBack, stopped, failed, got "relased"; did you mean "released"?',
        '  2 | expect: { outcome: relased }',
        '    |                    ^^^^^^^',
      ].join('\n'),
    );
  });

  test('a misspelt key that is needed only once', () => {
    expect(messageOf('releses: [{ name: v2 }]')).toBe(['x.yaml:1:1: "releses" is not a key of a scenario; did you mean "releases"?', '  1 | releses: [{ name: v2 }]', '    | ^^^^^^^'].join('\n'));
  });

  test.each<[string, string[], string]>([
    ['no releases', ['seed: 1'], 'a scenario needs the key "releases"'],
    ['an empty list of releases', ['releases: []'], '"releases" must have at least one release, got none'],
    ['a release without a name', ['releases: [{ after: 1s }]'], 'a release needs the key "name"'],
    ['a name that is a number', ['releases: [{ name: 2 }]'], '"name" must be a text, got 2'],
    ['releases that are a map', ['releases: { name: v2 }'], '"releases" must be a list, got a map'],
    ['a seed below zero', ['seed: -1', 'releases: [{ name: a }]'], '"seed" must be a whole number from 0 to 9007199254740991, got -1'],
    ['a seed with a fraction', ['seed: 1.5', 'releases: [{ name: a }]'], '"seed" must be a whole number from 0 to 9007199254740991, got 1.5'],
    ['too many requests', ['requestsPerSecond: 100001', 'releases: [{ name: a }]'], '"requestsPerSecond" must be a number from 0 to 100000, got 100001'],
    ['a duration without a unit', ['releases: [{ name: a, after: 90 }]'], '"after" must be a duration such as 250ms, 90s, 10m or 1h30m, of at most 31 days, got 90'],
    ['a share over 100 %', ['service: { faults: [{ rate: 120%, hang: on }] }', 'releases: [{ name: a }]'], '"rate" must be a share such as 20% or 0.2, from 0% to 100%, got "120%"'],
    ['p99 below p50', ['service: { latency: { p50: 2s, p99: 1s } }', 'releases: [{ name: a }]'], '"p99" must be at least "p50", got 1000 ms and 2000 ms'],
    ['a path without a slash', ['service: { routes: [{ path: health }] }', 'releases: [{ name: a }]'], '"path" must be a path that starts with / and may end in *, such as /api/*, got "health"'],
    ['a status out of range', ['service: { routes: [{ path: /a, status: 99 }] }', 'releases: [{ name: a }]'], '"status" must be a whole number from 200 to 599, got 99'],
    ['a fault without effect', ['service: { faults: [{ rate: 20% }] }', 'releases: [{ name: a }]'], 'a fault must have exactly one of status, latency, hang, reset, error, throttled, got none'],
    ['a fault with two effects', ['service: { faults: [{ hang: on, status: 500 }] }', 'releases: [{ name: a }]'], 'a fault must have exactly one of status, latency, hang, reset, error, throttled, got status and hang'],
    ['throttled switched off', ['service: { faults: [{ throttled: off }] }', 'releases: [{ name: a }]'], '"throttled" must be on; take the fault away to switch it off'],
    ['a body without status', ['service: { faults: [{ hang: on, body: x }] }', 'releases: [{ name: a }]'], '"body" goes with "status" only; this fault has "hang"'],
    ['an effect that is off', ['service: { faults: [{ hang: off }] }', 'releases: [{ name: a }]'], '"hang" must be on; take the fault away to switch it off'],
    ['a rollback that is neither', ['releases: [{ name: a, rollback: maybe }]'], '"rollback" must be on or off, got "maybe"'],
    ['a hook to leave out that is none', ['releases: [{ name: a, leaveOut: [AllowTraffic] }]'], 'a hook of "leaveOut" must be one of BeforeInstall, AfterInstall, AfterAllowTestTraffic, BeforeAllowTraffic, AfterAllowTraffic, got "AllowTraffic"'],
    ['hooks to leave out that are no list', ['releases: [{ name: a, leaveOut: BeforeInstall }]'], '"leaveOut" must be a list, got "BeforeInstall"'],
    ['an unknown event', ['releases: [{ name: a, actions: [{ at: AllowTrafic+5s, do: stop }] }]'], '"AllowTrafic" is not a lifecycle event of an ECS deployment; did you mean "AllowTraffic"?'],
    ['a wrong delay', ['releases: [{ name: a, actions: [{ at: AllowTraffic+5, do: stop }] }]'], 'the delay "5" must be a duration such as 250ms, 90s, 10m or 1h30m, of at most 31 days'],
    ['an unknown deed', ['releases: [{ name: a, actions: [{ at: 5m, do: stopp }] }]'], '"do" must be one of stop, continue, report, launch, scaleIn, got "stopp"; did you mean "stop"?'],
    ['a key that does not go with the deed', ['releases: [{ name: a, actions: [{ at: 5m, do: continue, rollback: on }] }]'], '"rollback" does not go with "do: continue"'],
    ['a report without a hook', ['releases: [{ name: a, actions: [{ at: 5m, do: report, status: Failed }] }]'], 'an action needs the key "hook"'],
    ['a build of no project', ['releases: [{ name: a }]', 'builds: [{ after: 1m }]'], 'a build needs the key "project"'],
    ['a build with another end', ['releases: [{ name: a }]', 'builds: [{ project: a, status: passed }]'], '"status" must be one of SUCCEEDED, FAILED, FAULT, TIMED_OUT, STOPPED, got "passed"'],
    ['a case without a name', ['releases: [{ name: a }]', 'builds: [{ project: a, cases: [{ status: passed }] }]'], 'a case needs the key "name"'],
    ['a case of another status', ['releases: [{ name: a }]', 'builds: [{ project: a, cases: [{ name: b, status: SUCCEEDED }] }]'], '"status" must be one of passed, failed, errored, skipped, got "SUCCEEDED"'],
    ['a calendar that is neither open nor closed', ['releases: [{ name: a }]', 'calendars: { Sale: shut }'], 'a calendar must be one of open, closed, got "shut"'],
    ['a calendar without a state', ['releases: [{ name: a }]', 'calendars: { Sale: { for: 1h } }'], 'a calendar needs the key "state"'],
    ['a hook that is none', ['releases: [{ name: a }]', 'throttle: [{ hook: AllowTraffic, for: 1m }]'], '"hook" must be one of BeforeInstall, AfterInstall, AfterAllowTestTraffic, BeforeAllowTraffic, AfterAllowTraffic, ReadyWait, ValidateService, InstanceSuccess, got "AllowTraffic"'],
    ['an action without a service', ['releases: [{ name: a }]', 'deny: [{ hook: guardian, action: Put }]'], '"action" must be an action such as codedeploy:PutLifecycleEventHookExecutionStatus, got "Put"'],
    ['the same key twice', ['seed: 1', 'seed: 2', 'releases: [{ name: a }]'], 'map keys must be unique'],
    ['a tag', ['releases: !!js/function [{ name: a }]'], 'unresolved tag: tag:yaml.org,2002:js/function'],
    ['a body that holds itself', ['service: { routes: [{ path: /a, body: &a { b: *a } }] }', 'releases: [{ name: a }]'], '"body" cannot be written as JSON: '],
    ['YAML that is none', ['releases: [{ name: a'], 'flow '],
  ])('fails when there is %s', (_, lines, message) => {
    expect(messageOf(...lines)).toContain(`: ${message}`);
  });

  test('fails when the file holds no map', () => {
    const message = /^x\.yaml is not a scenario: it must be a map with the keys description, rollout, seed, .*deny/;
    expect(messageOf('')).toMatch(message);
    expect(messageOf('- a')).toMatch(message);
  });

  test('at most ten problems, and counts the rest', () => {
    const message = messageOf('releases:', ...Array.from({ length: 13 }, (_, index) => `  - { name: v${index}, wrong${index}: 1 }`));
    expect(message.match(/is not a key of a release/g)).toHaveLength(10);
    expect(message).toMatch(/and 3 more problems in x\.yaml$/);
  });

  test('the piece of a long line that is wrong', () => {
    const [, line, marker] = messageOf(`releases: [{ name: ${'v'.repeat(200)}, wrong: 1 }]`).split('\n') as [string, string, string];
    expect(line.length).toBeLessThanOrEqual(106);
    expect(line.slice(marker.indexOf('^'), marker.lastIndexOf('^') + 1)).toBe('wrong');
  });

  test('fails when aliases multiply', () => {
    const message = messageOf('service: { routes: [&r { path: /a }] }', 'releases:', `  - { name: a, routes: [${Array.from({ length: 101 }, () => '*r').join(', ')}] }`);
    expect(message).toContain('a scenario may use at most 100 aliases; write this one out');
  });

  test('fails when a body is made of aliases of aliases', () => {
    const levels = Array.from({ length: 12 }, (_, level) => `&l${level + 1} [${Array.from({ length: 9 }, () => `*l${level}`).join(', ')}]`);
    expect(messageOf(`service: { routes: [{ path: /a, body: [&l0 x, ${levels.join(', ')}] }] }`, 'releases: [{ name: a }]')).toContain('"body" cannot be written as JSON: ');
  });

  test('fails when a second document follows', () => {
    expect(messageOf('releases: [{ name: a }]', '---', 'releases: []')).toContain('a scenario is one YAML document, and here a second one begins; give it a file of its own');
  });

  test('fails when the text is too long', () => {
    expect(messageOf(`description: ${'x'.repeat(262_144)}`)).toBe('x.yaml is 262157 bytes long, and a scenario may have at most 262144; shorten the bodies of its routes');
  });
});

describe('readScenarioFile', () => {
  test('reads no more of a file than a scenario may have', () => {
    expect(() => readScenarioFile('/dev/zero')).toThrow('/dev/zero is longer than the 262144 bytes that a scenario may have; name a scenario file with --scenario');
  });

  test('fails when there is no such file', () => {
    expect(() => readScenarioFile('/nowhere/x.yaml')).toThrow('no such scenario file: /nowhere/x.yaml');
  });

  test('fails when it is a directory', () => {
    expect(statSync(__dirname).isDirectory()).toBe(true);
    expect(() => readScenarioFile(__dirname)).toThrow(`scenario file ${__dirname} cannot be read (EISDIR)`);
  });

  const examples = join(REPOSITORY, 'examples', 'ecs-web');
  test.each(readdirSync(examples).filter((name) => name.endsWith('.yaml')))('examples/ecs-web/%s says in one sentence what it is, and what comes out', (name) => {
    const scenario = readScenarioFile(join(examples, name));
    expect(scenario.description).toMatch(/^[A-Z][^.]+\.$/);
    expect(scenario.rollout).toMatch(/^EcsWeb(Gated|Network)?\/Web$/);
    expect(['released', 'rolledBack', 'stopped', 'failed']).toContain(scenario.expect?.outcome);
  });

  test('the example of docs/scenario.md is sound', () => {
    const [, example = ''] = /```yaml\n([^]*?)```/.exec(readFileSync(join(REPOSITORY, 'docs', 'scenario.md'), 'utf8')) ?? [];
    expect(parseScenario('docs/scenario.md', example).releases.map(({ name }) => name)).toEqual(['v2', 'v3']);
  });
});

describe('stack updates', () => {
  const RELEASES = 'releases: [{ name: v2 }, { name: v3 }]';
  const changes = 'changes: [{ resource: Listener, property: Certificates.0.CertificateArn, value: arn }]';

  test('follow the last release where they say nothing else, and are to work', () => {
    expect(parse(RELEASES, `stackUpdates: [{ name: a, ${changes} }]`).stackUpdates).toEqual([
      { name: 'a', release: 'v3', changes: [{ resource: 'Listener', property: 'Certificates.0.CertificateArn', value: 'arn' }], fails: false, expect: 'updated' },
    ]);
  });

  test('go to another cloud assembly, or to several', () => {
    const [first, ...others] = parse(RELEASES, 'stackUpdates:', ...Array.from({ length: 10 }, (_, index) => `  - { name: a, to: next-${index} }`), '  - { name: b, to: next-0, fails: on }').stackUpdates;
    expect(first).toEqual({ name: 'a', release: 'v3', changes: [], to: 'next-0', fails: false, expect: 'updated' });
    expect(others).toHaveLength(10);
    expect(others.at(-1)).toMatchObject({ to: 'next-0', changes: [], fails: true });
  });

  test('say when they begin, and how they end', () => {
    const [first, second] = parse(RELEASES, 'stackUpdates:', `  - { name: a, release: v2, at: AllowTraffic+60s, fails: on, ${changes} }`, '  - { name: b, at: 5m, fails: on, expect: updated, changes: [{ resource: L, property: P, value: { a: [1, null] } }] }').stackUpdates;
    expect(first).toMatchObject({ release: 'v2', moment: { event: 'AllowTraffic', delayMs: 60_000 }, fails: true, expect: 'rolledBack' });
    expect(second).toEqual({ name: 'b', release: 'v3', moment: { delayMs: 300_000 }, changes: [{ resource: 'L', property: 'P', value: { a: [1, null] } }], fails: true, expect: 'updated' });
  });

  test.each([
    [`{ name: a, release: v4, ${changes} }`, '"v4" is not a release of this scenario; did you mean "v2"?'],
    [`{ name: a, release: later, ${changes} }`, '"later" is not a release of this scenario; it has v2, v3'],
    ['{ name: a }', 'a stack update needs the key "changes", or "to"'],
    ['{ name: a, to: "" }', '"to" must be the directory of a cloud assembly, relative to this file, got ""'],
    ['{ name: a, to: [next] }', '"to" must be the directory of a cloud assembly, relative to this file, got a list'],
    [`{ name: a, to: next, ${changes} }`, 'a stack update has either "changes" or "to", got both; leave one of them out'],
    [Array.from({ length: 11 }, (_, index) => `{ name: a, to: next-${index} }`).join(', '), '"stackUpdates" may go to at most 10 cloud assemblies, got 11; give some of them a scenario of their own'],
    [`{ ${changes} }`, 'a stack update needs the key "name"'],
    ['{ name: a, changes: [] }', '"changes" must have at least one change, got none'],
    ['{ name: a, changes: [{ resource: L, property: P }] }', 'a change needs the key "value"'],
    ['{ name: a, changes: [{ resource: L, property: .P, value: 1 }] }', '"property" must be the name of a property, such as SslPolicy or Certificates.0.CertificateArn, got ".P"'],
    [`{ name: a, expect: done, ${changes} }`, '"expect" must be one of updated, rolledBack, got "done"'],
    [`{ name: a, at: Soon, ${changes} }`, '"Soon" is not a lifecycle event of an ECS deployment'],
  ])('%s', (update, message) => {
    expect(messageOf(RELEASES, `stackUpdates: [${update}]`)).toContain(message);
  });
});
