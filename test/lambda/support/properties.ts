/** How many examples a property is tried with; `npm run mutation` asks for fewer, since it runs each of them thousands of times. */
export const RUNS = Number(process.env.GREENLIGHT_PROPERTY_RUNS ?? 2000);

/** For properties that play whole checks: the same examples in every run. Another one looks elsewhere. */
export const SEED = Number(process.env.GREENLIGHT_PROPERTY_SEED ?? 1);
