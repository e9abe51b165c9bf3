import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { alarmNamed } from '../../../rehearsal/assembly/alarms';
import { deploymentConfigs } from '../../../rehearsal/assembly/deployment-configs';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { resolveRollout } from '../../../rehearsal/assembly/rollout-model';
import type { RolloutModel } from '../../../rehearsal/assembly/rollout-model';
import type { Assembly } from '../../../rehearsal/assembly/assembly';
import { findRollouts, selectRollout, type FoundRollout } from '../../../rehearsal/assembly/rollouts';

const WEB = join(__dirname, 'fixtures', 'web');
const scratches: string[] = [];
afterAll(() => scratches.forEach((scratch) => rmSync(scratch, { recursive: true })));

/** The assembly after a piece of the template's text has been replaced. */
function webWith(from: string, to: string): ReturnType<typeof readAssembly> {
  const directory = mkdtempSync(join(tmpdir(), 'rollouts-'));
  scratches.push(directory);
  cpSync(WEB, directory, { recursive: true });
  const file = join(directory, 'EcsWeb.template.json');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return readAssembly(directory);
}

function ofCodeDeploy(assembly: Assembly): FoundRollout {
  return selectRollout(assembly) as FoundRollout;
}

function model(): RolloutModel {
  const assembly = readAssembly(WEB);
  return resolveRollout(assembly, ofCodeDeploy(assembly));
}

describe('findRollouts', () => {
  test('finds the rollout by the metadata of its deployment group', () => {
    expect(findRollouts(readAssembly(WEB)).map(({ name, stack, logicalId }) => [name, stack.id, logicalId])).toEqual([['EcsWeb/Web', 'EcsWeb', 'Group']]);
  });

  test('finds none where no deployment group has a description', () => {
    expect(findRollouts(webWith('cdk-greenlight:rollout', 'other:rollout'))).toEqual([]);
  });

  test('fails when the description has another version', () => {
    expect(() => findRollouts(webWith('"schemaVersion": 1', '"schemaVersion": 2'))).toThrow(
      'rollout description of EcsWeb/Group has schemaVersion 2, and this command understands 1; ' +
        'use the greenlight command of the same cdk-greenlight version that the app was synthesized with',
    );
  });

  test.each([
    ['"scheme": "internal",', '"scheme": "inside",', 'rollout.scheme must be one of internal, internet-facing, got "inside"'],
    ['"port": 8080 },\n          "loadBalancer"', '"prt": 8080 },\n          "loadBalancer"', 'rollout.container.prt is not known; did you mean "port"?; rollout.container.port must be a number from 1 to 65535, got nothing'],
    ['[{ "logicalId": "Blue" }, { "logicalId": "Green" }]', '[{ "logicalId": "Blue" }]', 'rollout.targetGroups must be a list of 2, got [{"logicalId":"Blue"}]'],
    ['"percentage": 20,', '"percentage": 100,', 'rollout.traffic.percentage must be a number from 1 to 99, got 100'],
    ['"kind": "checks"', '"kind": "check"', 'rollout.hooks[0].kind must be one of checks, outcome, function, got "check"'],
    ['"guarded": true', '"guarded": "yes"', 'rollout.hooks[0].guarded must be true or false, got "yes"'],
  ])('fails when %s is %s', (from, to, problem) => {
    expect(() => findRollouts(webWith(from, to))).toThrow(
      `rollout description of EcsWeb/Group is not one that this command understands: ${problem}; synthesize the app again with the same cdk-greenlight version as this command`,
    );
  });
});

describe('selectRollout', () => {
  test.each([undefined, 'EcsWeb/Web', 'Web'])('%s', (name) => {
    expect(selectRollout(readAssembly(WEB), name).name).toBe('EcsWeb/Web');
  });

  test('fails when there is none of that name', () => {
    expect(() => selectRollout(readAssembly(WEB), 'EcsWeb/Wbe')).toThrow('no rollout "EcsWeb/Wbe" in the assembly; did you mean "EcsWeb/Web"?; it has EcsWeb/Web');
  });

  test('fails when there are several, and names them', () => {
    const assembly = webWith(
      '"Verdict": {',
      `"Second": { "Type": "AWS::CodeDeploy::DeploymentGroup", "Metadata": { "cdk-greenlight:rollout": ${JSON.stringify({ ...model().description, name: 'Other/Web' })} } }, "Verdict": {`,
    );
    expect(() => selectRollout(assembly)).toThrow('the assembly has several rollouts; name one of EcsWeb/Web, Other/Web');
    expect(() => selectRollout(assembly, 'Web')).toThrow('"Web" stands for several rollouts; name one of EcsWeb/Web, Other/Web');
    expect(selectRollout(assembly, 'Other/Web').logicalId).toBe('Second');
  });

  test('fails when there is no rollout at all', () => {
    const assembly = webWith('cdk-greenlight:rollout', 'other:rollout');
    expect(() => selectRollout(assembly)).toThrow(`no rollout in ${assembly.directory}; add an EcsRollout of cdk-greenlight to a stack and synthesize the app again`);
  });
});

describe('resolveRollout', () => {
  test('knows every name and ARN', () => {
    expect(model()).toMatchObject({
      application: { name: 'Web-App', arn: 'arn:aws:codedeploy:eu-west-1:222222222222:application:Web-App' },
      deploymentGroup: { name: 'Web-Group', arn: 'arn:aws:codedeploy:eu-west-1:222222222222:deploymentgroup:Web-App/Web-Group' },
      deploymentConfig: { name: 'Canary20' },
      serviceRole: { name: 'deployer', arn: 'arn:aws:iam::222222222222:role/deployer' },
      service: { name: 'web', cluster: 'shop', arn: 'arn:aws:ecs:eu-west-1:222222222222:service/shop/web', desiredCount: 3 },
      production: { port: 80, protocol: 'HTTP' },
      test: { port: 8080, protocol: 'HTTP' },
      verdictAlarm: 'web-verdict',
      ignorePollAlarmFailure: true,
    });
  });

  test('parses the AppSpec of the output', () => {
    const { appSpec, appSpecContent } = model();
    expect(appSpec.Resources[0].TargetService.Properties.TaskDefinition).toBe('arn:aws:ecs:eu-west-1:222222222222:task-definition/web:1');
    expect(appSpec.Hooks).toEqual([{ AfterAllowTestTraffic: 'web-checks' }]);
    expect(JSON.parse(appSpecContent)).toEqual(appSpec);
  });

  test('resolves the alarms of the group, and those that composite alarms are made of', () => {
    const { alarms, evaluatedAlarms } = model();
    expect(alarms.map(({ name, kind }) => [name, kind])).toEqual([
      ['web-verdict', 'metric'],
      ['web-any', 'composite'],
      ['made-elsewhere', 'outside'],
    ]);
    expect(evaluatedAlarms.map(({ name }) => name)).toEqual(['web-verdict', 'web-any', 'made-elsewhere', 'web-5xx']);
    expect(alarms[1]?.properties.AlarmRule).toBe('ALARM("arn:aws:cloudwatch:eu-west-1:222222222222:alarm:web-5xx")');
  });

  test.each([
    ['web-verdict', 'web-verdict'],
    ['Verdict', 'web-verdict'],
    ['EcsWeb/AnyAlarm', 'web-any'],
    ['AnyAlarm', 'web-any'],
    ['5XX', 'web-5xx'],
  ])('finds the alarm %s', (wanted, name) => {
    expect(alarmNamed(model().evaluatedAlarms, wanted).name).toBe(name);
  });

  test.each([
    ['web-verdit', 'no alarm "web-verdit" in this rollout; did you mean "web-verdict"?; name one of web-verdict, EcsWeb/AnyAlarm, made-elsewhere, web-5xx'],
    ['web', '"web" stands for several alarms; name one of web-verdict, web-any, web-5xx'],
  ])('fails when the alarm is %s', (wanted, message) => {
    expect(() => alarmNamed(model().evaluatedAlarms, wanted)).toThrow(message);
  });

  test.each([
    ['"appSpecOutput": "AppSpec"', '"appSpecOutput": "Other"', 'output Other of stack EcsWeb does not exist, though rollout EcsWeb/Web keeps its AppSpec there'],
    ['"{\\"version\\"', '"{{\\"version\\"', 'output AppSpec of stack EcsWeb is not valid JSON: '],
    ['\\"0.0\\"', '\\"1.0\\"', 'output AppSpec of stack EcsWeb is not the AppSpec of an ECS deployment: AppSpec.version must be one of 0.0, got "1.0"'],
    ['"serviceRole": { "logicalId": "ServiceRole" }', '"serviceRole": { "logicalId": "Gone" }', 'template of stack EcsWeb has no resource Gone, which a rollout description names'],
    ['"serviceRole": { "logicalId": "ServiceRole" }', '"serviceRole": { "logicalId": "ServiceRole", "stack": "Bse" }', 'no stack "Bse" in the assembly; it has Base, EcsWeb; did you mean "Base"?'],
  ])('fails when %s is %s', (from, to, message) => {
    const assembly = webWith(from, to);
    expect(() => resolveRollout(assembly, ofCodeDeploy(assembly))).toThrow(message);
  });

  test('knows things that are made elsewhere by their ARN', () => {
    const arn = 'arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/shared/0123456789abcdef';
    const assembly = webWith('[{ "logicalId": "Blue" }', `[{ "value": "${arn}" }`);
    expect(resolveRollout(assembly, ofCodeDeploy(assembly)).targetGroups[0]).toEqual({ arn, name: 'shared', fullName: 'targetgroup/shared/0123456789abcdef' });
  });
});

describe('deploymentConfigs', () => {
  test('knows the configurations that the assembly makes', () => {
    expect(deploymentConfigs(readAssembly(WEB))).toEqual([{ deploymentConfigName: 'Canary20', routing: { type: 'TimeBasedCanary', percentage: 20, intervalMinutes: 5 } }]);
  });
});
