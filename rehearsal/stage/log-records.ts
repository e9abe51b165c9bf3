/** Records that our handlers write into their one structured line. */

/** What the last such line holds under the key; undefined where there is none. */
export function loggedUnder(log: readonly string[], key: string): unknown {
  for (const line of log.toReversed()) {
    const found = line.includes(key) ? jsonObject(line)?.[key] : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function jsonObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line.slice(line.indexOf('{')));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
