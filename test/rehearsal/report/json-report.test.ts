import { exitStatus } from '../../../rehearsal/report/exit-status';
import { comparable, printJson } from '../../../rehearsal/report/json-report';
import { RELEASED, ROLLED_BACK } from './sample-reports';

describe('printJson', () => {
  test('is the report', () => {
    expect(JSON.parse(printJson(ROLLED_BACK))).toEqual(ROLLED_BACK);
    expect(printJson(ROLLED_BACK).endsWith('}\n')).toBe(true);
  });

  test('has its keys in one order, however the report was put together', () => {
    const shuffled = Object.fromEntries(Object.entries(RELEASED).reverse()) as unknown as typeof RELEASED;
    expect(printJson(shuffled)).toBe(printJson(RELEASED));
    expect(Object.keys(JSON.parse(printJson(shuffled)))).toEqual(
      ['schemaVersion', 'rollout', 'platform', 'controller', 'scenario', 'seed', 'outcome', 'deployments', 'stackUpdates', 'alarms', 'iam', 'findings', 'fidelity', 'timing'],
    );
  });
});

describe('comparable', () => {
  test('is the same for runs that differ in wall time only', () => {
    const slower = JSON.parse(JSON.stringify(ROLLED_BACK).replace('"durationMs":214', '"durationMs":999').replace('"wallMs":1840', '"wallMs":9')) as typeof ROLLED_BACK;
    expect(slower).not.toEqual(ROLLED_BACK);
    expect(comparable(slower)).toEqual(comparable(ROLLED_BACK));
  });

  test('is not the same for runs that differ in anything else', () => {
    expect(comparable({ ...ROLLED_BACK, seed: 8 })).not.toEqual(comparable(ROLLED_BACK));
  });
});

describe('exitStatus', () => {
  test.each([
    ['released', 0],
    ['rolledBack', 1],
    ['stopped', 1],
    ['failed', 1],
  ] as const)('%s is %i', (outcome, status) => {
    expect(exitStatus(outcome)).toBe(status);
  });
});
