/** Figures as people read them. */

/** Rounded, but never to the other side of the limit that it kept or broke. */
export function faithful(value: number, digits: number, kept: (shown: number) => boolean, holds: boolean): number {
  const scale = 10 ** digits;
  const shown = [Math.round(value * scale), Math.floor(value * scale), Math.ceil(value * scale)].map((whole) => whole / scale);
  return shown.find((candidate) => kept(candidate) === holds) ?? value;
}

export function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** `1,200` and `1,200.5`. */
export function grouped(value: number): string {
  const [whole = '', ...fraction] = String(value).split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}

export function percentOf(part: number, whole: number): number {
  return (100 * part) / whole;
}
