/** One attempt of an HTTP check: its steps one after the other, until one does not pass. */
import type { CheckPolicy } from '../../../../lib/model/check-policy';
import type { HttpCheckDocument } from '../../../../lib/model/suite';
import type { Measurement } from '../../engine/state';
import type { CookieSession, HttpAnswer } from '../../ports';
import { counted } from '../../text';
import type { Finding } from '../assertions';
import { answerFacts } from '../assertions';
import { ask } from '../ask';
import { judged } from '../judged';
import type { CheckAttempt } from '../kind';
import type { PreparedRequest } from '../requests';
import { prepareRequest } from '../requests';
import type { ProbeTools } from '../tools';
import type { CompiledStep } from './compile-steps';
import { judgeStep } from './compile-steps';

interface Playing {
  readonly tools: ProbeTools;
  readonly attempt: CheckAttempt;
  readonly signal: AbortSignal;
}

export async function playSteps({ keepCookies, policy }: HttpCheckDocument, steps: readonly CompiledStep[], playing: Playing): Promise<Measurement> {
  const { tools, attempt } = playing;
  const cookies: CookieSession | undefined = keepCookies === true ? { received: (value) => attempt.hide(value) } : undefined;
  const isSecret = (text: string) => attempt.isSecret(text);
  const patience = new Patience(policy, playing);
  const findings: Finding[] = [];
  let { values } = attempt;
  for (const [index, step] of steps.entries()) {
    const place = steps.length === 1 ? '' : `step ${index + 1}: `;
    const { target, request, auth } = step.document;
    const filling = { values, isSecret, ...(auth === undefined ? {} : { auth }), ...(cookies === undefined ? {} : { cookies }) };
    const prepared = prepareRequest(tools.environment, target, request, filling);
    const answer = index === 0 ? await ask(prepared, tools.http, playing.signal) : await patience.ask(prepared);
    if ('outcome' in answer) {
      return { ...answer, reason: `${place}${answer.reason}` };
    }
    const found = judgeStep(step, { answer, values, run: tools.run });
    Object.values(found.captured).forEach((value) => attempt.hide(value));
    values = { ...values, ...found.captured };
    findings.push(...found.findings.map((finding) => placed(finding, place)));
    if (!found.goesOn || index === steps.length - 1) {
      return judged(findings, [prepared.label, answerFacts(answer), ...patience.facts].join(', '));
    }
  }
  throw new Error('an HTTP check has no steps');
}

/** What has been answered is never asked again. So a transport error after the first step is made up for within the attempt, or ends the check. */
class Patience {
  private errors = 0;

  constructor(
    private readonly policy: CheckPolicy,
    private readonly playing: Playing,
  ) {}

  async ask(prepared: PreparedRequest): Promise<HttpAnswer | Measurement> {
    const { tools, signal } = this.playing;
    for (;;) {
      const answer = await ask(prepared, tools.http, signal);
      if (!('outcome' in answer)) {
        return answer;
      }
      this.errors += 1;
      if (answer.retryable === false || this.errors > this.policy.errorBudget) {
        return { ...answer, retryable: false };
      }
      await tools.clock.sleep(this.policy.intervalMs, signal);
    }
  }

  get facts(): readonly string[] {
    return this.errors === 0 ? [] : [`after ${counted(this.errors, 'transport error')}`];
  }
}

function placed(finding: Finding, place: string): Finding {
  return place === '' ? finding : { ...finding, what: `${place}${finding.what}`, statement: `${place}${finding.statement}` };
}
