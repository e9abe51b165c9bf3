import type { HookPorts } from '../core/ports';
import { systemClock, systemRandom } from './clock';
import { cloudWatch } from './cloudwatch';
import { codeDeploy } from './codedeploy';
import { eventBridge } from './eventbridge';
import { jsonLog } from './log';
import { simpleNotifications } from './sns';
import { overrideStore } from './ssm';

/** The ports of a hook in Lambda. Makes no connection and reads no configuration. */
export function lambdaPorts(): HookPorts {
  const service = codeDeploy();
  return {
    clock: systemClock,
    random: systemRandom,
    reporter: service,
    deployments: service,
    verdicts: cloudWatch(),
    events: eventBridge(),
    overrides: overrideStore(),
    notifier: simpleNotifications(),
    log: jsonLog(),
  };
}
