/** The services that the deployment provider calls, on loopback, over one world; and the bucket that takes answers. Faults happen on the wire. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { StackEventFacts } from '../../../lambda/core/deployment/facts';
import { close, listen } from './aws-server';
import type { DeploymentWorld, WorldDeployment } from './deployment-world';
import { STACK } from './deployment-requests';
import { Refusal } from './deployment-world';

export type FaultKind = 'throttle' | 'fault of the service' | 'no answer' | 'access denied' | 'kill before' | 'kill after';

/** The fault of a call; `before` calls of its name have been made. */
export type WireFault = (call: string, before: number) => FaultKind | undefined;

export interface DeploymentServer {
  readonly url: string;
  /** Names of all calls, in order. */
  readonly calls: readonly string[];
  /** Bodies of the answers that the bucket has taken. */
  readonly answers: readonly string[];
  /** Executions that have been started, by name: their input. */
  readonly executions: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly world: DeploymentWorld;
  /** Moment at which the world began, in milliseconds since 1970. */
  readonly epoch: number;
  readonly fault: WireFault;
  /** Kills the function that is calling. */
  readonly kill: () => void;
  readonly reason?: string;
}

type Input = Readonly<Record<string, unknown>>;

export async function deploymentServer(options: ServerOptions): Promise<DeploymentServer> {
  const calls: string[] = [];
  const answers: string[] = [];
  const executions = new Map<string, string>();
  const operations = operationsOf(options, executions);
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const call = nameOf(request, body);
      const fault = options.fault(call, calls.filter((known) => known === call).length);
      calls.push(call);
      respond({ request, response, call, body, fault, options, operations, answers });
    });
  });
  await listen(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, answers, executions, close: () => close(server) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** REST calls, by method and path. */
const LAMBDA_CALLS: readonly (readonly [RegExp, string])[] = [
  [/^GET \/2015-03-31\/functions\/take-order\/versions/, 'ListVersionsByFunction'],
  [/^GET \/2015-03-31\/functions\/take-order\/aliases/, 'ListAliases'],
  [/^DELETE \/2015-03-31\/functions\/take-order\?/, 'DeleteFunction'],
  [/^GET \/2019-09-30\/functions\/take-order\/provisioned-concurrency\?List=ALL/, 'ListProvisionedConcurrencyConfigs'],
  [/^GET \/2019-09-30\/functions\/take-order\/provisioned-concurrency\?/, 'GetProvisionedConcurrencyConfig'],
  [/^PUT \/2019-09-30\/functions\/take-order\/provisioned-concurrency\?/, 'PutProvisionedConcurrencyConfig'],
  [/^DELETE \/2019-09-30\/functions\/take-order\/provisioned-concurrency\?/, 'DeleteProvisionedConcurrencyConfig'],
];

/** The two uses of ListDeployments are two calls here. */
function nameOf({ method, headers, url = '' }: IncomingMessage, body: string): string {
  const ofLambda = LAMBDA_CALLS.find(([pattern]) => pattern.test(`${method ?? ''} ${url}`));
  if (ofLambda !== undefined) {
    return ofLambda[1];
  }
  if (method === 'PUT') {
    return 'PUT of the answer';
  }
  const target = headers['x-amz-target'];
  const name = typeof target === 'string' ? (target.split('.')[1] ?? '') : (new URLSearchParams(body).get('Action') ?? '');
  return name === 'ListDeployments' ? `ListDeployments ${body.includes('createTimeRange') ? 'since' : 'running'}` : name;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly call: string;
  readonly body: string;
  readonly fault: FaultKind | undefined;
  readonly options: ServerOptions;
  readonly operations: Readonly<Record<string, (input: Input) => unknown>>;
  readonly answers: string[];
}

function respond({ request, response, call, body, fault, options, operations, answers }: Exchange): void {
  switch (fault) {
    case 'kill before':
      return options.kill();
    case 'no answer':
      return;
    case 'throttle':
      return error(response, call, { status: call.startsWith('PUT') ? 503 : 400, code: 'ThrottlingException', message: 'Rate exceeded' });
    case 'fault of the service':
      return error(response, call, { status: 500, code: 'InternalFailure', message: 'try again' });
    case 'access denied':
      return error(response, call, { status: call.startsWith('PUT') ? 403 : 400, code: 'AccessDeniedException', message: `not authorized to perform ${call}` });
    default:
      break;
  }
  try {
    const value = call === 'PUT of the answer' ? void answers.push(body) : (operations[call] ?? unknown(call))({ ...parse(body), ...queryOf(request) });
    if (fault === 'kill after') {
      return options.kill();
    }
    response.end(typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value));
  } catch (thrown) {
    const { code, message } = thrown instanceof Refusal ? thrown : { code: 'ValidationException', message: String(thrown) };
    error(response, call, { status: 400, code, message });
  }
}

const unknown = (call: string) => (): never => {
  throw new Error(`no such operation: ${call}`);
};

const queryOf = ({ url = '' }: IncomingMessage): Input => Object.fromEntries(new URL(url, 'http://localhost').searchParams);

const parse = (body: string): Input => (body.startsWith('{') ? (JSON.parse(body) as Input) : {});

function error(response: ServerResponse, call: string, { status, code, message }: { readonly status: number; readonly code: string; readonly message: string }): void {
  const xml = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  response.writeHead(status).end(call.startsWith('DescribeStack') || call.startsWith('PUT') ? xml : JSON.stringify({ __type: code, message }));
}

function operationsOf({ world, epoch, reason }: ServerOptions, executions: Map<string, string>): Readonly<Record<string, (input: Input) => unknown>> {
  const seconds = (at: number) => epoch / 1_000 + at;
  const info = ({ id, status, creator, description, createdAt, error: failed, rollbackId }: WorldDeployment) => ({
    deploymentId: id,
    status,
    creator,
    description,
    createTime: seconds(createdAt),
    ...(failed === undefined ? {} : { errorInformation: failed }),
    ...(rollbackId === undefined ? {} : { rollbackInfo: { rollbackDeploymentId: rollbackId } }),
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
  });
  return {
    'ListDeployments since': ({ createTimeRange }) => ({ deployments: world.list({ since: (createTimeRange as { start: number }).start - epoch / 1_000 }).map(({ id }) => id) }),
    'ListDeployments running': () => ({ deployments: world.list({ running: true }).map(({ id }) => id) }),
    BatchGetDeployments: ({ deploymentIds }) => ({ deploymentsInfo: (deploymentIds as string[]).map((id) => info(world.read(id))) }),
    GetDeployment: ({ deploymentId }) => ({ deploymentInfo: info(world.read(String(deploymentId))) }),
    ListDeploymentTargets: () => ({ targetIds: ['main:web'] }),
    BatchGetDeploymentTargets: ({ deploymentId }) => ({
      deploymentTargets: [{ ecsTarget: { lifecycleEvents: world.events(String(deploymentId)).map(({ name, ...event }) => ({ lifecycleEventName: name, ...event })) } }],
    }),
    CreateDeployment: ({ revision, description }) => ({ deploymentId: world.create((revision as { appSpecContent: { content: string } }).appSpecContent.content, String(description)) }),
    StopDeployment: ({ deploymentId }) => {
      world.stop(String(deploymentId));
      return { status: 'Succeeded' };
    },
    DescribeServices: () => ({ services: [{ status: 'ACTIVE', taskSets: [{ status: 'PRIMARY', taskDefinition: world.primary }] }], failures: [] }),
    ListTaskDefinitions: () => ({ taskDefinitionArns: world.taskDefinitions }),
    DeregisterTaskDefinition: ({ taskDefinition }) => {
      world.taskDefinitions = world.taskDefinitions.filter((arn) => arn !== taskDefinition);
      return { taskDefinition: { taskDefinitionArn: taskDefinition, status: 'INACTIVE' } };
    },
    ListVersionsByFunction: () => ({ Versions: ['$LATEST', ...world.versions].map((version) => ({ Version: String(version) })) }),
    ListAliases: () => ({ Aliases: [{ Name: 'live', FunctionVersion: String(world.versions.at(-1)) }, { Name: 'old', FunctionVersion: '2' }] }),
    ListProvisionedConcurrencyConfigs: () => ({ ProvisionedConcurrencyConfigs: [...world.provisioned.keys()].map((version) => ({ FunctionArn: `arn:aws:lambda:eu-central-1:111122223333:function:take-order:${version}` })) }),
    DeleteFunction: ({ Qualifier }) => {
      world.versions = world.versions.filter((version) => version !== Number(Qualifier));
    },
    GetProvisionedConcurrencyConfig: ({ Qualifier }) => {
      const found = world.provisioned.get(Number(Qualifier));
      if (found === undefined) {
        throw new Refusal('ProvisionedConcurrencyConfigNotFoundException', 'none');
      }
      return { Status: world.now >= found.readyAt ? 'READY' : 'IN_PROGRESS', RequestedProvisionedConcurrentExecutions: found.executions };
    },
    PutProvisionedConcurrencyConfig: ({ Qualifier, ProvisionedConcurrentExecutions }) => {
      world.provisioned.set(Number(Qualifier), { executions: Number(ProvisionedConcurrentExecutions), readyAt: world.now + 15 });
      return { Status: 'IN_PROGRESS', RequestedProvisionedConcurrentExecutions: ProvisionedConcurrentExecutions };
    },
    DeleteProvisionedConcurrencyConfig: ({ Qualifier }) => {
      world.provisioned.delete(Number(Qualifier));
    },
    DescribeStacks: () => `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackStatus>${world.stack}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    DescribeStackEvents: () => `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${world.history.map(eventXml).join('')}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>`,
    FilterLogEvents: () => ({ events: reason === undefined ? [] : [{ message: JSON.stringify({ greenlightVerdict: { event: 'AfterAllowTestTraffic', reason } }) }] }),
    StartExecution: ({ name, input }) => {
      const known = executions.get(String(name));
      if (known !== undefined && known !== input) {
        throw new Refusal('ExecutionAlreadyExists', 'Execution Already Exists');
      }
      executions.set(String(name), String(input));
      return { executionArn: `arn:${String(name)}`, startDate: seconds(world.now) };
    },
  };
}

function eventXml({ of, status, properties }: StackEventFacts): string {
  const [logicalId, physicalId] = of === 'stack' ? ['App-Web', STACK] : ['WebDeployment', 'web-application/web-group'];
  const shown = properties === undefined ? '' : `<ResourceProperties>${properties.replaceAll('"', '&quot;')}</ResourceProperties>`;
  return `<member><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceStatus>${status}</ResourceStatus>${shown}</member>`;
}
