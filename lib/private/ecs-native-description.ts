/** Marks a service as one whose deployments a rehearsal can play; what they are is all in the properties of the service. */
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Lazy } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

import type { EcsNativeDescription } from '../model/ecs-native';
import { ECS_NATIVE_METADATA_KEY } from '../model/ecs-native';
import { Findings } from './findings';

/** Findings of the hooks of one service. */
const DESCRIBED = new WeakMap<ecs.CfnService, Findings[]>();

/** Where the findings of one more hook go. */
export function describeNativeService(cfnService: ecs.CfnService, service: IConstruct, hook: Construct): Findings {
  const findings = new Findings(hook);
  const known = DESCRIBED.get(cfnService);
  if (known !== undefined) {
    known.push(findings);
    return findings;
  }
  const all = [findings];
  DESCRIBED.set(cfnService, all);
  const produce = (): EcsNativeDescription => ({
    schemaVersion: 1,
    platform: 'ECS',
    controller: 'ECS',
    name: service.node.path,
    findings: all.flatMap((each) => each.all()),
  });
  cfnService.addMetadata(ECS_NATIVE_METADATA_KEY, Lazy.uncachedAny({ produce }));
  return findings;
}
