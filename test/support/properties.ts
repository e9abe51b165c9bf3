/** fast-check as every property uses it: the same examples in every run, so that a change is judged by what it changes. `npm run properties` looks at others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.GREENLIGHT_PROPERTY_SEED ?? 1) });

/** How many examples a property is tried with; `npm run mutation` asks for fewer, since it runs each of them thousands of times. */
export const RUNS = Number(process.env.GREENLIGHT_PROPERTY_RUNS ?? 2000);

export { fc };
