/** The small hook of `LifecycleHook.checks`, for suites whose checks ask over HTTP or read alarms: less code, and a faster start. */
import { HTTP_KINDS } from '../adapters/check-kinds';
import { checksHook } from '../adapters/checks-hook';

export const handler = checksHook(__dirname, HTTP_KINDS);
