/** Task definitions as ECS registers them: a family and its revisions. None is forgotten: what is deregistered is INACTIVE. */
import { isObject, type JsonObject } from '../assembly/read-json';
import type { RegisteredTaskDefinition, TaskDefinitionsView } from '../endpoints/ecs-task-definitions';
import { changedProperties } from './properties';

interface Registered {
  readonly arn: string;
  readonly containers: readonly string[];
  status: RegisteredTaskDefinition['status'];
}

export class TaskDefinitions implements TaskDefinitionsView {
  private readonly registered: Registered[] = [];
  private readonly newest = new Map<string, number>();

  /**
   * Registers the next revision of a family.
   * @param prefix ARN of the family, without a revision
   */
  register(prefix: string, properties: JsonObject): string {
    const revision = (this.newest.get(prefix) ?? 0) + 1;
    this.newest.set(prefix, revision);
    const arn = `${prefix}:${revision}`;
    const containers = Array.isArray(properties.ContainerDefinitions) ? properties.ContainerDefinitions : [];
    this.registered.push({ arn, containers: containers.flatMap((container) => (isObject(container) ? [String(container.Name)] : [])), status: 'ACTIVE' });
    return arn;
  }

  all(): readonly RegisteredTaskDefinition[] {
    return this.registered;
  }

  deregister(arn: string): void {
    this.registered.filter((each) => each.arn === arn).forEach((each) => (each.status = 'INACTIVE'));
  }

  /** How many were registered before it; undefined for one that is not known. */
  number(arn: string): number | undefined {
    const index = this.registered.findIndex((each) => each.arn === arn);
    return index < 0 ? undefined : index;
  }

  /** Why ECS makes no task set of it; undefined where it does. */
  refusal(arn: string, container: string): string | undefined {
    const found = this.registered.find((each) => each.arn === arn);
    if (found?.status === 'INACTIVE') {
      return 'TaskDefinition is inactive';
    }
    return found?.containers.includes(container) === true ? undefined : `The container ${container} does not exist in the task definition.`;
  }
}

/** Other tags make no new revision. */
export function isSameRevision(before: JsonObject, after: JsonObject): boolean {
  return changedProperties(before, after).every((name) => name === 'Tags');
}
