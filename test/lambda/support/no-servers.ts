/** Ports of fleets for what deploys to none. */
import type { DeploymentPorts } from '../../../lambda/core/deployment/facts';

const nobody = (): Promise<never> => Promise.reject(new Error('nothing here asks about fleets'));

export const NO_SERVERS: Pick<DeploymentPorts, 'serverDeployments' | 'serverGroups' | 'autoScaling'> = {
  serverDeployments: { create: nobody, failed: nobody },
  serverGroups: { read: nobody },
  autoScaling: { describe: nobody, scale: nobody },
};
