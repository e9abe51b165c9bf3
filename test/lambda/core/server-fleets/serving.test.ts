import type { DeploymentFacts, Facts } from '../../../../lambda/core/deployment/facts';
import { lastReleases, servingFleet } from '../../../../lambda/core/server-fleets/serving';
import type { ServerGroupFacts } from '../../../../lambda/core/server-groups/ports';
import { deployed, FLEETS, servers } from '../../support/server-requests';

const group = (more: Partial<ServerGroupFacts> = {}): ServerGroupFacts => ({ id: 'g', autoScalingGroups: ['blue'], blueGreen: true, lastSuccessful: 'd-1', lastAttempted: 'd-2', ...more });
const at = (id: string, status: string, createdAt: number | undefined, creator = 'user') => deployed(id, status, { creator, createdAt });
const known = (...found: readonly DeploymentFacts[]): Facts['deployments'] => Object.fromEntries(found.map((each) => [each.id, each]));

const D1 = at('d-1', 'Succeeded', 1);
const D2 = at('d-2', 'Failed', 2);
const D3 = at('d-3', 'Succeeded', 3);

describe('the last releases of a group', () => {
  test.each<[string, ServerGroupFacts, Facts['deployments'], readonly string[], object]>([
    ['the success is looked at', group(), {}, [], { look: { at: 'deployment', id: 'd-1' } }],
    ['the attempt is looked at', group(), known(D1), [], { look: { at: 'deployment', id: 'd-2' } }],
    ['another one is looked at', group(), known(D1, D2), ['d-3'], { look: { at: 'deployment', id: 'd-3' } }],
    ['are as the group says', group(), known(D1, D2), [], { success: D1, attempt: D2 }],
    ['may be one', group({ lastAttempted: 'd-1' }), known(D1), [], { success: D1, attempt: D1 }],
    ['may be none', group({ lastSuccessful: undefined, lastAttempted: undefined }), {}, [], { success: undefined, attempt: undefined }],
    ['may have no success', group({ lastSuccessful: undefined }), known(D2), [], { success: undefined, attempt: D2 }],
    ['may not be known any more', group(), { 'd-1': 'missing', 'd-2': D2 }, [], { success: undefined, attempt: D2 }],
    ['may be newer than the group shows', group(), known(D1, D2, D3), ['d-3'], { success: D3, attempt: D3 }],
    ['are no older than the group shows', group(), known(at('d-0', 'Succeeded', 0), D1, D2), ['d-0'], { success: D1, attempt: D2 }],
    ['an attempt that has succeeded is the success', group(), known(D1, at('d-2', 'Succeeded', 2)), [], { success: at('d-2', 'Succeeded', 2), attempt: at('d-2', 'Succeeded', 2) }],
    ['without a moment are old', group(), known(at('d-1', 'Succeeded', undefined), D2), [], { success: at('d-1', 'Succeeded', undefined), attempt: D2 }],
    ['without a moment are old, wherever they stand', group(), known(D1, at('d-2', 'Failed', undefined)), [], { success: D1, attempt: D1 }],
  ])('%s', (_what, facts, deployments, also, expected) => {
    expect(lastReleases(facts, { deployments }, also)).toEqual(expected);
  });

  const R1 = at('d-1', 'Succeeded', 1, 'autoscaling');
  const R2 = at('d-2', 'Failed', 2, 'CodeDeployAutoUpdate');
  const EARLIER = at('d-0', 'Succeeded', 0);
  const HALF = at('d-0B', 'Failed', 0.5);

  test.each<[string, Facts['deployments'], Facts['attempts'], object]>([
    ['are looked for', known(R1, D2), undefined, { look: { at: 'attempts', optional: true } }],
    ['are looked for where the attempt is none', known(D1, R2), undefined, { look: { at: 'attempts', optional: true } }],
    ['are looked for where it ends instances', known(D1, at('d-2', 'Failed', 2, 'autoscalingTermination')), undefined, { look: { at: 'attempts', optional: true } }],
    ['are found', known(R1, R2), [R1, EARLIER, HALF, R2], { success: EARLIER, attempt: HALF }],
    ['are found in any order', known(R1, R2), [HALF, at('d-0A', 'Failed', 0.1), EARLIER], { success: EARLIER, attempt: HALF }],
    ['may not be found, and the revision is that of the success', known(R1, R2), [], { success: R1, attempt: undefined }],
    ['may not be readable', known(R1, R2), { unread: 'no' }, { success: R1, attempt: undefined }],
    ['may not be readable, but for one', known(D1, R2), { unread: 'no' }, { success: D1, attempt: D1 }],
    ['are those of the group, too', known(R1, D2), [EARLIER], { success: EARLIER, attempt: D2 }],
  ])('behind those that bring instances up to date %s', (_what, deployments, attempts, expected) => {
    expect(lastReleases(group(), { deployments, attempts })).toEqual(expected);
  });
});

describe('the fleet that serves', () => {
  const to = (replacements: readonly string[], creator = 'user') => deployed('d-1', 'Succeeded', { creator, servers: servers({ replacements }) });

  test.each<[string, readonly string[], DeploymentFacts | undefined, string | undefined]>([
    ['is the one that the group names', ['green'], undefined, 'green'],
    ['is the one that the group names besides others', ['other', 'green'], undefined, 'green'],
    ['is not known where the group names none', [], undefined, undefined],
    ['is not known where the group names another one', ['other'], undefined, undefined],
    ['is not known where the group names both', ['blue', 'green'], undefined, undefined],
    ['is the one that was deployed to', ['blue'], to(['green']), 'green'],
    ['is the one that was deployed to, though the group names both', ['blue', 'green'], to(['green']), 'green'],
    ['is not known where both were deployed to', ['blue'], to(['blue', 'green']), undefined],
    ['is the one that the group names where another one was deployed to', ['blue'], to(['other']), 'blue'],
    ['is the one that the group names where none was told', ['blue'], to([]), 'blue'],
    ['is not the one of a rollback', ['blue'], to(['green'], 'codeDeployRollback'), 'blue'],
    ['is the one that the group names where the release was not to servers', ['blue'], deployed('d-1', 'Succeeded', { servers: undefined }), 'blue'],
  ])('%s', (_what, autoScalingGroups, success, expected) => {
    expect(servingFleet(FLEETS, group({ autoScalingGroups }), success)).toBe(expected);
  });
});
