/**
 * The few functions of the metadata proposal that the dependency injection inside `@peculiar/x509` asks for. They must be
 * there before that package is loaded.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function own(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

function inherited(key: unknown, target: object): unknown {
  for (let holder: object | null = target; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (metadata.get(holder)?.has(key)) {
      return own(key, holder);
    }
  }
  return undefined;
}

function define(key: unknown, value: unknown, target: object): void {
  const known = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, known.set(key, value));
}

Object.assign(Reflect, {
  getMetadata: inherited,
  getOwnMetadata: own,
  defineMetadata: define,
  metadata: (key: unknown, value: unknown) => (target: object) => define(key, value, target),
});
