/** Texts that refer to values by `{{name}}`. `{{{{` stands for the characters `{{` themselves. */
import { VALUE_NAME } from '../../../lib/model/runtime-value';
import { ConfigurationError } from '../failures';
import { excerpt } from '../text';

export type Values = Readonly<Record<string, string>>;

/** How a value is written into the place where it is referred to. */
export type Encode = (value: string) => string;

export type Piece = { readonly text: string } | { readonly name: string };

const TOKEN = /\{\{\{\{|\{\{([^{}]*)\}\}|\{\{/g;

/** @throws ConfigurationError for a reference that does not end, or whose name is none */
export function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const token of template.matchAll(TOKEN)) {
    const [whole, name] = token;
    pieces.push({ text: template.slice(done, token.index) }, whole === '{{{{' ? { text: '{{' } : { name: nameOf(name, template) });
    done = token.index + whole.length;
  }
  return [...pieces, { text: template.slice(done) }].filter((piece) => !('text' in piece) || piece.text !== '');
}

export function referencesIn(template: string): readonly string[] {
  return piecesOf(template).flatMap((piece) => ('name' in piece ? [piece.name] : []));
}

/** The text with every reference replaced by its value. Values are never searched for references. */
export function fill(template: string, values: Values, encode: Encode = asItIs): string {
  return piecesOf(template)
    .map((piece) => ('text' in piece ? piece.text : encode(valueOf(piece.name, values))))
    .join('');
}

export function valueOf(name: string, values: Values): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) {
    throw new ConfigurationError(unknownName(name, Object.keys(values)));
  }
  return value;
}

export function unknownName(name: string, known: readonly string[]): string {
  return `{{${name}}} is no value of the check, and nothing before has captured it; there is ${known.join(', ') || 'none'}`;
}

const asItIs: Encode = (value) => value;

function nameOf(name: string | undefined, template: string): string {
  const trimmed = name?.trim() ?? '';
  if (!VALUE_NAME.test(trimmed)) {
    const what = name === undefined ? "begins a reference by '{{' that does not end" : `refers to '{{${excerpt(name, 40)}}}', which is no name`;
    throw new ConfigurationError(`the text "${excerpt(template, 80)}" ${what}; write {{name}}, or {{{{ for the characters {{`);
  }
  return trimmed;
}
