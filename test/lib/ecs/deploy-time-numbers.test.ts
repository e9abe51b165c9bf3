/** Numbers and names that only CloudFormation would know: files written at synth cannot hold them, and no range can be checked. */
import { Duration, Token } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../../../lib';
import { CheckTarget, EcsEndpoint, EcsListenerRule, HttpAssertion, HttpCheck, LifecycleHook, Passes, Settle, TrafficShift, VersionProof } from '../../../lib';
import { healthCheck, sample } from '../support/sample';

const number = Token.asNumber({ Ref: 'Parameter' });
const text = Token.asString({ Ref: 'Parameter' });
const OK = [HttpAssertion.status(200)];

test.each<[string, Partial<EcsRolloutProps>]>([
  ['containerPort', { containerPort: number }],
  ['approvalWait', { approvalWait: Duration.minutes(number) }],
  ['terminationWait', { terminationWait: Duration.seconds(number) }],
  ['expectedRequestsPerSecond', { expectedRequestsPerSecond: number }],
  ['productionPort', { endpoint: EcsEndpoint.application({ productionPort: number }) }],
  ['testPort', { endpoint: EcsEndpoint.application({ testPort: number }) }],
  ['timeout', { hooks: { afterInstall: LifecycleHook.checks({ checks: [healthCheck()], timeout: Duration.seconds(number) }) } }],
  ['maxEventAge', { hooks: { afterInstall: LifecycleHook.checks({ checks: [healthCheck()], maxEventAge: Duration.minutes(number) }) } }],
])('fails when a rollout is given %s as a deploy-time value', (prop, props) => {
  expect(() => sample(props)).toThrow(`'${prop}' must be known at synth, got a deploy-time value; write the number`);
});

test('fails when the container is a deploy-time value', () => {
  expect(() => sample({ container: text })).toThrow("'container' must be known at synth, got a deploy-time value; write the name");
});

test.each<[string, () => unknown]>([
  ["'status'", () => HttpAssertion.status(number)],
  ["'max'", () => HttpAssertion.statusBetween(200, number)],
  ["'equalsNumber'", () => HttpAssertion.jsonPath('$.a').equalsNumber(number)],
  ["'latencyBelow'", () => HttpAssertion.latencyBelow(Duration.millis(number))],
  ["'count'", () => Passes.inARow(number)],
  ["'transportRetries'", () => HttpCheck.get('/', { assertions: OK, transportRetries: number })],
  ["'interval'", () => HttpCheck.get('/', { assertions: OK, interval: Duration.seconds(number) })],
  ["'timeout'", () => HttpCheck.get('/', { assertions: OK, timeout: Duration.seconds(number) })],
  ["'maxRedirects'", () => HttpCheck.get('/', { assertions: OK, maxRedirects: number })],
  ["'settleTimeout'", () => Settle.until({ settleTimeout: Duration.seconds(number) })],
  ["'priority'", () => EcsListenerRule.forward({ priority: number, paths: ['/a'] })],
])('fails when %s of a check or rule is a deploy-time value', (what, make) => {
  expect(make).toThrow(`${what} must be known at synth, got a deploy-time value; write the number`);
});

test.each<[string, () => unknown]>([
  ['a JSON path', () => HttpAssertion.jsonPath(text)],
  ['a JSON path', () => VersionProof.jsonPath(text, '1')],
  ['a header name', () => HttpAssertion.header(text)],
  ['a header name', () => VersionProof.header(text, '1')],
  ['a header name', () => HttpCheck.get('/', { assertions: OK, headers: { [text]: 'x' } })],
  ["'method'", () => new HttpCheck({ assertions: OK, method: text, name: 'one', target: CheckTarget.TEST_LISTENER })],
])('fails when %s is a deploy-time value', (what, make) => {
  expect(make).toThrow(`${what} must be known at synth, got a deploy-time value; write the text`);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('fails when a JSON value is to equal %d, which would be written as null', (value) => {
  expect(() => HttpAssertion.jsonPath('$.a').equalsNumber(value)).toThrow(`'equalsNumber' must be a finite number, got ${value}, which JSON does not have`);
});

test('a shift whose percentage is one fails too', () => {
  expect(() => TrafficShift.canary({ percentage: number, interval: Duration.minutes(1) })).toThrow(
    "'percentage' and 'interval' must be known at synth, got a deploy-time value; the service's limits depend on both",
  );
});
