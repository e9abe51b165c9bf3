/** The hook of `LifecycleHook.checks`: plays the suite that lies beside it, with checks of every kind. */
import { ALL_KINDS } from '../adapters/check-kinds';
import { checksHook } from '../adapters/checks-hook';

export const handler = checksHook(__dirname, ALL_KINDS);
