/** A gate of a fleet, `ServerGate.checks`: plays the suite that lies beside it for each instance. Its environment says which gate it is. */
import { ALL_KINDS } from '../adapters/check-kinds';
import { serverGate } from '../adapters/server-gate';

export const handler = serverGate(__dirname, ALL_KINDS);
