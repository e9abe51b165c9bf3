import { ENV } from '../../../../lib/model/hook-contract';
import { describeMissing, missingHooks, requiredHooks } from '../../../../lambda/core/hook-inspector/missing-hooks';
import type { NamedHooks } from '../../../../lambda/core/hook-inspector/named-hooks';
import { fakeEnvironment } from '../../support/fake-ports';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';
const REQUIRED = [{ event: 'BeforeInstall' as const, functionArn: ARN }];

describe('missingHooks', () => {
  test.each<[readonly string[] | undefined, string | undefined]>([
    [[ARN], undefined],
    [[`${ARN}:live`], undefined],
    [['smoke'], undefined],
    [['smoke:7'], undefined],
    [['smoke', ARN], undefined],
    [['smoke2'], 'smoke2'],
    [['other:smoke'], 'other:smoke'],
    [['111122223333:function:smoke'], '111122223333:function:smoke'],
    [['arn:aws:lambda:eu-central-1:444455556666:function:smoke'], 'arn:aws:lambda:eu-central-1:444455556666:function:smoke'],
    [['smoke', 'other'], 'smoke, other'],
    [[''], ''],
  ])('%j', (given, named) => {
    const hooks: NamedHooks = new Map([['BeforeInstall', given ?? []]]);
    expect(missingHooks(REQUIRED, hooks)).toEqual(named === undefined ? [] : [{ event: 'BeforeInstall', functionArn: ARN, named }]);
  });

  test('a qualified hook is the function that it is of', () => {
    const required = [{ event: 'BeforeInstall' as const, functionArn: `${ARN}:live` }];
    expect([ARN, `${ARN}:live`, `${ARN}:3`, 'smoke'].map((name) => missingHooks(required, new Map([['BeforeInstall', [name]]])))).toEqual([[], [], [], []]);
  });

  test('what stands at no event, or at another one, is missing', () => {
    const missing = [{ event: 'BeforeInstall', functionArn: ARN }];
    expect(missingHooks(REQUIRED, new Map())).toEqual(missing);
    expect(missingHooks(REQUIRED, new Map([['BeforeInstall', []]]))).toEqual(missing);
    expect(missingHooks(REQUIRED, new Map([['AfterInstall', [ARN]]]))).toEqual(missing);
  });

  test('says what is missing, and what is named instead', () => {
    expect(describeMissing(REQUIRED[0]!)).toBe('BeforeInstall (smoke)');
    expect(describeMissing({ ...REQUIRED[0]!, named: 'other' })).toBe('BeforeInstall (smoke; it names other)');
    expect(describeMissing({ event: 'BeforeInstall', functionArn: 'smoke' })).toBe('BeforeInstall (smoke)');
  });

  test('a name is cut', () => {
    const [missing] = missingHooks(REQUIRED, new Map([['BeforeInstall', ['x'.repeat(500)]]]));
    expect(missing?.named).toBe(`${'x'.repeat(119)}…`);
  });
});

describe('requiredHooks', () => {
  const read = (value: string | undefined) => requiredHooks(fakeEnvironment({ [ENV.requiredHooks]: value }));

  test('reads the list', () => {
    expect(read(JSON.stringify(REQUIRED))).toEqual(REQUIRED);
  });

  test.each([
    [undefined, 'nothing'],
    ['[]', '"[]"'],
    ['{}', '"{}"'],
    ['[null]', '"[null]"'],
    [JSON.stringify([{ event: 'BeforeLunch', functionArn: ARN }]), `"[{"event":"BeforeLunch","functionArn":"${ARN}"}]"`],
    ['[{"event":"BeforeInstall","functionArn":7}]', '"[{"event":"BeforeInstall","functionArn":7}]"'],
    [`[${JSON.stringify(REQUIRED[0])},{"event":"BeforeInstall"}]`, `"[${JSON.stringify(REQUIRED[0])},{"event":"BeforeInst…"`],
  ])('refuses %s', (value, got) => {
    expect(() => read(value)).toThrow(`environment variable GREENLIGHT_REQUIRED_HOOKS must hold a list of { event, functionArn }, got ${got}; deploy the rollout again`);
  });
});
