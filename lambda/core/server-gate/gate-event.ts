/**
 * The events by which CodeDeploy tells the states of deployments and instances. Nobody else can put one with a source that begins with `aws.` on the bus, unless the bus lets another account
 * hand its own on; so that an event is no more than an occasion, and what it is about is asked from the service.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
import type { StateChange, StateChangeEvent } from '../../../lib/model/server/gates';
import { CODEDEPLOY_EVENT_SOURCE } from '../../../lib/model/server/gates';
import type { HookIdentity } from '../settings';
import { quoted } from '../text';

const DEPLOYMENT_ID = /^d-[A-Za-z0-9-]{1,100}$/;

/** An id of EC2, or the name of an on-premises instance, which may have 100 characters: those of a name in IAM, and slashes. */
const INSTANCE_ID = /^[A-Za-z0-9_@+=:,./-]{1,100}$/;

export const isDeploymentId = (value: unknown): value is string => typeof value === 'string' && DEPLOYMENT_ID.test(value);
export const isInstanceId = (value: unknown): value is string => typeof value === 'string' && INSTANCE_ID.test(value);

/** An event that a gate is for. */
export interface Awaited {
  readonly detailType: StateChangeEvent['detail-type'];
  readonly state: StateChange;
  readonly of: Pick<HookIdentity, 'application' | 'deploymentGroup'>;
}

export interface StateOf {
  readonly deploymentId: string;
  /** Empty in the event of a deployment. */
  readonly instanceId: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** What the event is about; a text is why it is not one that the gate is for. */
export function parseStateChange(event: unknown, { detailType, state, of }: Awaited): StateOf | string {
  const { source, 'detail-type': type, detail } = fieldsOf(event);
  const { deploymentId, instanceId = '', state: told, application, deploymentGroup } = fieldsOf(detail);
  const wrong = unequal({ source: [source, CODEDEPLOY_EVENT_SOURCE], 'detail-type': [type, detailType], 'detail.state': [told, state], 'detail.application': [application, of.application], 'detail.deploymentGroup': [deploymentGroup, of.deploymentGroup] });
  if (wrong !== undefined) {
    return wrong;
  }
  if (!isDeploymentId(deploymentId)) {
    return `'detail.deploymentId' must look like d-A1B2C3D4E, got ${shown(deploymentId)}`;
  }
  if (instanceId !== '' && !isInstanceId(instanceId)) {
    return `'detail.instanceId' must be an instance id or the name of an on-premises instance, got ${shown(instanceId)}`;
  }
  return { deploymentId, instanceId };
}

function unequal(members: Readonly<Record<string, readonly [got: unknown, expected: string]>>): string | undefined {
  const wrong = Object.entries(members).find(([, [got, expected]]) => got !== expected);
  return wrong === undefined ? undefined : `'${wrong[0]}' must be ${quoted(wrong[1][1])}, got ${shown(wrong[1][0])}`;
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

export const shown = (value: unknown): string => (typeof value === 'string' ? quoted(value) : typeof value);
