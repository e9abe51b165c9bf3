/** The service token of the deployment provider: takes CloudFormation's request, and begins an execution for it. */
import { systemClock, systemRandom } from '../adapters/clock';
import { lambdaEnvironment } from '../adapters/environment';
import { jsonLog } from '../adapters/log';
import { stepFunctions } from '../adapters/step-functions';
import { makeIntake } from '../core/deployment/intake';

const ports = { clock: systemClock, random: systemRandom, log: jsonLog(), executions: stepFunctions() };

export const handler = makeIntake({ environment: lambdaEnvironment(__dirname), ports });
