import { MAX_APP_SPEC_LENGTH, namedHooks } from '../../../../lambda/core/hook-inspector/named-hooks';

const RESOURCES = 'version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n';

/** Events with their functions; those without one left out. */
function named(content: string): unknown {
  const hooks = namedHooks(content);
  return typeof hooks === 'string' ? hooks : Object.fromEntries([...hooks].filter(([, functions]) => functions.length > 0));
}

describe('namedHooks', () => {
  test.each<[string, string, unknown]>([
    ['YAML', `${RESOURCES}Hooks:\n  - BeforeInstall: a\n  - AfterAllowTraffic: arn:aws:lambda:eu-central-1:111122223333:function:b\n`, { BeforeInstall: ['a'], AfterAllowTraffic: ['arn:aws:lambda:eu-central-1:111122223333:function:b'] }],
    ['JSON', '{"version":"0.0","Resources":[],"Hooks":[{"AfterInstall":"a"},{"AfterAllowTestTraffic":"b"},{"BeforeAllowTraffic":"c"}]}', { AfterInstall: ['a'], AfterAllowTestTraffic: ['b'], BeforeAllowTraffic: ['c'] }],
    ['keys in lower case', 'version: 0.0\nresources: []\nhooks:\n  - beforeinstall: a\n', { BeforeInstall: ['a'] }],
    ['several hooks in one map', 'Hooks: [{ BeforeInstall: a, AfterInstall: b }]', { BeforeInstall: ['a'], AfterInstall: ['b'] }],
    ['an event that stands twice', 'Hooks: [{ BeforeInstall: a }, { BeforeInstall: b }]', { BeforeInstall: ['a', 'b'] }],
    ['an event that stands twice in one map, in different case', 'Hooks: [{ BeforeInstall: a, beforeInstall: b }]', { BeforeInstall: ['a', 'b'] }],
    ['two sections', 'Hooks: [{ BeforeInstall: a }]\nhooks: [{ BeforeInstall: b }]', { BeforeInstall: ['a', 'b'] }],
    ['an alias', 'x: &fn a\nHooks: [{ BeforeInstall: *fn }]', { BeforeInstall: ['a'] }],
    ['an unknown event', 'Hooks: [{ BeforeLunch: a }]', {}],
    ['a hook that is no text', 'Hooks: [{ BeforeInstall: 7 }, { AfterInstall: null }, { BeforeAllowTraffic: [a] }]', {}],
    ['no section', RESOURCES, {}],
    ['an empty section', `${RESOURCES}Hooks:\n`, {}],
    ['an empty list', `${RESOURCES}Hooks: []\n`, {}],
  ])('reads %s', (_, content, hooks) => {
    expect(named(content)).toEqual(hooks);
  });

  test.each([
    ['a broken document', 'Hooks: [', 'it is neither JSON nor YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['the same key twice', 'Hooks: []\nHooks: []', 'it is neither JSON nor YAML: Map keys must be unique'],
    ['a text', 'nothing', 'it is not a map'],
    ['a list', '[]', 'it is not a map'],
    ['nothing', '', 'it is not a map'],
    ['hooks that are a map', 'Hooks: { BeforeInstall: a }', 'its Hooks are not a list of maps'],
    ['hooks that are a text', 'Hooks: a', 'its Hooks are not a list of maps'],
    ['a hook that is a text', 'Hooks: [BeforeInstall]', 'its Hooks are not a list of maps'],
    ['a hook that is nothing', 'Hooks: [null]', 'its Hooks are not a list of maps'],
    ['lists in the list', 'Hooks: [[{ BeforeInstall: a }]]', 'its Hooks are not a list of maps'],
    ['an alias of nothing', 'Hooks: *gone', 'it cannot be read: ReferenceError: Unresolved alias (the anchor must be set before the alias): gone'],
  ])('does not read %s', (_, content, problem) => {
    expect(namedHooks(content)).toBe(problem);
  });

  test('does not write out aliases without end', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefg'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[index]}`).join(',')}]`), 'Hooks: [{ BeforeInstall: x }]'].join('\n');
    expect(namedHooks(bomb)).toBe('it cannot be read: ReferenceError: Excessive alias count indicates a resource exhaustion attack');
  });

  test('does not fall over a document that is nested deeply', () => {
    expect(namedHooks(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toMatch(/^it (cannot be read: RangeError|is neither JSON nor YAML)/);
  });

  test('reads so many characters, and no more', () => {
    const padded = (length: number) => `Hooks: [{ BeforeInstall: a }] #${'x'.repeat(length - 31)}`;
    expect(padded(MAX_APP_SPEC_LENGTH)).toHaveLength(100_000);
    expect(named(padded(MAX_APP_SPEC_LENGTH))).toEqual({ BeforeInstall: ['a'] });
    expect(namedHooks(padded(MAX_APP_SPEC_LENGTH + 1))).toBe('it has 100001 characters, at most 100000 are read');
  });
});
