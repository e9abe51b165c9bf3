/** The ports of deployments to fleets, for what deploys to none. */
import type { DeploymentPorts } from '../../../lambda/core/deployment/facts';

const nobody = (): Promise<never> => Promise.reject(new Error('nothing here deploys to fleets'));

export const NO_SERVERS: Pick<DeploymentPorts, 'serverDeployments' | 'originals'> = { serverDeployments: { create: nobody, failed: nobody }, originals: { touched: nobody } };
