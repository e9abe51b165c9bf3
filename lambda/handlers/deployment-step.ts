/** Steps and answers of the deployment provider, for its state machine; and the destination of its intake. */
import { deploymentPorts } from '../adapters/deployment-ports';
import { makeStep } from '../core/deployment/handler';

export const handler = makeStep(deploymentPorts());
