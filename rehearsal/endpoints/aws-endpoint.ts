/** One server for all AWS services that the rehearsal plays: it tells them apart as AWS's clients write their requests. */
import type { Conductor } from '../sandbox/conductor';
import type { Builds } from '../engine/builds';
import type { ChangeCalendars } from '../engine/change-calendars';
import type { AutoScaling } from '../engine/fleet/auto-scaling';
import type { LogGroups } from '../engine/log-groups';
import type { ParameterStore } from '../engine/parameter-store';
import { ServiceError } from '../engine/ports';
import type { Stacks } from '../engine/stacks';
import type { StateMachines } from '../engine/state-machine/state-machines';
import { jsonAnswer, jsonTarget, readJson } from './aws-json';
import type { QueryRequest } from './aws-query';
import { ec2Answer, queryAnswer, readQuery } from './aws-query';
import { RPC_V2_CBOR, cborAnswer, cborTarget, readCbor } from './aws-rpc-cbor';
import type { Authorizer, AwsPlace, AwsService, Caller, NotModelled, Outcome } from './aws-service';
import { RequestIds, credentialScope, header, makeCaller, runOperation, settle } from './aws-service';
import { AUTO_SCALING_XMLNS, autoScalingService } from './auto-scaling';
import { CLOUDFORMATION_XMLNS, cloudFormationService } from './cloudformation';
import type { CloudWatchBackend } from './cloudwatch-backend';
import { queryErrorName } from './cloudwatch-errors';
import { CLOUDWATCH_TARGET, CLOUDWATCH_XMLNS, cloudWatchService } from './cloudwatch';
import { CODEBUILD_TARGET, codeBuildService } from './codebuild';
import { CODEDEPLOY_TARGET, codeDeployService } from './codedeploy';
import type { CodeDeployBackend } from './codedeploy-backend';
import type { LoadBalancerAddresses } from './ec2';
import { EC2_XMLNS, ec2Service } from './ec2';
import type { EcsServiceView } from './ecs';
import { ECS_TARGET, ecsService } from './ecs';
import type { TaskDefinitionsView } from './ecs-task-definitions';
import type { LoadBalancerView } from './elastic-load-balancing';
import { ELASTIC_LOAD_BALANCING_XMLNS, elasticLoadBalancingService } from './elastic-load-balancing';
import type { BusEvent } from './eventbridge';
import { EVENTBRIDGE_TARGET, eventBridgeService } from './eventbridge';
import type { LambdaBackend } from './lambda-invoke';
import { invokeFunction, isInvoke, isLambdaPath, lambdaError } from './lambda-invoke';
import { readFunction, type LambdaReadBackend } from './lambda-read';
import { keepVersions, type LambdaVersionsBackend } from './lambda-versions';
import { LOGS_TARGET, logsService } from './logs';
import type { LoopbackAnswer, LoopbackRequest, LoopbackResponse, LoopbackServer } from './loopback-server';
import { startLoopbackServer } from './loopback-server';
import type { StoredSecret } from './secrets-manager';
import { SECRETS_MANAGER_TARGET, secretsManagerService } from './secrets-manager';
import type { TopicMessage } from './sns';
import { SNS_XMLNS, snsService } from './sns';
import { SSM_TARGET, ssmService } from './ssm';
import { STEP_FUNCTIONS_TARGET, stepFunctionsService } from './step-functions';

export interface AwsBackends {
  readonly place: AwsPlace;
  readonly authorizer: Authorizer;
  readonly codeDeploy: CodeDeployBackend;
  readonly cloudWatch: CloudWatchBackend;
  readonly lambda: LambdaBackend;
  /** What Lambda tells of functions. @default nothing */
  readonly functions?: LambdaReadBackend;
  /** Their versions, and the provisioned concurrency of those. @default nothing */
  readonly versions?: LambdaVersionsBackend;
  readonly builds: Builds;
  readonly calendars: ChangeCalendars;
  readonly parameters: ParameterStore;
  readonly secrets: readonly StoredSecret[];
  readonly stateMachines: StateMachines;
  readonly logs: LogGroups;
  readonly stacks: Stacks;
  /** Auto Scaling groups, and the instances of EC2. Absent: there are none. */
  readonly autoScaling?: AutoScaling;
  /** Services whose deployments CodeDeploy controls. */
  services(): readonly EcsServiceView[];
  /** Task definitions, where they are known. */
  readonly taskDefinitions?: TaskDefinitionsView;
  /** Load balancers whose private addresses may be asked for. */
  loadBalancers(): readonly LoadBalancerAddresses[];
  /** Load balancers with their listeners and target groups. @default none */
  balancers?(): readonly LoadBalancerView[];
  /** Told of each event that PutEvents accepts. */
  event(event: BusEvent): void;
  /** Told of each message that Publish accepts. */
  message(message: TopicMessage): void;
  /** Told of each call for something that is not modelled. */
  notModelled(what: NotModelled): void;
}

/** The services as a function of requests; the same for every transport. */
export function awsHandler(backends: AwsBackends): (request: LoopbackRequest) => LoopbackAnswer {
  const { place } = backends;
  const cloudWatch = cloudWatchService(place, backends.cloudWatch);
  const ec2 = ec2Service(place, backends.loadBalancers, backends.autoScaling?.fleet);
  const json: Readonly<Record<string, JsonService>> = {
    [CODEDEPLOY_TARGET]: { service: codeDeployService(place, backends.codeDeploy), version: '1.1' },
    [CLOUDWATCH_TARGET]: { service: cloudWatch, version: '1.0', queryError: queryErrorName },
    [EVENTBRIDGE_TARGET]: { service: eventBridgeService(place, backends.event), version: '1.1' },
    [CODEBUILD_TARGET]: { service: codeBuildService(place, backends.builds), version: '1.1' },
    [SSM_TARGET]: { service: ssmService(place, backends.parameters, backends.calendars), version: '1.1' },
    [SECRETS_MANAGER_TARGET]: { service: secretsManagerService(place, backends.secrets), version: '1.1' },
    [ECS_TARGET]: { service: ecsService(place, () => backends.services(), backends.taskDefinitions), version: '1.1' },
    [STEP_FUNCTIONS_TARGET]: { service: stepFunctionsService(place, backends.stateMachines), version: '1.0' },
    [LOGS_TARGET]: { service: logsService(place, backends.logs), version: '1.1' },
  };
  const queries = queryServices({
    cloudWatch,
    ec2,
    sns: snsService(place, backends.message),
    cloudFormation: cloudFormationService(place, backends.stacks),
    autoScaling: autoScalingService(place, backends.autoScaling),
    elasticLoadBalancing: elasticLoadBalancingService(() => backends.balancers?.() ?? []),
  });
  const ids = new RequestIds();
  return (request) => {
    const requestId = ids.next(request);
    const room: Room = { backends, request, requestId, caller: callerOf(request, backends.authorizer) };
    if (isLambdaPath(request)) {
      return lambdaAnswer(room);
    }
    return jsonOf(room, json) ?? cborOf(room, cloudWatch) ?? queryOf(room, queries) ?? unknownService(room);
  };
}

interface JsonService {
  readonly service: AwsService;
  readonly version: '1.0' | '1.1';
  readonly queryError?: (code: string) => string;
}

interface Room {
  readonly backends: AwsBackends;
  readonly request: LoopbackRequest;
  readonly requestId: string;
  /** Undefined for a request that is not signed. */
  readonly caller: Caller | undefined;
}

function callerOf(request: LoopbackRequest, authorizer: Authorizer): Caller | undefined {
  const scope = credentialScope(request);
  return scope && makeCaller(scope.accessKeyId, authorizer);
}

/** Runs an operation for its caller, and lists what is not modelled. */
function run(room: Room, service: AwsService, operation: string, input: Parameters<typeof runOperation>[2]): Outcome {
  if (room.caller === undefined) {
    return { error: new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token') };
  }
  const outcome = runOperation(service, operation, input, room.caller);
  if ('error' in outcome && outcome.error.code === 'UnknownOperationException') {
    room.backends.notModelled({ service: service.name, operation });
  }
  return outcome;
}

function jsonOf(room: Room, services: Readonly<Record<string, JsonService>>): LoopbackResponse | undefined {
  const target = jsonTarget(room.request);
  const known = target && Object.hasOwn(services, target.prefix) ? services[target.prefix] : undefined;
  if (target === undefined || known === undefined) {
    return undefined;
  }
  const outcome = run(room, known.service, target.operation, () => readJson(room.request));
  // What is asked in the other version of the protocol is answered in it.
  const version = /x-amz-json-(1\.[01])/.exec(header(room.request, 'content-type') ?? '')?.[1] === '1.0' ? '1.0' : known.version;
  return jsonAnswer(outcome, { version, requestId: room.requestId, queryError: known.queryError });
}

function cborOf(room: Room, cloudWatch: AwsService): LoopbackResponse | undefined {
  const target = cborTarget(room.request);
  if (target?.service !== CLOUDWATCH_TARGET) {
    return undefined;
  }
  const outcome = run(room, cloudWatch, target.operation, () => readCbor(room.request));
  return cborAnswer(outcome, { namespace: 'com.amazonaws.cloudwatch', requestId: room.requestId, queryError: queryErrorName });
}

const isForm = (request: LoopbackRequest): boolean =>
  request.method === 'POST' && (header(request, 'content-type') ?? '').startsWith('application/x-www-form-urlencoded');

/** Services of the query protocols, by the name in their signatures, and by the version that their requests name. */
interface QueryService {
  readonly name: string;
  readonly version: string;
  readonly service: AwsService;
  readonly answer: (outcome: Outcome, wire: { readonly action: string; readonly requestId: string }) => LoopbackResponse;
}

function queryServices(services: Readonly<Record<'cloudWatch' | 'ec2' | 'sns' | 'cloudFormation' | 'autoScaling' | 'elasticLoadBalancing', AwsService>>): readonly QueryService[] {
  return [
    { name: 'ec2', version: '2016-11-15', service: services.ec2, answer: (outcome, wire) => ec2Answer(ec2Error(outcome), { ...wire, xmlns: EC2_XMLNS }) },
    {
      name: 'monitoring',
      version: '2010-08-01',
      service: services.cloudWatch,
      answer: (outcome, wire) => queryAnswer(outcome, { ...wire, xmlns: CLOUDWATCH_XMLNS, errorName: queryErrorName }),
    },
    { name: 'sns', version: '2010-03-31', service: services.sns, answer: (outcome, wire) => queryAnswer(denied(outcome, 'AuthorizationError'), { ...wire, xmlns: SNS_XMLNS, errorName: (code) => code }) },
    {
      name: 'cloudformation',
      version: '2010-05-15',
      service: services.cloudFormation,
      answer: (outcome, wire) => queryAnswer(denied(outcome, 'AccessDenied'), { ...wire, xmlns: CLOUDFORMATION_XMLNS, errorName: queryErrorName }),
    },
    {
      name: 'autoscaling',
      version: '2011-01-01',
      service: services.autoScaling,
      answer: (outcome, wire) => queryAnswer(denied(outcome, 'AccessDenied'), { ...wire, xmlns: AUTO_SCALING_XMLNS, errorName: queryErrorName }),
    },
    {
      name: 'elasticloadbalancing',
      version: '2015-12-01',
      service: services.elasticLoadBalancing,
      answer: (outcome, wire) => queryAnswer(denied(outcome, 'AccessDenied'), { ...wire, xmlns: ELASTIC_LOAD_BALANCING_XMLNS, errorName: queryErrorName }),
    },
  ];
}

function queryOf(room: Room, services: readonly QueryService[]): LoopbackResponse | undefined {
  const { request, requestId } = room;
  if (!isForm(request)) {
    return undefined;
  }
  const signed = credentialScope(request)?.service;
  const found = services.find(({ name, version }) => signed === name || request.body.includes(`Version=${version}`));
  if (found === undefined) {
    return undefined;
  }
  let query: QueryRequest | undefined;
  const read = settle(() => {
    query = readQuery(request);
    return { output: {} };
  });
  const input = query?.input;
  const action = query?.action ?? 'Unknown';
  return found.answer(input === undefined ? read : run(room, found.service, action, () => input), { action, requestId });
}

/** A denial is status 403, under a name of the service's own. */
function denied(outcome: Outcome, code: string): Outcome {
  return 'error' in outcome && outcome.error.code === 'AccessDeniedException' ? { error: new ServiceError(code, outcome.error.message, 403) } : outcome;
}

/** EC2's own names for what every service has. */
function ec2Error(outcome: Outcome): Outcome {
  if (!('error' in outcome)) {
    return outcome;
  }
  const { code, message, status } = outcome.error;
  switch (code) {
    case 'AccessDeniedException':
      return { error: new ServiceError('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, 403) };
    case 'UnknownOperationException':
      return { error: new ServiceError('InvalidAction', message) };
    case 'MissingAuthenticationTokenException':
      return { error: new ServiceError('AuthFailure', message, 401) };
    default:
      return { error: new ServiceError(code, message, status) };
  }
}

function lambdaAnswer(room: Room): LoopbackAnswer {
  const { backends, caller, request, requestId } = room;
  try {
    if (caller === undefined) {
      throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    }
    if (!isInvoke(request)) {
      const read = backends.functions === undefined ? undefined : readFunction(request, { backend: { ...backends.functions, find: (name) => backends.lambda.find(name) }, caller, requestId });
      const kept = backends.versions === undefined ? undefined : keepVersions(request, { backend: { ...backends.versions, find: (name) => backends.lambda.find(name) }, caller, requestId, epochMs: backends.place.epochMs });
      const known = read ?? kept;
      if (known !== undefined) {
        return known;
      }
      backends.notModelled({ service: 'lambda', operation: `${request.method} ${request.url.split('?')[0]}` });
      throw new ServiceError('UnknownOperationException', `${request.method} ${request.url} is not modelled by the rehearsal`, 404);
    }
    return invokeFunction(request, { backend: backends.lambda, caller, requestId });
  } catch (error) {
    if (error instanceof ServiceError) {
      return lambdaError(error, requestId);
    }
    throw error;
  }
}

/** A service that the rehearsal does not play: refused in the protocol that was spoken, and listed. */
function unknownService(room: Room): LoopbackResponse {
  const { request, requestId, backends } = room;
  const target = jsonTarget(request);
  const service = target?.prefix ?? credentialScope(request)?.service ?? 'unknown';
  const action = isForm(request) ? (new URLSearchParams(request.body.toString()).get('Action') ?? undefined) : undefined;
  const operation = target?.operation ?? action ?? `${request.method} ${request.url.split('?')[0]}`;
  backends.notModelled({ service, operation });
  const error = new ServiceError(
    'UnknownOperationException',
    `${operation} of ${service} is not modelled by the rehearsal`,
    (target ?? action) === undefined ? 404 : 400,
  );
  if (action !== undefined) {
    return queryAnswer({ error }, { action, xmlns: '', requestId, errorName: queryErrorName });
  }
  if (header(request, 'smithy-protocol') === RPC_V2_CBOR) {
    return cborAnswer({ error }, { namespace: 'com.amazonaws', requestId, queryError: (code) => code });
  }
  const version = (header(request, 'content-type') ?? '').includes('json-1.0') ? '1.0' : '1.1';
  return jsonAnswer({ error }, { version, requestId });
}

export interface AwsEndpoint extends LoopbackServer {
  /** What PutEvents has accepted, in the order of arrival. */
  readonly events: readonly BusEvent[];
  /** What Publish has accepted, in the order of arrival. */
  readonly messages: readonly TopicMessage[];
  /** What was asked for and is not modelled, each once. */
  readonly notModelled: readonly NotModelled[];
}

export interface AwsEndpointOptions extends Omit<AwsBackends, 'event' | 'message' | 'notModelled' | 'place'> {
  readonly conductor: Conductor;
  readonly place: Pick<AwsPlace, 'partition' | 'region' | 'accountId'>;
  /** @default a free port */
  readonly port?: number;
  /** Stands between a request and its answer: for disturbances such as throttling, or an answer that is lost. @default nothing does */
  readonly around?: (request: LoopbackRequest, answer: () => LoopbackAnswer) => LoopbackAnswer;
}

/** Starts the endpoint on loopback. */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const { conductor, port, around } = options;
  const events: BusEvent[] = [];
  const messages: TopicMessage[] = [];
  const asked = new Map<string, NotModelled>();
  const handler = awsHandler({
    ...options,
    place: { ...options.place, epochMs: conductor.epochMs, now: () => conductor.now() },
    event: (event) => void events.push(event),
    message: (message) => void messages.push(message),
    notModelled: (what) => void asked.set(`${what.service} ${what.operation}`, what),
  });
  const server = await startLoopbackServer({ name: 'aws', conductor, port, handle: around === undefined ? handler : (request) => around(request, () => handler(request)) });
  return {
    name: server.name,
    port: server.port,
    url: server.url,
    events,
    messages,
    get notModelled() {
      return [...asked.values()];
    },
    close: () => server.close(),
  };
}
