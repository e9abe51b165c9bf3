import type { DeploymentReport, GateReport, Report } from '../../../lib/model/report';
import { deploymentLines } from '../../../rehearsal/report/deployment-lines';
import { style } from '../../../rehearsal/report/style';
import { RELEASED } from './sample-reports';

const PLAIN = style({ width: 80, color: false, unicode: true });

const gate = (more: Partial<GateReport> = {}): GateReport => ({ gate: 'ReadyWait', function: 'Shop-FleetReadyWaitGate-Q2LM8ZPO', verdict: 'pass', report: 'Succeeded', reason: 'all checks passed', at: 61, durationMs: 5, checks: [], instances: ['i-a1', 'i-a2'], ...more });

function lines(more: Partial<DeploymentReport>): readonly string[] {
  const deployment: DeploymentReport = { deploymentId: 'd-4F7K2M9QX', creator: 'user', status: 'Succeeded', deploymentConfigName: 'CodeDeployDefault.AllAtOnce', createTime: 0, completeTime: 90, lifecycleEvents: [{ name: 'Install', status: 'Succeeded', start: 30, end: 60 }], traffic: [], ...more };
  const report: Report = { ...RELEASED, deployments: [deployment], alarms: [] };
  return deploymentLines(report, deployment, PLAIN, '  ');
}

test('the ready wait with its length, and what its gate came to', () => {
  expect(lines({ readyWait: { start: 60, end: 72.5 }, gates: [gate()] })).toEqual([
    '  d-4F7K2M9QX  CodeDeployDefault.AllAtOnce',
    '  │   00:30  ✔ Install                                                     30 s',
    '  │   01:00  … ready wait                                                12.5 s',
    '  │   01:01  ✔ gate ReadyWait pass · i-a1, i-a2 Shop-FleetReadyWaitGate-Q2L…',
    '  │            all checks passed',
    '  │   01:30  ✔ Succeeded',
  ]);
});

test('a wait that nobody ended, and gates that let nothing pass: why, by which check, and whether somebody overrode it', () => {
  const check = { name: 'health', kind: 'http', verdict: 'fail', reason: 'status is 503, wanted 200', measurements: [], samples: 1, errors: 0, windowMs: 0 } as const;
  const shown = lines({
    readyWait: { start: 60, end: null },
    gates: [
      gate({ verdict: 'fail', reason: 'i-a1: status is 503, wanted 200', checks: [check], instances: ['i-a1', 'i-a2', 'i-a3', 'i-a4'] }),
      gate({ gate: 'InstanceSuccess', verdict: 'inconclusive', reason: 'no data', instances: [] }),
      gate({ gate: 'ValidateService', verdict: 'none', reason: 'TypeError: broken', function: 'a-function-with-a-name-that-is-much-too-long-for-the-line-that-it-has-to-stand-in', instances: ['i-a1'] }),
    ],
  });
  expect(shown.slice(2)).toEqual([
    '  │   01:00  … ready wait',
    '  │   01:01  ✘ gate ReadyWait fail · 4 instances Shop-FleetReadyWaitGate-Q2…',
    '  │            ✘ health  status is 503, wanted 200',
    '  │   01:01  ? gate InstanceSuccess inconclusive Shop-FleetReadyWaitGate-Q2…',
    '  │            no data',
    '  │   01:01  ✘ gate ValidateService came to no verdict · i-a1 a-function-wi…',
    '  │            TypeError: broken',
    '  │   01:30  ✔ Succeeded',
  ]);
});

test('of many runs a dozen, and how many more there are', () => {
  const gates = Array.from({ length: 20 }, (_, index) => gate({ gate: 'InstanceSuccess', verdict: 'fail', reason: `bad ${index}`, instances: [`i-${index}`] }));
  const shown = lines({ gates });
  expect(shown.filter((line) => line.includes('gate InstanceSuccess'))).toHaveLength(12);
  expect(shown.at(-2)).toBe('  │            and 8 more runs of gates, which the JSON report lists');
});

const checked = (instance: string, verdict: 'pass' | 'fail' = 'pass') =>
  ['home', 'orders'].map((name) => ({ name: `${name} (${instance})`, kind: 'http', verdict: name === 'orders' ? verdict : ('pass' as const), reason: `status is ${verdict === 'fail' && name === 'orders' ? 503 : 200}`, measurements: [], samples: 1, errors: 0, windowMs: 0 }));

test('of several instances each has a line, those first that did not pass, with the checks that say why', () => {
  const instances = ['i-a1', 'i-a2', 'i-a3', 'i-a4', 'i-a5', 'i-a6'];
  const shown = lines({ gates: [gate({ verdict: 'fail', report: 'Failed', reason: '1 of 6 instances failed; i-a3: orders: status is 503', checks: instances.flatMap((id) => checked(id, id === 'i-a3' ? 'fail' : 'pass')), instances })] });
  expect(shown.slice(3, -1)).toEqual([
    '  │            ✘ i-a3  1 of 2 checks passed',
    '  │              ✘ orders  status is 503',
    '  │            ✔ i-a1  2 checks passed',
    '  │            ✔ i-a2  2 checks passed',
    '  │            ✔ i-a4  2 checks passed',
    '  │            and 2 more, which the JSON report lists',
  ]);
});

test('checks of one instance, or of none, are told one by one', () => {
  const shown = (instances: string[]) => lines({ gates: [gate({ checks: checked('i-a1'), instances })] }).slice(4, -1);
  const each = ['  │            ✔ home (i-a1)    status is 200', '  │            ✔ orders (i-a1)  status is 200'];
  expect([shown(['i-a1']), shown([]), shown(['i-a1', 'i-a2'])]).toEqual([each, each, each]);
});

test('a pass that did not get through is none, and its guardian says what it did', () => {
  const shown = (report: 'Failed' | 'none') => lines({ gates: [gate({ report: 'none', guardian: { report, reason: 'gate crashed', at: 62 }, instances: ['i-a1', 'i-a2', 'i-a3', 'i-a4'] })] }).slice(2, -1);
  expect(shown('Failed')).toEqual([
    '  │   01:01  ✘ gate ReadyWait pass, which did not get through · 4 instances',
    '  │            all checks passed',
    '  │            guardian reported Failed at 01:02: gate crashed',
  ]);
  expect(shown('none').at(-1)).toBe('  │            guardian did not report either at 01:02: gate crashed');
});
