/** The functions of the assembly as the rehearsal runs them: found by name or ARN, resolved once, inline code written to a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Assembly } from '../assembly/assembly';
import { resolveFunction, type ResolvedFunction } from '../assembly/functions';
import type { Stack } from '../assembly/stack';
import type { FunctionSpec } from '../engine/ports';
import { UserError } from '../report/user-error';

export interface StagedFunction {
  readonly spec: FunctionSpec;
  readonly asynchronous: ResolvedFunction['asynchronous'];
  readonly logGroup: string;
  readonly notModelled: readonly string[];
}

interface DeployedFunctions {
  readonly assembly: Assembly;
  readonly stack: Stack;
}

const QUALIFIED_ARN = /^(arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+)(?::[^:]+)?$/;

export class FunctionLibrary {
  private readonly functions = new Map<string, StagedFunction | undefined>();
  private readonly folders: string[] = [];
  /** What is deployed, then what was before: a deployment may name functions that are gone. */
  private deployed: readonly DeployedFunctions[];
  /** Functions that are still those of before. */
  private late: { readonly names: readonly string[]; readonly deployed: readonly DeployedFunctions[] } | undefined;

  constructor(
    private readonly assembly: Assembly,
    private readonly stack: Stack,
    /** Asked once, when the first function in Python is found: whether it could be run. */
    private readonly runsPython: () => boolean,
  ) {
    this.deployed = [{ assembly, stack }];
  }

  /**
   * From now on the functions are those of another assembly.
   * @param late names and ARNs of functions that stay as they were until the next call
   */
  deploy(assembly: Assembly, stack: Stack, late: readonly string[] = []): void {
    this.functions.clear();
    this.late = late.length === 0 ? undefined : { names: late, deployed: this.deployed };
    this.deployed = assembly === this.assembly ? [{ assembly, stack }] : [{ assembly, stack }, { assembly: this.assembly, stack: this.stack }];
  }

  /** A function by its name or ARN, with or without a qualifier; undefined where the assembly does not make it. */
  find(nameOrArn: string): StagedFunction | undefined {
    const key = QUALIFIED_ARN.exec(nameOrArn)?.[1] ?? nameOrArn;
    if (!this.functions.has(key)) {
      const staged = this.resolve(key);
      this.functions.set(key, staged);
      if (staged !== undefined) {
        this.functions.set(staged.spec.name, staged);
        this.functions.set(staged.spec.arn, staged);
      }
    }
    return this.functions.get(key);
  }

  /** @throws UserError where the assembly does not make it */
  required(nameOrArn: string): StagedFunction {
    const found = this.find(nameOrArn);
    if (found === undefined) {
      throw new UserError(`function ${nameOrArn} is not made in this assembly, so its code cannot be rehearsed; add the stack that makes it to the app`);
    }
    return found;
  }

  /** Removes what was written. */
  close(): void {
    this.folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  }

  private resolve(nameOrArn: string): StagedFunction | undefined {
    const deployed = this.late?.names.includes(nameOrArn) === true ? this.late.deployed : this.deployed;
    const found = deployed.find(({ assembly }) => isMade(assembly, nameOrArn));
    if (found === undefined) {
      return undefined;
    }
    const { spec, code, asynchronous, logGroup, notModelled } = resolveFunction(found.assembly, found.stack, { value: nameOrArn });
    if (spec.runtime.startsWith('python') && !this.runsPython()) {
      throw new UserError(`function ${spec.name} has the runtime ${spec.runtime}, and there is no python3 on the PATH that could run it; install Python, or name another rollout`);
    }
    const directory = 'directory' in code ? code.directory : this.write(code);
    return { spec: { ...spec, directory }, asynchronous, logGroup, notModelled };
  }

  private write({ inline, fileName }: { readonly inline: string; readonly fileName: string }): string {
    const folder = mkdtempSync(join(tmpdir(), 'greenlight-inline-'));
    this.folders.push(folder);
    writeFileSync(join(folder, fileName), inline);
    return folder;
  }
}

function isMade(assembly: Assembly, nameOrArn: string): boolean {
  return assembly.resources('AWS::Lambda::Function').some(({ stack, logicalId }) => [assembly.ref(stack, logicalId), assembly.attribute(stack, logicalId, 'Arn')].includes(nameOrArn));
}
