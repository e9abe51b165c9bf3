/** What the rollout's rule invokes when a deployment starts: reports one that leaves the rollout's hooks out, and stops it where the rollout requires them. */
import { HOOKS_MISSING_EVENT } from '../../lib/model/hook-inspector';
import { systemClock, systemRandom } from '../adapters/clock';
import { lambdaEnvironment } from '../adapters/environment';
import { eventBridge } from '../adapters/eventbridge';
import { inspectedDeployments } from '../adapters/inspected-deployments';
import { jsonLog } from '../adapters/log';
import { makeHookInspector } from '../core/hook-inspector/hook-inspector';

export const handler = makeHookInspector({
  environment: lambdaEnvironment(__dirname),
  ports: { clock: systemClock, random: systemRandom, deployments: inspectedDeployments(), events: eventBridge(undefined, HOOKS_MISSING_EVENT), log: jsonLog() },
});
