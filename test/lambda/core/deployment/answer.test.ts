import { answerBody, failedIntake, isRequest, lostAnswer, sendAnswer } from '../../../../lambda/core/deployment/answer';
import type { DeploymentPorts } from '../../../../lambda/core/deployment/facts';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { ResourceAnswer, ResourceRequest } from '../../../../lib/model/deployment-request';
import { request, STACK } from '../../support/deployment-requests';
import type { Script } from '../../support/fake-ports';
import { player } from '../../support/fake-ports';
import { virtualClock } from '../../support/virtual-clock';

const SUCCESS: ResourceAnswer = { Status: 'SUCCESS', Data: { DeploymentId: 'd-1' } };
const IDS = { StackId: STACK, RequestId: 'request-1', LogicalResourceId: 'WebDeployment' };

describe('answerBody', () => {
  test('names what is answered', () => {
    expect(JSON.parse(answerBody(request('Update'), SUCCESS))).toEqual({ Status: 'SUCCESS', PhysicalResourceId: 'web-application/web-group', ...IDS, Data: { DeploymentId: 'd-1' } });
    expect(JSON.parse(answerBody(request('Update'), { Status: 'FAILED', Reason: 'no' }))).toEqual({ Status: 'FAILED', Reason: 'no', PhysicalResourceId: 'web-application/web-group', ...IDS });
  });

  test.each(['x', 'ü', '"', '\n', '😀', '\ud83d'])('has at most 4096 bytes with a reason of many %j', (character) => {
    const body = answerBody(request('Update'), { Status: 'FAILED', Reason: `begins ${character.repeat(5_000)}` });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_096);
    expect(Buffer.byteLength(body)).toBeGreaterThan(3_700);
    expect((JSON.parse(body) as { readonly Reason: string }).Reason).toMatch(/^begins .*…$/);
  });

  test('a reason that just fits is not cut', () => {
    const room = 4_096 - Buffer.byteLength(answerBody(request('Update'), { Status: 'FAILED', Reason: '' }));
    expect(JSON.parse(answerBody(request('Update'), { Status: 'FAILED', Reason: 'x'.repeat(room) })).Reason).toBe('x'.repeat(room));
    expect(JSON.parse(answerBody(request('Update'), { Status: 'FAILED', Reason: 'x'.repeat(room + 1) })).Reason).toBe(`${'x'.repeat(Math.floor((room + 1) * 0.95) - 1)}…`);
  });

  test('comes to an end where the ids alone are too long', () => {
    const body = answerBody(request('Update', { RequestId: 'r'.repeat(5_000) }), { Status: 'FAILED', Reason: 'no reason fits' });
    expect(JSON.parse(body).Reason).toBe('…');
  });
});

describe('lostAnswer', () => {
  const lost = (memory: object, error?: { Error?: string; Cause?: string }, answer?: ResourceAnswer) =>
    lostAnswer({ action: 'answer', request: request('Update'), step: { memory, ...(answer === undefined ? {} : { answer }) }, ...(error === undefined ? {} : { error }) });

  test('is the answer, where there is one', () => {
    expect(lost({}, undefined, SUCCESS)).toBe(SUCCESS);
  });

  test.each<[string, object, { Error?: string; Cause?: string } | undefined, string]>([
    ['an error of Lambda', { deploymentId: 'd-1' }, { Error: 'Sandbox.Timedout', Cause: '{"errorType":"X","errorMessage":"timed out after 60 s"}' }, 'Sandbox.Timedout: timed out after 60 s; it followed deployment d-1'],
    ['a cause that is no JSON', {}, { Error: 'States.Timeout', Cause: 'late' }, 'States.Timeout: late; it is not known to have started a deployment'],
    ['a cause without a message', {}, { Error: 'E', Cause: '{"errorMessage":7}' }, 'E: {"errorMessage":7}; it is not known to have started a deployment'],
    ['no cause', {}, { Error: 'E' }, 'E: no cause; it is not known to have started a deployment'],
    ['no error', {}, undefined, 'no error: no cause; it is not known to have started a deployment'],
  ])('says what is known of %s', (_, memory, error, reason) => {
    expect(lost(memory, error)).toEqual({ Status: 'FAILED', Reason: `the deployment provider could not go on: ${reason}. Its log says more` });
  });

  test('bounds what others say', () => {
    expect(lost({}, { Error: 'e'.repeat(10_000), Cause: 'c'.repeat(10_000) }).Reason?.length).toBeLessThan(1_400);
  });
});

describe('failedIntake', () => {
  const record = (more: object = {}, response: unknown = { errorType: 'Error', errorMessage: 'denied' }, payload: unknown = request('Update')) => ({
    requestContext: { functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:intake:$LATEST', condition: 'RetriesExhausted', ...more },
    requestPayload: payload,
    responsePayload: response,
  });

  test.each([
    ['crashed', record(), 'RetriesExhausted: Error: denied'],
    ['was never started', record({ condition: 'EventAgeExceeded' }, null), 'EventAgeExceeded: no error: no message'],
  ])('answers for an intake that %s', (_, event, cause) => {
    expect(failedIntake(event)).toEqual({ request: request('Update'), answer: { Status: 'FAILED', Reason: `the deployment provider could not begin (${cause}); no deployment was started` } });
  });

  test.each([
    ['another event', { hello: 'world' }],
    ['an intake that succeeded', record({ condition: 'Success' })],
    ['a request that cannot be answered', record({}, undefined, { RequestType: 'Update' })],
    ['no request', record({}, undefined, null)],
  ])('is none for %s', (_, event) => {
    expect(failedIntake(event)).toBeUndefined();
  });

  test('bounds what others say', () => {
    expect(failedIntake(record({}, { errorType: 't'.repeat(9_000), errorMessage: 'm'.repeat(9_000) }))?.answer.Reason?.length).toBeLessThan(1_500);
  });
});

describe('isRequest', () => {
  test('wants everything that an answer needs', () => {
    const whole = request('Create');
    expect(isRequest(whole)).toBe(true);
    for (const name of ['RequestType', 'ResponseURL', 'StackId', 'RequestId', 'LogicalResourceId', 'ResourceType', 'ResourceProperties'] as const) {
      expect([name, isRequest({ ...whole, [name]: undefined })]).toEqual([name, false]);
      expect([name, isRequest({ ...whole, [name]: '' })]).toEqual([name, false]);
    }
    expect(isRequest({ ...whole, ResourceProperties: null })).toBe(false);
    expect([undefined, null, 'text', []].map(isRequest)).toEqual([false, false, false, false]);
  });
});

describe('sendAnswer', () => {
  interface Sent {
    readonly puts: readonly { readonly url: string; readonly body: string }[];
    readonly lines: readonly string[];
    readonly thrown?: string;
    readonly ms: number;
  }
  const send = async (script: Script<{ status: number; body: string }>, asked: ResourceRequest = request('Update')): Promise<Sent> => {
    const puts: { url: string; body: string }[] = [];
    const lines: string[] = [];
    const clock = virtualClock();
    const next = player(script);
    const line = (level: string) => (message: string, fields?: object) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const ports = {
      clock,
      random: () => 0.5,
      log: { info: line('info'), warn: line('warn'), error: line('error') },
      responses: {
        put: (url: string, body: string) => {
          puts.push({ url, body });
          return next();
        },
      },
    } as unknown as DeploymentPorts;
    const thrown = await sendAnswer(ports, asked, SUCCESS).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { puts, lines, ...(thrown === undefined ? {} : { thrown }), ms: clock.now() };
  };
  const ids = '{"resource":"WebDeployment","requestId":"request-1","status":"SUCCESS"}';
  const refusal = (status: number, body = '') => ({ status, body });

  test.each([200, 204, 299])('is done with %s', async (status) => {
    const { puts, lines, thrown } = await send([refusal(status)]);
    expect(puts).toEqual([{ url: request('Update').ResponseURL, body: answerBody(request('Update'), SUCCESS) }]);
    expect(lines).toEqual([`info answered ${ids}`]);
    expect(thrown).toBeUndefined();
  });

  test.each([199, 300, 307, 400, 403, 404, 500, 503])('tries again after %s, and then leaves it to the state machine', async (status) => {
    const again = await send([refusal(status), refusal(200)]);
    expect([again.puts.length, again.thrown]).toEqual([2, undefined]);
    const never = await send([refusal(status, '<Code>s3cret</Code>')]);
    expect([never.puts.length, never.thrown]).toEqual([5, `the answer to CloudFormation failed: HTTP ${status}: not taken`]);
    expect(never.lines).toEqual([]);
  });

  test('tries again where nobody was reached', async () => {
    expect((await send([new ServiceFailure('the answer to CloudFormation', 'ECONNRESET', 'x', true), refusal(200)])).puts).toHaveLength(2);
  });

  test('leaves an invocation time to end', async () => {
    const { ms, puts, thrown } = await send([() => new Promise(() => undefined)]);
    expect(thrown).toBe('not finished within 500 ms'.replace('500', String(thrown?.replace(/\D/g, ''))));
    expect(puts.length).toBeLessThanOrEqual(5);
    expect(ms).toBeGreaterThan(20_000);
    expect(ms).toBeLessThan(31_000);
  });

  test.each(['<Message>Request has expired</Message>', '<Code>ExpiredToken</Code>'])('gives up where the URL is too old: %s', async (body) => {
    const { puts, lines, thrown } = await send([refusal(403, body)]);
    expect([puts.length, thrown]).toEqual([1, undefined]);
    expect(lines).toEqual([`error the response URL has expired: CloudFormation waits no longer ${ids}`]);
    expect((await send([refusal(400, body)])).puts).toHaveLength(5);
  });

  test.each(['http://127.0.0.1:80/a', 'http://localhost/a', 'http://[::1]:9/a', 'https://bucket.s3.amazonaws.com/a'])('sends to %s', async (url) => {
    expect((await send([refusal(200)], request('Update', { ResponseURL: url }))).puts).toHaveLength(1);
  });

  test.each(['http://bucket.s3.amazonaws.com/a', 'ftp://127.0.0.1/a', 'file:///etc/passwd', 'no url', 'http://127.0.0.1.example.com/a'])('sends nothing to %s', async (url) => {
    const { puts, lines, thrown } = await send([refusal(200)], request('Update', { ResponseURL: url }));
    expect([puts, thrown]).toEqual([[], undefined]);
    expect(lines).toEqual([`error the response URL is not one of HTTPS; nothing is answered ${ids}`]);
  });
});
