import { BUNDLE_RULES } from '../../../../lib/model/appspec/rules';
import type { Case } from './bundle-cases';
import { file, findingsOf, folder, link, special, told } from './bundle-cases';

const GB5 = 5_368_709_120;

const sound: readonly (readonly [name: string, bundle: Case])[] = [
  ['nothing', { entries: [] }],
  ['files of 5 GB together', { entries: [file('a', GB5 - 1), file('b', 1)] }],
  ['100,000 files', { entries: Array.from({ length: 100_000 }, (_, index) => file(`f${index}`)) }],
  ['links to a file, a folder and a link beside them', { entries: [file('bin/app'), link('bin/run', 'app'), folder('lib'), link('bin/lib', '../lib'), link('start', './bin/run')] }],
  ['a link by way of a folder that is one', { entries: [file('releases/1/app'), link('current', 'releases/1'), link('app', 'current/app')] }],
  ['names of any language', { entries: [file('é/日本語.txt'), file('with space & more')] }],
  ['a backslash in a name on Linux', { entries: [file('a\\b')] }],
  ['names that differ in case on Linux', { entries: [file('A'), file('a')] }],
  ['a name of 255 bytes', { entries: [file('é'.repeat(127) + 'n')] }],
  ['a path of 3,989 bytes', { entries: [file(pathOf(3_989))] }],
  ['a path of 158 characters on Windows', { os: 'windows', entries: [file('n'.repeat(158))] }],
  ['names on Windows that only begin like devices', { os: 'windows', entries: [file('console.log'), file('auxiliary'), file('com10')] }],
];

const broken: readonly (readonly [name: string, bundle: Case, lines: readonly string[]])[] = [
  [
    'files of more than 5 GB together',
    { entries: [file('small', 1), file('data/large.bin', GB5)] },
    ['bundle-size:1: the files of a bundle must come to 5368709120 bytes at most, got 5368709121, 5368709120 of them in "data/large.bin"; leave out what hosts can fetch by themselves'],
  ],
  [
    '100,001 files',
    { entries: Array.from({ length: 100_001 }, (_, index) => file(`f${index}`)) },
    ['bundle-entries:1: a bundle must have 100000 files and folders at most, got 100001; put what belongs together into an archive, and unpack it in AfterInstall'],
  ],
  ['a pipe', { entries: [special('run/control')] }, ['bundle-special-file:1: "run/control" is a socket, a pipe or a device, which no archive carries; remove it, or leave it out of the bundle']],
  ['a name outside UTF-8', { entries: [{ ...file('caf\\xE9.txt'), notUtf8: true }] }, ['bundle-name-utf8:1: "caf\\\\xE9.txt" has a name that is not UTF-8; rename it']],
  ['a line break in a name', { entries: [file('a\nb')] }, ['bundle-name-characters:1: "a\\nb" has a control character in its name, and agents could not remove it again; rename it']],
  ['a DEL in a name', { entries: [file('a\x7f')] }, ['bundle-name-characters:1: "a\x7f" has a control character in its name, and agents could not remove it again; rename it']],
  ...['a:b', 'what?', 'a\\b', 'dot.', 'space ', 'NUL', 'nul.txt', 'com1.log', 'LPT9'].map(
    (name): (typeof broken)[number] => [
      `the name ${JSON.stringify(name)} on Windows`,
      { os: 'windows', entries: [file(`web/${name}`)] },
      [`bundle-name-characters:1: ${JSON.stringify(`web/${name}`)} has the name ${JSON.stringify(name)}, which Windows does not take; use none of <>:"|?*\\, no dot or space at the end, and no name of a device`],
    ],
  ),
  ['a name of 256 bytes', { entries: [file('é'.repeat(128))] }, [`bundle-path-length:1: "${'é'.repeat(60)}…" has a name of 256 bytes, and hosts take 255; shorten it`]],
  ['a name of 256 bytes in characters of three and four', { entries: [file('日'.repeat(84) + '😀')] }, [`bundle-path-length:1: "${'日'.repeat(60)}…" has a name of 256 bytes, and hosts take 255; shorten it`]],
  ['a path of 3,990 bytes', { entries: [file(pathOf(3_990))] }, [`bundle-path-length:1: "${'n'.repeat(60)}…" is 3990 bytes long, and hosts take 3989 below the folder that agents unpack into; shorten it`]],
  ['a path of 159 characters on Windows', { os: 'windows', entries: [file('n'.repeat(159))] }, [`bundle-path-length:1: "${'n'.repeat(60)}…" is 159 characters long, and Windows takes 158 below the folder that agents unpack into; shorten it`]],
  ['a link out of the bundle', { entries: [link('bin/run', '../../run')] }, ['bundle-link-outside:1: "bin/run" is a link to "../../run", which is outside of the bundle; put a copy in its place, or link to something in the bundle by a relative path']],
  ['an absolute link', { entries: [link('run', '/bin/sh')] }, ['bundle-link-outside:1: "run" is a link to "/bin/sh", which is outside of the bundle; put a copy in its place, or link to something in the bundle by a relative path']],
  ['an absolute link of Windows', { entries: [link('run', 'C:/run')] }, ['bundle-link-outside:1: "run" is a link to "C:/run", which is outside of the bundle; put a copy in its place, or link to something in the bundle by a relative path']],
  [
    'a link that leaves by way of another',
    { entries: [file('a/b/f'), link('up', 'a/..'), link('out', 'up/../f')] },
    ['bundle-link-outside:1: "out" is a link to "up/../f", which is outside of the bundle; put a copy in its place, or link to something in the bundle by a relative path'],
  ],
  ['a link to nothing', { entries: [link('run', 'app')] }, ['bundle-link-dangling:1: "run" is a link to "app", which is not in the bundle; add it, or remove the link']],
  [
    'links to each other',
    { entries: [link('a', 'b'), link('b', 'a')] },
    ['bundle-link-dangling:1: "a" is a link to "b", which is not in the bundle; add it, or remove the link', 'bundle-link-dangling:1: "b" is a link to "a", which is not in the bundle; add it, or remove the link'],
  ],
  ['a link on Windows', { os: 'windows', entries: [file('app.exe'), link('run.exe', '../app.exe')] }, ['bundle-link-on-windows:1: "run.exe" is a link, and what unpacks bundles on Windows makes none; put a copy in its place']],
  ['names that differ in case on Windows', { os: 'windows', entries: [file('web/A.txt'), file('web/a.TXT')] }, ['bundle-name-case:1: "web/a.TXT" and "web/A.txt" are one path on Windows; rename one']],
];

/** A path of so many bytes, in names of 255 at most. */
function pathOf(bytes: number): string {
  return 'n'.repeat(bytes).replace(/(.{254})./g, '$1/');
}

test.each(sound)('%s breaks no rule', (_, bundle) => {
  expect(told(bundle)).toEqual([]);
});

test.each(broken)('%s', (_, bundle, lines) => {
  expect(told(bundle)).toEqual(lines);
});

test('twenty of a kind are told one by one', () => {
  const lines = (count: number) => told({ entries: Array.from({ length: count }, (_, index) => special(`p${index}`)) });
  expect(lines(20)).toHaveLength(20);
  expect(lines(22).slice(19)).toEqual([
    'bundle-special-file:1: "p19" is a socket, a pipe or a device, which no archive carries; remove it, or leave it out of the bundle',
    'bundle-special-file:1: so it is with 2 more; begin with those that are told',
  ]);
});

test('all of it is an error', () => {
  const levels = broken.flatMap(([, bundle]) => findingsOf(bundle)).map(({ rule, level }) => [rule, level]);
  expect(levels).toEqual(levels.map(([rule]) => [rule, 'error']));
  expect(new Set(levels.map(([rule]) => rule))).toEqual(new Set(Object.keys(BUNDLE_RULES).filter((rule) => rule.startsWith('bundle-'))));
});
