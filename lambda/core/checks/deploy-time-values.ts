import { ENV } from '../../../lib/model/hook-contract';
import { DEPLOY_TIME_VALUE } from '../../../lib/model/suite';
import { ConfigurationError } from '../failures';

/** Reads `ENV.values`: a JSON object of strings. */
export function readValues(json: unknown): Readonly<Record<string, string>> {
  if (json === undefined) {
    return {};
  }
  const entries = typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : undefined;
  if (entries === undefined || !entries.every(([, value]) => typeof value === 'string')) {
    throw new ConfigurationError(`environment variable ${ENV.values} must hold a JSON object of strings; deploy the rollout again`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

export function refersToDeployTime(text: string): boolean {
  return text.search(DEPLOY_TIME_VALUE) >= 0;
}

/** Puts deploy-time values into every string of a document. A value is never searched for references again. */
export function substitute(document: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof document === 'string') {
    return document.replace(DEPLOY_TIME_VALUE, (_, name: string) => valueOf(name, values));
  }
  if (Array.isArray(document)) {
    return document.map((entry) => substitute(entry, values));
  }
  if (typeof document === 'object' && document !== null) {
    return Object.fromEntries(Object.entries(document).map(([key, entry]) => [key, substitute(entry, values)]));
  }
  return document;
}

function valueOf(name: string, values: Readonly<Record<string, string>>): string {
  if (!Object.hasOwn(values, name)) {
    const known = Object.keys(values).join(', ') || 'none';
    throw new ConfigurationError(
      `suite.json refers to the deploy-time value "${name}", which ${ENV.values} does not hold (it holds ${known}); deploy the rollout again`,
    );
  }
  return values[name] ?? '';
}
