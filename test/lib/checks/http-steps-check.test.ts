import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration, Stack as CdkStack, App } from 'aws-cdk-lib/core';

import type { Check, HttpStepOptions } from '../../../lib';
import { Capture, CheckTarget, HttpAssertion, HttpAuth, HttpCheck, HttpStep, LifecycleHook, RuntimeValue } from '../../../lib';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import { readStatements } from '../../../lib/private/read-grants';
import { only, sample, statementsOf } from '../support/sample';

const OK = [HttpAssertion.status(200)];
const TOKEN = { token: Capture.jsonPath('$.token') };
const login = (options: HttpStepOptions = {}) => HttpStep.post('/login', { captures: TOKEN, ...options });
const context = () => ({ values: new DeployTimeValues(), production: { protocol: 'HTTPS' as const }, test: { protocol: 'HTTP' as const } });

const hook = (make: (stack: Stack) => Check[]) => sample((stack) => ({ hooks: { afterInstall: LifecycleHook.checks({ checks: make(stack) }) } }));
/** Statements of the hook's role that are about what its checks ask. */
const grants = (make: (stack: Stack) => Check[]) => {
  const { template } = hook(make);
  const own = ['Report', 'LookUpDeployment', 'PublishVerdict', 'SetVerdictAlarm', 'SendEvents', 'WriteLogs', 'Invoke', 'NetworkInterfaces'];
  const statements = statementsOf(template, only(template, 'AWS::IAM::Role', 'WebAfterInstall').id).filter(({ Sid }) => !own.includes(String(Sid)));
  return { template, statements };
};

describe('HttpCheck.steps', () => {
  test('writes every step with what it captures and how it proves itself', () => {
    const check = HttpCheck.steps({
      steps: [
        login({ headers: { 'content-type': 'application/json' }, body: '{"user":"a"}', timeout: Duration.seconds(2) }),
        HttpStep.get('/me', { headers: { 'x-token': '{{token}}' }, assertions: OK, auth: HttpAuth.bearer(RuntimeValue.named('token')) }),
        HttpStep.request({ method: 'DELETE', target: CheckTarget.url('https://api.example.com/sessions/{{token}}'), assertions: OK }),
      ],
      keepCookies: true,
      interval: Duration.seconds(1),
    });
    expect(check._render(context())).toEqual({
      kind: 'http',
      name: 'POST /login, GET /me, DELETE https://api.example.com/sessions/{{token}}',
      // Three passes at the longest are 2 + 5 + 5 s, and two transport errors later on 2 × (5 + 1) s; before the first answer 2 × (2 + 1) s.
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 24_000, intervalMs: 1000, errorBudget: 2, deadlineMs: 31_000, inconclusive: 'FAIL' },
      steps: [
        {
          target: { listener: 'test' },
          request: { method: 'POST', path: '/login', headers: { 'content-type': 'application/json' }, body: '{"user":"a"}', timeoutMs: 2000, maxRedirects: 0 },
          assertions: [],
          captures: { token: { from: 'jsonPath', path: '$.token' } },
        },
        {
          target: { listener: 'test' },
          request: { method: 'GET', path: '/me', headers: { 'x-token': '{{token}}' }, timeoutMs: 5000, maxRedirects: 0 },
          auth: { kind: 'bearer', token: '{{token}}' },
          assertions: [{ kind: 'status', equals: 200 }],
        },
        {
          target: { url: 'https://api.example.com/sessions/{{token}}' },
          request: { method: 'DELETE', path: '', headers: {}, timeoutMs: 5000, maxRedirects: 0 },
          assertions: [{ kind: 'status', equals: 200 }],
        },
      ],
      keepCookies: true,
    });
  });

  test.each([
    [Capture.jsonPath('$.a'), { from: 'jsonPath', path: '$.a' }],
    [Capture.header('Location').matching('/(\\d+)$'), { from: 'header', name: 'location', pattern: '/(\\d+)$' }],
    [Capture.cookie('session'), { from: 'cookie', name: 'session' }],
    [Capture.pattern('csrf=(\\w+)'), { from: 'body', pattern: 'csrf=(\\w+)' }],
  ])('capture %#', (capture, document) => {
    expect(capture._document).toEqual(document);
  });

  test.each<[() => unknown, string]>([
    [() => HttpCheck.steps({ name: 'x', steps: [] }), "check 'x' must have 1 to 20 steps, got 0; spread them over several checks"],
    [() => HttpCheck.steps({ name: 'x', steps: [HttpStep.get('/'), HttpStep.get('/b', { assertions: OK })] }), "step 1 (GET /) of check 'x' asserts nothing, and would pass whatever answers"],
    [() => HttpCheck.steps({ name: 'x', steps: [HttpStep.get('/a', { assertions: OK }), login()] }), "step 2 (POST /login) of check 'x' asserts nothing"],
    [() => HttpCheck.steps({ name: 'x', steps: [login(), HttpStep.get('/', { assertions: [OK[0]!.asWarning()] })] }), "step 2 (GET /) of check 'x' only warns"],
    [() => HttpCheck.steps({ name: 'x', steps: [login({ captures: { 'a-b': Capture.header('a') } })] }), "'a-b' is no name of a value; use up to 64 letters, digits and '_', beginning with a letter"],
    [() => HttpCheck.get('/', { assertions: OK, values: { a: RuntimeValue.named('b') } }), "value 'a' only refers to 'b'; give a secret or a parameter"],
    [() => HttpCheck.get('/', { assertions: OK, headers: { Authorization: 'x' }, auth: HttpAuth.bearer(RuntimeValue.named('a')) }), "check 'GET /' has 'auth' and the header 'Authorization', which 'auth' writes"],
    [() => HttpAuth.basic('a:b', RuntimeValue.named('a')), "'user' must be a name without a colon, got 'a:b'"],
    [() => HttpAuth.sigV4({ service: 'execute-api', actions: ['execute-api:*'], resources: ['arn:x'] }), "'actions' must name single actions such as 'execute-api:Invoke', got 'execute-api:*'"],
    [() => HttpAuth.sigV4({ service: 'execute-api', actions: ['execute-api:Invoke'], resources: ['*'] }), "'resources' must name what the request asks, got '*'; use its ARN"],
    [() => HttpAuth.sigV4({ service: 'Execute API', actions: ['execute-api:Invoke'], resources: ['arn:x'] }), "'service' must be a name as signatures have it, such as 'execute-api', got 'Execute API'"],
    [() => Capture.header('a').matching('(a)').matching('(b)'), "a capture has one pattern, got '(a)' and '(b)'; write them as one"],
    [() => RuntimeValue.secret({} as never, { jsonField: '' }), "'jsonField' must be the name of a field that is known at synth"],
    [() => HttpAssertion.jsonSchema({ a: new CdkStack(new App(), 'S').region }), 'a JSON schema must be an object that is known at synth'],
  ])('fails with mistake %#', (make, message) => {
    expect(make).toThrow(message);
  });

  test.each<[string, () => Check, string]>([
    ['an unknown capture', () => HttpCheck.steps({ name: 'login', steps: [login(), HttpStep.get('/{{tokn}}', { assertions: OK })] }), "check 'login' of hook AfterInstall: 'steps[1].request.path' refers to a value that is not there: {{tokn}} is no value of the check"],
    ['a pattern beyond the linear engine', () => HttpCheck.steps({ name: 'login', steps: [login({ captures: { a: Capture.pattern('(a)(?=b)') } }), HttpStep.get('/', { assertions: OK })] }), `check 'login' of hook AfterInstall: pattern "(a)(?=b)" cannot be used`],
    ...['(?=a)b', '(a)\\1', '(?>a)', 'a++', '(', 'x{1001}', '[b-a]'].map((pattern): [string, () => Check, string] => [
      `the pattern ${pattern}`,
      () => HttpCheck.get('/', { assertions: [HttpAssertion.bodyMatches(pattern)] }),
      `check 'GET /' of hook AfterInstall: pattern "${pattern}" cannot be used: error parsing regexp: `,
    ]),
    ['a pattern that says what to do', () => HttpCheck.get('/', { assertions: [HttpAssertion.bodyMatches('(?=a)')] }), 'in linear time there is no look-around, back-reference'],
    ['a schema with an unknown keyword', () => HttpCheck.get('/', { assertions: [HttpAssertion.jsonSchema({ properties: { id: { typ: 'string' } } })] }), `check 'GET /' of hook AfterInstall: JSON schema "{"properties":{"id":{"typ":"string"}}}" cannot be used: Error: strict mode: unknown keyword: "typ"`],
    ['a JSON path that is none', () => HttpCheck.get('/', { assertions: [HttpAssertion.jsonPath('$.a[').exists()] }), `check 'GET /' of hook AfterInstall: JSON path "$.a[" cannot be used`],
  ])('fails at synth with %s', (_, make, message) => {
    expect(() => hook(() => [make()])).toThrow(message);
  });
});

describe('what the hook may read', () => {
  test('nothing where no check has values', () => {
    expect(grants(() => [HttpCheck.get('/', { assertions: OK })]).statements).toEqual([]);
  });

  test('exactly these secrets, by name too, and the keys behind them by way of the service', () => {
    const { template, statements } = grants((stack) => {
      const key = new kms.Key(stack, 'Key');
      const own = RuntimeValue.secret(new secretsmanager.Secret(stack, 'Login', { encryptionKey: key }), { jsonField: 'password' });
      const imported = RuntimeValue.secret(secretsmanager.Secret.fromSecretNameV2(stack, 'Imported', 'prod/token'));
      return [
        HttpCheck.get('/a', { assertions: OK, values: { own }, headers: { 'x-a': '{{own}}' } }),
        HttpCheck.get('/b', { assertions: OK, values: { own, imported }, headers: { 'x-b': '{{imported}}{{own}}' } }),
      ];
    });
    const [secret, key] = [only(template, 'AWS::SecretsManager::Secret').id, only(template, 'AWS::KMS::Key').id];
    const name = ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':secret:prod/token-??????'];
    expect(statements).toEqual([
      { Sid: 'ReadSecrets', Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: [{ Ref: secret }, { 'Fn::Join': ['', name] }] },
      {
        Sid: 'DecryptSecrets',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': [key, 'Arn'] },
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } } },
      },
    ]);
  });

  test('exactly these parameters', () => {
    const { statements } = grants((stack) => {
      const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111122223333:key/k-1');
      const secure = ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Secure', { parameterName: '/web/token', encryptionKey: key });
      return [HttpCheck.get('/', { assertions: OK, auth: HttpAuth.bearer(RuntimeValue.parameter(secure)) })];
    });
    const parameter = ['arn:', { Ref: 'AWS::Partition' }, ':ssm:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':parameter/web/token'];
    expect(statements).toEqual([
      { Sid: 'ReadParameters', Effect: 'Allow', Action: 'ssm:GetParameter', Resource: { 'Fn::Join': ['', parameter] } },
      {
        Sid: 'DecryptParameters',
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: 'arn:aws:kms:eu-central-1:111122223333:key/k-1',
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['ssm.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } } },
      },
    ]);
  });

  test('and ask what is signed', () => {
    const resources = ['arn:aws:execute-api:eu-central-1:111122223333:abc/prod/GET/orders'];
    const { statements } = grants(() => [HttpCheck.get('/', { assertions: OK, auth: HttpAuth.sigV4({ service: 'execute-api', actions: ['execute-api:Invoke'], resources }) })]);
    expect(statements).toEqual([{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resources[0] }]);
  });

  test('a value that is given twice is read under one name, and stands in neither suite nor environment', () => {
    const app = new App();
    const stack = new CdkStack(app, 'S');
    const value = RuntimeValue.secret(new secretsmanager.Secret(stack, 'Login'));
    const check = HttpCheck.get('/', { assertions: OK, values: { password: value }, auth: HttpAuth.basic('greenlight', value) });
    expect(Object.keys(check._values)).toEqual(['password']);
    expect(check._render(context()).steps[0]!.auth).toEqual({ kind: 'basic', user: 'greenlight', password: '{{password}}' });
    const values = new DeployTimeValues();
    expect(value._render(values)).toEqual({ source: 'secret', id: '${greenlight:V1}' });
  });

  test('fails when a secret is kept in another region', () => {
    const make = (stack: Stack) => [HttpCheck.get('/', { assertions: OK, values: { a: RuntimeValue.secret(secretsmanager.Secret.fromSecretCompleteArn(stack, 'Far', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf')) } })];
    const stack = new CdkStack(new App(), 'S', { env: { region: 'eu-central-1', account: '111122223333' } });
    const [check] = make(stack);
    const [grant] = Object.values(check!._values).map(({ _grant }) => _grant);
    expect(() => readStatements([grant!], stack)).toThrow("secret 'S/Far' is kept in us-east-1, and the hook runs in eu-central-1, where it cannot be read; keep it or replicate it there");
  });
});
