/** Settles two Auto Scaling groups of which one serves, one step for its state machine. */
import { lambdaEnvironment } from '../adapters/environment';
import { fleetPorts } from '../adapters/fleet-ports';
import { makeFleetStep } from '../core/server-fleets/handler';

export const handler = makeFleetStep(lambdaEnvironment(__dirname), fleetPorts());
