/** The prebuilt handler bundles that travel in the package. Nothing is bundled at synth: a suite is only laid beside its handler. */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

import type { CheckSuite } from '../model/suite';
import { SUITE_FILE } from '../model/suite';

export type HandlerName = 'checks' | 'checks-http' | 'outcome' | 'guardian' | 'hook-inspector' | 'deployment-intake' | 'deployment-step' | 'server-fleet' | 'server-gate' | 'server-gate-guardian';

/** Set by the CDK CLI's `--no-staging`: assets are then used where they lie, instead of being copied into the assembly. */
const STAGING_DISABLED = 'aws:cdk:disable-asset-staging';

/** Code of a handler that needs nothing beside it. */
export function handlerCode(name: HandlerName): lambda.Code {
  return lambda.Code.fromAsset(bundleDirectory(name));
}

/** What lies beside a handler. */
export interface SuiteFiles {
  readonly suite: CheckSuite;
  /** Texts by the names of their files; absent: none. */
  readonly payloads?: ReadonlyMap<string, string>;
}

/** Hands `use` the code of a handler with this suite beside it; the code must be bound before `use` returns, as a new function does. */
export function withSuite<T>(scope: Construct, name: HandlerName, { suite, payloads = new Map() }: SuiteFiles, use: (code: lambda.Code) => T): T {
  const bundle = bundleDirectory(name);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-greenlight-'));
  try {
    fs.cpSync(bundle, directory, { recursive: true });
    fs.writeFileSync(path.join(directory, SUITE_FILE), `${JSON.stringify(suite, undefined, 2)}\n`);
    payloads.forEach((text, file) => fs.writeFileSync(path.join(directory, file), text));
    return use(lambda.Code.fromAsset(directory));
  } finally {
    if (!scope.node.tryGetContext(STAGING_DISABLED)) {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}

function bundleDirectory(name: HandlerName): string {
  const directory = path.join(packageRoot(), 'build', 'handlers', name);
  if (!fs.existsSync(path.join(directory, 'index.js'))) {
    throw new Error(`the handler '${name}' is not built, expected ${path.join(directory, 'index.js')}; run 'npm run build'`);
  }
  return directory;
}

/** The nearest folder above with a package.json: the checkout, whether this runs from `lib` or `build/lib`, or the published package. */
export function packageRoot(): string {
  let directory = __dirname;
  while (!fs.existsSync(path.join(directory, 'package.json'))) {
    const parent = path.dirname(directory);
    if (parent === directory) {
      throw new Error(`no package.json above ${__dirname}; install cdk-greenlight as a package`);
    }
    directory = parent;
  }
  return directory;
}
