/** Which kinds of checks the bundled handlers play, and with what. */
import type { HttpHandlerKind } from '../../lib/model/suite';
import type { CheckKinds } from '../core/checks/kind';
import { cloudWatch } from './cloudwatch';

/** Those of the small handler. */
export const HTTP_KINDS: Required<Pick<CheckKinds, HttpHandlerKind>> = {
  http: async () => (await import('../core/checks/http-check')).httpKind,
  alarm: async () => (await import('../core/checks/alarm-check')).alarmKind(cloudWatch()),
};

/** All of them. */
export const ALL_KINDS: Required<CheckKinds> = {
  ...HTTP_KINDS,
  invoke: async () => (await import('../core/checks/invoke-check')).invokeKind((await import('./lambda-invoker')).lambdaInvoker()),
  suite: async () => {
    const [{ suiteKind }, { lambdaInvoker }, { codeBuild }, { parseXML }] = await Promise.all([import('../core/checks/suite-check'), import('./lambda-invoker'), import('./codebuild'), import('@aws-sdk/xml-builder')]);
    return suiteKind({ invoker: lambdaInvoker(), builds: codeBuild(), parseXml: parseXML });
  },
};
