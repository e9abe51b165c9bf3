/** The next version of a stack, out of another cloud assembly. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { MANIFEST, readAssembly } from '../assembly/read-assembly';
import type { Assembly } from '../assembly/assembly';
import { sameEnvironment, type Stack } from '../assembly/stack';
import { UserError } from '../report/user-error';
import type { TemplateVersion } from './stack-version';

const SYNTHESIZE = "synthesize the next version of the app into a directory of its own, with 'cdk synth --output DIR', and name that";

/** Stacks that a message names. */
const MAX_NAMED = 10;

/** Assemblies are read once, however many updates go to them. */
export class NextAssemblies {
  private readonly read = new Map<string, Assembly>();

  /** @param scenarioFile what directories are relative to */
  constructor(private readonly scenarioFile: string) {}

  /**
   * @param to as the scenario has it
   * @param stack the one that is deployed
   * @param where how messages begin
   * @throws UserError where there is no such assembly, or no such stack in it
   */
  version(to: string, stack: Stack, where: string): TemplateVersion {
    const directory = resolve(dirname(this.scenarioFile), to);
    const assembly = this.read.get(directory) ?? readNext(directory, to, where);
    this.read.set(directory, assembly);
    const next = sameStack(assembly, stack, { to, where });
    return { assembly: assembly.seenFrom(next), stack: next };
  }
}

function readNext(directory: string, to: string, where: string): Assembly {
  const said = `${where}: "to" names ${to}`;
  if (!existsSync(directory)) {
    throw new UserError(`${said}, and there is no such directory: ${directory}; it is relative to the scenario file; ${SYNTHESIZE}`);
  }
  if (!statSync(directory).isDirectory() || !existsSync(join(directory, MANIFEST))) {
    throw new UserError(`${said}, which is not a cloud assembly, since it holds no ${MANIFEST}: ${directory}; ${SYNTHESIZE}`);
  }
  try {
    return readAssembly(directory);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${said}, which cannot be read: ${error.message}`) : error;
  }
}

/** The same artifact; where the assembly calls it otherwise, the one of the same path. */
function sameStack(assembly: Assembly, stack: Stack, { to, where }: { readonly to: string; readonly where: string }): Stack {
  const { stacks } = assembly;
  const found = stacks.find(({ id }) => id === stack.id) ?? stacks.find(({ path }) => path === stack.path);
  if (found === undefined) {
    const names = stacks.slice(0, MAX_NAMED).map(({ path }) => path).join(', ');
    const more = stacks.length > MAX_NAMED ? ` and ${stacks.length - MAX_NAMED} more` : '';
    throw new UserError(`${where}: the cloud assembly that "to" names, ${to}, has no stack ${stack.path}, which is the rollout's; it has ${names}${more}; synthesize the same app, with the same construct ids`);
  }
  if (found.stackName !== stack.stackName || !sameEnvironment(found, stack)) {
    const said = ({ stackName, account, region }: Stack): string => `${stackName} in account ${account} and region ${region}`;
    throw new UserError(`${where}: stack ${stack.path} is deployed as ${said(stack)}, and in ${to} it is ${said(found)}, which would be another stack; synthesize it for the same name, account and region`);
  }
  return found;
}
