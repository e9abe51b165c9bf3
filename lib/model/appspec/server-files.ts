/** `files`: what the agent copies from the bundle to the host. */
import { quoted, shown } from './part';
import type { Findings, Text } from './section';
import { Section, asMap } from './section';
import type { OperatingSystem } from './server';

/** An entry whose source and destination are both known. */
export interface ServerFile {
  readonly source: string;
  readonly destination: string;
}

const ABSOLUTE = { linux: /^\//, windows: /^([A-Za-z]:[\\/]|\\\\|\/)/ } as const;

const EXAMPLES = { linux: '/var/www/html', windows: 'c:\\temp' } as const;

export function lintFiles(findings: Findings, document: Section, os: OperatingSystem): readonly ServerFile[] {
  const list = document.list('files', document.optional('files'));
  const files: ServerFile[] = [];
  const seen = new Set<string>();
  list?.items.forEach((item, index) => {
    const place = `files[${index}]`;
    const map = asMap(findings, item, place, item.line);
    if (map === undefined) {
      return;
    }
    const file = new Section(findings, map, { line: item.line, place, keys: ['source', 'destination'], anyCase: false });
    const source = file.requiredText('source', 'file-source-missing', 'write what is copied, relative to the root of the bundle');
    const destination = file.requiredText('destination', 'file-destination-missing', 'write the folder that it is copied to');
    lintDestination(findings, file.placeOf('destination'), destination, os);
    if (source !== undefined && destination !== undefined) {
      files.push({ source: source.text, destination: destination.text });
      lintTwice(findings, seen, source, destination);
    }
  });
  return files;
}

function lintDestination(findings: Findings, place: string, destination: Text | undefined, os: OperatingSystem): void {
  if (destination !== undefined && os !== undefined && !ABSOLUTE[os].test(destination.text)) {
    findings.add('file-destination-relative', destination.line, `'${place}' must be an absolute path such as ${EXAMPLES[os]}, got ${shown(destination.part)}; it would be relative to where the agent happens to run`);
  }
}

function lintTwice(findings: Findings, seen: Set<string>, source: Text, destination: Text): void {
  const both = JSON.stringify([normal(source.text), normal(destination.text)]);
  if (seen.has(both)) {
    findings.add('file-twice', source.line, `${quoted(source.text)} is copied to ${quoted(destination.text)} for the second time, which the agent refuses; remove one`);
  }
  seen.add(both);
}

/** Slashes at the end, and a `./` at the beginning, lead to the same place. */
export const normal = (path: string): string => path.replace(/^(\.[\\/])+/, '').replace(/(?<=[^\\/])[\\/]+$/, '');

/** Where the agent puts a source that is a file; undefined for the whole bundle. */
export function targetOf({ source, destination }: ServerFile): string | undefined {
  const name = normal(source).split(/[\\/]/).pop();
  const folder = normal(destination);
  return name === undefined || name === '' || name === '.' ? undefined : `${folder === '/' ? '' : folder}/${name}`;
}
