import type { SelectableInstance, TagFilter, TargetSelection } from '../../../../lib/model/server/tag-groups';
import { isTarget, tagGroupProblems } from '../../../../lib/model/server/tag-groups';

const INSTANCES: Readonly<Record<string, SelectableInstance>> = {
  web: { platform: 'ec2', tags: { Name: 'web', Stage: 'prod' } },
  webTest: { platform: 'ec2', tags: { Name: 'web', Stage: 'test' } },
  api: { platform: 'ec2', tags: { Name: 'api', Stage: 'prod', Owner: 'web' } },
  bare: { platform: 'ec2', tags: {} },
  scaled: { platform: 'ec2', tags: { 'aws:autoscaling:groupName': 'asg' }, autoScalingGroup: 'asg' },
  scaledWeb: { platform: 'ec2', tags: { Name: 'web' }, autoScalingGroup: 'other' },
  rack: { platform: 'onPremises', tags: { Name: 'web', Stage: 'prod' } },
  cellar: { platform: 'onPremises', tags: { Name: 'db' } },
};

const NAME_WEB = { key: 'Name', value: 'web' };
const NAME_API = { key: 'Name', value: 'api' };
const PROD = { key: 'Stage', value: 'prod' };
const OWNED = { key: 'Owner' };
const VALUE_WEB = { value: 'web' };

test.each<[string, Partial<TargetSelection>, string]>([
  ['nothing selects nothing', {}, ''],
  ['one group, one tag', { ec2TagGroups: [[NAME_WEB]] }, 'web webTest scaledWeb'],
  ['one group: any of its tags', { ec2TagGroups: [[NAME_API, PROD]] }, 'web api'],
  ['two groups: a tag of each', { ec2TagGroups: [[NAME_WEB, NAME_API], [PROD]] }, 'web api'],
  ['three groups: a tag of each', { ec2TagGroups: [[NAME_WEB, NAME_API], [PROD], [OWNED]] }, 'api'],
  ['three groups that no instance is in', { ec2TagGroups: [[NAME_WEB], [PROD], [OWNED]] }, ''],
  ['a key only', { ec2TagGroups: [[{ key: 'Stage' }]] }, 'web webTest api'],
  ['a value only, of any key', { ec2TagGroups: [[VALUE_WEB]] }, 'web webTest api scaledWeb'],
  ['keys and values as they are written', { ec2TagGroups: [[{ key: 'name', value: 'web' }, { key: 'Name', value: 'Web' }]] }, ''],
  ['a key that every object has is no tag', { ec2TagGroups: [[{ key: 'constructor' }]] }, ''],
  ['a filter of nothing selects nothing', { ec2TagGroups: [[{}]] }, ''],
  ['a group without tags selects nothing', { ec2TagGroups: [[], [NAME_WEB]] }, ''],
  ['on-premises tags select on-premises instances', { onPremisesTagGroups: [[NAME_WEB]] }, 'rack'],
  ['several groups of on-premises tags', { onPremisesTagGroups: [[NAME_WEB, { key: 'Name', value: 'db' }], [PROD]] }, 'rack'],
  ['an Auto Scaling group', { autoScalingGroups: ['asg'] }, 'scaled'],
  ['two Auto Scaling groups', { autoScalingGroups: ['other', 'asg'] }, 'scaled scaledWeb'],
  [
    'the union of EC2 tags, on-premises tags and Auto Scaling groups',
    { autoScalingGroups: ['asg'], ec2TagGroups: [[NAME_WEB], [PROD]], onPremisesTagGroups: [[{ key: 'Name', value: 'db' }]] },
    'web scaled cellar',
  ],
])('%s', (_, selection, expected) => {
  const whole = { autoScalingGroups: [], ec2TagGroups: [], onPremisesTagGroups: [], ...selection };
  expect(Object.keys(INSTANCES).filter((name) => isTarget(whole, INSTANCES[name])).join(' ')).toBe(expected);
});

const tags = (count: number): TagFilter[] => Array.from({ length: count }, (_, index) => ({ key: `Key${index}` }));

test.each<[string, readonly (readonly TagFilter[])[], string[]]>([
  ['three groups of ten tags', [tags(10), tags(10), tags(1)], []],
  ['the longest key and value', [[{ key: 'k'.repeat(128), value: 'v'.repeat(256) }]], []],
  ['an empty value', [[{ key: 'Name', value: '' }]], []],
  ['four groups', [tags(1), tags(1), tags(1), tags(1)], ["'ec2Tags' may have 3 tag groups at most, got 4; put tags of which one is enough into the same group"]],
  ['eleven tags', [tags(1), tags(11)], ["'ec2Tags[1]' must have from 1 to 10 tags, got 11; give the instances a tag that they share"]],
  ['no tags', [[]], ["'ec2Tags[0]' must have from 1 to 10 tags, got 0; add one"]],
  ['neither key nor value', [[{ key: 'a' }, {}]], ["'ec2Tags[0][1]' must have a key, a value or both, got neither; name the tag"]],
  ['an empty key', [[{ key: '' }]], ["the key of 'ec2Tags[0][0]' must have from 1 to 128 characters, got 0; leave it out for any key"]],
  ['a long key', [[{ key: 'k'.repeat(129) }]], ["the key of 'ec2Tags[0][0]' must have from 1 to 128 characters, got 129; leave it out for any key"]],
  ['a long value', [[{ value: 'v'.repeat(257) }]], ["the value of 'ec2Tags[0][0]' must have up to 256 characters, got 257; shorten it"]],
])('what is wrong with %s', (_, groups, problems) => {
  expect(tagGroupProblems(groups, 'ec2Tags')).toEqual(problems);
});
