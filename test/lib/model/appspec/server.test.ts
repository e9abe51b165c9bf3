/** Both sides of every limit in the AppSpecs of servers; one file for each rule is in test/appspec/corpus. */
import { lintServerFileName } from '../../../../lib/model/appspec/file-name';
import { rulesBroken } from './findings-of';

const server = (more: string, os = 'linux') => rulesBroken(`version: 0.0\nos: ${os}\n${more}`, 'server');
const permission = (more: string, files = '') => server(`${files}permissions:\n  - object: /srv/app\n${more}`).map((found) => found.split(':')[0]);

test.each([
  ['644', []],
  ['7', []],
  ['"0"', []],
  ['0', []],
  ['7777', []],
  ['"0755"', []],
  ["'0755'", []],
  ['8', ['mode-digits']],
  ['12345', ['mode-length']],
  ['""', ['mode-length']],
  ['-644', ['mode-digits']],
  ['64.4', ['mode-digits']],
  ['0o644', ['mode-length']],
  ['00', ['mode-octal']],
  ['0755', ['mode-octal']],
  // No octal number in YAML 1.1 either, but a text.
  ['0855', ['mode-digits']],
  ['true', ['wrong-type']],
])('mode %s breaks %j', (mode, rules) => {
  expect(permission(`    mode: ${mode}\n`)).toEqual(rules);
});

test.each([
  ['bob:rw', []],
  ['u:bob:rw', []],
  ['user:bob:r-x', []],
  ['g:staff:7', []],
  ['group:staff:0', []],
  ['m:rw', []],
  ['mask::rw', []],
  ['"m::"', []],
  ['u:m:rw', []],
  ['d:bob:rw', []],
  ['d::rw', []],
  ['default:u::rwx', []],
  ['d:o::r', []],
  ['d:m::rw', []],
  ['d:other:r', []],
  ['"u:bob:"', []],
  ['rw', ['acl-parts']],
  ['a:b:c:d:e', ['acl-parts']],
  ['u:d:bob:rw', ['acl-default']],
  ['d:default:bob:rw', ['acl-default']],
  ['x:bob:rw', ['acl-kind']],
  ['U:bob:rw', ['acl-kind']],
  ['d:x:bob:rw', ['acl-kind']],
  ['"::rw"', ['acl-kind']],
  ['m:bob:rw', ['acl-name']],
  ['o:bob:r', ['acl-name']],
  ['other:mask:r', ['acl-name']],
  ['":rw"', ['acl-unnamed']],
  ['u::rw', ['acl-unnamed']],
  ['g::rw', ['acl-unnamed']],
  ['o::r', ['acl-unnamed']],
  ['o:r', ['acl-unnamed']],
  ['bob:rx+', ['acl-permissions']],
  ['bob:R', ['acl-permissions']],
  ['bob:8', ['acl-permissions']],
  ['bob:77', ['acl-permissions']],
])('the ACL entry %s of directories breaks %j', (entry, rules) => {
  expect(permission(`    acls:\n      - ${entry}\n    type: [directory]\n`)).toEqual(rules);
});

test.each([
  ['[file]', ['acl-default-on-file']],
  ['[file, directory]', ['acl-default-on-file']],
  ['[directory]', []],
  ['', ['acl-default-on-file']],
  // Only what is wrong with the type is said.
  ['[folder]', ['permission-type']],
])('a default ACL entry of type %s breaks %j', (type, rules) => {
  expect(permission(`    acls: ["d:bob:rw"]\n    type: ${type}\n`)).toEqual(rules);
});

test.each([
  ['s0', []],
  ['s0-s0', []],
  ['s0-s15:c0.c1023', []],
  ['s0:c1,c3', []],
  ['s0:c5.c5', []],
  ['s10-s9', ['range-sensitivity-order']],
  ['s', ['range-sensitivity']],
  ['s0-', ['range-parts']],
  ['"-s1"', ['range-parts']],
  ['":c1"', ['range-parts']],
  ['s0-t1', ['range-sensitivity']],
  ['s0-s1-s2', ['range-sensitivity']],
  ['S0', ['range-sensitivity']],
  ['s0:c1024', ['range-category']],
  ['s0:c1.c1024', ['range-category']],
  ['s0:c', ['range-category']],
  ['s0:1', ['range-category']],
  ['"s0:c1,"', ['range-category']],
  ['s0:c1.c2.c3', ['range-category']],
  ['s0:c2.c1', ['range-category-order']],
  ['s0:c1,c1', ['range-category-twice']],
  ['s0:c1.c3,c3.c4', ['range-category-twice']],
  ['[s0]', ['wrong-type']],
])('the range %s breaks %j', (range, rules) => {
  expect(permission(`    context:\n      type: httpd_t\n      range: ${range}\n`)).toEqual(rules);
});

test.each([
  ['the user under both keys', '      type: t\n      user: u\n      name: u\n', []],
  ['the user under the key of the agent', '      type: t\n      name: u\n', []],
  ['the user under the key of the documentation', '      type: t\n      user: u\n', ['context-user']],
  ['a blank type', '      type: " "\n', ['context-type-missing']],
  ['a role', '      type: t\n      role: r\n', ['unknown-key']],
])('a context with %s breaks %j', (_, context, rules) => {
  expect(permission(`    context:\n${context}`)).toEqual(rules);
});

const COPIED = 'files:\n  - source: ./bin/app\n    destination: /srv/\n';

test.each([
  ['the pattern of everything on a file', '    pattern: "**"\n    except: []\n', []],
  ['a pattern on a file', '    pattern: "*"\n', ['permission-pattern-on-file']],
  ['an exception on a file', '    except: [a]\n', ['permission-except-on-file']],
  ['both, for the directories in it only', '    pattern: "*"\n    except: [a]\n    type: [directory]\n', []],
  ['an empty pattern', '    pattern:\n', []],
  ['an except that is no list', '    except: a\n', ['wrong-type']],
  ['an owner that is a list', '    owner: [root]\n', ['wrong-type']],
])('%s breaks %j', (_, more, rules) => {
  expect(permission(more, COPIED)).toEqual(rules);
});

test.each([
  ['the file system', 'files:\n  - source: app\n    destination: /\n', '/app', ['permission-pattern-on-file:9']],
  ['the whole bundle', 'files:\n  - source: /\n    destination: /srv\n', '/srv/app', []],
])('a file that is copied to or from %s', (_, files, object, found) => {
  expect(server(`${files}permissions:\n  - object: ${object}\n    mode: 644\n    pattern: "*"\n`)).toEqual(found);
});

const twice = (first: string, second: string) => server(`permissions:\n  - { object: /srv, ${first} }\n  - { object: /srv, ${second} }\n`);

test.each([
  ['mode: 644', 'owner: a', ['permission-twice:5']],
  ['type: [file]', 'type: [directory]', []],
  ['type: [file]', 'type: [directory, file]', ['permission-twice:5']],
  ['pattern: "*.a"', 'pattern: "*.b"', []],
  ['pattern: "*.a"', 'pattern: "*.a"', ['permission-twice:5']],
  ['except: [a]', 'except: [b]', []],
  ['mode: 644', 'except: [b]', []],
])('permissions for { %s } and { %s }: %j', (first, second, found) => {
  expect(twice(first, second)).toEqual(found);
});

const destination = (path: string, os: string) => server(`files:\n  - source: a\n    destination: ${path}\n`, os);

test.each([
  ['/srv', 'linux', []],
  ['/', 'linux', []],
  ['srv', 'linux', ['file-destination-relative:5']],
  ['c:\\srv', 'linux', ['file-destination-relative:5']],
  ['c:\\srv', 'windows', []],
  ['C:/srv', 'windows', []],
  ['\\\\host\\share', 'windows', []],
  ['c:srv', 'windows', ['file-destination-relative:5']],
  // Which of them it has to be is not known.
  ['srv', 'solaris', ['os-unsupported:2']],
])('the destination %s on %s breaks %j', (path, os, found) => {
  expect(destination(path, os)).toEqual(found);
});

test.each([
  ['a', 'a/', ['file-twice:6']],
  ['a', './a', ['file-twice:6']],
  ['.\\a', 'a', ['file-twice:6']],
  ['a', 'b', []],
  ['a', 'a/b', []],
])('sources %s and %s of one destination break %j', (first, second, found) => {
  expect(server(`files:\n  - source: ${first}\n    destination: /srv\n  - source: ${second}\n    destination: /srv/\n`)).toEqual(found);
});

const script = (timeout: string) => server(`hooks:\n  AfterInstall:\n    - location: a.sh\n      timeout: ${timeout}\n`);

test.each([
  ['1', []],
  ['3600', []],
  ['"300"', []],
  ['', []],
  ['3601', ['script-timeout-sum:4']],
  ['0', ['script-timeout:6']],
  ['-1', ['script-timeout:6']],
  ['1.5', ['script-timeout:6']],
  ['1e3', ['script-timeout:6']],
  ['soon', ['script-timeout:6']],
  ['99999999999999999999', ['script-timeout:6']],
])('the timeout %s breaks %j', (timeout, found) => {
  expect(script(timeout)).toEqual(found);
});

test('scripts without a timeout add nothing to the sum, and events are summed one by one', () => {
  expect(
    server('hooks:\n  BeforeInstall: [{ location: a, timeout: 3600 }, { location: b }]\n  AfterInstall: [{ location: c, timeout: 3600 }]\n'),
  ).toEqual([]);
});

test('sections that are empty are none', () => {
  expect(server('files:\npermissions:\nhooks:\nfile_exists_behavior:\n')).toEqual([]);
  expect(server('permissions: []\n', 'windows')).toEqual([]);
});

test('everything is said at once, in the order of the file', () => {
  expect(rulesBroken('os: Linux\nfiles:\n  - source: a\npermissions:\n  - mode: 999\nhooks:\n  Install:\n  AfterInstall:\n    - timeout: x\n', 'server')).toEqual([
    'version-missing:1',
    'os-unsupported:1',
    'file-destination-missing:3',
    'permission-object-missing:5',
    'mode-digits:5',
    'script-hook-reserved:7',
    'script-location-missing:9',
    'script-timeout:9',
  ]);
});

test.each([
  ['appspec.yml', []],
  ['appspec.yaml', ['file-name-yaml']],
  ['appspec.json', ['file-name-json']],
  ['APPSPEC.JSON', ['file-name-json']],
  ['Appspec.yml', ['file-name']],
  ['prod.appspec.yml', ['file-name']],
])('the file name %s breaks %j', (name, rules) => {
  expect(lintServerFileName(name).map(({ rule }) => rule)).toEqual(rules);
});
