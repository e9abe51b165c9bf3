/** The script of an instance, run by shells: all of its ends. */
import { answered } from '../../../lambda/core/server-gate/instance-answer';
import { instanceScript, scriptSeconds } from '../../../lib/private/instance-script';
import type { World } from '../support/instance-world';
import { PASS, runScript, SHELLS, TOKEN } from '../support/instance-world';

const SESSION = 'arn:aws:sts::123456789012:assumed-role/Servers/web-1';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const ARGUMENTS = [
  ...['lambda', 'invoke', '--function-name', 'Shop-Fleet-InstanceGate', '--invocation-type', 'RequestResponse', '--payload', 'fileb://WORK/question'],
  ...['--region', 'eu-central-1', '--cli-connect-timeout', '10', '--cli-read-timeout', '80', '--query', 'FunctionError', '--output', 'text', 'WORK/answer'],
];
const RETRIES = { AWS_RETRY_MODE: 'standard', AWS_MAX_ATTEMPTS: '6', AWS_PAGER: '' };

/** Whatever happens, nothing is left behind, and no list of processes shows a secret. */
async function run(world: World) {
  const ran = await runScript(world);
  expect(ran.left).toEqual([]);
  expect(ran.processList).not.toContain(TOKEN);
  expect(ran.processList).not.toContain(SECRET);
  return ran;
}

describe.each(SHELLS)('%s', (shell) => {
  test('an instance that passes goes into service', async () => {
    const { status, stdout, stderr, asked, metadata } = await run({ shell, lambda: PASS });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'greenlight: pass: all 2 checks passed\n', stderr: '' });
    expect(asked).toEqual([{ args: ARGUMENTS, environment: RETRIES, question: '{"deploymentId":"d-A1B2C3D4E","instanceId":"i-0123456789abcdef0"}' }]);
    expect(metadata).toEqual(['PUT /api/token 60', `GET /meta-data/instance-id ${TOKEN}`]);
  });

  test('one that fails does not', async () => {
    const { status, stdout, stderr } = await run({ shell, lambda: { body: '{"verdict":"fail","reason":"health: status was 503, expected 200 (100% sure)"}' } });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'greenlight: fail: health: status was 503, expected 200 (100% sure)\n' });
  });

  test.each<[string, World, string]>([
    ['the function crashes', { lambda: { body: '{"errorType":"Error","errorMessage":"boom \\"verdict\\":\\"pass\\""}', error: 'Unhandled' } }, 'gate Shop-Fleet-InstanceGate has failed (Unhandled): {"errorType":"Error","errorMessage":"boom \\"verdict\\":\\"pass\\""}'],
    ['it says pass, and has crashed', { lambda: { ...PASS, error: 'Handled' } }, 'gate Shop-Fleet-InstanceGate has failed (Handled): {"verdict":"pass","reason":"all 2 checks passed"}'],
    ['it may not be asked', { lambda: { body: 'not authorized to perform: lambda:InvokeFunction', status: 403 } }, 'gate Shop-Fleet-InstanceGate could not be asked:  An error occurred (AccessDeniedException) when calling the Invoke operation: not authorized to perform: lambda:InvokeFunction '],
    ['it answers nothing in time', { script: { timeoutSeconds: -104 } }, 'gate Shop-Fleet-InstanceGate has not answered within 1 seconds'],
    ['no id of a deployment is given', { environment: { DEPLOYMENT_ID: '' } }, "DEPLOYMENT_ID must be the id of a deployment, got ''; only the CodeDeploy agent runs this script"],
    ['it is none', { environment: { DEPLOYMENT_ID: 'd-1"}\n{' } }, `DEPLOYMENT_ID must be the id of a deployment, got 'd-1"} {'; only the CodeDeploy agent runs this script`],
    ['the metadata service gives no token', { metadata: { '/api/token': 403 } }, 'the instance metadata service gives no token; let the metadata options of the instance allow it'],
    ['or one that is none', { metadata: { '/api/token': 'a"\nurl = "http://elsewhere' } }, 'the instance metadata service gives a token that is none'],
    ['or nothing in its place', { metadata: { '/api/token': '' } }, 'the instance metadata service gives a token that is none'],
    ['it does not tell the instance', { metadata: { '/meta-data/instance-id': 404 } }, 'the instance metadata service does not tell the id of this instance'],
    ['or something else', { metadata: { '/meta-data/instance-id': 'i-1","x":"' } }, `this instance has no name that a gate could know, got 'i-1","x":"'`],
    ['it does not tell the region', { script: { region: undefined }, metadata: { '/meta-data/placement/region': 404 } }, 'the instance metadata service does not tell the region of this instance'],
    ['or something else in its place', { script: { region: undefined }, metadata: { '/meta-data/placement/region': 'x --endpoint-url y' } }, "this instance has no region, got 'x --endpoint-url y'"],
    ['an on-premises instance is nobody', { onPremises: 'region: eu-central-1\n' }, "this instance has no name that a gate could know, got ''"],
    ['the AWS CLI is missing', { without: ['aws'] }, "the program aws is not there, by which this instance asks its gate; install it (aws is the AWS CLI), or take the gate 'fleet', which needs nothing on the instance"],
    ['curl is missing', { without: ['curl'] }, "the program curl is not there, by which this instance asks its gate; install it (aws is the AWS CLI), or take the gate 'fleet', which needs nothing on the instance"],
  ])('fails when %s', async (_, world, reason) => {
    const { status, stdout, stderr } = await run({ shell, ...(world.script?.timeoutSeconds === undefined ? { lambda: PASS } : {}), ...world });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `greenlight: ${reason}\n` });
  });

  test('takes the longest answer that there may be', async () => {
    const reason = 'x'.repeat(1_000);
    const { status, stdout } = await run({ shell, lambda: { body: `{"verdict":"pass","reason":"${reason}"}` } });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `greenlight: pass: ${reason}\n` });
  });

  test('asks without a program that ends it in time, too', async () => {
    expect(await run({ shell, lambda: PASS, without: ['timeout'] })).toMatchObject({ status: 0, stderr: '', asked: [{ args: ARGUMENTS }] });
  });

  test('asks in the region that the instance tells', async () => {
    const { status, asked, metadata } = await run({ shell, lambda: PASS, script: { region: undefined }, environment: { http_proxy: 'http://127.0.0.1:9' } });
    expect(status).toBe(0);
    expect(asked[0]!.args.slice(8, 10)).toEqual(['--region', 'eu-west-1']);
    expect(metadata).toEqual(['PUT /api/token 60', `GET /meta-data/instance-id ${TOKEN}`, `GET /meta-data/placement/region ${TOKEN}`]);
  });

  test('an on-premises instance is its session', async () => {
    const onPremises = `---\niam_session_arn: '${SESSION}'\naws_credentials_file: 'FOLDER/credentials'\nregion: 'us-east-1'\n`;
    const { status, asked, metadata, folder } = await run({ shell, lambda: PASS, onPremises, script: { region: undefined } });
    expect(status).toBe(0);
    expect(asked).toEqual([
      { args: ARGUMENTS.map((arg) => (arg === 'eu-central-1' ? 'us-east-1' : arg)), environment: { ...RETRIES, AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials` }, question: '{"deploymentId":"d-A1B2C3D4E","instanceId":"web-1"}' },
    ]);
    expect(metadata).toEqual([]);
  });

  test('or its user, with the keys of that user', async () => {
    const onPremises = `---\nregion: us-east-1\niam_user_arn: arn:aws:iam::123456789012:user/CodeDeploy/web-2\naws_access_key_id: AKIAIOSFODNN7EXAMPLE\naws_secret_access_key: ${SECRET}\n`;
    const { status, asked } = await run({ shell, lambda: PASS, onPremises, environment: { AWS_SESSION_TOKEN: 'of somebody else' } });
    expect(status).toBe(0);
    expect(asked).toEqual([{ args: ARGUMENTS, environment: { ...RETRIES, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET }, question: '{"deploymentId":"d-A1B2C3D4E","instanceId":"web-2"}' }]);
  });
});

test.each<[string, string]>([
  ['nothing', ''],
  ['null', 'null'],
  ['no reason', '{"verdict":"pass"}'],
  ['the other order', '{"reason":"x","verdict":"pass"}'],
  ['a text', '"{\\"verdict\\":\\"pass\\",\\"reason\\":\\"\\"}"'],
  ['a member more', '{"verdict":"pass","reason":"x","verdict":"fail"}'],
  ['another word', '{"verdict":"passed","reason":"x"}'],
  ['capitals', '{"verdict":"PASS","reason":"x"}'],
  ['a line more', '{"verdict":"pass","reason":"x"}\n{"verdict":"fail","reason":"x"}'],
  ['a line before', 'hello\n{"verdict":"pass","reason":"x"}'],
  ['an escape', '{"verdict":"pass","reason":"x\\n"}'],
  ['a control character', '{"verdict":"\u0001pass","reason":"x"}'],
  ['another alphabet', '{"verdict":"pass","reason":"\u00e9"}'],
  ['too much', `{"verdict":"pass","reason":"${'x'.repeat(5_000)}"}`],
  ['spaces', '{ "verdict": "pass", "reason": "x" }'],
])('takes %s for no answer', async (_, body) => {
  const { status, stdout, stderr } = await run({ lambda: { body } });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^greenlight: gate Shop-Fleet-InstanceGate gave an answer that is none: [\x20-\x7e]{0,1000}\n$/);
});

test.each(['pass', 'fail'] as const)('what the function answers is understood: %s', async (verdict) => {
  const body = JSON.stringify(answered(verdict, 'health: "body" was \\{\u00e9}\n…, expected `ok`'));
  const { status, stdout, stderr } = await run({ lambda: { body } });
  expect([status, stdout + stderr]).toEqual([verdict === 'pass' ? 0 : 1, `greenlight: ${verdict}: health: body was /{?} ..., expected ok\n`]);
});

test('whatever curl there is', async () => {
  const { status, stderr, metadata } = await run({ lambda: PASS, smallCurl: true, environment: { http_proxy: 'http://127.0.0.1:9' } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(metadata).toEqual(['PUT /api/token 60', `GET /meta-data/instance-id ${TOKEN}`]);
});

test('a name cannot leave its quotation marks', () => {
  expect(instanceScript({ functionName: "a'; reboot; '", timeoutSeconds: 60 })).toContain("\nfunction_name='a'\\''; reboot; '\\'''\n");
});

test('the AppSpec gives it two minutes more than the function has', () => {
  expect(scriptSeconds({ functionName: 'gate', timeoutSeconds: 60 })).toBe(180);
  expect(instanceScript({ functionName: 'gate', timeoutSeconds: 60 })).toContain("\nread_timeout=80\ntime_limit=165\non_premises='/etc/codedeploy-agent/conf/codedeploy.onpremises.yml'\n");
});
