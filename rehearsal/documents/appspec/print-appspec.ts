import { Document, Scalar, isMap } from 'yaml';

/** A document as YAML that means the same to readers of YAML 1.1, as agents are, and of 1.2. */
export function printYaml(value: unknown): string {
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  const version = isMap(document.contents) ? document.contents.get('version', true) : undefined;
  if (version instanceof Scalar && version.value === 0) {
    version.minFractionDigits = 1;
  }
  return document.toString({ lineWidth: 0 });
}
