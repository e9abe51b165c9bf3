/** How text is set on this terminal: its width, its colours, and the characters that it can show. */
import { createColors } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

export interface Style {
  /** Columns to fill. */
  readonly width: number;
  readonly paint: Colors;
  readonly signs: Signs;
}

export interface Signs {
  readonly good: string;
  readonly bad: string;
  readonly running: string;
  readonly skipped: string;
  readonly unknown: string;
  readonly back: string;
  readonly alarm: string;
  readonly arrow: string;
  readonly dot: string;
  readonly line: string;
  readonly trunk: string;
  readonly branch: string;
  readonly full: string;
  readonly empty: string;
  readonly left: string;
  readonly right: string;
  readonly ellipsis: string;
}

const UNICODE: Signs = {
  good: '✔',
  bad: '✘',
  running: '…',
  skipped: '·',
  unknown: '?',
  back: '↩',
  alarm: '▲',
  arrow: '→',
  dot: '·',
  line: '─',
  trunk: '│',
  branch: '╰─',
  full: '█',
  empty: '░',
  left: '▕',
  right: '▏',
  ellipsis: '…',
};

const ASCII: Signs = {
  good: '+',
  bad: 'x',
  running: '.',
  skipped: '-',
  unknown: '?',
  back: '<',
  alarm: '!',
  arrow: '->',
  dot: '-',
  line: '-',
  trunk: '|',
  branch: '`-',
  full: '#',
  empty: '.',
  left: '[',
  right: ']',
  ellipsis: '...',
};

/** Narrower and wider than this the lines are not made, whatever the terminal. */
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;
const DEFAULT_WIDTH = 80;

export interface Terminal {
  /** False after `--no-color`. */
  readonly color: boolean;
  readonly isTty: boolean;
  readonly columns?: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Colours only on a terminal, and never where `--no-color`, NO_COLOR or TERM=dumb forbids them; ASCII where the locale is not UTF-8. */
export function styleOf({ color, isTty, columns, environment }: Terminal): Style {
  const allowed = color && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
  return style({ width: columns ?? DEFAULT_WIDTH, color: allowed && isTty, unicode: isUtf8(environment) });
}

export function style({ width, color, unicode }: { readonly width: number; readonly color: boolean; readonly unicode: boolean }): Style {
  return { width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)), paint: createColors(color), signs: unicode ? UNICODE : ASCII };
}

/** The first of the three variables that is set decides, as POSIX has it; where none is set, today's terminals show UTF-8. */
function isUtf8(environment: Terminal['environment']): boolean {
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined ? environment.TERM !== 'linux' && environment.TERM !== 'dumb' : /utf-?8/i.test(locale);
}
