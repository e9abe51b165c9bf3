/** How many examples a property is tried with; `npm run mutation` asks for fewer, since it runs each of them thousands of times. */
export const RUNS = Number(process.env.GREENLIGHT_PROPERTY_RUNS ?? 2000);
