/** A script is added to an AppSpec, and nothing else of it changes. */
import { valueOf } from '../../../../lib/model/appspec/part';
import { addScript } from '../../../../rehearsal/documents/appspec/add-script';
import { printYaml } from '../../../../rehearsal/documents/appspec/print-appspec';
import { readAppSpecText } from '../../../../rehearsal/documents/appspec/read-appspec';
import { anyAppSpec } from '../../../support/appspecs';
import { fc, RUNS } from '../../../support/properties';

const SCRIPT = { event: 'ValidateService', location: 'greenlight/validate-service.sh', timeout: 180 };
const ADDED = '    - location: greenlight/validate-service.sh\n      timeout: 180\n';
const BASE = 'version: 0.0\nos: linux\n';

test.each<[string, string, string]>([
  ['an AppSpec without hooks', `# mine\n${BASE}`, `# mine\n${BASE}hooks:\n  ValidateService:\n${ADDED}`],
  ['hooks without the event', `${BASE}hooks:\n  AfterInstall:\n    - location: a.sh\n`, `${BASE}hooks:\n  AfterInstall:\n    - location: a.sh\n  ValidateService:\n${ADDED}`],
  [
    'scripts of the event, comments, and numbers as they are written',
    `${BASE}permissions:\n  - object: /x\n    mode: 0644 # as chmod\n    owner: "me"\nhooks:\n  ValidateService:\n    # first\n    - location: 'a.sh'\n      timeout: 0x10\n      runas: root\n  ApplicationStart:\n`,
    `${BASE}permissions:\n  - object: /x\n    mode: 0644 # as chmod\n    owner: "me"\nhooks:\n  ValidateService:\n    # first\n    - location: 'a.sh'\n      timeout: 0x10\n      runas: root\n${ADDED}  ApplicationStart:\n`,
  ],
  ['an event without scripts', `${BASE}hooks:\n  ValidateService:\n  AfterInstall: ~\n`, `${BASE}hooks:\n  ValidateService:\n${ADDED}  AfterInstall: ~\n`],
  ['hooks that are nothing', `${BASE}hooks: null\n`, `${BASE}hooks:\n  ValidateService:\n${ADDED}`],
  [
    'JSON',
    '{"version": 0.0, "os": "linux", "hooks": {"ValidateService": [{"location": "a"}]}}',
    '{ "version": 0.0, "os": "linux", "hooks": { "ValidateService": [ { "location": "a" }, { location: greenlight/validate-service.sh, timeout: 180 } ] } }\n',
  ],
  [
    'scripts that another event shares, which are written out',
    `${BASE}hooks:\n  AfterInstall: &all\n    - location: a.sh\n  ValidateService: *all\n`,
    `${BASE}hooks:\n  AfterInstall:\n    - location: a.sh\n  ValidateService:\n    - location: a.sh\n${ADDED}`,
  ],
  [
    'scripts that another event takes over',
    `${BASE}hooks:\n  ValidateService: &all\n    - location: a.sh\n  AfterInstall: *all\n`,
    `${BASE}hooks:\n  ValidateService:\n    - location: a.sh\n${ADDED}  AfterInstall:\n    - location: a.sh\n`,
  ],
  [
    'hooks that are merged',
    `${BASE}hooks:\n  <<: { ValidateService: [{ location: a.sh }] }\n  AfterInstall:\n    - location: b.sh\n`,
    `${BASE}hooks:\n  AfterInstall:\n    - location: b.sh\n  ValidateService:\n    - location: a.sh\n${ADDED}`,
  ],
])('to %s', (_, text, expected) => {
  expect(addScript(text, SCRIPT)).toBe(expected);
});

test('whatever the AppSpec is', () => {
  const read = (text: string): unknown => {
    const reading = readAppSpecText(text, 'yaml');
    return 'root' in reading ? valueOf(reading.root) : reading.findings;
  };
  fc.assert(
    fc.property(anyAppSpec, (document) => {
      const { hooks = {} } = document as { readonly hooks?: Readonly<Record<string, readonly object[]>> };
      const { event, ...script } = SCRIPT;
      expect(read(addScript(printYaml(document), SCRIPT))).toEqual({ ...document, hooks: { ...hooks, [event]: [...(hooks[event] ?? []), script] } });
    }),
    { numRuns: RUNS / 10 },
  );
});
