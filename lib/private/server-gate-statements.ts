/** What gates of servers and their guardian may do, gate by gate. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';

import type { ServerGateContext } from './hook-context';
import type { GatedRollout } from './server-gate-function';
import { findAddresses, findTargets, goOn, lookUpDeployment, lookUpTarget, publishVerdict, sendEvents, setVerdictAlarm, stopDeployment } from './statements';

/** Besides what its checks need. */
export function gateStatements({ event, scope }: ServerGateContext, { groupArn, verdictAlarm }: GatedRollout, asksInstances: boolean): readonly iam.PolicyStatement[] {
  return [
    lookUpDeployment(groupArn),
    event === 'ReadyWait' ? findTargets(groupArn) : lookUpTarget(groupArn),
    ...(asksInstances ? [findAddresses()] : []),
    ...(event === 'ReadyWait' ? [goOn(groupArn), stopDeployment(groupArn)] : []),
    // What an instance is answered fails that instance alone: neither metric nor alarm is for it.
    ...(event === 'ValidateService' ? [] : [publishVerdict(), setVerdictAlarm(verdictAlarm.alarmArn)]),
    sendEvents(Stack.of(scope)),
  ];
}

/** @param holds whether a ready wait is among what it answers for, which it stops */
export function guardianStatements(scope: ServerGateContext['scope'], { groupArn, verdictAlarm }: GatedRollout, holds: boolean): readonly iam.PolicyStatement[] {
  return [lookUpDeployment(groupArn), ...(holds ? [stopDeployment(groupArn)] : []), publishVerdict(), setVerdictAlarm(verdictAlarm.alarmArn), sendEvents(Stack.of(scope))];
}
