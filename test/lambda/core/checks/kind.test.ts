import type { CheckKind, CheckKinds } from '../../../../lambda/core/checks/kind';
import { loadKinds } from '../../../../lambda/core/checks/kind';

test.each<[unknown, readonly string[]]>([
  [{ checks: [{ kind: 'http' }, { kind: 'http' }, { kind: 'cron' }] }, ['http']],
  [{ checks: [null, 5, { kind: 'alarm' }, {}] }, ['alarm']],
  [{ checks: 'http' }, []],
  [{}, []],
  [null, []],
  [5, []],
])('of %j the kinds %j are loaded, and no others', async (document, expected) => {
  const loaded: string[] = [];
  const kind = (name: string) => async () => {
    loaded.push(name);
    return { name } as unknown as CheckKind<never>;
  };
  const kinds = await loadKinds({ http: kind('http'), alarm: kind('alarm') } as unknown as CheckKinds, document);
  expect([...kinds.keys()]).toEqual(expected);
  expect(loaded).toEqual(expected);
});
