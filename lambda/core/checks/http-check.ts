import type { HttpCheckDocument } from '../../../lib/model/suite';
import { compileSteps } from './http/compile-steps';
import { parseSteps, textsOfSteps } from './http/parse-steps';
import { playSteps } from './http/play-steps';
import type { CheckKind, CheckProbe } from './kind';
import type { ProbeTools } from './tools';

export const httpKind: CheckKind<HttpCheckDocument> = {
  parse: (fields, base) => {
    const keepCookies = fields.flag('keepCookies') === true ? ({ keepCookies: true } as const) : {};
    return { kind: 'http', ...base, steps: parseSteps(fields, Object.keys(base.values ?? {})), ...keepCookies };
  },
  texts: ({ steps }) => textsOfSteps(steps),
  probe: httpProbe,
};

/** A check whose configuration has been found good: each attempt sends the requests of all steps once, and judges the answers. */
function httpProbe(document: HttpCheckDocument, tools: ProbeTools): CheckProbe {
  const steps = compileSteps(document, tools);
  return (signal, attempt) => playSteps(document, steps, { tools, attempt, signal });
}
