import type { Platform } from './rules';
import { quoted, shown } from './part';
import type { Findings, Section } from './section';

/**
 * `version: 0.0`. The agent of servers compares with the number, and takes no text; ECS and Lambda take both, and CloudFormation writes the text.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/application_specification/application_specification.rb
 */
export function lintVersion(findings: Findings, document: Section, platform: Platform): void {
  const part = document.required('version', 'version-missing', 'write version: 0.0');
  if (part?.kind === 'late' || part === undefined) {
    return;
  }
  if (part.kind === 'scalar' && part.value === '0.0') {
    // Without quotes, 0.0 is a number.
    if (platform === 'server') {
      findings.add('version-text', document.lineOf('version'), `'version' must be the number 0.0, got the text ${quoted(part.value)}; remove the quotes`);
    }
    return;
  }
  if (part.kind !== 'scalar' || part.value !== 0 || (part.plain !== undefined && part.plain !== '0.0')) {
    findings.add('version-unsupported', document.lineOf('version'), `'version' must be 0.0, got ${shown(part)}; there is no other yet`);
  }
}
