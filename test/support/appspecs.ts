/** AppSpecs as they may come: sound ones of every platform, with texts of every kind in them. */
import { ECS_HOOK_EVENTS, LAMBDA_HOOK_EVENTS, SERVER_HOOK_EVENTS } from '../../lib/model/lifecycle';
import { fc } from './properties';

/** Texts that YAML has a meaning of its own for, among others. */
const text = fc.oneof(
  fc.constantFrom('yes', 'off', 'null', '~', '0644', '0o7', '1:30', '2001-01-01', '1_000', '.inf', '*', '**', '&a', '!x', '- a', 'a: b', 'a #b', '"', "'", '\\', '|', '<<', '%', '@', '\t', 'é', '\u2028', 'a\nb\n', ' a ', '${Token}'),
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
).filter((value) => value.trim() !== '');

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const optional = <T, K extends keyof T>(model: { [Name in keyof T]: fc.Arbitrary<T[Name]> }, requiredKeys: K[]) => fc.record(model, { requiredKeys, noNullPrototype: true });

/** One map with one key for each of some events. */
const functionHooks = (events: readonly string[]) =>
  fc.subarray([...events]).chain((chosen) => fc.tuple(...chosen.map((event) => word.map((fn) => ({ [event]: fn })))));

const ecsProperties = optional(
  {
    TaskDefinition: word.map((family) => `arn:aws:ecs:eu-west-1:111122223333:task-definition/${family}:7`),
    LoadBalancerInfo: fc.record({ ContainerName: text, ContainerPort: fc.integer({ min: 1, max: 65535 }) }, { noNullPrototype: true }),
    PlatformVersion: fc.constantFrom('LATEST', '1.4.0'),
    NetworkConfiguration: fc.record(
      {
        AwsvpcConfiguration: fc.record(
          {
            Subnets: fc.array(word.map((id) => `subnet-${id}`), { minLength: 1, maxLength: 16 }),
            SecurityGroups: fc.array(word.map((id) => `sg-${id}`), { minLength: 1, maxLength: 5 }),
            AssignPublicIp: fc.constantFrom('ENABLED', 'DISABLED'),
          },
          { noNullPrototype: true },
        ),
      },
      { noNullPrototype: true },
    ),
    CapacityProviderStrategy: fc.constantFrom(
      [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      [
        { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
        { CapacityProvider: 'FARGATE', Base: 1, Weight: 1 },
      ],
    ),
  },
  ['TaskDefinition', 'LoadBalancerInfo'],
);

export const ecsAppSpec = fc
  .tuple(ecsProperties, functionHooks(ECS_HOOK_EVENTS))
  .map(([Properties, Hooks]) => ({ version: '0.0', Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }], Hooks }));

export const lambdaAppSpec = fc
  .tuple(word, fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/), fc.integer({ min: 1, max: 10_000 }), functionHooks(LAMBDA_HOOK_EVENTS))
  .map(([Name, Alias, version, Hooks]) => ({
    version: '0.0',
    Resources: [{ [Name]: { Type: 'AWS::Lambda::Function', Properties: { Name, Alias, CurrentVersion: String(version), TargetVersion: String(version + 1) } } }],
    Hooks,
  }));

const script = optional({ location: text, timeout: fc.integer({ min: 1, max: 900 }), runas: word }, ['location']);

const permission = optional(
  {
    object: fc.uuid().map((id) => `/srv/${id}`),
    pattern: text,
    except: fc.array(text, { maxLength: 3 }),
    owner: text,
    group: text,
    mode: fc.stringMatching(/^[0-7]{1,4}$/),
    acls: fc.array(word.map((user) => `u:${user}:rw`), { maxLength: 3 }),
    context: fc.constantFrom({ type: 'httpd_sys_content_t' }, { name: 'unconfined_u', user: 'unconfined_u', type: 'httpd_sys_content_t', range: 's0-s1:c0,c2.c5' }),
    type: fc.subarray(['file', 'directory'], { minLength: 1 }),
  },
  ['object'],
);

/** The version is the number that agents compare with. */
export const serverAppSpec = fc
  .record(
    {
      files: fc.uniqueArray(fc.record({ source: text, destination: text.map((path) => `/${path}`) }, { noNullPrototype: true }), { maxLength: 3, selector: ({ source }) => source.replace(/[./\\]/g, '') }),
      file_exists_behavior: fc.constantFrom('DISALLOW', 'OVERWRITE', 'RETAIN'),
      permissions: fc.array(permission, { maxLength: 3 }),
      hooks: fc.dictionary(fc.constantFrom(...SERVER_HOOK_EVENTS), fc.array(script, { minLength: 1, maxLength: 4 }), { noNullPrototype: true }),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .map((sections) => ({ version: 0, os: 'linux', ...sections }));

export const anyAppSpec: fc.Arbitrary<object> = fc.oneof<fc.Arbitrary<object>[]>(ecsAppSpec, lambdaAppSpec, serverAppSpec);
