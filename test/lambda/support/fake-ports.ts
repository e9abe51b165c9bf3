import type { HookEvent, VerdictRecord } from '../../../lib/model/hook-contract';
import { ENV } from '../../../lib/model/hook-contract';
import type { HookReportStatus } from '../../../lib/model/status';
import { ServiceFailure } from '../../../lambda/core/failures';
import type { Clock, DeploymentGroup, Environment, HookPorts, HttpAnswer, HttpClient, LogFields, OutgoingRequest, StoredOverride, VerdictDatum } from '../../../lambda/core/ports';
import type { CheckAttempt } from '../../../lambda/core/checks/kind';
import type { ValueSources } from '../../../lambda/core/checks/runtime-values';
import { virtualClock } from './virtual-clock';

export const HOOK: HookEvent = { DeploymentId: 'd-A1B2C3D4E', LifecycleEventHookExecutionId: 'execution-1' };

/** Answers of a port, one for each call; the last one is repeated. A function is called, an error is thrown. */
export type Script<T> = readonly (T | Error | (() => Promise<T>))[];

export interface World {
  readonly ports: HookPorts;
  readonly reports: readonly { readonly hook: HookEvent; readonly status: HookReportStatus; readonly at: number }[];
  readonly metrics: readonly VerdictDatum[];
  readonly alarms: readonly { readonly name: string; readonly reason: string }[];
  readonly events: readonly VerdictRecord[];
  readonly verdicts: readonly VerdictRecord[];
  /** What was written into the break-glass parameter, and who was told. */
  readonly written: readonly string[];
  readonly notifications: readonly { readonly topic: string; readonly subject: string; readonly message: string }[];
  readonly lines: readonly { readonly level: string; readonly message: string; readonly fields?: LogFields }[];
  /** What happened, in order. */
  readonly order: readonly string[];
}

export interface WorldScript {
  readonly clock?: Clock;
  readonly report?: Script<void>;
  readonly group?: Script<DeploymentGroup>;
  readonly creator?: Script<string | undefined>;
  /** Of the deployment. */
  readonly status?: Script<string | undefined>;
  /** Moment at which the deployment was created. */
  readonly createdAt?: Script<number | undefined>;
  /** What stands in the break-glass parameter, and what becomes of reading and writing it. */
  readonly parameter?: StoredOverride;
  readonly overrideRead?: Script<void>;
  readonly overrideWrite?: Script<void>;
  readonly notification?: Script<void>;
  readonly metric?: Script<void>;
  readonly alarm?: Script<void>;
  readonly event?: Script<void>;
}

/** Ports that note what they are asked, and answer from a script. */
export function fakeWorld(script: WorldScript = {}): World {
  const clock = script.clock ?? virtualClock();
  const world = { reports: [] as World['reports'][number][], metrics: [] as VerdictDatum[], alarms: [] as World['alarms'][number][], events: [] as VerdictRecord[], written: [] as string[], notifications: [] as World['notifications'][number][], parameter: script.parameter ?? { value: 'off', version: 1, modifiedAt: clock.epoch() } };
  const verdicts: VerdictRecord[] = [];
  const lines: World['lines'][number][] = [];
  const order: string[] = [];
  const put = player(script.report ?? [undefined]);
  const group = player(script.group ?? [{ application: 'web-application', group: 'web-group' }]);
  const creator = player(script.creator ?? ['user']);
  const status = player(script.status ?? ['InProgress']);
  const createdAt = player(script.createdAt ?? [clock.epoch()]);
  const overrideRead = player<void>(script.overrideRead ?? [undefined]);
  const overrideWrite = player<void>(script.overrideWrite ?? [undefined]);
  const notify = player<void>(script.notification ?? [undefined]);
  const metric = player(script.metric ?? [undefined]);
  const alarm = player(script.alarm ?? [undefined]);
  const event = player(script.event ?? [undefined]);
  const line = (level: string) => (message: string, fields?: LogFields) => lines.push({ level, message, ...(fields === undefined ? {} : { fields }) });
  const ports: HookPorts = {
    clock,
    random: () => 0.5,
    reporter: {
      putStatus: async (hook, status) => {
        order.push('report');
        world.reports.push({ hook, status, at: clock.now() });
        await put();
      },
    },
    deployments: { groupOf: () => group(), creatorOf: () => creator(), statusOf: () => status(), createdAt: () => createdAt() },
    overrides: {
      read: async () => {
        await overrideRead();
        return { ...world.parameter };
      },
      write: async (_, value) => {
        await overrideWrite();
        world.parameter = { value, version: world.parameter.version + 1, modifiedAt: clock.epoch() };
        world.written.push(value);
        return world.parameter.version;
      },
    },
    notifier: {
      publish: async (topic, notification) => {
        order.push('notification');
        world.notifications.push({ topic, ...notification });
        await notify();
      },
    },
    verdicts: {
      publish: async (datum) => {
        order.push('metric');
        world.metrics.push(datum);
        await metric();
      },
      raise: async (name, reason) => {
        order.push('alarm');
        world.alarms.push({ name, reason });
        await alarm();
      },
    },
    events: {
      send: async (detail) => {
        order.push('event');
        world.events.push(detail);
        await event();
      },
    },
    log: {
      verdict: (record) => {
        order.push('log');
        verdicts.push(record);
      },
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
    },
  };
  return { ports, ...world, verdicts, lines, order };
}

/** Plays a script. */
export function player<T>(script: Script<T>): () => Promise<T> {
  let index = 0;
  return async () => {
    const step = script[Math.min(index++, script.length - 1)];
    if (step instanceof Error) {
      throw step;
    }
    return typeof step === 'function' ? (step as () => Promise<T>)() : (step as T);
  };
}

export const throttled = () => new ServiceFailure('codedeploy:PutLifecycleEventHookExecutionStatus', 'ThrottlingException', 'Rate exceeded', true);
export const denied = () => new ServiceFailure('codedeploy:PutLifecycleEventHookExecutionStatus', 'AccessDeniedException', 'not authorized', false);
export const completed = () => new ServiceFailure('codedeploy:PutLifecycleEventHookExecutionStatus', 'LifecycleEventAlreadyCompletedException', 'over', false);

/** The environment of a hook, complete unless overridden. An undefined override removes a variable. */
export function fakeEnvironment(overrides: Readonly<Record<string, string | undefined>> = {}, suite: unknown = undefined, payloads: Readonly<Record<string, string>> = {}): Environment {
  const variables: Readonly<Record<string, string | undefined>> = {
    [ENV.event]: 'AfterAllowTestTraffic',
    [ENV.rollout]: 'App/Web',
    [ENV.application]: 'web-application',
    [ENV.deploymentGroup]: 'web-group',
    [ENV.verdictAlarm]: 'web-verdict',
    [ENV.testUrl]: 'http://web.example.internal:8080',
    [ENV.productionUrl]: 'http://web.example.internal',
    ...overrides,
  };
  return {
    variable: (name) => variables[name],
    payload: (file) => {
      const text = payloads[file];
      if (text === undefined) {
        throw new Error('ENOENT: no such file or directory');
      }
      return text;
    },
    suite: () => {
      if (suite === undefined) {
        throw new Error('ENOENT: no such file or directory');
      }
      return typeof suite === 'string' ? suite : JSON.stringify(suite);
    },
  };
}

export function context(remainingMs: number): { getRemainingTimeInMillis(): number } {
  return { getRemainingTimeInMillis: () => remainingMs };
}

export function answer(overrides: Partial<HttpAnswer> = {}): HttpAnswer {
  const body = overrides.body ?? '{"status":"ok"}';
  const url = 'http://web.example.internal:8080/api/orders';
  return { status: 200, headers: {}, setCookies: [], body, bytes: Buffer.from(body), bodyTruncated: false, url, durationMs: 18, ...overrides };
}

/** An HTTP client that plays a script and notes the requests. */
export function fakeHttp(script: Script<HttpAnswer>): { readonly http: HttpClient; readonly requests: readonly OutgoingRequest[] } {
  const requests: OutgoingRequest[] = [];
  const play = player(script);
  return {
    requests,
    http: {
      send: (request) => {
        requests.push(request);
        return play();
      },
    },
  };
}

/** Secrets and parameters by name; what is not there is refused as the services do. Notes what is read. */
export function fakeSources(texts: Readonly<Record<string, string | Error>>): ValueSources & { readonly reads: readonly string[] } {
  const reads: string[] = [];
  const read = async (name: string): Promise<string> => {
    reads.push(name);
    const text = texts[name] ?? new ServiceFailure('secretsmanager:GetSecretValue', 'ResourceNotFoundException', `there is no ${name}`, false);
    if (text instanceof Error) {
      throw text;
    }
    return text;
  };
  return { secrets: { read }, parameters: { read }, reads };
}

/** The first attempt of a check without values. */
export const FIRST_ATTEMPT: CheckAttempt = { number: 1, startedAt: 0, values: {}, hide: () => undefined, isSecret: () => false };
