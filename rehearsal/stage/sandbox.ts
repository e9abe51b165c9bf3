/** The processes of the functions, in the network and under the credentials of the stage. */
import { join } from 'node:path';

import { LambdaSandbox } from '../sandbox/lambda-runner';
import { preloadPath } from '../sandbox/preload-path';
import type { World } from './world';

export function makeSandbox(world: World): LambdaSandbox {
  const { options, conductor, permissions, authority } = world;
  return new LambdaSandbox({
    conductor,
    seed: options.seed,
    preloadFile: preloadPath(),
    network: () => world.network(),
    region: options.rollouts[0]!.stack.region,
    python: () => world.python,
    // Lambda's Node runtimes bring the AWS SDK along; here it is the project's own.
    environment: { NODE_PATH: join(options.directory, 'node_modules'), AWS_ENDPOINT_URL: world.url },
    credentials: (spec) => ({
      accessKeyId: permissions.accessKeyOf({ roleArn: spec.roleArn, session: spec.name }),
      secretAccessKey: 'rehearsal',
      sessionToken: 'rehearsal',
    }),
    ...(authority === undefined ? {} : { caFile: authority.file }),
  });
}
