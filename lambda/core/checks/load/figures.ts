/** Figures as people read them. */

/** Keeps what rounding errors make of a decimal fraction from becoming a step of its last digit. */
const ROUNDING = 1e-6;

/** Rounded away from the limit that it is compared with, so that it never seems to be on the other side of it. */
export function beside(value: number, direction: 'up' | 'down', digits: number): number {
  const scale = 10 ** digits;
  return (direction === 'up' ? Math.ceil(value * scale - ROUNDING) : Math.floor(value * scale + ROUNDING)) / scale;
}

/** `1,200` and `1,200.5`. */
export function grouped(value: number): string {
  const [whole = '', ...fraction] = String(value).split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}

export function percentOf(part: number, whole: number): number {
  return (100 * part) / whole;
}
