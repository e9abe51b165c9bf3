/** Whether a text matches a pattern in which `*` stands for any characters and `?` for any one. Linear in both for one `*`. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at;
      resume = position;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      // The last star takes one character more, and the rest is tried again behind it.
      at = star + 1;
      resume += 1;
      position = resume;
    } else {
      return false;
    }
  }
  return [...pattern.slice(at)].every((rest) => rest === '*');
}

/** As ARN conditions compare: each of the six pieces between colons for itself, so that no `*` reaches across a colon. */
export function matchesArn(pattern: string, arn: string): boolean {
  const wanted = arnPieces(pattern);
  const given = arnPieces(arn);
  return wanted.length === given.length && wanted.every((piece, index) => matchesWildcards(piece, given[index] ?? ''));
}

function arnPieces(arn: string): string[] {
  const pieces = arn.split(':');
  return [...pieces.slice(0, 5), ...(pieces.length > 5 ? [pieces.slice(5).join(':')] : [])];
}
