/** One invocation in the child: calls the handler and waits until it has answered or nothing is left that could. */
import { toLambdaError } from './handler';
import type { Handler } from './handler';
import type { Invoke, Outcome, Start } from '../protocol';

export class Invocation {
  readonly outcome: Promise<Outcome>;

  private settle: (outcome: Outcome) => void = () => undefined;
  /** Given through the callback, and kept back until the event loop is empty. */
  private answer: Outcome | undefined;
  private readonly context;

  constructor(
    private readonly handler: Handler,
    start: Start,
    private readonly invoke: Invoke,
    now: () => number,
  ) {
    this.outcome = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.context = contextOf(start, invoke, now, (error, result) => this.settle(outcomeOf(error, result)));
  }

  begin(): void {
    try {
      const result = this.handler(this.invoke.payload, this.context, (error, value) => this.called(error, value));
      if (isThenable(result)) {
        result.then(
          (value) => this.settle(outcomeOf(undefined, value)),
          (error: unknown) => this.settle(thrown(error)),
        );
      }
    } catch (error) {
      this.settle(thrown(error));
    }
  }

  /** Nothing is pending any more: the answer that was kept back, or none. */
  comeToRest(): void {
    this.settle(this.answer ?? { end: 'silent' });
  }

  private called(error: unknown, value: unknown): void {
    this.answer ??= outcomeOf(error, value);
    if (!this.context.callbackWaitsForEmptyEventLoop) {
      this.settle(this.answer);
    }
  }
}

function contextOf(start: Start, invoke: Invoke, now: () => number, finish: (error?: unknown, result?: unknown) => void) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: start.functionName,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: invoke.qualifier === undefined ? start.functionArn : `${start.functionArn}:${invoke.qualifier}`,
    memoryLimitInMB: String(start.memoryMb),
    awsRequestId: invoke.requestId,
    clientContext: invoke.clientContext,
    logGroupName: `/aws/lambda/${start.functionName}`,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(invoke.deadline - now())),
    done: finish,
    succeed: (result: unknown) => finish(undefined, result),
    fail: (error: unknown) => finish(error ?? new Error('handled')),
  };
}

function outcomeOf(error: unknown, value: unknown): Outcome {
  if (error !== undefined && error !== null) {
    return thrown(error);
  }
  try {
    // An answer that JSON cannot carry is the handler's error, and undefined arrives as null.
    return { end: 'returned', payload: JSON.parse(JSON.stringify(value ?? null)) as unknown };
  } catch (unserializable) {
    return thrown(unserializable);
  }
}

function thrown(error: unknown): Outcome {
  return { end: 'threw', error: toLambdaError(error) };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
