/** The AppSpec of an ECS deployment as `lib/model/appspec.ts` defines it. */
import { ECS_HOOK_EVENTS } from '../../lib/model/lifecycle';
import { listOf, number, object, oneOf, optional, text } from './shape';

const network = object({ Subnets: listOf(text), SecurityGroups: listOf(text), AssignPublicIp: oneOf('ENABLED', 'DISABLED') });

const strategy = object({ CapacityProvider: text, Base: optional(number(0)), Weight: optional(number(0)) });

const service = object({
  Type: oneOf('AWS::ECS::Service'),
  Properties: object({
    TaskDefinition: text,
    LoadBalancerInfo: object({ ContainerName: text, ContainerPort: number(0, 65535) }),
    PlatformVersion: optional(text),
    NetworkConfiguration: optional(object({ AwsvpcConfiguration: network })),
    CapacityProviderStrategy: optional(listOf(strategy)),
  }),
});

export const ecsAppSpec = object({
  version: oneOf('0.0'),
  Resources: listOf(object({ TargetService: service }), 1),
  Hooks: optional(listOf(object(Object.fromEntries(ECS_HOOK_EVENTS.map((event) => [event, optional(text)]))))),
});
