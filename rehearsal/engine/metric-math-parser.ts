/** Reads a metric math expression into a tree. */

/** An expression that is wrong, or outside the subset. */
export class MathError extends Error {}

export function outside(what: string): MathError {
  return new MathError(`${what} is outside the metric math that a rehearsal evaluates`);
}

export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'metric'; readonly id: string }
  | { readonly kind: 'string'; readonly text: string }
  /** A bare word in capitals, such as REPEAT. */
  | { readonly kind: 'keyword'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly MathNode[] }
  | { readonly kind: 'negate'; readonly operand: MathNode }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: MathNode; readonly right: MathNode }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly MathNode[] };

type TokenKind = 'number' | 'id' | 'word' | 'string' | 'symbol' | 'end';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN_PARTS = [
  String.raw`(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)`,
  '(?<id>[a-z][A-Za-z0-9_]*)',
  '(?<word>[A-Z][A-Z0-9_]*)',
  `(?<string>"[^"]*"|'[^']*')`,
  String.raw`(?<symbol>&&|\|\||==|!=|<=|>=|[-+*/^<>(),[\]])`,
];
const TOKEN = new RegExp(String.raw`\s*(?:${TOKEN_PARTS.join('|')})`, 'y');

const WORD_OPERATORS: Readonly<Record<string, string>> = { AND: '&&', OR: '||' };

/** Binary operators from the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/'], ['^']];

/** @throws MathError where the text is no expression that we know */
export function parseMath(expression: string): MathNode {
  return new Parser(expression).all();
}

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (expression.slice(TOKEN.lastIndex).trim() !== '') {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(expression)?.groups;
    if (groups === undefined) {
      throw outside(`'${expression.slice(start).trim()}' in the expression '${expression}'`);
    }
    const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined) as [TokenKind, string];
    const operator = kind === 'word' ? WORD_OPERATORS[text] : undefined;
    found.push(operator === undefined ? { kind, text } : { kind: 'symbol', text: operator });
  }
  return [...found, { kind: 'end', text: '' }];
}

class Parser {
  readonly #expression: string;
  readonly #tokens: Token[];
  #position = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokens(expression);
  }

  all(): MathNode {
    const node = this.#binary(0);
    if (this.#peek().kind !== 'end') {
      throw this.#unexpected();
    }
    return node;
  }

  #binary(level: number): MathNode {
    if (level === LEVELS.length) {
      return this.#unary();
    }
    let left = this.#binary(level + 1);
    while (this.#peek().kind === 'symbol' && LEVELS[level].includes(this.#peek().text)) {
      const operator = this.#take().text;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): MathNode {
    return this.#accept('-') ? { kind: 'negate', operand: this.#unary() } : this.#primary();
  }

  #primary(): MathNode {
    const token = this.#peek();
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(this.#take().text) };
      case 'id':
        return { kind: 'metric', id: this.#take().text };
      case 'string':
        return { kind: 'string', text: this.#take().text.slice(1, -1) };
      case 'word':
        this.#take();
        return this.#accept('(') ? { kind: 'call', name: token.text, args: this.#list(')') } : { kind: 'keyword', text: token.text };
      default:
        return this.#bracketed();
    }
  }

  #bracketed(): MathNode {
    if (this.#accept('[')) {
      return { kind: 'array', items: this.#list(']') };
    }
    if (!this.#accept('(')) {
      throw this.#unexpected();
    }
    const node = this.#binary(0);
    this.#expect(')');
    return node;
  }

  #list(end: string): MathNode[] {
    const items: MathNode[] = [];
    if (this.#accept(end)) {
      return items;
    }
    do {
      items.push(this.#binary(0));
    } while (this.#accept(','));
    this.#expect(end);
    return items;
  }

  #peek(): Token {
    return this.#tokens[this.#position];
  }

  #take(): Token {
    return this.#tokens[this.#position++];
  }

  #accept(symbol: string): boolean {
    const found = this.#peek().kind === 'symbol' && this.#peek().text === symbol;
    if (found) {
      this.#take();
    }
    return found;
  }

  #expect(symbol: string): void {
    if (!this.#accept(symbol)) {
      throw this.#unexpected();
    }
  }

  #unexpected(): MathError {
    const { kind, text } = this.#peek();
    return new MathError(`unexpected ${kind === 'end' ? 'end' : `'${text}'`} in the expression '${this.#expression}'`);
  }
}
