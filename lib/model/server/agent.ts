/**
 * Versions of the CodeDeploy agent, and the operating systems that AWS has tested them on.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent.html
 */

export type AgentFamily = 'amazon-linux' | 'ubuntu' | 'rhel' | 'windows';

export interface AgentSystem {
  readonly family: AgentFamily;

  /** As AWS writes it: `2023`, `24.04`, `9`, `2022`. */
  readonly release: string;
}

/** Agent 1 is written in Ruby, agent 2 in Rust. */
export type AgentMajor = 1 | 2;

export interface AgentVersion {
  readonly major: AgentMajor;

  /** A release of it. @default - the newest */
  readonly exact?: string;
}

const NAMES: Readonly<Record<AgentFamily, string>> = { 'amazon-linux': 'Amazon Linux', ubuntu: 'Ubuntu', rhel: 'Red Hat Enterprise Linux', windows: 'Windows Server' };

const BOTH: readonly AgentMajor[] = [1, 2];
const ONLY_2: readonly AgentMajor[] = [2];

/** Windows Server 2016 was dropped by agent 1.6.0 and came back with agent 2, by the page's version history. */
const TESTED: Readonly<Record<AgentFamily, Readonly<Record<string, readonly AgentMajor[]>>>> = {
  'amazon-linux': { '2': BOTH, '2023': BOTH },
  ubuntu: { '16.04': BOTH, '18.04': BOTH, '20.04': BOTH, '22.04': BOTH, '24.04': ONLY_2, '25.04': ONLY_2, '26.04': ONLY_2 },
  rhel: { '8': BOTH, '9': BOTH, '10': ONLY_2 },
  windows: { '2016': ONLY_2, '2019': BOTH, '2022': BOTH, '2025': ONLY_2 },
};

const RELEASES: Readonly<Record<AgentFamily, { readonly grammar: RegExp; readonly example: string }>> = {
  'amazon-linux': { grammar: /^\d+$/, example: '2023' },
  ubuntu: { grammar: /^\d\d\.\d\d$/, example: '24.04' },
  rhel: { grammar: /^\d{1,2}$/, example: '9, without the minor release' },
  windows: { grammar: /^\d{4}$/, example: '2022' },
};

export const agentSystemName = ({ family, release }: AgentSystem): string => `${NAMES[family]} ${release}`;

/** What is wrong with the name of a release. */
export function agentReleaseProblem({ family, release }: AgentSystem): string | undefined {
  const { grammar, example } = RELEASES[family];
  return grammar.test(release) ? undefined : `the release of ${NAMES[family]} must be written as AWS does, such as ${example}, got '${release}'`;
}

export type AgentSupport = 'tested' | 'unknown' | 'unsupported';

/** Whether an agent is known to work on a system; systems that AWS does not name are neither. */
export function agentSupport({ family, release }: AgentSystem, major: AgentMajor): AgentSupport {
  const majors = TESTED[family][release];
  if (majors === undefined) {
    return 'unknown';
  }
  return majors.includes(major) ? 'tested' : 'unsupported';
}

/** The releases of a family that AWS has tested an agent on. */
export const testedReleases = (family: AgentFamily, major: AgentMajor): readonly string[] =>
  Object.entries(TESTED[family])
    .filter(([, majors]) => majors.includes(major))
    .map(([release]) => release)
    .sort((one, other) => Number(one) - Number(other));

/** Why agents that AWS does not support any more, or text that is no version, are refused. */
export function agentVersionProblem(text: string): string | undefined {
  const parts = /^(\d+)\.(\d+)\.\d+(-\d+)?$/.exec(text);
  if (parts === null) {
    return `a version of the CodeDeploy agent must be three numbers, and a build where the file in the bucket has one, such as '2.0.1' or '1.8.1-12', got '${text}'`;
  }
  const major = Number(parts[1]);
  if (major > 2) {
    return `the CodeDeploy agent has the major versions 1 and 2, got '${text}'`;
  }
  return major < 1 || (major === 1 && Number(parts[2]) < 8) ? `AWS supports the CodeDeploy agent from 1.8.0 on, got '${text}'` : undefined;
}

/** Extended regular expression for what the file `.version` of an agent holds: `agent_version: 2.0.1`, or `OFFICIAL_1.8.1-12_rpm`. */
export const agentVersionPattern = ({ major, exact }: AgentVersion): string =>
  exact === undefined ? `[ _]${major}[.]` : `[ _]${exact.replace(/-.*/, '').replaceAll('.', '[.]')}([^0-9.]|$)`;
