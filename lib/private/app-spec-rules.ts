/** Holds what constructs make to the rules of AppSpecs. */
import { Token } from 'aws-cdk-lib/core';

import { lintAppSpec } from '../model/appspec/lint';
import type { Part } from '../model/appspec/part';
import { NO_LINE } from '../model/appspec/part';
import type { AppSpecFinding, Platform } from '../model/appspec/rules';
import { PLATFORM_NAMES } from '../model/appspec/rules';

/**
 * Applies every rule to a document that is made of values and tokens.
 *
 * @returns what may work, and not as it is written
 * @throws with each rule that is broken
 */
export function requireSound(document: object, platform: Platform): readonly AppSpecFinding[] {
  const part = partOf(document);
  if (platform === 'server' && hasLate(part)) {
    throw new Error(`an AppSpec for ${PLATFORM_NAMES.server} must be known at synth, since it is a file of a bundle, got a deploy-time value; write the value`);
  }
  return warningsOf(lintAppSpec(part, platform).findings, ({ message }) => `AppSpec for ${PLATFORM_NAMES[platform]}: ${message}`);
}

/** @throws with each error, as `told` has it */
export function warningsOf(findings: readonly AppSpecFinding[], told: (finding: AppSpecFinding) => string): readonly AppSpecFinding[] {
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.length > 0) {
    throw new Error(errors.map(told).join('\n'));
  }
  return findings;
}

/** Tokens in the place of lists and maps are late as a whole. */
export function partOf(value: unknown): Part {
  if (Token.isUnresolved(value)) {
    return { kind: 'late', line: NO_LINE };
  }
  if (Array.isArray(value)) {
    return { kind: 'list', line: NO_LINE, items: value.map(partOf) };
  }
  if (typeof value === 'object' && value !== null) {
    const present = Object.entries(value).filter(([, member]) => member !== undefined);
    return { kind: 'map', line: NO_LINE, entries: present.map(([key, member]) => ({ key, line: NO_LINE, part: partOf(member) })) };
  }
  return { kind: 'scalar', line: NO_LINE, value: value as string | number | boolean | null };
}

/** A text may hold tokens where somebody put them there. */
export function withLateParts(part: Part): Part {
  switch (part.kind) {
    case 'map':
      return { ...part, entries: part.entries.map((entry) => ({ ...entry, part: withLateParts(entry.part) })) };
    case 'list':
      return { ...part, items: part.items.map(withLateParts) };
    case 'scalar':
      return Token.isUnresolved(part.value) ? { kind: 'late', line: part.line } : part;
    case 'late':
      return part;
  }
}

export function hasLate(part: Part): boolean {
  switch (part.kind) {
    case 'map':
      return part.entries.some((entry) => hasLate(entry.part));
    case 'list':
      return part.items.some(hasLate);
    default:
      return part.kind === 'late';
  }
}
