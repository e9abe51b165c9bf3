import type { Report } from '../../../lib/model/report';

const GROUP = 'arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:Web-App/Web-Group';

/** A release whose hook may not report: the guardian does, and the service rolls back. */
export const ROLLED_BACK: Report = {
  schemaVersion: 1,
  rollout: 'EcsWeb/Web',
  platform: 'ECS',
  controller: 'CODE_DEPLOY',
  scenario: 'denied.yaml',
  seed: 7,
  outcome: 'rolledBack',
  deployments: [
    {
      deploymentId: 'd-4F7K2M9QX',
      creator: 'user',
      status: 'Failed',
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      errorInformation: { code: 'HOOK_EXECUTION_FAILURE', message: 'The overall deployment failed because one of the lifecycle hooks has reported Failed to the service.' },
      rollbackInfo: { rollbackDeploymentId: 'd-8ZD1PLW0R' },
      createTime: 0,
      completeTime: 49.2,
      lifecycleEvents: [
        { name: 'BeforeInstall', status: 'Succeeded', start: 1.5, end: 1.75 },
        { name: 'Install', status: 'Succeeded', start: 1.9, end: 32.4 },
        { name: 'AfterInstall', status: 'Succeeded', start: 32.55, end: 32.8 },
        { name: 'AllowTestTraffic', status: 'Succeeded', start: 32.95, end: 33.2 },
        {
          name: 'AfterAllowTestTraffic',
          status: 'Failed',
          start: 33.35,
          end: 48.9,
          hook: {
            function: 'EcsWeb-WebAfterAllowTestTrafficChecks-Q2LM8ZPO',
            report: 'none',
            verdict: 'fail',
            reason: 'orders: $.status is "degraded", wanted "ok" (GET http://internal-web-1234567890.us-east-1.elb.amazonaws.com:8080/api/orders)',
            durationMs: 214,
            checks: [
              { name: 'health', kind: 'http', verdict: 'pass', reason: 'health: status is 200', measurements: [], samples: 3, errors: 0, windowMs: 2040 },
              { name: 'orders', kind: 'http', verdict: 'fail', reason: '$.status is "degraded", wanted "ok" (GET http://internal-web-1234567890.us-east-1.elb.amazonaws.com:8080/api/orders)', measurements: [], samples: 1, errors: 2, windowMs: 3120 },
            ],
            guardian: { report: 'Failed', reason: 'the hook returned without a report that got through', at: 48.6 },
          },
        },
        { name: 'BeforeAllowTraffic', status: 'Skipped', start: null, end: null },
        { name: 'AllowTraffic', status: 'Skipped', start: null, end: null },
        { name: 'AfterAllowTraffic', status: 'Skipped', start: null, end: null },
      ],
      traffic: [{ at: 0, original: 100, replacement: 0 }],
    },
    {
      deploymentId: 'd-8ZD1PLW0R',
      creator: 'codeDeployRollback',
      status: 'Succeeded',
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      rollbackInfo: { rollbackTriggeringDeploymentId: 'd-4F7K2M9QX' },
      createTime: 50.2,
      completeTime: 52.9,
      lifecycleEvents: [
        { name: 'Install', status: 'Succeeded', start: 51, end: 51.3 },
        { name: 'AllowTraffic', status: 'Succeeded', start: 51.5, end: 52.8 },
      ],
      traffic: [{ at: 50.2, original: 100, replacement: 0 }],
    },
  ],
  stackUpdates: [],
  alarms: [{ name: 'EcsWeb-Web-verdict', transitions: [{ at: 48.7, from: 'OK', to: 'ALARM', reason: `AfterAllowTestTraffic of d-4F7K2M9QX: ${'the hook says why, at length, '.repeat(6)}` }] }],
  iam: [
    { principal: 'arn:aws:iam::111111111111:role/EcsWeb-ChecksRole-V2A', action: 'cloudwatch:PutMetricData', resource: '*', decision: 'allow' },
    {
      principal: 'arn:aws:iam::111111111111:role/EcsWeb-ChecksRole-V2A',
      action: 'codedeploy:PutLifecycleEventHookExecutionStatus',
      resource: GROUP,
      decision: 'deny',
      missingStatement: { Effect: 'Allow', Action: 'codedeploy:PutLifecycleEventHookExecutionStatus', Resource: GROUP },
    },
  ],
  findings: [
    {
      id: 'unguarded',
      level: 'warning',
      message: 'the hook of BeforeAllowTraffic has an asynchronous configuration of its own, so the guardian does not watch over it',
      remedy: 'let the rollout configure its asynchronous invocation, or report from within it on every path',
    },
  ],
  fidelity: {
    modelled: ['lifecycle', 'alarms'],
    approximated: ['time to install', 'alarm poll interval of 10 s', 'latency of the synthetic service', 'time to invoke a function'],
    notModelled: ['layers'],
  },
  timing: { virtualSeconds: 112.9, wallMs: 1840 },
};

/** A canary release with an alarm that flickers within the wait. */
export const RELEASED: Report = {
  schemaVersion: 1,
  rollout: 'EcsWeb/Web',
  platform: 'ECS',
  controller: 'CODE_DEPLOY',
  scenario: 'good.yaml',
  seed: 1,
  outcome: 'released',
  deployments: [
    {
      deploymentId: 'd-GG4LMN0PA',
      creator: 'user',
      status: 'Succeeded',
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      createTime: 3600,
      completeTime: 4540.5,
      lifecycleEvents: [
        { name: 'BeforeInstall', status: 'Succeeded', start: 3601.5, end: 3601.75 },
        { name: 'Install', status: 'Succeeded', start: 3601.9, end: 3632.4 },
        {
          name: 'AfterAllowTestTraffic',
          status: 'Succeeded',
          start: 3633.35,
          end: 3638.9,
          hook: { function: 'EcsWeb-Checks', report: 'Succeeded', verdict: 'pass', reason: 'all 2 checks passed', durationMs: 180, checks: [] },
        },
        { name: 'AllowTraffic', status: 'Succeeded', start: 3639.5, end: 3940 },
        { name: 'AfterAllowTraffic', status: 'Succeeded', start: 3940.2, end: 3940.4 },
      ],
      traffic: [
        { at: 3600, original: 100, replacement: 0 },
        { at: 3639.7, original: 90, replacement: 10 },
        { at: 3939.7, original: 0, replacement: 100 },
      ],
    },
  ],
  stackUpdates: [],
  alarms: [
    {
      name: 'EcsWeb-Web-http-5xx-rate-of-the-replacement-target-group-over-one-minute-QQ2',
      transitions: [
        { at: 3610, from: 'INSUFFICIENT_DATA', to: 'OK', reason: 'Threshold Crossed: 1 datapoint [0.0] was not greater than the threshold (1.0).' },
        { at: 4000, from: 'OK', to: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: 1 datapoint was unknown.' },
      ],
    },
  ],
  iam: [],
  findings: [],
  fidelity: { modelled: ['lifecycle'], approximated: [], notModelled: [] },
  timing: { virtualSeconds: 4540.5, wallMs: 730 },
};
