import type { AppSpecFinding } from './rules';
import { finding } from './rules';
import { quoted } from './part';

/**
 * What is wrong with the name of a file that is to be a server's AppSpec: agents look for one name, in the root of the bundle.
 *
 * @param name without folders
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html
 */
export function lintServerFileName(name: string): readonly AppSpecFinding[] {
  if (name === 'appspec.yml') {
    return [];
  }
  if (name.toLowerCase().endsWith('.json')) {
    return [finding('file-name-json', 1, `the file must be called appspec.yml, got ${quoted(name)}; AppSpecs of servers are YAML`)];
  }
  return name === 'appspec.yaml'
    ? [finding('file-name-yaml', 1, 'the file should be called appspec.yml, got "appspec.yaml"; older agents do not look for it')]
    : [finding('file-name', 1, `the file must be called appspec.yml, got ${quoted(name)}; agents look for no other name`)];
}
