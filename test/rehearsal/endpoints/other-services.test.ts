import { DescribeNetworkInterfacesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionCommand, InvokeCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { PublishCommandInput } from '@aws-sdk/client-sns';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { AwsWorld } from './aws-world';

let world: AwsWorld;
beforeEach(async () => (world = await AwsWorld.start()));
afterEach(() => world.close());

describe('SNS', () => {
  const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:overridden';
  const publish = (input: Partial<PublishCommandInput>, key?: string) => {
    const client = new SNSClient(world.client(key));
    return client.send(new PublishCommand({ TopicArn: TOPIC, Message: 'by alice & co', ...input })).finally(() => client.destroy());
  };

  test('SN-1: a message is kept, with an id', async () => {
    world.playTo(4000);
    const { MessageId } = await publish({ Subject: 'Overridden' });
    expect(world.endpoint.messages).toEqual([{ at: 4000, id: MessageId, accessKeyId: 'OPERATOR', topicArn: TOPIC, subject: 'Overridden', message: 'by alice & co' }]);
  });

  test.each<[string, Partial<PublishCommandInput>]>([
    ['no topic', { TopicArn: 'overridden' }],
    ['an empty message', { Message: '' }],
    ['a message that is too long', { Message: 'x'.repeat(262_145) }],
    ['a subject that is too long', { Subject: 'x'.repeat(101) }],
    ['a subject of two lines', { Subject: 'a\nb' }],
    ['a subject that is no ASCII', { Subject: 'größer' }],
  ])('SN-2: fails for %s', async (_name, input) => {
    await expect(publish(input)).rejects.toMatchObject({ name: expect.stringMatching(/^InvalidParameter/) });
    expect(world.endpoint.messages).toEqual([]);
  });

  test('AWS-4: decided on the topic', async () => {
    world.denied.add('sns:Publish');
    await expect(publish({}, 'FUNCTION')).rejects.toMatchObject({ name: expect.stringMatching(/^AuthorizationError/), $metadata: { httpStatusCode: 403 } });
    expect(world.calls[0]).toEqual({ accessKeyId: 'FUNCTION', action: 'sns:Publish', resource: TOPIC, context: {} });
  });

  test('AWS-5: what is not modelled is refused, and listed', async () => {
    await expect(publish({ MessageStructure: 'json' })).rejects.toMatchObject({ name: expect.stringMatching(/UnknownOperation/) });
    await expect(publish({ TopicArn: 'arn:aws:sns:us-east-1:111122223333:x' })).rejects.toMatchObject({ name: expect.stringMatching(/UnknownOperation/) });
    expect(world.endpoint.notModelled).toContainEqual({ service: 'sns', operation: 'Publish' });
  });
});

describe('EventBridge', () => {
  const send = (entries: object[], key?: string) => {
    const client = new EventBridgeClient(world.client(key));
    return client.send(new PutEventsCommand({ Entries: entries })).finally(() => client.destroy());
  };
  const entry = { Source: 'cdk-greenlight', DetailType: 'Greenlight Hook Verdict', Detail: '{"verdict":"pass"}' };

  test('EB-1: accepted entries are kept, each with an id', async () => {
    world.playTo(4000);
    const { FailedEntryCount, Entries } = await send([entry, { ...entry, EventBusName: 'own', Resources: ['arn:x'] }]);
    expect(FailedEntryCount).toBe(0);
    expect(new Set(Entries?.map(({ EventId }) => EventId)).size).toBe(2);
    expect(world.endpoint.events).toEqual([
      {
        id: Entries?.[0].EventId,
        at: 4000,
        accessKeyId: 'OPERATOR',
        bus: 'default',
        source: 'cdk-greenlight',
        detailType: 'Greenlight Hook Verdict',
        detail: { verdict: 'pass' },
        resources: [],
      },
      expect.objectContaining({ bus: 'own', resources: ['arn:x'] }),
    ]);
  });

  test('EB-2: an entry that is wrong fails alone', async () => {
    const { FailedEntryCount, Entries } = await send([{ ...entry, Detail: '{' }, { ...entry, DetailType: undefined }, entry]);
    expect(FailedEntryCount).toBe(2);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual(['MalformedDetail', 'InvalidArgument', undefined]);
    expect(Entries?.[1].ErrorMessage).toBe('Parameter DetailType is not valid. Reason: DetailType is a required argument.');
    expect(world.endpoint.events).toHaveLength(1);
  });

  test('EB-3: fails when there are eleven entries', async () => {
    await expect(send(Array.from({ length: 11 }, () => entry))).rejects.toMatchObject({ name: 'ValidationException' });
    expect(world.endpoint.events).toEqual([]);
  });

  test('AWS-4: decided on the bus, with source and detail type', async () => {
    world.denied.add('events:PutEvents');
    await expect(send([entry], 'FUNCTION')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(world.calls[0]).toEqual({
      accessKeyId: 'FUNCTION',
      action: 'events:PutEvents',
      resource: 'arn:aws:events:eu-central-1:111122223333:event-bus/default',
      context: { 'events:source': 'cdk-greenlight', 'events:detail-type': 'Greenlight Hook Verdict' },
    });
  });
});

describe('Lambda', () => {
  const invoke = async (input: Partial<ConstructorParameters<typeof InvokeCommand>[0]> = {}, key?: string) => {
    const client = new LambdaClient(world.client(key));
    const result = await client
      .send(new InvokeCommand({ FunctionName: 'greet', Payload: '{"n":1}', ...input }))
      .finally(() => client.destroy());
    return { ...result, text: Buffer.from(result.Payload ?? '').toString() };
  };

  test('LA-1: a synchronous invocation gives what the function returned', async () => {
    const { StatusCode, FunctionError, ExecutedVersion, text } = await invoke();
    expect({ StatusCode, FunctionError, ExecutedVersion, text }).toEqual({
      StatusCode: 200,
      FunctionError: undefined,
      ExecutedVersion: '$LATEST',
      text: '{"n":1}',
    });
    expect(world.invoked).toEqual([
      { arn: 'arn:aws:lambda:eu-central-1:111122223333:function:greet', payload: { n: 1 }, asynchronous: false },
    ]);
  });

  test('LA-1: a name, a partial and a whole ARN, with or without a qualifier, are the same function', async () => {
    const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:greet';
    for (const FunctionName of ['greet:live', '111122223333:function:greet', arn, `${arn}:live`]) {
      expect((await invoke({ FunctionName })).StatusCode).toBe(200);
    }
    expect(world.calls.map(({ resource }) => resource)).toEqual([`${arn}:live`, arn, arn, `${arn}:live`]);
  });

  test('LA-2: errors of the function are Unhandled, with status 200', async () => {
    world.lambda = () => ({ end: 'threw', error: { errorType: 'Error', errorMessage: 'no' } });
    expect(await invoke()).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      text: '{"errorType":"Error","errorMessage":"no"}',
    });
    world.lambda = () => ({ end: 'timedOut' });
    expect((await invoke()).text).toMatch(
      /^{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: [0-9a-f-]{36} Error: Task timed out after 3.00 seconds"}$/,
    );
  });

  test('LA-5: the end of the log comes along where it is asked for, and the client context reaches the function', async () => {
    world.lambda = () => ({ end: 'returned', payload: null, log: ['x'.repeat(5000), 'no stock'] });
    const context = { custom: { 'greenlight.check': 'größer' } };
    const { LogResult } = await invoke({ LogType: 'Tail', ClientContext: Buffer.from(JSON.stringify(context)).toString('base64') });
    const log = Buffer.from(LogResult ?? '', 'base64').toString();
    expect([log.length, log.split('\n').slice(-4).map((line) => line.replace(/[0-9a-f-]{36}/, 'ID'))]).toEqual([4096, ['no stock', 'END RequestId: ID', 'REPORT RequestId: ID', '']]);
    expect(world.invoked).toMatchObject([{ clientContext: context }]);
    expect((await invoke()).LogResult).toBeUndefined();
  });

  test.each(['not base64 of JSON', Buffer.from('[]').toString('base64'), Buffer.from(JSON.stringify({ custom: { a: 'x'.repeat(3000) } })).toString('base64')])(
    'LA-5: fails when the client context is no JSON object, or too large',
    async (ClientContext) => {
      await expect(invoke({ ClientContext })).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
      expect(world.invoked).toEqual([]);
    },
  );

  test('LA-3: an asynchronous invocation is only accepted, or throttled', async () => {
    expect(await invoke({ InvocationType: 'Event' })).toMatchObject({ StatusCode: 202, text: '' });
    expect(world.invoked).toMatchObject([{ asynchronous: true }]);
    world.queue = { accepted: false, message: 'Rate Exceeded.' };
    await expect(invoke({ InvocationType: 'Event' })).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
    });
    expect((await invoke({ InvocationType: 'DryRun' })).StatusCode).toBe(204);
  });

  test('LA-4: fails when the function is unknown, the payload is no JSON, or too large', async () => {
    const unknown = await invoke({ FunctionName: 'none' }).catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(ResourceNotFoundException);
    expect(unknown).toMatchObject({ message: 'Function not found: none', $metadata: { httpStatusCode: 404 } });
    await expect(invoke({ Payload: '{' })).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    await expect(invoke({ Payload: JSON.stringify('x'.repeat(6 * 1024 * 1024)) })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
    await expect(invoke({ InvocationType: 'Event', Payload: JSON.stringify('x'.repeat(1024 * 1024)) })).rejects.toMatchObject({
      message: 'Request must be smaller than 1048576 bytes for the InvokeFunction operation',
    });
  });

  test('LA-4: a result beyond 6 MB is an error of the function', async () => {
    world.lambda = () => ({ end: 'returned', payload: 'x'.repeat(6 * 1024 * 1024 + 200) });
    expect((await invoke()).text).toBe(
      '{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}',
    );
  });

  test('AWS-4, AWS-5: denied calls are 403; other operations are refused and listed', async () => {
    world.denied.add('lambda:InvokeFunction');
    await expect(invoke({}, 'FUNCTION')).rejects.toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } });
    const client = new LambdaClient(world.client());
    await expect(client.send(new GetFunctionCommand({ FunctionName: 'greet' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    client.destroy();
    expect(world.endpoint.notModelled).toEqual([{ service: 'lambda', operation: 'GET /2015-03-31/functions/greet' }]);
  });
});

describe('EC2', () => {
  const describeInterfaces = async (filters: { Name: string; Values: string[] }[], key?: string) => {
    const client = new EC2Client(world.client(key));
    const { NetworkInterfaces } = await client
      .send(new DescribeNetworkInterfacesCommand({ Filters: filters }))
      .finally(() => client.destroy());
    return NetworkInterfaces?.map(({ PrivateIpAddress }) => PrivateIpAddress);
  };

  test('EC-1: the private addresses of a load balancer, by the description of its interfaces', async () => {
    expect(await describeInterfaces([{ Name: 'description', Values: ['ELB app/shop/50dc6c495c0c9188'] }])).toEqual([
      '10.0.1.10',
      '10.0.2.10',
    ]);
    expect(await describeInterfaces([{ Name: 'description', Values: ['ELB app/other/*'] }])).toEqual([]);
    expect(
      await describeInterfaces([
        { Name: 'description', Values: ['ELB app/*'] },
        { Name: 'private-ip-address', Values: ['10.0.2.10'] },
      ]),
    ).toEqual(['10.0.2.10']);
  });

  test('AWS-4, AWS-5: denied, other filters and other operations', async () => {
    world.denied.add('ec2:DescribeNetworkInterfaces');
    await expect(describeInterfaces([], 'FUNCTION')).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(describeInterfaces([{ Name: 'vpc-id', Values: ['vpc-1'] }])).rejects.toThrow(
      "DescribeNetworkInterfaces with the filter 'vpc-id' is not modelled by the rehearsal",
    );
    const client = new EC2Client(world.client());
    await expect(client.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
    client.destroy();
    expect(world.endpoint.notModelled).toEqual([
      { service: 'ec2', operation: 'DescribeNetworkInterfaces' },
      { service: 'ec2', operation: 'DescribeVpcs' },
    ]);
  });
});
