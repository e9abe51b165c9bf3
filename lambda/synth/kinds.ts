/** Every kind of check, as far as it is read. Nothing is measured here, so that no kind needs what it measures with. */
import type { CheckDocument } from '../../lib/model/suite';
import { alarmKind } from '../core/checks/alarm-check';
import { calendarKind } from '../core/checks/calendar-check';
import { httpKind } from '../core/checks/http-check';
import { invokeKind } from '../core/checks/invoke-check';
import type { CheckKind } from '../core/checks/kind';
import { loadKind } from '../core/checks/load-check';
import { metricKind } from '../core/checks/metric-check';
import { provisionedKind } from '../core/checks/provisioned-check';
import { suiteKind } from '../core/checks/suite-check';
import { targetVersionKind } from '../core/checks/target-version-check';

/** Whoever asks it for anything has left reading. */
const NOTHING = new Proxy({}, {
  get: (_, name) => {
    throw new Error(`a suite is only read here, and ${String(name)} was asked for`);
  },
}) as never;

export const KINDS: { readonly [K in CheckDocument['kind']]: CheckKind<Extract<CheckDocument, { readonly kind: K }>> } = {
  http: httpKind,
  alarm: alarmKind(NOTHING),
  calendar: calendarKind(NOTHING),
  invoke: invokeKind(NOTHING),
  load: loadKind(NOTHING),
  metric: metricKind(NOTHING, NOTHING),
  provisioned: provisionedKind(NOTHING),
  suite: suiteKind(NOTHING),
  targetVersion: targetVersionKind(NOTHING),
};
