/**
 * The AppSpec of an ECS deployment.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html#reference-appspec-file-structure-resources-ecs
 */
import { ECS_HOOK_EVENTS, ECS_LIFECYCLE_EVENTS } from '../lifecycle';
import { lintCapacity } from './ecs-capacity';
import { lintNetwork } from './ecs-network';
import { lintFunctionHooks } from './function-hooks';
import type { MapPart, Part } from './part';
import { quoted, shown } from './part';
import { SECTIONS, foreignToFunctions, lintResource } from './resource';
import type { Findings } from './section';
import { Section } from './section';
import { lintVersion } from './version';
import { wholeNumber } from './whole-number';

const RESOURCE_NAME = 'TargetService';
const PROPERTIES = ['TaskDefinition', 'LoadBalancerInfo', 'PlatformVersion', 'NetworkConfiguration', 'CapacityProviderStrategy'];

const TASK_DEFINITION = /^arn:[a-z0-9-]+:ecs:[a-z0-9-]+:\d{12}:task-definition\/[A-Za-z0-9_-]{1,255}(:\d+)?$/;

/** What CodePipeline puts the ARN in the place of. */
const PLACEHOLDER = /^<[A-Z0-9_]+>$/;

const PLATFORM_VERSION = /^(LATEST|\d+\.\d+\.\d+)$/;

const MAX_PORT = 65535;

export function lintEcs(findings: Findings, root: MapPart): void {
  const document = new Section(findings, root, { line: root.line, place: '', keys: SECTIONS, anyCase: true, foreign: foreignToFunctions('ecs') });
  lintVersion(findings, document, 'ecs');
  const resource = lintResource(findings, document, 'ecs', PROPERTIES);
  if (resource !== undefined && resource.name.key.toLowerCase() !== RESOURCE_NAME.toLowerCase()) {
    findings.add('resource-name', resource.name.line, `the resource must be called ${RESOURCE_NAME}, got ${quoted(resource.name.key)}; the service that is meant is the deployment group's`);
  }
  if (resource?.properties !== undefined) {
    lintProperties(findings, resource.properties);
  }
  lintFunctionHooks(findings, document, { platform: 'ecs', hookable: ECS_HOOK_EVENTS, all: ECS_LIFECYCLE_EVENTS });
}

function lintProperties(findings: Findings, properties: Section): void {
  const task = properties.requiredText('TaskDefinition', 'task-definition-missing', 'write the ARN of the task definition');
  if (task !== undefined && !TASK_DEFINITION.test(task.text) && !PLACEHOLDER.test(task.text)) {
    const example = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7';
    findings.add('task-definition-arn', task.line, `'TaskDefinition' must be an ARN such as ${example}, or <TASK_DEFINITION>, got ${shown(task.part)}; nothing else is documented`);
  }
  lintLoadBalancer(findings, properties);
  const platform = properties.optionalText('PlatformVersion');
  if (platform !== undefined && !PLATFORM_VERSION.test(platform.text)) {
    findings.add('platform-version', platform.line, `'PlatformVersion' must be LATEST or three numbers such as 1.4.0, got ${shown(platform.part)}; leave it out for the service's own`);
  }
  lintNetwork(findings, properties);
  lintCapacity(findings, properties);
}

function lintLoadBalancer(findings: Findings, properties: Section): void {
  const part = properties.required('LoadBalancerInfo', 'load-balancer-missing', 'add it, with ContainerName and ContainerPort');
  const map = properties.map('LoadBalancerInfo', part);
  if (map === undefined) {
    return;
  }
  const line = properties.lineOf('LoadBalancerInfo');
  const info = new Section(findings, map, { line, place: 'LoadBalancerInfo', keys: ['ContainerName', 'ContainerPort'], anyCase: true });
  info.requiredText('ContainerName', 'container-name-missing', 'name a container of the task definition');
  const port = info.required('ContainerPort', 'container-port-missing', 'write the port of the container that gets the traffic');
  if (port !== undefined && port.kind !== 'late') {
    lintPort(findings, port, info.lineOf('ContainerPort'));
  }
}

function lintPort(findings: Findings, part: Part, line: number): void {
  const port = wholeNumber(part, 0, MAX_PORT);
  if (port === undefined) {
    findings.add('container-port-range', line, `'LoadBalancerInfo.ContainerPort' must be a whole number from 1 to ${MAX_PORT}, got ${shown(part)}; write the port that the container listens on`);
    return;
  }
  if (part.kind === 'scalar' && typeof part.value === 'string') {
    findings.add('container-port-text', line, `'LoadBalancerInfo.ContainerPort' must be a number, got the text ${shown(part)}; remove the quotes`);
  }
  if (port === 0) {
    findings.add('container-port-zero', line, `'LoadBalancerInfo.ContainerPort' is 0, to which no load balancer forwards; write a port from 1 to ${MAX_PORT}`);
  }
}
