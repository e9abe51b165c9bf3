import { ANY_VALUE, eventPattern, matchesPattern } from '../../../rehearsal/engine/event-pattern';

const EVENT = {
  source: 'aws.codedeploy',
  detail: { state: 'START', application: 'web', tries: 2, ok: true, names: ['a', 'b'], none: null, empty: '', nothing: [], file: 'dir/photo.PNG', star: 'a*b', path: 'a\\b', items: [{ id: 1, kind: 'x' }, { id: 2, kind: 'y' }] },
};

const detail = (member: string, ...wanted: readonly unknown[]) => ({ detail: { [member]: wanted } });

describe('matchesPattern', () => {
  test.each<[unknown, boolean]>([
    [{}, true],
    [{ source: ['aws.codedeploy'] }, true],
    [{ source: ['aws.ecs', 'aws.codedeploy'] }, true],
    [{ source: ['aws.ecs'] }, false],
    [{ detail: { state: ['START'], application: ['web'] } }, true],
    [{ detail: { state: ['START'], application: ['other'] } }, false],
    [{ detail: { tries: [2], ok: [true], none: [null], empty: [''] } }, true],
    [detail('tries', '2'), false],
    [detail('ok', 'true'), false],
    [detail('names', 'b'), true],
    [detail('names', 'c'), false],
    [detail('missing', 'x'), false],
    [{ missing: { deeper: ['x'] } }, false],
    [{ source: { deeper: ['x'] } }, false],
    // A list of objects: all in the same one.
    [{ detail: { items: { id: [2], kind: ['y'] } } }, true],
    [{ detail: { items: { id: [2], kind: ['x'] } } }, false],
    [detail('state', { prefix: 'STA' }), true],
    [detail('state', { prefix: 'sta' }), false],
    [detail('state', { prefix: { 'equals-ignore-case': 'sta' } }), true],
    [detail('state', { prefix: { 'equals-ignore-case': 'tar' } }), false],
    [detail('tries', { prefix: '2' }), false],
    [detail('missing', { prefix: '' }), false],
    [detail('file', { suffix: '.PNG' }), true],
    [detail('file', { suffix: '.png' }), false],
    [detail('file', { suffix: { 'equals-ignore-case': '.png' } }), true],
    [detail('state', { 'equals-ignore-case': 'Start' }), true],
    [detail('state', { 'equals-ignore-case': 'Star' }), false],
    [detail('state', 'STOP', { prefix: 'STA' }), true],
    [detail('names', { exists: true }), true],
    [detail('none', { exists: true }), true],
    [detail('missing', { exists: true }), false],
    [detail('nothing', { exists: true }), false],
    [detail('items', { exists: true }), false],
    [detail('state', { exists: false }), false],
    [detail('missing', { exists: false }), true],
    [detail('nothing', { exists: false }), true],
    [{ missing: { deeper: [{ exists: false }] } }, true],
    [detail('tries', { numeric: ['=', 2] }), true],
    [detail('tries', { numeric: ['=', 3] }), false],
    [detail('tries', { numeric: ['<', 2] }), false],
    [detail('tries', { numeric: ['<=', 2] }), true],
    [detail('tries', { numeric: ['>', 2] }), false],
    [detail('tries', { numeric: ['>', 1] }), true],
    [detail('tries', { numeric: ['>=', 2] }), true],
    [detail('tries', { numeric: ['>', 0, '<=', 2] }), true],
    [detail('tries', { numeric: ['>', 0, '<', 2] }), false],
    [detail('tries', { numeric: ['>=', 3, '<', 9] }), false],
    [detail('tries', { numeric: ['<', 5e9] }), true],
    [detail('state', { numeric: ['>', 0] }), false],
    [detail('state', { 'anything-but': 'STOP' }), true],
    [detail('state', { 'anything-but': 'START' }), false],
    [detail('state', { 'anything-but': ['STOP', 'START'] }), false],
    [detail('state', { 'anything-but': ['STOP', 'FAILURE'] }), true],
    [detail('tries', { 'anything-but': 2 }), false],
    [detail('tries', { 'anything-but': [1, 3] }), true],
    [detail('tries', { 'anything-but': '2' }), true],
    [detail('none', { 'anything-but': 'x' }), true],
    [detail('missing', { 'anything-but': 'x' }), false],
    // Any value of a list.
    [detail('names', { 'anything-but': 'a' }), true],
    [detail('names', { 'anything-but': ['a', 'b'] }), false],
    [detail('state', { 'anything-but': { prefix: 'STA' } }), false],
    [detail('state', { 'anything-but': { prefix: 'STO' } }), true],
    [detail('state', { 'anything-but': { prefix: ['STO', 'STA'] } }), false],
    [detail('state', { 'anything-but': { suffix: 'ART' } }), false],
    [detail('state', { 'anything-but': { 'equals-ignore-case': 'start' } }), false],
    [detail('state', { 'anything-but': { 'equals-ignore-case': ['stop', 'ready'] } }), true],
    [detail('state', { 'anything-but': { wildcard: 'S*T' } }), false],
    [detail('tries', { 'anything-but': { prefix: '2' } }), true],
    [detail('missing', { 'anything-but': { prefix: 'x' } }), false],
    [detail('file', { wildcard: 'dir/*.PNG' }), true],
    [detail('file', { wildcard: 'dir/*.png' }), false],
    [detail('file', { wildcard: '*' }), true],
    [detail('file', { wildcard: '*photo*' }), true],
    [detail('file', { wildcard: 'dir/*o*o*G' }), true],
    [detail('file', { wildcard: 'dir/*o*o*o*G' }), false],
    [detail('file', { wildcard: 'dir/photo.PNG' }), true],
    [detail('file', { wildcard: 'dir/photo.PNG*' }), true],
    [detail('file', { wildcard: 'dir/photo.PNGG*' }), false],
    // The end may not overlap with what came before it.
    [detail('state', { wildcard: 'START*T' }), false],
    [detail('state', { wildcard: 'STAR*RT' }), false],
    [detail('star', { wildcard: 'a\\*b' }), true],
    [detail('state', { wildcard: 'S\\*T' }), false],
    [detail('path', { wildcard: 'a\\\\*' }), true],
    [{ $or: [{ source: ['aws.ecs'] }, { detail: { state: ['START'] } }] }, true],
    [{ $or: [{ source: ['aws.ecs'] }, { detail: { state: ['STOP'] } }] }, false],
    [{ source: ['aws.ecs'], $or: [{ source: ['aws.codedeploy'] }, { detail: { state: ['START'] } }] }, false],
    [{ detail: { $or: [{ state: ['STOP'] }, { tries: [{ numeric: ['>', 1] }] }] } }, true],
    [{ detail: { $or: [{ state: ['STOP'] }, { $or: [{ tries: [3] }, { application: ['web'] }] }] } }, true],
  ])('%j: %s', (pattern, matches) => {
    expect(matchesPattern(pattern, EVENT)).toBe(matches);
  });

  test.each<[unknown, string]>([
    [null, '"": null'],
    [[], '"": []'],
    [{ source: 'aws.codedeploy' }, '"source": "aws.codedeploy"'],
    [{ source: [] }, '"source": []'],
    [{ source: [[]] }, '"source": [[]]'],
    [{ source: [{}] }, '"source": [{}]'],
    [detail('address', { cidr: '10.0.0.0/24' }), '"detail.address": [{"cidr":"10.0.0.0/24"}]'],
    [detail('state', { prefix: 'S', suffix: 'T' }), '"detail.state": [{"prefix":"S","suffix":"T"}]'],
    [detail('state', { prefix: 1 }), '"detail.state": [{"prefix":1}]'],
    [detail('state', { prefix: null }), '"detail.state": [{"prefix":null}]'],
    [detail('state', { prefix: { wildcard: 'S' } }), '"detail.state": [{"prefix":{"wildcard":"S"}}]'],
    [detail('state', { prefix: { 'equals-ignore-case': 1 } }), '"detail.state": [{"prefix":{"equals-ignore-case":1}}]'],
    [detail('state', { 'equals-ignore-case': ['a'] }), '"detail.state": [{"equals-ignore-case":["a"]}]'],
    [detail('state', { exists: 'yes' }), '"detail.state": [{"exists":"yes"}]'],
    [detail('state', { wildcard: 1 }), '"detail.state": [{"wildcard":1}]'],
    [detail('state', { wildcard: 'a**b' }), '"detail.state": [{"wildcard":"a**b"}]'],
    [detail('state', { wildcard: 'a\\' }), '"detail.state": [{"wildcard":"a\\\\"}]'],
    [detail('state', { wildcard: 'a\\b' }), '"detail.state": [{"wildcard":"a\\\\b"}]'],
    [detail('tries', { numeric: ['=', '2'] }), '"detail.tries": [{"numeric":["=","2"]}]'],
    [detail('tries', { numeric: ['==', 2] }), '"detail.tries": [{"numeric":["==",2]}]'],
    [detail('tries', { numeric: [2, '='] }), '"detail.tries": [{"numeric":[2,"="]}]'],
    [detail('tries', { numeric: ['<', 2, '>', 0] }), '"detail.tries": [{"numeric":["<",2,">",0]}]'],
    [detail('tries', { numeric: ['>', 2, '>', 0] }), '"detail.tries": [{"numeric":[">",2,">",0]}]'],
    [detail('tries', { numeric: ['>', 2, '<'] }), '"detail.tries": [{"numeric":[">",2,"<"]}]'],
    [detail('tries', { numeric: ['>', 5e9 + 1] }), '"detail.tries": [{"numeric":[">",5000000001]}]'],
    [detail('tries', { numeric: '>1' }), '"detail.tries": [{"numeric":">1"}]'],
    [detail('state', { 'anything-but': [] }), '"detail.state": [{"anything-but":[]}]'],
    [detail('state', { 'anything-but': ['a', 1] }), '"detail.state": [{"anything-but":["a",1]}]'],
    [detail('state', { 'anything-but': null }), '"detail.state": [{"anything-but":null}]'],
    [detail('state', { 'anything-but': {} }), '"detail.state": [{"anything-but":{}}]'],
    [detail('state', { 'anything-but': { prefix: [] } }), '"detail.state": [{"anything-but":{"prefix":[]}}]'],
    [detail('state', { 'anything-but': { prefix: ['a', 1] } }), '"detail.state": [{"anything-but":{"prefix":["a",1]}}]'],
    [detail('state', { 'anything-but': { prefix: 'a', suffix: 'b' } }), '"detail.state": [{"anything-but":{"prefix":"a","suffix":"b"}}]'],
    [detail('state', { 'anything-but': { cidr: '10.0.0.0/8' } }), '"detail.state": [{"anything-but":{"cidr":"10.0.0.0/8"}}]'],
    [{ $or: [] }, '"$or": []'],
    [{ $or: { source: ['a'] } }, '"$or": {"source":["a"]}'],
    [{ detail: { $or: [{ state: ['a'] }, { state: 'b' }] } }, '"detail.state": "b"'],
  ])('%j is not understood, and matches nothing', (pattern, problem) => {
    expect(eventPattern(pattern)).toEqual({ problem });
    expect(matchesPattern(pattern, EVENT)).toBeUndefined();
  });

  test('what is no event matches nothing that asks for a member', () => {
    expect(matchesPattern({ source: ['aws.codedeploy'] }, undefined)).toBe(false);
    expect(matchesPattern({ source: ['aws.codedeploy'] }, ['aws.codedeploy'])).toBe(false);
  });

  test.each<[unknown, boolean]>([
    ['d-1', true],
    [{ prefix: 'd-' }, true],
    [{ 'anything-but': 'd-1' }, true],
    [{ numeric: ['>', 1] }, true],
    [{ exists: true }, true],
    [{ exists: false }, false],
  ])('a value that is not known yet: %j: %s', (wanted, matches) => {
    expect(matchesPattern({ detail: { id: [wanted], state: ['START'] } }, { detail: { id: ANY_VALUE, state: 'START' } })).toBe(matches);
    expect(matchesPattern({ detail: { id: [wanted], state: ['STOP'] } }, { detail: { id: ANY_VALUE, state: 'START' } })).toBe(false);
  });
});
