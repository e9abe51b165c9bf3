import type { AgentFamily, AgentMajor, AgentSupport } from '../../../../lib/model/server/agent';
import { agentReleaseProblem, agentSupport, agentSystemName, agentVersionPattern, agentVersionProblem, testedReleases } from '../../../../lib/model/server/agent';

test.each<[AgentFamily, string, AgentSupport, AgentSupport]>([
  ['amazon-linux', '2', 'tested', 'tested'],
  ['amazon-linux', '2023', 'tested', 'tested'],
  ['amazon-linux', '2027', 'unknown', 'unknown'],
  ['ubuntu', '16.04', 'tested', 'tested'],
  ['ubuntu', '18.04', 'tested', 'tested'],
  ['ubuntu', '20.04', 'tested', 'tested'],
  ['ubuntu', '22.04', 'tested', 'tested'],
  ['ubuntu', '24.04', 'unsupported', 'tested'],
  ['ubuntu', '25.04', 'unsupported', 'tested'],
  ['ubuntu', '26.04', 'unsupported', 'tested'],
  ['ubuntu', '14.04', 'unknown', 'unknown'],
  ['rhel', '7', 'unknown', 'unknown'],
  ['rhel', '8', 'tested', 'tested'],
  ['rhel', '9', 'tested', 'tested'],
  ['rhel', '10', 'unsupported', 'tested'],
  ['windows', '2016', 'unsupported', 'tested'],
  ['windows', '2019', 'tested', 'tested'],
  ['windows', '2022', 'tested', 'tested'],
  ['windows', '2025', 'unsupported', 'tested'],
])('%s %s: agent 1 %s, agent 2 %s', (family, release, first, second) => {
  expect([agentSupport({ family, release }, 1), agentSupport({ family, release }, 2)]).toEqual([first, second]);
});

test('tested releases', () => {
  expect(testedReleases('rhel', 1)).toEqual(['8', '9']);
  expect(testedReleases('rhel', 2)).toEqual(['8', '9', '10']);
  expect(testedReleases('ubuntu', 1)).toEqual(['16.04', '18.04', '20.04', '22.04']);
});

test('names', () => {
  expect(agentSystemName({ family: 'rhel', release: '9' })).toBe('Red Hat Enterprise Linux 9');
  expect(agentSystemName({ family: 'windows', release: '2022' })).toBe('Windows Server 2022');
});

test.each<[AgentFamily, string, string | undefined]>([
  ['ubuntu', '24.04', undefined],
  ['ubuntu', '24.04.1', "the release of Ubuntu must be written as AWS does, such as 24.04, got '24.04.1'"],
  ['ubuntu', 'noble', "the release of Ubuntu must be written as AWS does, such as 24.04, got 'noble'"],
  ['rhel', '9', undefined],
  ['rhel', '9.4', "the release of Red Hat Enterprise Linux must be written as AWS does, such as 9, without the minor release, got '9.4'"],
  ['windows', '2022', undefined],
  ['windows', '2022 R2', "the release of Windows Server must be written as AWS does, such as 2022, got '2022 R2'"],
])('%s %s', (family, release, problem) => {
  expect(agentReleaseProblem({ family, release })).toBe(problem);
});

const NO_VERSION = "a version of the CodeDeploy agent must be three numbers, and a build where the file in the bucket has one, such as '2.0.1' or '1.8.1-12', got ";

test.each<[string, string | undefined]>([
  ['1.8.0', undefined],
  ['1.8.1-12', undefined],
  ['1.10.0', undefined],
  ['2.0.1', undefined],
  ['1.7.1', "AWS supports the CodeDeploy agent from 1.8.0 on, got '1.7.1'"],
  ['0.9.9', "AWS supports the CodeDeploy agent from 1.8.0 on, got '0.9.9'"],
  ['3.0.0', "the CodeDeploy agent has the major versions 1 and 2, got '3.0.0'"],
  ['10.0.0', "the CodeDeploy agent has the major versions 1 and 2, got '10.0.0'"],
  ['2.0', `${NO_VERSION}'2.0'`],
  ['v2.0.1', `${NO_VERSION}'v2.0.1'`],
  ['2.0.1; reboot', `${NO_VERSION}'2.0.1; reboot'`],
])('version %s', (version, problem) => {
  expect(agentVersionProblem(version)).toBe(problem);
});

test.each<[AgentMajor, string | undefined, string, boolean]>([
  [1, undefined, 'agent_version: OFFICIAL_1.8.1-12_rpm', true],
  [1, undefined, 'agent_version: 2.0.1', false],
  [2, undefined, 'agent_version: 2.0.1', true],
  [2, undefined, 'agent_version: OFFICIAL_1.8.2-2_rpm', false],
  [1, '1.8.1-12', 'agent_version: OFFICIAL_1.8.1-12_rpm', true],
  [1, '1.8.1-12', 'agent_version: OFFICIAL_1.8.10-12_rpm', false],
  [1, '1.8.1', 'agent_version: OFFICIAL_1.8.0-12_rpm', false],
  [2, '2.0.1', 'agent_version: 2.0.1', true],
  [2, '2.0.1-1', 'agent_version: 2.0.1\n', true],
  [2, '2.0.1', 'agent_version: 2.0.10', false],
  [2, '2.0.1', 'agent_version: 2.0x1', false],
  [2, '2.0.1', 'agent_version: 12.0.1', false],
])('agent %s, %s: the file %j is it: %s', (major, exact, file, expected) => {
  expect(new RegExp(agentVersionPattern(exact === undefined ? { major } : { major, exact })).test(file)).toBe(expected);
});
