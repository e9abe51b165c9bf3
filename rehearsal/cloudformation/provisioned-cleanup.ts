/** What CloudFormation does with the provisioned concurrency of a release once the stack's update is over: it has the real provider release what is no longer of use. */
import { PROVISIONED_CONCURRENCY_RESOURCE_TYPE } from '../../lib/model/provisioned-concurrency';
import type { Assembly, PlacedResource } from '../assembly/assembly';
import { resolveLambdaRollout } from '../assembly/lambda-rollout-model';
import type { JsonObject } from '../assembly/read-json';
import type { AnyRollout, FoundLambdaRollout } from '../assembly/rollouts';
import { ResponseBucket } from '../endpoints/response-bucket';
import { UserError } from '../report/user-error';
import type { Scenario } from '../scenario/scenario';
import type { LambdaRollout } from '../stage/lambda-rollout';
import type { World, WorldOptions } from '../stage/world';
import { CustomResources } from './custom-resources';

interface Resource {
  readonly logicalId: string;
  readonly stackId: string;
  readonly properties: JsonObject;
}

function placeOf(assembly: Assembly, found: FoundLambdaRollout): PlacedResource | undefined {
  const { released } = resolveLambdaRollout(assembly, found);
  return assembly.resources(PROVISIONED_CONCURRENCY_RESOURCE_TYPE).find((each) => each.stack === found.stack && assembly.properties(each).Function === released.name);
}

export class ProvisionedCleanup {
  private readonly bucket: ResponseBucket;
  private play: { readonly world: World; readonly rollout: LambdaRollout; readonly resources: CustomResources } | undefined;
  /** The version that the stack wants, once an update is over. */
  private kept = '';

  private constructor(
    private readonly resource: Resource,
    { region }: { readonly region: string },
    epochMs: number,
  ) {
    this.bucket = new ResponseBucket({ region, epochMs, now: () => this.play?.world.conductor.now() ?? 0 });
  }

  /** Undefined where the rollout provisions nothing. @throws UserError where the scenario says how that goes all the same */
  static of(assembly: Assembly, found: AnyRollout, scenario: Scenario, epochMs: number): ProvisionedCleanup | undefined {
    const { stack, name } = found;
    const place = found.controller === 'LAMBDA' ? placeOf(assembly, found) : undefined;
    if (place === undefined) {
      const told = scenario.releases.find(({ provisioning }) => provisioning !== undefined);
      if (told !== undefined) {
        throw new UserError(`${scenario.file}: release ${told.name} sets "provisioning", and rollout ${name} has no 'provisionedConcurrentExecutions'; leave it out`);
      }
      return undefined;
    }
    const resource = { logicalId: place.logicalId, stackId: assembly.text(stack, { Ref: 'AWS::StackId' }), properties: assembly.properties(place) };
    return new ProvisionedCleanup(resource, stack, epochMs);
  }

  /** What the world needs so that the provider can be asked, and can answer. */
  get needs(): Pick<WorldOptions, 'functions' | 'hosts'> {
    return {
      functions: [String(this.resource.properties.ServiceToken)],
      hosts: [{ host: this.bucket.host, handle: (request) => this.bucket.handle(request) }],
    };
  }

  /** The version that runs is taken for provisioned. */
  open(world: World, rollout: LambdaRollout): void {
    const { conductor, invocations } = world;
    const resources = new CustomResources({ scheduler: conductor.scheduler, bucket: this.bucket, invoke: (serviceToken, event) => invocations.invoke(serviceToken, event) });
    this.play = { world, rollout, resources };
    this.kept = rollout.deployments.releasedVersion;
    rollout.provisioned.adopt(this.kept, Number(this.resource.properties.Executions));
  }

  /** Once a release is over: of the version of before where it has succeeded, and of its own where the stack goes back. */
  async afterRelease(): Promise<void> {
    const { rollout, resources } = this.play!;
    const { releasedVersion } = rollout.deployments;
    const version = releasedVersion === this.kept ? rollout.function.lastReleased : this.kept;
    this.kept = releasedVersion;
    const { logicalId, stackId, properties } = this.resource;
    const physicalId = `${rollout.model.released.name}:${version}`;
    await resources.send({ type: 'Delete', stackId, resourceType: PROVISIONED_CONCURRENCY_RESOURCE_TYPE, logicalId, physicalId, properties: { ...properties, Version: version } });
  }
}
