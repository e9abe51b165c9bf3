/** `mode` of a permission: octal digits, whichever way the agent's YAML gives them. */
import { quoted, shown } from './part';
import type { Findings, Section, Text } from './section';

const MAX_LENGTH = 4;

export function lintMode(findings: Findings, permission: Section): void {
  const mode = permission.optionalText('mode');
  if (mode === undefined) {
    return;
  }
  const place = permission.placeOf('mode');
  if (readAsOctal(mode)) {
    const read = parseInt(mode.text, 8);
    findings.add('mode-octal', mode.line, `'${place}' must be in quotes where it begins with 0, got ${mode.text}, which the agent reads as the number ${read}; write "${mode.text}"`);
  } else if (mode.text.length < 1 || mode.text.length > MAX_LENGTH) {
    findings.add('mode-length', mode.line, `'${place}' must have 1 to ${MAX_LENGTH} digits, got ${shown(mode.part)}; write it as chmod takes it, such as 644`);
  } else if (!/^[0-7]*$/.test(mode.text)) {
    const digit = [...mode.text].find((character) => !/[0-7]/.test(character)) ?? '';
    findings.add('mode-digits', mode.line, `'${place}' must have the digits 0 to 7 only, got ${quoted(digit)} in ${shown(mode.part)}; write it as chmod takes it, such as 644`);
  }
}

/** YAML 1.1, which the agent reads, has octal numbers like C; what comes of `0644` is 420. */
const readAsOctal = ({ part }: Text): boolean => part.plain !== undefined && /^0[0-7]+$/.test(part.plain);
