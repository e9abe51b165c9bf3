/** What every AWS endpoint has in common: operations, callers, permissions, and the list of what was asked for but is not modelled. */
import { createHash } from 'node:crypto';
import { ServiceError } from '../engine/ports';
import type { Fields } from './fields';
import type { LoopbackRequest as Request } from './loopback-server';

/** Where the rehearsal says that it plays. */
export interface AwsPlace {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Milliseconds since 1970 at virtual time 0. */
  readonly epochMs: number;
  /** Virtual milliseconds since the rehearsal began. */
  now(): number;
}

/** A call before it runs, as IAM sees it. */
export interface AuthorizedCall {
  readonly accessKeyId: string;
  /** Such as `codedeploy:PutLifecycleEventHookExecutionStatus`. */
  readonly action: string;
  /** ARN, or `*` where the action has no resource-level permission. */
  readonly resource: string;
  /** Condition keys of the request, such as `cloudwatch:namespace`. */
  readonly context: Readonly<Record<string, string>>;
}

/** Decides every call. Who it does not know by the access key is an operator (a developer's own CLI) and is to be allowed. */
export interface Authorizer {
  authorize(call: AuthorizedCall): { readonly allowed: true } | { readonly allowed: false; readonly message: string };
}

/** Who is calling. */
export interface Caller {
  readonly accessKeyId: string;
  /** @throws ServiceError `AccessDeniedException` */
  authorize(action: string, resource: string, context?: Readonly<Record<string, string>>): void;
}

/** Answers with the members of the output structure. Times are `Date`s: each protocol writes them its own way. */
export type Operation = (input: Fields, caller: Caller) => object;

export interface AwsService {
  /** For messages and the report, such as `codedeploy`. */
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An operation, or a use of one, that the rehearsal does not model. Listed in the report: never a silent 200. */
export interface NotModelled {
  readonly service: string;
  readonly operation: string;
}

/** @returns the error for a part of an operation that is not modelled; the dispatcher lists it too. */
export function notModelled(what: string): ServiceError {
  return new ServiceError('UnknownOperationException', `${what} is not modelled by the rehearsal`);
}

/** AWS's own text for a call that no statement allows. */
export function accessDeniedMessage(denied: { readonly principalArn: string; readonly action: string; readonly resource: string }): string {
  const { principalArn, action, resource } = denied;
  const why = `because no identity-based policy allows the ${action} action`;
  return `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

/** Access key and service out of the credential scope of a signed request. */
export function credentialScope(request: Request): { readonly accessKeyId: string; readonly service: string } | undefined {
  const match = /Credential=([^/,\s]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(header(request, 'authorization') ?? '');
  return match ? { accessKeyId: match[1], service: match[2] } : undefined;
}

export function makeCaller(accessKeyId: string, authorizer: Authorizer): Caller {
  return {
    accessKeyId,
    authorize(action, resource, context = {}) {
      const decision = authorizer.authorize({ accessKeyId, action, resource, context });
      if (!decision.allowed) {
        throw new ServiceError('AccessDeniedException', decision.message);
      }
    },
  };
}

export type Outcome = { readonly output: object } | { readonly error: ServiceError };

/** Runs one operation. Only errors of the service become answers; anything else is the simulator's own failure and is thrown on. */
export function runOperation(service: AwsService, name: string, input: () => Fields, caller: Caller): Outcome {
  return settle(() => {
    if (!Object.hasOwn(service.operations, name)) {
      throw new ServiceError('UnknownOperationException', `the operation ${name} of ${service.name} is not modelled by the rehearsal`);
    }
    return { output: service.operations[name](input(), caller) };
  });
}

/** Turns a thrown service error into an outcome. */
export function settle(run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    if (error instanceof ServiceError) {
      return { error };
    }
    throw error;
  }
}

/** Request ids that depend on what was asked and how often, not on the order of arrival. */
export class RequestIds {
  private readonly seen = new Map<string, number>();

  next(request: Request): string {
    const key = createHash('sha256')
      .update([request.method, request.url, header(request, 'x-amz-target') ?? '', credentialScope(request)?.accessKeyId ?? ''].join('\n'))
      .update(request.body)
      .digest('hex');
    const times = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, times);
    return uuidOf(`${key}:${times}`);
  }
}

/** A UUID (version 4 in form) made from a text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** A header by its lower-case name; of repeated ones the first. */
export function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
