/** Documents that differ from a sound one in one place: something removed, added, of another type, or out of its range. */

export interface Mutation {
  readonly what: string;
  readonly document: unknown;
}

/** Boundaries of all ranges, and values of every type. */
export const STRANGERS: readonly unknown[] = [
  ...[null, true, false, '', ' ', 'x', 'x\ny', [], ['x'], {}, { x: 1 }],
  ...[-1, 0, 1, 1.5, 10, 11, 50, 51, 99, 100, 599, 600, 1000, 1001, 36_500, 36_501, 900_000, 900_001, 3_600_000, 3_600_001, 2 ** 53 - 1, 2 ** 53],
];

/** @param strangers what is put in place of every part in turn. @default null, which no document holds where a value is needed */
export function* mutationsOf(document: unknown, strangers: readonly unknown[] = [null], place = ''): Generator<Mutation> {
  for (const stranger of strangers) {
    yield { what: `${place || 'the document'} = ${JSON.stringify(stranger)}`, document: stranger };
  }
  if (Array.isArray(document)) {
    for (const [index, entry] of document.entries()) {
      for (const mutation of mutationsOf(entry, strangers, `${place}[${index}]`)) {
        yield { ...mutation, document: document.with(index, mutation.document) };
      }
    }
    return;
  }
  if (typeof document === 'object' && document !== null) {
    yield { what: `${place}.stranger added`, document: { ...document, stranger: 1 } };
    for (const [key, value] of Object.entries(document)) {
      yield { what: `${place}.${key} removed`, document: Object.fromEntries(Object.entries(document).filter(([name]) => name !== key)) };
      for (const mutation of mutationsOf(value, strangers, `${place}.${key}`)) {
        yield { ...mutation, document: { ...document, [key]: mutation.document } };
      }
    }
  }
}
