import type { HttpCheckDocument } from '../../../lib/model/suite';
import { textsOf } from './assertions';
import { compileSteps } from './http/compile-steps';
import { assertionsOf, captureTexts, parseSteps } from './http/parse-steps';
import { playSteps } from './http/play-steps';
import type { CheckKind, CheckProbe } from './kind';
import type { ProbeTools } from './tools';

export const httpKind: CheckKind<HttpCheckDocument> = {
  parse: (fields, base) => {
    const keepCookies = fields.flag('keepCookies') === true ? ({ keepCookies: true } as const) : {};
    return { kind: 'http', ...base, steps: parseSteps(fields, Object.keys(base.values ?? {})), ...keepCookies };
  },
  texts: ({ steps }) => {
    const [asserted, captured] = [textsOf(assertionsOf(steps)), captureTexts(steps)];
    return { ...asserted, patterns: [...(asserted.patterns ?? []), ...captured.patterns], jsonPaths: [...(asserted.jsonPaths ?? []), ...captured.jsonPaths] };
  },
  probe: httpProbe,
};

/** A check whose configuration has been found good: each attempt sends the requests of all steps once, and judges the answers. */
function httpProbe(document: HttpCheckDocument, tools: ProbeTools): CheckProbe {
  const steps = compileSteps(document, tools);
  return (signal, attempt) => playSteps(document, steps, { tools, attempt, signal });
}
