/**
 * Requests of CloudFormation to custom resources, and what it makes of their answers.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
import type { JsonObject } from '../assembly/read-json';
import { isObject } from '../assembly/read-json';
import { uuidOf } from '../endpoints/aws-service';
import type { PutAnswer, ResponseBucket } from '../endpoints/response-bucket';
import type { HookInvocation, Scheduler } from '../engine/ports';

/** Time that a custom resource has where its `ServiceTimeout` says nothing; also the longest that it may say. */
const SERVICE_TIMEOUT_SECONDS = 3600;
const MAX_ANSWER_BYTES = 4096;

/** What a request is about. */
export interface Asked {
  readonly type: 'Create' | 'Update' | 'Delete';
  readonly stackId: string;
  readonly resourceType: string;
  readonly logicalId: string;
  /** Absent on Create. */
  readonly physicalId?: string;
  readonly properties: JsonObject;
  /** On Update only. */
  readonly oldProperties?: JsonObject;
}

/** An event as it was sent. */
export interface SentRequest {
  readonly at: number;
  readonly event: JsonObject & { readonly RequestType: Asked['type']; readonly RequestId: string; readonly ServiceToken: string; readonly LogicalResourceId: string };
  /** Everything that was put to its URL; CloudFormation takes the first. */
  answers(): readonly PutAnswer[];
}

/** What came of a request. */
export type ResourceOutcome =
  | { readonly status: 'SUCCESS'; readonly physicalId: string; readonly data: JsonObject; readonly answer: JsonObject }
  | { readonly status: 'FAILED'; readonly reason: string; readonly physicalId?: string; readonly answer?: JsonObject };

export interface CustomResourcesOptions {
  readonly scheduler: Scheduler;
  readonly bucket: ResponseBucket;
  /** Invokes the function behind a service token asynchronously. */
  invoke(serviceToken: string, event: object): HookInvocation;
}

export class CustomResources {
  /** Every request, the first one first; redeliveries are not among them. */
  readonly requests: SentRequest[] = [];

  constructor(private readonly options: CustomResourcesOptions) {}

  /** Sends a request, and waits until it is answered or its time is over. */
  send(asked: Asked): Promise<ResourceOutcome> {
    const { scheduler, bucket } = this.options;
    const request = this.request(asked);
    return new Promise((resolve) => {
      const seconds = Math.min(Number(asked.properties.ServiceTimeout ?? SERVICE_TIMEOUT_SECONDS), SERVICE_TIMEOUT_SECONDS);
      const cancel = scheduler.after(seconds * 1000, `time-out of ${asked.logicalId}`, () => resolve({ status: 'FAILED', reason: timedOut(request) }));
      // A promise settles once: the first answer counts, whatever follows.
      bucket.onPut(keyOf(request.event), ({ body }) => {
        cancel();
        resolve(judged(request.event, body));
      });
      const sent = this.deliver(request);
      if (!sent.accepted) {
        cancel();
        resolve({ status: 'FAILED', reason: `Received response status [FAILED] from custom resource. Message returned: ${sent.message}` });
      }
    });
  }

  /** Delivers an event again, as an asynchronous invocation may be delivered more than once. */
  deliver({ event }: SentRequest): HookInvocation {
    return this.options.invoke(event.ServiceToken, event);
  }

  private request(asked: Asked): SentRequest {
    const { scheduler, bucket } = this.options;
    const { type, stackId, logicalId, physicalId, properties, oldProperties, resourceType } = asked;
    const RequestId = uuidOf(`request ${this.requests.length} of ${stackId} ${logicalId}`);
    const named = { StackId: stackId, RequestId, LogicalResourceId: logicalId };
    const key = keyOf(named);
    const event = {
      RequestType: type,
      ServiceToken: String(properties.ServiceToken),
      ResponseURL: bucket.presign(key),
      ...named,
      ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
      ResourceType: resourceType,
      ResourceProperties: properties,
      ...(oldProperties === undefined ? {} : { OldResourceProperties: oldProperties }),
    };
    const request = { at: scheduler.now(), event, answers: () => bucket.puts(key) };
    this.requests.push(request);
    return request;
  }
}

function keyOf({ StackId, LogicalResourceId, RequestId }: JsonObject): string {
  return `${String(StackId)}|${String(LogicalResourceId)}|${String(RequestId)}`;
}

function timedOut({ event }: SentRequest): string {
  return `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${event.RequestId}].`;
}

/** What CloudFormation reads out of an answer. Texts as far as they are known from the field. */
function judged(event: JsonObject, body: string): ResourceOutcome {
  if (Buffer.byteLength(body) > MAX_ANSWER_BYTES) {
    return { status: 'FAILED', reason: 'Response object is too long.' };
  }
  const answer = parsed(body);
  const echoed = ['StackId', 'RequestId', 'LogicalResourceId'].find((name) => answer?.[name] !== event[name]);
  if (answer === undefined || echoed !== undefined || (answer.Status !== 'SUCCESS' && answer.Status !== 'FAILED')) {
    return { status: 'FAILED', reason: `Invalid response from custom resource${echoed === undefined ? '' : `: ${echoed} does not match the request`}.` };
  }
  const physicalId = typeof answer.PhysicalResourceId === 'string' && answer.PhysicalResourceId !== '' ? answer.PhysicalResourceId : undefined;
  if (answer.Status === 'FAILED') {
    const message = String(answer.Reason ?? '');
    return message === ''
      ? { status: 'FAILED', reason: 'Invalid response from custom resource: a Reason is needed.', answer }
      : { status: 'FAILED', reason: `Received response status [FAILED] from custom resource. Message returned: ${message}`, answer, ...(physicalId === undefined ? {} : { physicalId }) };
  }
  return physicalId === undefined
    ? { status: 'FAILED', reason: 'Invalid PhysicalResourceId', answer }
    : { status: 'SUCCESS', physicalId, data: isObject(answer.Data) ? answer.Data : {}, answer };
}

function parsed(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
