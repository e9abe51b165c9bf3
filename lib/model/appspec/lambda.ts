/**
 * The AppSpec of a Lambda deployment.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html#reference-appspec-file-structure-resources-lambda
 */
import { LAMBDA_HOOK_EVENTS, LAMBDA_LIFECYCLE_EVENTS } from '../lifecycle';
import { lintFunctionHooks } from './function-hooks';
import { isAliasName, isFunctionName, isVersionNumber } from './lambda-names';
import type { MapPart } from './part';
import { shown } from './part';
import { SECTIONS, foreignToFunctions, lintResource } from './resource';
import type { Findings, Text } from './section';
import { Section } from './section';
import { lintVersion } from './version';

const PROPERTIES = ['Name', 'Alias', 'CurrentVersion', 'TargetVersion'];

export function lintLambda(findings: Findings, root: MapPart): void {
  const document = new Section(findings, root, { line: root.line, place: '', keys: SECTIONS, anyCase: true, foreign: foreignToFunctions('lambda') });
  lintVersion(findings, document, 'lambda');
  const resource = lintResource(findings, document, 'lambda', PROPERTIES);
  if (resource !== undefined && resource.name.key.trim() === '') {
    findings.add('resource-name-empty', resource.name.line, 'the name of the resource must not be empty; any text will do, such as the name of the function');
  }
  if (resource?.properties !== undefined) {
    lintFunction(findings, resource.properties);
    lintVersions(findings, resource.properties);
  }
  lintFunctionHooks(findings, document, { platform: 'lambda', hookable: LAMBDA_HOOK_EVENTS, all: LAMBDA_LIFECYCLE_EVENTS });
}

function lintFunction(findings: Findings, properties: Section): void {
  const name = properties.requiredText('Name', 'function-name-missing', 'name the function');
  if (name !== undefined && !isFunctionName(name.text)) {
    findings.add('function-name-invalid', name.line, `'Name' must be that of a Lambda function, 1 to 64 letters, digits, - and _, got ${shown(name.part)}; versions have keys of their own`);
  }
  const alias = properties.requiredText('Alias', 'alias-missing', 'name the alias whose traffic is shifted');
  if (alias !== undefined && !isAliasName(alias.text)) {
    findings.add('alias-invalid', alias.line, `'Alias' must be 1 to 128 letters, digits, - and _, and no number, got ${shown(alias.part)}; name the alias alone`);
  }
}

function lintVersions(findings: Findings, properties: Section): void {
  const current = versionOf(findings, 'CurrentVersion', properties.requiredText('CurrentVersion', 'current-version-missing', 'write the version that the alias has now'));
  const target = versionOf(findings, 'TargetVersion', properties.requiredText('TargetVersion', 'target-version-missing', 'write the version that the alias is to get'));
  if (current !== undefined && target !== undefined && current.text === target.text) {
    findings.add('function-version-same', target.line, `'TargetVersion' is ${shown(target.part)}, as is 'CurrentVersion', so that no traffic is shifted; publish a version and write it here`);
  }
}

function versionOf(findings: Findings, key: string, version: Text | undefined): Text | undefined {
  if (version !== undefined && !isVersionNumber(version.text)) {
    findings.add('function-version-invalid', version.line, `'${key}' must be a whole number from 1, got ${shown(version.part)}; an alias shifts between published versions only`);
    return undefined;
  }
  return version;
}
