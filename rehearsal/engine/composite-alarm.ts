/**
 * The rule of a composite alarm: states of other alarms, joined by AND, OR and NOT.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
import type { AlarmState } from '../../lib/model/status';

export type CompositeRule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly operand: CompositeRule }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly CompositeRule[] };

/** A rule that is wrong, or outside what a rehearsal evaluates (`AT_LEAST`). */
export class CompositeRuleError extends Error {}

const TOKEN = /\s*(?:(?<symbol>[()])|"(?<quoted>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s()"']+))/y;

const STATES: readonly AlarmState[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

interface Token {
  readonly kind: 'symbol' | 'quoted' | 'bare';
  readonly text: string;
}

/** @throws CompositeRuleError */
export function parseCompositeRule(rule: string): CompositeRule {
  return new Parser(rule).all();
}

/** Names of the alarms that a rule reads. */
export function compositeChildren(rule: CompositeRule): readonly string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarm];
    case 'not':
      return compositeChildren(rule.operand);
    case 'and':
    case 'or':
      return rule.operands.flatMap(compositeChildren);
  }
}

export function evaluateCompositeRule(rule: CompositeRule, state: (alarm: string) => AlarmState | undefined): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return state(rule.alarm) === rule.state;
    case 'not':
      return !evaluateCompositeRule(rule.operand, state);
    case 'and':
      return rule.operands.every((operand) => evaluateCompositeRule(operand, state));
    case 'or':
      return rule.operands.some((operand) => evaluateCompositeRule(operand, state));
  }
}

/** A rule names alarms, or gives their ARNs. */
function alarmName(nameOrArn: string): string {
  return /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

function tokens(rule: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (rule.slice(TOKEN.lastIndex).trim() !== '') {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(rule)?.groups;
    if (groups === undefined) {
      throw new CompositeRuleError(`'${rule.slice(start).trim()}' is no part of an alarm rule`);
    }
    const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined) as [string, string];
    found.push({ kind: kind === 'single' ? 'quoted' : (kind as Token['kind']), text });
  }
  return found;
}

class Parser {
  readonly #rule: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(rule: string) {
    this.#rule = rule;
    this.#tokens = tokens(rule);
  }

  all(): CompositeRule {
    const rule = this.#or();
    if (this.#position < this.#tokens.length) {
      throw this.#unexpected();
    }
    return rule;
  }

  #or(): CompositeRule {
    return this.#joined('OR', () => this.#joined('AND', () => this.#primary()));
  }

  #joined(word: 'AND' | 'OR', operand: () => CompositeRule): CompositeRule {
    const operands = [operand()];
    while (this.#accept(word)) {
      operands.push(operand());
    }
    return operands.length === 1 ? operands[0] : { kind: word === 'AND' ? 'and' : 'or', operands };
  }

  #primary(): CompositeRule {
    if (this.#accept('(')) {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    if (this.#accept('NOT')) {
      return { kind: 'not', operand: this.#primary() };
    }
    if (this.#accept('TRUE')) {
      return { kind: 'constant', value: true };
    }
    if (this.#accept('FALSE')) {
      return { kind: 'constant', value: false };
    }
    const state = STATES.find((name) => this.#accept(name));
    if (state === undefined) {
      throw this.#unexpected();
    }
    this.#expect('(');
    const alarm = this.#name();
    this.#expect(')');
    return { kind: 'state', state, alarm };
  }

  #name(): string {
    const token = this.#tokens[this.#position];
    if (token === undefined || token.kind === 'symbol') {
      throw this.#unexpected();
    }
    this.#position++;
    return alarmName(token.text);
  }

  /** A quoted text is always a name, never a word of the language. */
  #accept(text: string): boolean {
    const token = this.#tokens[this.#position];
    const found = token !== undefined && token.kind !== 'quoted' && token.text === text;
    if (found) {
      this.#position++;
    }
    return found;
  }

  #expect(symbol: string): void {
    if (!this.#accept(symbol)) {
      throw this.#unexpected();
    }
  }

  #unexpected(): CompositeRuleError {
    const token = this.#tokens[this.#position];
    const where = `the alarm rule '${this.#rule}'`;
    return new CompositeRuleError(token === undefined ? `${where} ends too early` : `unexpected '${token.text}' in ${where}`);
  }
}
