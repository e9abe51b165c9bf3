/** Alarms on what a rehearsal does not play: they decide nothing, and the report says so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';

import { LambdaAlarm, LambdaRollout, TrafficShift } from '../../../lib';
import { rehearse } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';

const outdir = mkdtempSync(join(tmpdir(), 'unmodelled-alarms-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function synthesize(): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Streams');
  const fn = new lambda.Function(stack, 'Take', { code: lambda.Code.fromAsset(join(__dirname, 'functions', 'place-order')), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X });
  new LambdaRollout(stack, 'Orders', {
    alias: new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion, provisionedConcurrentExecutions: 5 }),
    traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_5_MINUTES,
    expectedRequestsPerSecond: 20,
    rollback: {
      alarms: [
        LambdaAlarm.errors(),
        LambdaAlarm.iteratorAge({ threshold: Duration.minutes(1) }),
        LambdaAlarm.provisionedConcurrencySpillover(),
        LambdaAlarm.asyncEventsDropped(),
        LambdaAlarm.deadLetterErrors(),
        LambdaAlarm.deadLetterGrowth({ queue: new sqs.Queue(stack, 'Dead') }),
      ],
    },
  });
  app.synth();
}

test('each is named with its reason, and none is OK', () => {
  synthesize();
  const { report } = rehearse('--app', outdir);
  const states = Object.fromEntries(report.alarms.map(({ name, transitions }) => [/Orders([A-Za-z]+?)Alarm/.exec(name)?.[1], transitions.map(({ to }) => to)]));
  expect(states).toEqual({ Verdict: ['OK'], Errors: ['OK'], IteratorAge: [], Spillover: [], EventsDropped: [], DeadLetterErrors: [], DeadLetterGrowth: [] });
  const said = report.fidelity.notModelled.flatMap((line) => /^alarm Streams-Orders([A-Za-z]+?)Alarm\S*: (.*)$/.exec(line)?.slice(1).join(': ') ?? []);
  expect(said).toEqual([
    'IteratorAge: the metric IteratorAge of AWS/Lambda is not modelled, so that nothing is known of it',
    'Spillover: the metric ProvisionedConcurrencySpilloverInvocations of AWS/Lambda is not modelled, so that nothing is known of it',
    'EventsDropped: the metric AsyncEventsDropped of AWS/Lambda is not modelled, so that nothing is known of it',
    'DeadLetterErrors: the metric DeadLetterErrors of AWS/Lambda is not modelled, so that nothing is known of it',
    expect.stringContaining('DeadLetterGrowth: '),
  ]);
  expect(report.outcome).toBe('released');
});
