/** CodeDeploy, Auto Scaling and CloudFormation on loopback, as the resource of a deployment group calls them, over one world; and the bucket that takes answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { AutoScalingGroupFacts } from '../../../lambda/core/server-groups/ports';
import { close, listen } from './aws-server';
import type { FaultKind } from './deployment-server';
import { Refusal } from './deployment-world';
import type { ServerGroupWorld, WorldFleetDeployment } from './server-group-world';

type Input = Readonly<Record<string, unknown>>;

export interface ServerGroupServer {
  readonly url: string;
  readonly calls: readonly string[];
  /** Bodies of the answers that the bucket has taken. */
  readonly answers: readonly string[];
  close(): Promise<void>;
}

export interface ServerGroupServerOptions {
  readonly world: ServerGroupWorld;
  readonly fault: (call: string, before: number) => FaultKind | undefined;
  /** Kills the function that is calling. */
  readonly kill: () => void;
}

export async function serverGroupServer(options: ServerGroupServerOptions): Promise<ServerGroupServer> {
  const calls: string[] = [];
  const answers: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const call = nameOf(request, body);
      const fault = options.fault(call, calls.filter((known) => known === call).length);
      calls.push(call);
      respond(options, { call, body, fault, response, answers });
    });
  });
  await listen(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, answers, close: () => close(server) };
}

function nameOf({ method, headers }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (method === 'PUT') {
    return 'PUT of the answer';
  }
  return typeof target === 'string' ? (target.split('.')[1] ?? '') : (new URLSearchParams(body).get('Action') ?? '');
}

interface Exchange {
  readonly call: string;
  readonly body: string;
  readonly fault: FaultKind | undefined;
  readonly response: ServerResponse;
  readonly answers: string[];
}

const FAULTS: Readonly<Partial<Record<FaultKind, { readonly status: number; readonly code: string; readonly message: string }>>> = {
  throttle: { status: 400, code: 'ThrottlingException', message: 'Rate exceeded' },
  'fault of the service': { status: 500, code: 'InternalFailure', message: 'try again' },
  'access denied': { status: 403, code: 'AccessDeniedException', message: 'is not authorized' },
};

function respond({ world, kill }: ServerGroupServerOptions, { call, body, fault, response, answers }: Exchange): void {
  if (fault === 'kill before') {
    return kill();
  }
  if (fault === 'no answer') {
    return;
  }
  const error = fault === undefined ? undefined : FAULTS[fault];
  if (error !== undefined) {
    return refuse(response, body, error);
  }
  try {
    const value = call === 'PUT of the answer' ? void answers.push(body) : operation(world, call, body);
    if (fault === 'kill after') {
      return kill();
    }
    response.end(typeof value === 'string' ? value : JSON.stringify(value ?? {}));
  } catch (thrown) {
    const { code, message } = thrown instanceof Refusal ? thrown : { code: 'ValidationException', message: String(thrown) };
    refuse(response, body, { status: 400, code, message });
  }
}

function refuse(response: ServerResponse, body: string, { status, code, message }: { readonly status: number; readonly code: string; readonly message: string }): void {
  response.writeHead(status).end(body.startsWith('Action=') ? `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>` : JSON.stringify({ __type: code, message }));
}

function operation(world: ServerGroupWorld, call: string, body: string): unknown {
  if (body.startsWith('Action=')) {
    const form = new URLSearchParams(body);
    return `<${call}Response><${call}Result>${queried(world, call, form)}</${call}Result></${call}Response>`;
  }
  return asked(world, call, JSON.parse(body) as Input);
}

function queried(world: ServerGroupWorld, call: string, form: URLSearchParams): string {
  const name = form.get('AutoScalingGroupName') ?? '';
  switch (call) {
    case 'DescribeAutoScalingGroups': {
      const names = [...form].filter(([key]) => key.startsWith('AutoScalingGroupNames.')).map(([, value]) => value);
      const found = (names.length === 0 ? [...world.fleets.keys()] : names).flatMap((each) => world.facts(each) ?? []);
      return `<AutoScalingGroups>${found.map(groupXml).join('')}</AutoScalingGroups>`;
    }
    case 'SetDesiredCapacity':
      world.scale(name, Number(form.get('DesiredCapacity')));
      return '';
    case 'DeleteAutoScalingGroup':
      world.removeFleet(name);
      return '';
    case 'DescribeStacks':
      return `<Stacks><member><StackStatus>${world.stack ?? ''}</StackStatus></member></Stacks>`;
    case 'DescribeStackResource':
      return `<StackResourceDetail><PhysicalResourceId>${world.current ?? ''}</PhysicalResourceId></StackResourceDetail>`;
    default:
      throw new Error(`no such operation: ${call}`);
  }
}

const groupXml = ({ name, desired, min, max, inService, leaving }: AutoScalingGroupFacts): string =>
  `<member><AutoScalingGroupName>${name}</AutoScalingGroupName><MinSize>${min}</MinSize><MaxSize>${max}</MaxSize><DesiredCapacity>${desired}</DesiredCapacity>` +
  `<Instances>${'<member><LifecycleState>InService</LifecycleState></member>'.repeat(inService)}</Instances>${leaving === true ? '<Status>Delete in progress</Status>' : ''}</member>`;

/** Members of a request that are no settings of a group. */
const NO_SETTINGS: readonly string[] = ['applicationName', 'deploymentGroupName', 'currentDeploymentGroupName', 'tags', 'ec2TagSet', 'onPremisesTagSet'];

function asked(world: ServerGroupWorld, call: string, input: Input): unknown {
  const group = { application: String(input['applicationName']), group: String(input['deploymentGroupName'] ?? input['currentDeploymentGroupName']) };
  const settings = Object.fromEntries(Object.entries(input).filter(([name]) => !NO_SETTINGS.includes(name)));
  const arn = String(input['ResourceArn']);
  const deploymentId = String(input['deploymentId']);
  const info = ({ id, status, creator, rollbackId, group: of }: WorldFleetDeployment) => {
    const [applicationName, deploymentGroupName] = of.split('/');
    return { deploymentId: id, status, creator, applicationName, deploymentGroupName, ...(rollbackId === undefined ? {} : { rollbackInfo: { rollbackDeploymentId: rollbackId } }) };
  };
  const operations: Readonly<Record<string, () => unknown>> = {
    GetDeploymentGroup: () => {
      const { id, settings: said, autoScalingGroups, attempted, platform = 'Server' } = world.need(group);
      const attempt = attempted === true ? { lastAttemptedDeployment: { deploymentId: 'd-0' } } : {};
      return { deploymentGroupInfo: { ...said, deploymentGroupId: id, computePlatform: platform, autoScalingGroups: autoScalingGroups.map((name) => ({ name, hook: 'h' })), ...attempt } };
    },
    CreateDeploymentGroup: () => world.create(group, settings as never, tagsIn(input['tags'])),
    UpdateDeploymentGroup: () => world.update(group, settings as never),
    DeleteDeploymentGroup: () => world.remove(group),
    ListTagsForResource: () => ({ Tags: Object.entries(world.byArn(arn).tags).map(([Key, Value]) => ({ Key, Value })) }),
    TagResource: () => world.tag(arn, tagsIn(input['Tags'])),
    UntagResource: () => world.untag(arn, input['TagKeys'] as readonly string[]),
    ListDeployments: () => ({ deployments: world.running(group).map(({ id }) => id) }),
    BatchGetDeployments: () => ({ deploymentsInfo: (input['deploymentIds'] as readonly string[]).map((id) => info(world.read(id))) }),
    GetDeployment: () => ({ deploymentInfo: info(world.read(deploymentId)) }),
    StopDeployment: () => world.stop(deploymentId),
  };
  const found = operations[call];
  if (found === undefined) {
    throw new Error(`no such operation: ${call}`);
  }
  return found();
}

const tagsIn = (tags: unknown): Readonly<Record<string, string>> => Object.fromEntries((tags as readonly { readonly Key: string; readonly Value: string }[]).map(({ Key, Value }) => [Key, Value]));
