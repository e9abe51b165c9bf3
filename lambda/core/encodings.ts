/** How a value is written where it is put, and so also how it may come back. */

/** Encodes what encodeURIComponent leaves as it is, although it has a meaning in some path or query. */
export function inUrl(value: string): string {
  return encodeURIComponent(wellFormed(value)).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** As forms are sent. */
export function inForm(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/** Between the quotation marks of a JSON string. */
export function inJsonString(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Without halves of surrogate pairs, which no URL can hold. */
export function wellFormed(value: string): string {
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Three bytes make four characters: the value may begin at each of the three. What its neighbours decide too is left out. */
export function inBase64(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [0, 1, 2].map((before) => {
    const firstWhole = Math.ceil((before * 8) / 6);
    const lastWhole = Math.floor(((before + bytes.length) * 8) / 6);
    return Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').slice(firstWhole, lastWhole);
  });
}
