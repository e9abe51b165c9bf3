/** What both parsers do while they build parts: count them, and see that no key repeats. */
import { quoted } from '../../../lib/model/appspec/part';
import type { Entry } from '../../../lib/model/appspec/part';
import type { AppSpecFinding, Rule } from '../../../lib/model/appspec/rules';
import { finding } from '../../../lib/model/appspec/rules';

/** An alias that holds aliases can stand for more values than there is memory for. */
const MAX_VALUES = 20_000;
const MAX_DEPTH = 32;

/** Ends the reading of a document that is beyond the limits. */
class TooLarge extends Error {
  constructor(readonly line: number) {
    super('too large');
  }
}

export class Builder {
  public readonly findings: AppSpecFinding[] = [];
  private values = 0;

  public add(rule: Rule, line: number, message: string): void {
    this.findings.push(finding(rule, line, message));
  }

  /** Counts a value. */
  public enter(line: number, depth: number): void {
    this.values += 1;
    if (this.values > MAX_VALUES || depth > MAX_DEPTH) {
      throw new TooLarge(line);
    }
  }

  /** The entries whose keys are new. */
  public unique(entries: readonly Entry[]): readonly Entry[] {
    const seen = new Set<string>();
    return entries.filter(({ key, line }) => {
      const isNew = seen.size < seen.add(key).size;
      if (!isNew) {
        this.add('duplicate-key', line, `the key ${quoted(key)} stands here for the second time; keep one`);
      }
      return isNew;
    });
  }
}

/** Runs what builds; a document that is beyond the limits is a finding. */
export function withinLimits<T>(build: () => T): T | { readonly findings: readonly AppSpecFinding[] } {
  try {
    return build();
  } catch (error) {
    // Parsers go down as deep as the document does, and end with a RangeError.
    if (error instanceof TooLarge || error instanceof RangeError) {
      return { findings: [tooLarge(error instanceof TooLarge ? error.line : 1)] };
    }
    throw error;
  }
}

export function tooLarge(line: number): AppSpecFinding {
  const limits = `${MAX_VALUES} values, ${MAX_DEPTH} levels deep, aliases written out`;
  return finding('too-large', line, `an AppSpec may have at most ${limits}, and this one has more; write out what it means, without aliases of aliases`);
}
