import { CONTINUATION_KEY } from '../../../lib/model/hook-contract';
import { parseDestinationRecord, unqualifiedArn } from '../../../lambda/core/destination-record';
import { HOOK } from '../support/fake-ports';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';
const recordOf = (request: unknown, response: unknown, condition: unknown = 'Success') => ({
  requestContext: { functionArn: `${ARN}:$LATEST`, condition },
  requestPayload: request,
  responsePayload: response,
});
const read = (request: unknown, response: unknown, condition?: unknown) => parseDestinationRecord(recordOf(request, response, condition));

describe('parseDestinationRecord', () => {
  test('keeps what the guardian decides by, and no payload', () => {
    expect(read(HOOK, { greenlight: { reported: true, status: 'Failed' }, secret: 'x' })).toEqual({ functionArn: ARN, condition: 'Success', hook: HOOK, reported: true, idle: false });
  });

  test.each<[string, unknown, unknown]>([
    ['text', 'x', 'string'],
    ['null', null, 'undefined'],
    ['a list', [recordOf(HOOK, null)], 'undefined'],
    ['nothing of Lambda', { requestContext: {} }, 'undefined'],
    ['a name in place of an ARN', { requestContext: { functionArn: 'smoke' } }, 'string'],
    ['a number in place of an ARN', { requestContext: { functionArn: 5 } }, 'number'],
  ])('says what is wrong with %s', (_, event, type) => {
    expect(parseDestinationRecord(event)).toBe(`'requestContext.functionArn' must be an ARN, got ${typeof event === 'string' ? 'undefined' : type}`);
  });

  test.each<[unknown, string]>([
    ['RetriesExhausted', 'RetriesExhausted'],
    [5, 'none'],
    [undefined, 'none'],
    ['x'.repeat(41), `${'x'.repeat(39)}…`],
  ])('the condition %j is %s', (condition, expected) => {
    expect(parseDestinationRecord({ ...recordOf(HOOK, null), requestContext: { functionArn: ARN, condition } })).toMatchObject({ condition: expected });
  });

  test.each<[unknown, boolean, boolean]>([
    [{ greenlight: { reported: true } }, true, false],
    [{ greenlight: { reported: 'true' } }, false, false],
    [{ greenlight: { reported: false, idle: 'duplicate' } }, false, true],
    [{ greenlight: { reported: false, idle: 'over' } }, false, true],
    [{ greenlight: { idle: 'later' } }, false, false],
    [{ greenlight: [] }, false, false],
    [{ greenlight: null }, false, false],
    [null, false, false],
  ])('of the response %j: reported %s, nothing to do %s', (response, reported, idle) => {
    expect(read(HOOK, response)).toMatchObject({ reported, idle });
  });

  test.each<[unknown, unknown]>([
    [{ continued: true, invocation: 2, elapsedMs: 5 }, { invocation: 2, elapsedMs: 5 }],
    [{ continued: 'yes', invocation: 2, elapsedMs: 5 }, undefined],
    [{ continued: true, invocation: '2', elapsedMs: 5 }, undefined],
    [{ continued: true, invocation: 2, elapsedMs: '5' }, undefined],
    [{ continued: true, elapsedMs: 5 }, undefined],
    [{ invocation: 2, elapsedMs: 5 }, undefined],
  ])('of the response %j goes on: %j', (greenlight, continued) => {
    const record = read(HOOK, { greenlight });
    expect(record).toEqual({ functionArn: ARN, condition: 'Success', hook: HOOK, reported: false, idle: false, ...(continued === undefined ? {} : { continued }) });
  });

  test.each<[unknown, object]>([
    [{ errorType: 'Error', errorMessage: 'x' }, { errorType: 'Error', errorMessage: 'x' }],
    [{ errorType: '', errorMessage: 5 }, {}],
    [{ errorMessage: '' }, {}],
  ])('of the response %j the error is %j', (response, error) => {
    expect(read(HOOK, response)).toEqual({ functionArn: ARN, condition: 'Success', hook: HOOK, reported: false, idle: false, ...error });
  });

  test.each<[unknown, object]>([
    [{ ...HOOK, [CONTINUATION_KEY]: { invocation: 3 } }, { hook: HOOK, invocation: 3 }],
    [{ ...HOOK, [CONTINUATION_KEY]: { invocation: '3' } }, { hook: HOOK }],
    [{ ...HOOK, [CONTINUATION_KEY]: null }, { hook: HOOK }],
    [{ hello: 'world' }, {}],
    [undefined, {}],
  ])('of the request %j the hook is %j', (request, expected) => {
    expect(read(request, null)).toEqual({ functionArn: ARN, condition: 'Success', reported: false, idle: false, ...expected });
  });
});

test.each([
  [ARN, ARN],
  [`${ARN}:live`, ARN],
  [`${ARN}:$LATEST`, ARN],
])('%s without its qualifier is %s', (arn, expected) => {
  expect(unqualifiedArn(arn)).toBe(expected);
});
