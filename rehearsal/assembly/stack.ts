import type { JsonObject } from './read-json';

/** A stack of the assembly, or a nested stack inside one, with everything that its template alone cannot say. */
export interface Stack {
  /** Artifact id; of a nested stack the name of its template file, which the CDK makes from the same id. */
  readonly id: string;
  /** What people call it, such as `Prod/EcsWeb`. */
  readonly path: string;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly templateFile: string;
  readonly template: Template;
  /** File assets of the asset manifest. */
  readonly assets: readonly FileAsset[];
  /** Values that the manifest sets for parameters of the template. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of a nested stack: the stack whose template creates it, and its logical id there. */
  readonly parent?: { readonly stack: Stack; readonly logicalId: string };
}

export interface Template {
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly mappings: Readonly<Record<string, JsonObject>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, JsonObject>>;
  /** That of the template itself. */
  readonly metadata?: JsonObject;
  readonly hooks?: Readonly<Record<string, JsonObject>>;
}

export interface TemplateResource {
  readonly type: string;
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
  /** Name of the condition under which it exists. */
  readonly condition?: string;
  /** Logical ids of `DependsOn`. */
  readonly dependsOn?: readonly string[];
  /** `Retain` and the like; absent where the template says nothing. */
  readonly deletionPolicy?: string;
  /** Absent where the resource has none. */
  readonly updatePolicy?: JsonObject;
}

export interface FileAsset {
  /** Absolute path of the directory or file. */
  readonly path: string;
  /** `zip`: a directory that is zipped on its way to S3. `file`: a file that is taken as it is. */
  readonly packaging: string;
  /** Keys under which it is put into its buckets. */
  readonly objectKeys: readonly string[];
}

/** Where a stack goes that names no account or region: a made-up account in the region that the examples of AWS use. */
export const DEFAULT_ACCOUNT = '111111111111';
export const DEFAULT_REGION = 'us-east-1';

/** Whether names and ARNs of two stacks live in the same account and region. */
export function sameEnvironment(a: Stack, b: Stack): boolean {
  return a.account === b.account && a.region === b.region;
}
