/** Lets people and machines outside reach the test listener, as far as the user typed it out. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';

import type { TestAccess } from '../rollout/test-access';
import type { BoundEndpoint } from './bound-endpoint';

export function allowTestAccess({ test }: BoundEndpoint, access: TestAccess | undefined): void {
  if (access === undefined) {
    return;
  }
  if (test === undefined) {
    throw new Error("'testAccess' needs a test listener; give the endpoint a 'testPort' or leave it out");
  }
  access._peers().forEach((peer) => {
    test.connections.allowFrom(peer, ec2.Port.tcp(test.port), `Test listener from ${peer.uniqueId}`);
  });
}
