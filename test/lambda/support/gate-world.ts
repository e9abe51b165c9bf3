import { ENV } from '../../../lib/model/hook-contract';
import { GATE_ENV } from '../../../lib/model/server/gates';
import type { GateDeployment, GatePorts, InstanceFacts, InstanceTarget, TargetPage } from '../../../lambda/core/server-gate/ports';
import { ServiceFailure } from '../../../lambda/core/failures';
import type { Environment } from '../../../lambda/core/ports';
import type { Script, World, WorldScript } from './fake-ports';
import { fakeEnvironment, fakeWorld, player } from './fake-ports';

export const DEPLOYMENT_ID = 'd-A1B2C3D4E';
export const FIRST = 'i-0aaaaaaaaaaaaaaa1';
export const SECOND = 'i-0aaaaaaaaaaaaaaa2';

export const READY: GateDeployment = { application: 'web-application', deploymentGroup: 'web-group', status: 'Ready', creator: 'user' };

export const targetOf = (id: string, overrides: Partial<InstanceTarget> = {}): InstanceTarget => ({ id, status: 'Ready', label: 'Green', events: { ValidateService: 'InProgress' }, ...overrides });

export const instanceAt = (id: string, address?: string, overrides: Partial<InstanceFacts> = {}): InstanceFacts => ({ id, state: 'running', zone: 'eu-central-1a', ...(address === undefined ? {} : { address }), ...overrides });

export interface GateScript extends WorldScript {
  readonly deployment?: Script<GateDeployment>;
  readonly continued?: Script<void>;
  readonly stopped?: Script<void>;
  readonly pages?: Script<TargetPage>;
  readonly targets?: Script<readonly InstanceTarget[]>;
  readonly instances?: Script<readonly InstanceFacts[]>;
}

export interface GateWorld extends World {
  readonly gatePorts: GatePorts;
  /** Calls of the fleet, in order. */
  readonly asked: readonly string[];
}

/** Ports of a gate that note what they are asked, and answer from a script. A deployment with two replacements, unless it says otherwise. */
export function gateWorld(script: GateScript = {}): GateWorld {
  const world = fakeWorld(script);
  const asked: string[] = [];
  const read = player(script.deployment ?? [READY]);
  const goOn = player<void>(script.continued ?? [undefined]);
  const stop = player<void>(script.stopped ?? [undefined]);
  const page = player(script.pages ?? [{ ids: [FIRST, SECOND] }]);
  const targets = player(script.targets ?? [[targetOf(FIRST), targetOf(SECOND)]]);
  const instances = player(script.instances ?? [[instanceAt(FIRST, '10.0.1.1'), instanceAt(SECOND, '10.0.2.1', { zone: 'eu-central-1b' })]]);
  const note = <T>(what: string, answer: () => Promise<T>): Promise<T> => {
    asked.push(what);
    return answer();
  };
  return {
    ...world,
    asked,
    gatePorts: {
      ...world.ports,
      fleet: { read: (id) => note(`read ${id}`, read), continue: (id) => note(`continue ${id}`, goOn), stop: (id) => note(`stop ${id}`, stop) },
      targets: { page: (id, next) => note(`page ${id} ${next ?? '-'}`, page), read: (id, ids) => note(`targets ${id} ${ids.join(' ')}`, targets) },
      instances: { describe: (ids) => note(`describe ${ids.join(' ')}`, instances) },
    },
  };
}

export function gateEnvironment(overrides: Readonly<Record<string, string | undefined>> = {}): Environment {
  const own = { [ENV.testUrl]: undefined, [ENV.productionUrl]: undefined, [GATE_ENV.scheme]: 'http', [GATE_ENV.port]: '8080', [GATE_ENV.instances]: '20', [GATE_ENV.concurrency]: '5' };
  return fakeEnvironment({ ...own, ...overrides });
}

/** An event of EventBridge about a deployment of the group. */
export const readyEvent = (detail: Readonly<Record<string, unknown>> = {}, overrides: Readonly<Record<string, unknown>> = {}): object => ({
  version: '0',
  id: 'c071bfbf-83c4-49ca-a6ff-3df053957145',
  'detail-type': 'CodeDeploy Deployment State-change Notification',
  source: 'aws.codedeploy',
  account: '111122223333',
  time: '2026-01-05T09:00:00Z',
  region: 'eu-central-1',
  resources: [],
  detail: { region: 'eu-central-1', deploymentId: DEPLOYMENT_ID, instanceGroupId: '9fd2fbef-2157-40d8-91e7-6845af69e2d2', deploymentGroup: 'web-group', state: 'READY', application: 'web-application', ...detail },
  ...overrides,
});

/** The same about one of its instances. */
export const successEvent = (detail: Readonly<Record<string, unknown>> = {}, overrides: Readonly<Record<string, unknown>> = {}): object =>
  readyEvent({ state: 'SUCCESS', instanceId: FIRST, ...detail }, { 'detail-type': 'CodeDeploy Instance State-change Notification', ...overrides });

export const codeDeployError = (code: string, retryable = false): ServiceFailure => new ServiceFailure('codedeploy:Call', code, 'no', retryable);
