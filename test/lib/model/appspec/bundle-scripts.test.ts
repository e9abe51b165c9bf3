import { lintEvents, scriptsOfBundle } from '../../../../lib/model/appspec/bundle';
import { BUNDLE_RULES } from '../../../../lib/model/appspec/rules';
import { readAppSpecText } from '../../../../rehearsal/documents/appspec/read-appspec';
import type { Case } from './bundle-cases';
import { file, findingsOf, folder, link, told } from './bundle-cases';

const script = (...locations: readonly string[]) => `hooks:\n  AfterInstall:\n${locations.map((location) => `    - location: '${location}'\n`).join('')}`;

const one = (head: string, path = 'run.sh'): Case => ({ appSpec: script(path), entries: [file(path)], heads: { [path]: head } });
const windows = (path: string): Case => ({ os: 'windows', appSpec: script(path), entries: [file(path.replaceAll('\\', '/'))] });

const sound: readonly (readonly [name: string, bundle: Case])[] = [
  ['a script of sh', one('#!/bin/sh\n')],
  ['an interpreter with arguments', one('#! /usr/bin/env -S python3 -u\nprint()\n', 'check.py')],
  ['an interpreter and nothing else', one('#!/bin/true')],
  ['a program', one('\x7fELF\x02\x01\r\n', 'bin/check')],
  ['PowerShell on Linux', one('#!/usr/bin/env pwsh\n', 'check.ps1')],
  ['a script by way of a link', { appSpec: script('bin/run'), entries: [file('scripts/run.sh'), link('bin/run', '../scripts/run.sh')] }],
  ['a location with slashes and spaces around it', { appSpec: script(' ./scripts//run.sh '), entries: [file('scripts/run.sh')] }],
  ['names that shells take as they are', { appSpec: script('a-b_c.d+e=f:g@h%i,j~k^l{m}n!o#p'), entries: [file('a-b_c.d+e=f:g@h%i,j~k^l{m}n!o#p')] }],
  ['letters of any language', { appSpec: script('prüfen.sh'), entries: [file('prüfen.sh')] }],
  ...['scripts\\run.ps1', 'run.BAT', 'run.cmd', 'run.exe', 'run.com'].map((path): (typeof sound)[number] => [`${path} on Windows`, windows(path)]),
  ['CR LF on Windows', { ...windows('run.cmd'), heads: { 'run.cmd': '@echo off\r\n' } }],
  ['what is not executable on Windows', { ...windows('run.cmd'), entries: [{ ...file('run.cmd'), executable: false }] }],
  ['what does not tell whether it is executable', { appSpec: script('run.sh'), entries: [{ path: 'run.sh', kind: 'file', size: 10 }] }],
  ['a script whose first bytes are not known', { appSpec: script('run.sh'), entries: [{ path: 'run.sh', kind: 'link', size: 0, target: 'run.py' }, file('run.py')], heads: {} }],
];

const AT = `'hooks.AfterInstall[0].location'`;

const broken: readonly (readonly [name: string, bundle: Case, lines: readonly string[]])[] = [
  ['a script that is not there', { appSpec: script('run.sh'), entries: [] }, [`script-absent:5: ${AT} "run.sh" is not in the bundle; add it, or correct the path, which begins at the root of the bundle`]],
  ['a script in another case', { appSpec: script('Scripts/run.sh'), entries: [file('scripts/Run.sh')] }, [`script-absent:5: ${AT} "Scripts/run.sh" is not in the bundle; did you mean "scripts/Run.sh"? Linux tells case apart`]],
  ['a script outside', { appSpec: script('../run.sh'), entries: [] }, [`script-outside:5: ${AT} "../run.sh" leads out of the bundle; name something in it, relative to its root`]],
  ['a folder', { appSpec: script('scripts'), entries: [folder('scripts')] }, [`script-not-a-file:5: ${AT} "scripts" is a folder; name the script in it`]],
  [
    'a space',
    { appSpec: script('run me.sh'), entries: [file('run me.sh')] },
    [`script-location-words:5: ${AT} "run me.sh" has the character " ", at which agents, which run it as a command line, end the path or do something else; rename it, and give arguments in another script`],
  ],
  [
    'a character of the shell',
    { appSpec: script('run$1.sh'), entries: [file('run$1.sh')] },
    [`script-location-words:5: ${AT} "run$1.sh" has the character "$", at which agents, which run it as a command line, end the path or do something else; rename it, and give arguments in another script`],
  ],
  [
    'a character of cmd',
    windows('run(1).cmd'),
    [`script-location-words:5: ${AT} "run(1).cmd" has the character "(", at which agents, which run it as a command line, end the path or do something else; rename it, and give arguments in another script`],
  ],
  ['a shell script on Windows', windows('run.sh'), [`script-extension:5: ${AT} "run.sh" must end in one of .ps1, .bat, .cmd, .exe, .com, which Windows runs, got ".sh"; call the program from such a script`]],
  ['no extension on Windows', windows('a.b\\run'), [`script-extension:5: ${AT} "a.b\\\\run" must end in one of .ps1, .bat, .cmd, .exe, .com, which Windows runs, got no extension; call the program from such a script`]],
  ['PowerShell without an interpreter on Linux', one('param()\n', 'run.PS1'), [`script-extension:5: ${AT} "run.PS1" ends in ".ps1", which Windows runs, and 'os' is linux; write a script for Linux, or begin it with "#!" and its interpreter`]],
  ['a byte order mark', one('\xef\xbb\xbf#!/bin/sh\n'), [`script-encoding:5: ${AT} "run.sh" begins with a byte order mark, which hides the first line from Linux; save it as UTF-8 without one`]],
  ['UTF-16', one('\xff\xfe#\x00!\x00'), [`script-encoding:5: ${AT} "run.sh" begins with a byte order mark, which hides the first line from Linux; save it as UTF-8 without one`]],
  ['UTF-16, the other end first', one('\xfe\xff\x00#\x00!'), [`script-encoding:5: ${AT} "run.sh" begins with a byte order mark, which hides the first line from Linux; save it as UTF-8 without one`]],
  [
    'CR LF after the interpreter',
    one('#! /bin/bash\r\nexit 0\r\n'),
    [`script-line-ends:5: ${AT} "run.sh" has lines that end with CR LF, and Linux looks for the interpreter "/bin/bash" with a CR at the end of its name; save it with LF, and keep it so by "*.sh text eol=lf" in .gitattributes`],
  ],
  [
    'CR LF in later lines',
    one('#!/bin/bash\nexit 0\r\n'),
    [`script-line-ends:5: ${AT} "run.sh" has lines that end with CR LF, and each command gets a CR at its end; save it with LF, and keep it so by "*.sh text eol=lf" in .gitattributes`],
  ],
  [
    'CR LF without an interpreter',
    one('exit 0\r\n'),
    [`script-line-ends:5: ${AT} "run.sh" has lines that end with CR LF, and each command gets a CR at its end; save it with LF, and keep it so by "*.sh text eol=lf" in .gitattributes`],
  ],
  ['no interpreter', one('exit 0\n'), [`script-interpreter-missing:5: ${AT} "run.sh" does not begin with "#!" and an interpreter: agent 1 runs it by /bin/sh, agent 2 only under 'runas'; write such as #!/bin/bash`]],
  ['an empty script', one(''), [`script-interpreter-missing:5: ${AT} "run.sh" does not begin with "#!" and an interpreter: agent 1 runs it by /bin/sh, agent 2 only under 'runas'; write such as #!/bin/bash`]],
  ['an interpreter without its folder', one('#!bash\n'), [`script-interpreter:5: ${AT} "run.sh" must name its interpreter by an absolute path after "#!", got "bash"; write such as #!/bin/bash, or #!/usr/bin/env python3`]],
  ['no interpreter after the mark', one('#!\n'), [`script-interpreter:5: ${AT} "run.sh" must name its interpreter by an absolute path after "#!", got ""; write such as #!/bin/bash, or #!/usr/bin/env python3`]],
  [
    'a script that is not executable',
    { appSpec: script('run.sh'), entries: [{ ...file('run.sh'), executable: false }] },
    [`script-not-executable:5: ${AT} "run.sh" is not executable; the agent makes it so, but chmod +x makes it run by hand too`],
  ],
  [
    'one script that two events run, told once',
    { appSpec: script('run.sh', './run.sh'), entries: [file('run.sh')], heads: { 'run.sh': 'exit 0' } },
    [`script-interpreter-missing:5: ${AT} "run.sh" does not begin with "#!" and an interpreter: agent 1 runs it by /bin/sh, agent 2 only under 'runas'; write such as #!/bin/bash`],
  ],
];

test.each(sound)('%s breaks no rule', (_, bundle) => {
  expect(told(bundle)).toEqual([]);
});

test.each(broken)('%s', (_, bundle, lines) => {
  expect(told(bundle)).toEqual(lines);
});

test('levels are those of the rules', () => {
  const levels = new Map(broken.flatMap(([, bundle]) => findingsOf(bundle)).map(({ rule, level }) => [rule, level]));
  const warnings = ['script-interpreter-missing', 'script-not-executable'];
  const rules = Object.keys(BUNDLE_RULES).filter((rule) => rule.startsWith('script-') && rule !== 'script-hook-without-load-balancer');
  expect([...levels].sort()).toEqual(rules.map((rule) => [rule, warnings.includes(rule) ? 'warning' : 'error']).sort());
});

const rootOf = (text: string) => {
  const reading = readAppSpecText(text, 'yaml');
  return 'root' in reading ? reading.root : { kind: 'late' as const, line: 1 };
};

test('the scripts of a bundle are its files that the AppSpec runs, each once', () => {
  const root = rootOf(`version: 0.0\nos: linux\n${script('b.sh', 'a', './b.sh', 'absent', 'folder', '../out')}`);
  expect(scriptsOfBundle(root, [file('b.sh'), link('a', 'c.sh'), file('c.sh'), folder('folder'), file('other.sh')])).toEqual(['b.sh', 'c.sh']);
});

test('an AppSpec that knows no os tells nothing about how scripts begin', () => {
  expect(told({ ...one('exit 0\r\n'), os: 'plan9' as 'linux' })).toEqual([]);
});

describe('events that a deployment never plays', () => {
  const root = rootOf(`version: 0.0
os: linux
hooks:
  BeforeBlockTraffic:
    - location: a.sh
    - location: b.sh
  AfterBlockTraffic: [{ location: a.sh }]
  ApplicationStop: [{ location: a.sh }]
  ValidateService: [{ location: a.sh }]
  BeforeAllowTraffic: [{ location: a.sh }]
  AfterAllowTraffic: [{ location: a.sh }]
`);
  const without = (event: string, other: string) => `the scripts of ${event} are never run, since the deployment group has no load balancer; give it one, or move them to ${other}`;

  test('are those of traffic, without a load balancer', () => {
    expect(lintEvents(root, { loadBalancer: false })).toEqual(
      (
        [
          [5, 'BeforeBlockTraffic', 'ApplicationStop'],
          [7, 'AfterBlockTraffic', 'ApplicationStop'],
          [10, 'BeforeAllowTraffic', 'ValidateService'],
          [11, 'AfterAllowTraffic', 'ValidateService'],
        ] as const
      ).map(([line, event, other]) => ({ rule: 'script-hook-without-load-balancer', level: 'warning', line, message: without(event, other) })),
    );
  });

  test('are none with one', () => {
    expect(lintEvents(root, { loadBalancer: true })).toEqual([]);
  });
});
