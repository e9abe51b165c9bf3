/** Holds a document to the rules of its platform. */
import { lintEcs } from './ecs';
import { lintLambda } from './lambda';
import type { MapPart, Part } from './part';
import { shown } from './part';
import { RESOURCE_TYPES } from './resource';
import type { AppSpecFinding, Platform } from './rules';
import { PLATFORMS, finding } from './rules';
import { Findings } from './section';
import { lintServer } from './server';

const LINTERS: Readonly<Record<Platform, (findings: Findings, root: MapPart) => void>> = { ecs: lintEcs, lambda: lintLambda, server: lintServer };

const SERVER_KEYS = ['os', 'files', 'file_exists_behavior', 'permissions'];

/** What a document is for, as far as that can be told, and everything in it that breaks a rule, in its order. */
export interface Verdict {
  /** Absent only where there are findings. */
  readonly platform?: Platform;
  readonly findings: readonly AppSpecFinding[];
}

/** @param given the platform, where the content is not to tell it */
export function lintAppSpec(root: Part, given?: Platform): Verdict {
  if (root.kind !== 'map') {
    const got = root.kind === 'scalar' && root.value === null ? 'an empty document' : shown(root);
    return { findings: [finding('not-a-map', root.line, `an AppSpec must be a map that begins with version: 0.0, got ${got}`)] };
  }
  const platform = given ?? platformOf(root);
  if (platform === undefined) {
    return { findings: [untold(root.line)] };
  }
  const findings = new Findings();
  LINTERS[platform](findings, root);
  return { platform, findings: findings.all() };
}

/** The platform that a document is for, by what stands in it; undefined where that does not tell. */
export function platformOf(root: Part): Platform | undefined {
  const resources = child(root, 'resources');
  if (resources !== undefined) {
    return platformOfResource(resources.kind === 'list' ? resources.items[0] : resources);
  }
  return SERVER_KEYS.some((key) => child(root, key) !== undefined) || child(root, 'hooks')?.kind === 'map' ? 'server' : undefined;
}

function platformOfResource(resource: Part | undefined): Platform | undefined {
  const entry = resource?.kind === 'map' ? resource.entries[0] : undefined;
  const type = entry === undefined ? undefined : child(entry.part, 'type');
  const told = type?.kind === 'scalar' ? Object.entries(RESOURCE_TYPES).find(([, known]) => known === type.value)?.[0] : undefined;
  return (told as Platform | undefined) ?? (entry?.key.toLowerCase() === 'targetservice' ? 'ecs' : undefined);
}

function untold(line: number): AppSpecFinding {
  const says = "neither a resource of type AWS::ECS::Service or AWS::Lambda::Function nor 'os', 'files' or a map of 'hooks' is there";
  return finding('platform-unknown', line, `it cannot be told which platform this AppSpec is for: ${says}; give --platform ${PLATFORMS.join('|')}`);
}

function child(part: Part, key: string): Part | undefined {
  return part.kind === 'map' ? part.entries.find((entry) => entry.key.toLowerCase() === key)?.part : undefined;
}
