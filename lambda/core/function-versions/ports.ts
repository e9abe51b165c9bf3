import type { TidyPorts } from '../tidying/step';

/** Published versions of a function, by its name. Every call rejects with `ServiceFailure`. */
export interface FunctionVersionService {
  /** Numbers of the published versions, some of them where they are very many; undefined where there is no such function. */
  published(functionName: string, signal: AbortSignal): Promise<readonly number[] | undefined>;
  /** Numbers of all versions that any alias names, or gives a share of its traffic. */
  ofAliases(functionName: string, signal: AbortSignal): Promise<readonly number[]>;
  /** Numbers of all versions that have provisioned concurrency of their own. */
  provisioned(functionName: string, signal: AbortSignal): Promise<readonly number[]>;
  /** Deletes one published version, which need not be there any more. */
  delete(functionName: string, version: number, signal: AbortSignal): Promise<void>;
}

export interface FunctionVersionPorts extends TidyPorts {
  readonly functionVersions: FunctionVersionService;
}
