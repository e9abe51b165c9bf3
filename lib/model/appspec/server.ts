/**
 * The AppSpec of an EC2/on-premises deployment. Its agent reads keys as they are written: `Hooks` is none of them.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure.html#server-appspec-structure
 * @see https://github.com/aws/aws-codedeploy-agent/tree/master/lib/instance_agent/plugins/codedeploy/application_specification
 */
import { didYouMean } from '../did-you-mean';
import type { MapPart } from './part';
import { shown } from './part';
import { PLATFORM_NAMES } from './rules';
import type { Findings } from './section';
import { Section } from './section';
import type { ServerFile } from './server-files';
import { lintFiles } from './server-files';
import { lintScriptHooks } from './server-hooks';
import { lintPermissions } from './server-permissions';
import { lintVersion } from './version';

const KEYS = ['version', 'os', 'files', 'file_exists_behavior', 'permissions', 'hooks'];

/** `undefined` where it is not said, or is none. */
export type OperatingSystem = 'linux' | 'windows' | undefined;

const BEHAVIORS = ['DISALLOW', 'OVERWRITE', 'RETAIN'];

export function lintServer(findings: Findings, root: MapPart): void {
  const document = new Section(findings, root, { line: root.line, place: '', keys: KEYS, anyCase: false, foreign });
  lintVersion(findings, document, 'server');
  const os = lintOs(findings, document);
  const files: readonly ServerFile[] = lintFiles(findings, document, os);
  const behavior = document.optionalText('file_exists_behavior');
  if (behavior !== undefined && !BEHAVIORS.includes(behavior.text)) {
    findings.add('file-exists-behavior', behavior.line, `'file_exists_behavior' must be one of ${BEHAVIORS.join(', ')}, got ${shown(behavior.part)}; leave it out for that of the deployment`);
  }
  lintPermissions(findings, document, os, files);
  lintScriptHooks(findings, document, os);
}

const foreign = (key: string) =>
  key.toLowerCase() === 'resources'
    ? {
        rule: 'foreign-section' as const,
        message: `'${key}' is a section of AppSpecs for ${PLATFORM_NAMES.ecs} or ${PLATFORM_NAMES.lambda}, and this one is for ${PLATFORM_NAMES.server}; remove it, or give --platform ecs or lambda`,
      }
    : undefined;

function lintOs(findings: Findings, document: Section): OperatingSystem {
  const os = document.requiredText('os', 'os-missing', 'write os: linux or os: windows');
  if (os === undefined || os.text === 'linux' || os.text === 'windows') {
    return os?.text as OperatingSystem;
  }
  const meant = os.text.length > 60 ? undefined : didYouMean(os.text, ['linux', 'windows']);
  const remedy = meant === undefined ? 'write linux for every distribution of it' : `did you mean "${meant}"?`;
  findings.add('os-unsupported', os.line, `'os' must be linux or windows, got ${shown(os.part)}; ${remedy}`);
  return undefined;
}
