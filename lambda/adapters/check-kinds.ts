/** Which kinds of checks the bundled handlers play, and with what. Without spreads, so that a bundle leaves out the kinds that it does not name. */
import type { HttpHandlerKind } from '../../lib/model/suite';
import type { CheckKinds } from '../core/checks/kind';
import { cloudWatch } from './cloudwatch';

const http: CheckKinds['http'] = async () => (await import('../core/checks/http-check')).httpKind;
const alarm: CheckKinds['alarm'] = async () => (await import('../core/checks/alarm-check')).alarmKind(cloudWatch());

/** Those of the small handler. */
export const HTTP_KINDS: Required<Pick<CheckKinds, HttpHandlerKind>> = { http, alarm };

/** All of them. */
export const ALL_KINDS: Required<CheckKinds> = {
  http,
  alarm,
  calendar: async () => (await import('../core/checks/calendar-check')).calendarKind((await import('./ssm')).changeCalendars()),
  invoke: async () => (await import('../core/checks/invoke-check')).invokeKind((await import('./lambda-invoker')).lambdaInvoker()),
  load: async () => {
    const [{ loadKind }, { loadGenerator }, { histogram }] = await Promise.all([import('../core/checks/load-check'), import('./load-line'), import('./histogram')]);
    return loadKind({ generator: loadGenerator(), histogram });
  },
  metric: async () => {
    const [{ metricKind }, { metricSource }, { releaseSource }] = await Promise.all([import('../core/checks/metric-check'), import('./metric-data'), import('./deployment-targets')]);
    return metricKind(metricSource(), releaseSource());
  },
  targetVersion: async () => {
    const [{ targetVersionKind }, { lambdaInvoker }, { releaseSource }] = await Promise.all([import('../core/checks/target-version-check'), import('./lambda-invoker'), import('./deployment-targets')]);
    return targetVersionKind({ invoker: lambdaInvoker(), releases: releaseSource() });
  },
  provisioned: async () => {
    const [{ provisionedKind }, { provisionedConcurrency }, { releaseSource }] = await Promise.all([import('../core/checks/provisioned-check'), import('./provisioned-concurrency'), import('./deployment-targets')]);
    return provisionedKind({ concurrency: provisionedConcurrency(), releases: releaseSource() });
  },
  suite: async () => {
    const [{ suiteKind }, { lambdaInvoker }, { codeBuild }, { parseXML }] = await Promise.all([import('../core/checks/suite-check'), import('./lambda-invoker'), import('./codebuild'), import('@aws-sdk/xml-builder')]);
    return suiteKind({ invoker: lambdaInvoker(), builds: codeBuild(), parseXml: parseXML });
  },
};
