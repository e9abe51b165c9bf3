/** Task definitions as ECS registers them: a family and its revisions. None is forgotten, since the constructs keep old revisions. */
import { isObject, type JsonObject } from '../assembly/read-json';

interface Registered {
  readonly arn: string;
  readonly containers: readonly string[];
}

export class TaskDefinitions {
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
    this.registered.push({ arn, containers: containers.flatMap((container) => (isObject(container) ? [String(container.Name)] : [])) });
    return arn;
  }

  /** How many were registered before it; undefined for one that is not known. */
  number(arn: string): number | undefined {
    const index = this.registered.findIndex((each) => each.arn === arn);
    return index < 0 ? undefined : index;
  }

  has(arn: string, container: string): boolean {
    return this.registered.some((each) => each.arn === arn && each.containers.includes(container));
  }
}
