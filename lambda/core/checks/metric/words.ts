/** Figures as people read them. */

/** `1,204`. */
export function whole(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** At most three digits that mean something: `0.0123`, `4.8`, `1,204`. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e15) {
    return `${value < 0 ? '-' : ''}${whole(size)}`;
  }
  return String(Number(value.toPrecision(3)));
}

/** `4.8 %` of a share of 0.048. */
export function percent(share: number): string {
  return `${figure(share * 100)} %`;
}

/** `0.5 points` of a difference of 0.005. */
export function points(difference: number): string {
  return `${figure(difference * 100)} points`;
}

/** How often chance alone does that: `43 of 100`, `1 of 2,300`, `1 of 10^12`. Never rarer than it is. */
export function chance(p: number, lnP = Math.log(p)): string {
  if (p >= 0.01) {
    return `${Number((p * 100).toPrecision(2))} of 100`;
  }
  if (p >= 1e-6) {
    const unit = 10 ** (Math.floor(-Math.log10(p)) - 1);
    return `1 of ${whole(Math.floor(1 / p / unit + 1e-9) * unit)}`;
  }
  return `1 of 10^${whole(Math.floor(-lnP / Math.LN10 + 1e-9))}`;
}

/** `45 s`, `10 min`, `2 h 30 min`. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`).join(' ') || '0 s';
}
