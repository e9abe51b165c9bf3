import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteParameterCommand, GetCalendarStateCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsWorld } from './aws-world';

let world: AwsWorld;
beforeEach(async () => {
  world = await AwsWorld.start();
  world.parameters.seed({ name: '/web/level', type: 'String', value: 'high' });
  world.parameters.seed({ name: 'flag', type: 'String', value: 'off' });
  world.parameters.seed({ name: '/web/token', type: 'SecureString', value: 'p4ss', keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/k-1' });
});
afterEach(() => world.close());

const arn = (name: string) => `arn:aws:ssm:eu-central-1:111122223333:parameter/${name}`;

describe('Parameter Store', () => {
  type Command = GetParameterCommand | PutParameterCommand | DeleteParameterCommand;
  const send = <T>(command: Command, key?: string): Promise<T> => {
    const client = new SSMClient(world.client(key));
    return (client.send(command as GetParameterCommand) as Promise<T>).finally(() => client.destroy());
  };
  const get = (Name: string, WithDecryption?: boolean, key?: string) => send<{ Parameter: object }>(new GetParameterCommand({ Name, WithDecryption }), key).then(({ Parameter }) => Parameter);
  const put = (input: Partial<ConstructorParameters<typeof PutParameterCommand>[0]>, key?: string) =>
    send(new PutParameterCommand({ Name: '/web/level', Value: 'low', ...input }), key);

  test.each([
    ['/web/level', '/web/level', 'web/level'],
    [arn('web/level'), '/web/level', 'web/level'],
    ['flag', 'flag', 'flag'],
    [arn('flag'), 'flag', 'flag'],
  ])('PS-1: %s is read', async (asked, Name, inArn) => {
    expect(await get(asked)).toMatchObject({ Name, ARN: arn(inArn), Type: 'String', Version: 1, LastModifiedDate: new Date('2026-01-01T00:00:00Z') });
  });

  test('PS-2: a SecureString is read in clear only with decryption', async () => {
    expect(await get('/web/token', true)).toMatchObject({ Value: 'p4ss', Type: 'SecureString' });
    expect((await get('/web/token', false)) as { Value: string }).not.toMatchObject({ Value: expect.stringContaining('p4ss') });
  });

  test('PS-2, AWS-4: with a key of the customer who reads needs the key too', async () => {
    await get('/web/token', true, 'FUNCTION');
    expect(world.calls.map(({ action, resource, context }) => [action, resource, context])).toEqual([
      ['ssm:GetParameter', arn('web/token'), {}],
      ['kms:Decrypt', 'arn:aws:kms:eu-central-1:111122223333:key/k-1', { 'kms:ViaService': 'ssm.eu-central-1.amazonaws.com', 'kms:EncryptionContext:PARAMETER_ARN': arn('web/token') }],
    ]);
    world.denied.add('kms:Decrypt');
    await expect(get('/web/token', true, 'FUNCTION')).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('kms:Decrypt') });
    await get('/web/token', false, 'FUNCTION');
  });

  test('PS-3: writing makes the next version; earlier ones stay readable', async () => {
    world.playTo(5000);
    expect(await put({ Overwrite: true })).toMatchObject({ Version: 2, Tier: 'Standard' });
    expect(await get('/web/level')).toMatchObject({ Value: 'low', Version: 2, LastModifiedDate: new Date('2026-01-01T00:00:05Z') });
    expect(await get('/web/level:1')).toMatchObject({ Value: 'high', Version: 1, Selector: ':1' });
    expect(await get(`${arn('web/level')}:1`)).toMatchObject({ Value: 'high' });
    await expect(get('/web/level:3')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  });

  test('PS-3: a new one needs its type, an existing one keeps it', async () => {
    expect(await put({ Name: '/web/new', Type: 'String' })).toMatchObject({ Version: 1 });
    await expect(put({ Name: '/web/newer' })).rejects.toMatchObject({ name: 'ValidationException', message: 'A parameter type is required when you create a parameter.' });
    await expect(put({ Overwrite: true, Type: 'SecureString' })).rejects.toMatchObject({ name: 'HierarchyTypeMismatchException' });
  });

  test('PS-3: fails when it is there and Overwrite is not set', async () => {
    await expect(put({ Type: 'String' })).rejects.toMatchObject({ name: 'ParameterAlreadyExists', message: expect.stringContaining('set the overwrite option') });
    expect(await get('/web/level')).toMatchObject({ Value: 'high', Version: 1 });
  });

  test('PS-4: a deleted one is gone, and begins anew', async () => {
    await put({ Overwrite: true });
    await send(new DeleteParameterCommand({ Name: '/web/level' }));
    await expect(get('/web/level')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(send(new DeleteParameterCommand({ Name: '/web/level' }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(await put({ Type: 'String' })).toMatchObject({ Version: 1 });
  });

  test.each([
    ['a value that is too long', { Value: 'x'.repeat(4097), Overwrite: true }],
    ['no value', { Value: '', Overwrite: true }],
    ['a name that is none', { Name: '/web level' }],
    ['an ARN', { Name: arn('web/level') }],
    ['a type that is none', { Type: 'Secret' as 'String' }],
  ])('PS-5: fails with %s', async (_, input) => {
    await expect(put(input)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each([
    ['a label', () => get('/web/level:live')],
    ['another account', () => get('arn:aws:ssm:eu-central-1:444455556666:parameter/web/level')],
    ['tags', () => put({ Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] })],
    ['a key behind an alias', () => put({ Name: '/web/new', Type: 'SecureString', KeyId: 'alias/own' })],
  ])('AWS-5: %s is not modelled, and listed', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'UnknownOperationException' });
    expect(world.endpoint.notModelled).toHaveLength(1);
  });

  test.each([
    ['ssm:GetParameter', () => get('/web/level', true, 'FUNCTION')],
    ['ssm:PutParameter', () => put({ Overwrite: true }, 'FUNCTION')],
    ['ssm:DeleteParameter', () => send(new DeleteParameterCommand({ Name: '/web/level' }), 'FUNCTION')],
  ])('AWS-4: %s is decided on the parameter', async (action, call) => {
    world.denied.add(action);
    await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(world.calls).toMatchObject([{ action, resource: arn('web/level') }]);
    expect(world.parameters.get('/web/level')).toMatchObject({ value: 'high', version: 1 });
  });
});

describe('Secrets Manager', () => {
  const get = (input: ConstructorParameters<typeof GetSecretValueCommand>[0], key?: string) => {
    const client = new SecretsManagerClient(world.client(key));
    return client.send(new GetSecretValueCommand(input)).finally(() => client.destroy());
  };
  const [login, key] = [0, 1].map((index) => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:web/${['login-AbC123', 'key-DeF456'][index]}`);

  test.each([
    ['name', 'web/login'],
    ['ARN', login],
    ['ARN without what the service appends', login!.slice(0, -7)],
  ])('SM-1: a secret is read by its %s', async (_, SecretId) => {
    expect(await get({ SecretId })).toMatchObject({ ARN: login, Name: 'web/login', SecretString: '{"password":"p4ss"}', VersionStages: ['AWSCURRENT'] });
  });

  test('SM-2: there is one version, the current one', async () => {
    const { VersionId } = await get({ SecretId: login, VersionStage: 'AWSCURRENT' });
    expect(await get({ SecretId: login, VersionId })).toMatchObject({ SecretString: '{"password":"p4ss"}' });
    await expect(get({ SecretId: login, VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
    });
  });

  test('SM-3: fails when there is no such secret', async () => {
    const missing = { name: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." };
    await expect(get({ SecretId: 'web/other' })).rejects.toMatchObject(missing);
    await expect(get({ SecretId: 'web' })).rejects.toMatchObject(missing);
  });

  test('SM-4, AWS-4: decided on the ARN; with a key of the customer on the key too', async () => {
    await get({ SecretId: 'web/key' }, 'FUNCTION');
    expect(world.calls.map(({ action, resource, context }) => [action, resource, context])).toEqual([
      ['secretsmanager:GetSecretValue', key, {}],
      ['kms:Decrypt', 'arn:aws:kms:eu-central-1:111122223333:key/k-1', { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com', 'kms:EncryptionContext:SecretARN': key }],
    ]);
    world.denied.add('kms:Decrypt');
    await expect(get({ SecretId: 'web/key' }, 'FUNCTION')).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'Access to KMS is not allowed' });
    world.denied.add('secretsmanager:GetSecretValue');
    await expect(get({ SecretId: 'web/login' }, 'FUNCTION')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('change calendars', () => {
  const state = async (CalendarNames: string[], AtTime?: string, key?: string) => {
    const { State, AtTime: at, NextTransitionTime: next } = await new SSMClient(world.client(key)).send(new GetCalendarStateCommand({ CalendarNames, AtTime }));
    return [State, at, next];
  };

  test('CC-1: open until it changes, and closed then', async () => {
    expect(await state(['sale'])).toEqual(['OPEN', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']);
    world.playTo(60_000);
    expect(await state(['sale'])).toEqual(['CLOSED', '2026-01-01T00:01:00Z', undefined]);
    expect(await state(['sale'], '2026-01-01T00:00:59Z')).toEqual(['OPEN', '2026-01-01T00:00:59Z', '2026-01-01T00:01:00Z']);
  });

  test('CC-1: of several one that is closed closes all', async () => {
    expect(await state(['sale', 'arn:aws:ssm:eu-central-1:111122223333:document/freeze'])).toEqual(['CLOSED', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']);
  });

  test.each<[string[], string | undefined, string]>([
    [['none'], undefined, 'InvalidDocument'],
    [[], undefined, 'ValidationException'],
    [['sale'], 'tomorrow', 'ValidationException'],
  ])('fails for %j at %s', async (names, at, name) => {
    await expect(state(names, at)).rejects.toMatchObject({ name });
  });

  test('AWS-4: decided on the document', async () => {
    world.denied.add('ssm:GetCalendarState');
    await expect(state(['sale'], undefined, 'FUNCTION')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(world.calls[0]).toMatchObject({ action: 'ssm:GetCalendarState', resource: 'arn:aws:ssm:eu-central-1:111122223333:document/sale' });
  });
});
