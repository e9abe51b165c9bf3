import type { Case } from './bundle-cases';
import { file, folder, link, told } from './bundle-cases';

const files = (...pairs: readonly (readonly [source: string, destination: string])[]) =>
  `files:\n${pairs.map(([source, destination]) => `  - source: '${source}'\n    destination: '${destination}'\n`).join('')}`;

const permissions = (copied: string, ...lines: readonly string[]) => `${copied}permissions:\n${lines.map((line) => `  - ${line}\n`).join('')}`;

const WEB = [file('web/index.html'), file('web/css/site.css'), folder('web/empty'), file('config.txt')];

const sound: readonly (readonly [name: string, bundle: Case])[] = [
  ['the whole bundle', { appSpec: files(['/', '/srv/app']), entries: WEB }],
  ['the whole bundle on Windows', { os: 'windows', appSpec: files(['\\', 'c:\\temp']), entries: WEB }],
  ['files and folders, however they are written', { appSpec: files(['./web/', '/srv'], ['/config.txt', '/etc/app'], ['web/css/../index.html', '/opt']), entries: WEB }],
  ['backslashes and another case on Windows', { os: 'windows', appSpec: files(['.\\Web\\CSS', 'c:\\temp']), entries: WEB }],
  ['one folder to two places', { appSpec: files(['web', '/srv/a'], ['web', '/srv/b']), entries: WEB }],
  ['two folders with different files to one place', { appSpec: files(['web/css', '/srv'], ['web/empty', '/srv'], ['config.txt', '/srv']), entries: WEB }],
  ['a file by way of a link', { appSpec: files(['current/index.html', '/srv']), entries: [...WEB, link('current', 'web')] }],
  ['a link to a file', { appSpec: files(['latest.txt', '/srv']), entries: [...WEB, link('latest.txt', 'config.txt')] }],
  ['names that differ in case on Linux', { appSpec: files(['a', '/srv'], ['A', '/srv']), entries: [file('a'), file('A')] }],
  ['permissions of a file, of a folder and of the folders above', { appSpec: permissions(files(['web', '/srv/web/']), 'object: /srv/web/index.html', 'object: /srv/web', 'object: /srv/web/css/', 'object: /srv', 'object: /'), entries: WEB }],
  ['a pattern for what lies in a folder', { appSpec: permissions(files(['web', '/srv']), 'object: /srv/css\n    pattern: "*.css"\n    except: [a.css]'), entries: WEB }],
  ['a permission of the folder that a file is copied to', { appSpec: permissions(files(['config.txt', '/etc/app']), 'object: /etc/app', 'object: /etc'), entries: WEB }],
];

const broken: readonly (readonly [name: string, bundle: Case, lines: readonly string[]])[] = [
  ['a source that is not there', { appSpec: files(['webb', '/srv']), entries: WEB }, [`file-source-absent:4: 'files[0].source' "webb" is not in the bundle; add it, or correct the path, which begins at the root of the bundle`]],
  ['a source in another case', { appSpec: files(['web/CSS/Site.css', '/srv']), entries: WEB }, [`file-source-absent:4: 'files[0].source' "web/CSS/Site.css" is not in the bundle; did you mean "web/css/site.css"? Linux tells case apart`]],
  ['a source in a file', { appSpec: files(['config.txt/a', '/srv']), entries: WEB }, [`file-source-absent:4: 'files[0].source' "config.txt/a" is not in the bundle; add it, or correct the path, which begins at the root of the bundle`]],
  ['a backslash on Linux', { appSpec: files(['web\\css', '/srv']), entries: WEB }, [`file-source-absent:4: 'files[0].source' "web\\\\css" is not in the bundle; add it, or correct the path, which begins at the root of the bundle`]],
  ['a source that leads out', { appSpec: files(['config.txt', '/srv'], ['web/../../x', '/srv']), entries: WEB }, [`file-source-outside:6: 'files[1].source' "web/../../x" leads out of the bundle; name something in it, relative to its root`]],
  ['a source that leads out and in', { appSpec: files(['../bundle', '/srv']), entries: WEB }, [`file-source-outside:4: 'files[0].source' "../bundle" leads out of the bundle; name something in it, relative to its root`]],
  ['a link to a folder', { appSpec: files(['current', '/srv']), entries: [...WEB, link('current', 'web')] }, [`file-source-link:4: 'files[0].source' "current" is a link to the folder "web"; agent 1 copies the link and agent 2 the folder: name the folder`]],
  [
    'two files for one place',
    { appSpec: files(['a/config.txt', '/etc/app/'], ['b/config.txt', '/etc/./x/../app']), entries: [file('a/config.txt'), file('b/config.txt')] },
    [`file-target-twice:6: 'files[1].source' "b/config.txt" copies "b/config.txt" to "/etc/app/config.txt", where "a/config.txt" is copied to already, which the agent refuses; change a destination, or take one of them out`],
  ],
  [
    'a file that a folder has too, told once for each source',
    { appSpec: files(['a', '/srv'], ['b', '/srv']), entries: [file('a/1'), file('a/2'), file('b/1'), file('b/2')] },
    [`file-target-twice:6: 'files[1].source' "b" copies "b/1" to "/srv/1", where "a/1" is copied to already, which the agent refuses; change a destination, or take one of them out`],
  ],
  [
    'a file in the place of a folder',
    { appSpec: files(['web', '/srv/site'], ['site', '/srv']), entries: [...WEB, file('site')] },
    [`file-target-twice:6: 'files[1].source' "site" copies "site" to "/srv/site", where a folder is already, which the agent refuses; change a destination, or take one of them out`],
  ],
  [
    'a folder in the place of a file',
    { appSpec: files(['site', '/srv'], ['web', '/srv/site']), entries: [...WEB, file('site')] },
    [`file-target-twice:6: 'files[1].source' "web" copies "web" to "/srv/site", where "site" is copied to already, which the agent refuses; change a destination, or take one of them out`],
  ],
  [
    'one place in two cases on Windows',
    { os: 'windows', appSpec: files(['a\\x.txt', 'c:\\Temp'], ['b\\X.TXT', 'C:/temp']), entries: [file('a/x.txt'), file('b/X.TXT')] },
    [`file-target-twice:6: 'files[1].source' "b\\\\X.TXT" copies "b/X.TXT" to "/c:/temp/x.txt", where "a/x.txt" is copied to already, which the agent refuses; change a destination, or take one of them out`],
  ],
  [
    'a destination that is too long on Windows',
    { os: 'windows', appSpec: files(['a.txt', `c:\\${'d'.repeat(250)}`], ['ab.txt', `c:\\${'d'.repeat(250)}`]), entries: [file('a.txt'), file('ab.txt')] },
    [`bundle-path-length:6: 'files[1].source' "ab.txt" copies a file to a path of 260 characters, and Windows takes 259; choose a shorter destination`],
  ],
  [
    'more copies than there may be',
    { appSpec: files(['/', '/a'], ['/', '/b'], ['/', '/c']), entries: Array.from({ length: 90_000 }, (_, index) => file(`f${index}`)) },
    [`bundle-entries:8: 'files' must copy 250000 files and folders at most, and with 'files[2].source' it copies more; copy a folder once`],
  ],
  [
    'a permission of what is not copied',
    { appSpec: permissions(files(['web', '/srv']), 'object: /srv/index.htm', 'object: /var'), entries: WEB },
    [
      `permission-without-effect:7: 'permissions[0].object' "/srv/index.htm" is nothing that 'files' copies, nor a folder above it, and the permission has no effect; correct the path, or remove the entry`,
      `permission-without-effect:8: 'permissions[1].object' "/var" is nothing that 'files' copies, nor a folder above it, and the permission has no effect; correct the path, or remove the entry`,
    ],
  ],
  [
    'a file of a copied folder with what is for folders',
    { appSpec: permissions(files(['web', '/srv']), 'object: /srv/index.html\n    pattern: "*.html"\n    except: [b]\n    acls: ["d:u:bob:rw", "u:bob:rw", "default:u:eve:r"]'), entries: WEB },
    [
      `permission-pattern-on-file:8: 'permissions[0].pattern' must be "**" for a file, got "*.html"; leave it out, or name the folder in 'object'`,
      `permission-except-on-file:9: 'permissions[0].except[0]' must not be there for a file, got "b"; leave 'except' out, or name the folder in 'object'`,
      `acl-default-on-file:10: the entry "d:u:bob:rw" of 'permissions[0].acls[0]' is a default, which only directories have; name the folder in 'object', with type: [directory]`,
      `acl-default-on-file:10: the entry "default:u:eve:r" of 'permissions[0].acls[2]' is a default, which only directories have; name the folder in 'object', with type: [directory]`,
    ],
  ],
  [
    'a file of a copied folder with a permission for directories',
    { appSpec: permissions(files(['web', '/srv']), 'object: /srv/index.html\n    type: [directory]'), entries: WEB },
    [`permission-without-effect:7: 'permissions[0].object' "/srv/index.html" is a copied file, and the permission is for directories; add file to 'type'`],
  ],
];

test.each(sound)('%s breaks no rule', (_, bundle) => {
  expect(told(bundle)).toEqual([]);
});

test.each(broken)('%s', (_, bundle, lines) => {
  expect(told(bundle)).toEqual(lines);
});

test('what the rules of the document say of a file that is a source is not said again', () => {
  const entries = [file('config.txt')];
  expect(told({ appSpec: permissions(files(['config.txt', '/etc']), 'object: /etc/config.txt\n    pattern: "*.txt"'), entries })).toEqual([]);
});

test('what is malformed is for the rules of the document', () => {
  const appSpec = 'files: [{ source: a }, 7, { source: [b], destination: /c }, { source: " ", destination: /d }]\npermissions: { object: /e }\nhooks: [ApplicationStart]\n';
  expect(told({ appSpec, entries: [] })).toEqual([]);
  expect(told({ os: 'windows', appSpec: 'permissions: [{ object: /e }]\n', entries: [] })).toEqual([]);
});
