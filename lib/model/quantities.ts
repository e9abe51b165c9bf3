/**
 * Numbers and texts of the documents, with their ranges. The published JSON Schemas are made from these comments; the handler, which reads more strictly,
 * agrees with them at every boundary.
 */

/**
 * Milliseconds, up to the hour that the service waits for a hook.
 * @asType integer
 * @minimum 1
 * @maximum 3600000
 */
export type DeadlineMs = number;

/**
 * Milliseconds for one answer, up to the 15 minutes of a function.
 * @asType integer
 * @minimum 1
 * @maximum 900000
 */
export type TimeoutMs = number;

/**
 * Milliseconds to wait, up to the 15 minutes of a function.
 * @asType integer
 * @minimum 0
 * @maximum 900000
 */
export type IntervalMs = number;

/**
 * How often something must come out.
 * @asType integer
 * @minimum 1
 * @maximum 1000
 */
export type Repeats = number;

/**
 * How often something may happen.
 * @asType integer
 * @minimum 0
 * @maximum 1000
 */
export type Allowance = number;

/**
 * Bytes or values, as many as can be counted exactly.
 * @asType integer
 * @minimum 0
 * @maximum 9007199254740991
 */
export type WholeNumber = number;

/**
 * HTTP status code.
 * @asType integer
 * @minimum 100
 * @maximum 599
 */
export type StatusCode = number;

/** @minItems 1 */
export type StatusCodes = readonly StatusCode[];

/**
 * Days, up to a century.
 * @asType integer
 * @minimum 0
 * @maximum 36500
 */
export type Days = number;

/**
 * 64 hexadecimal digits in lower case.
 * @pattern ^[0-9a-f]{64}$
 */
export type Sha256 = string;

/**
 * Name of a header or a cookie.
 * @pattern ^[!#$%&'*+.^_`|~0-9A-Za-z-]+$
 */
export type HeaderName = string;

/**
 * One line of Latin-1 text.
 * @pattern ^[\t\x20-\x7e\x80-\xff]*$
 */
export type HeaderValue = string;

/**
 * Headers by name.
 * @propertyNames { "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" }
 */
export type Headers = Readonly<Record<string, HeaderValue>>;

/**
 * Texts by the names of variables.
 * @propertyNames { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }
 */
export type Variables = Readonly<Record<string, string>>;

/**
 * A text that is not blank.
 * @pattern \S
 */
export type Words = string;

/**
 * A text that is not empty.
 * @minLength 1
 */
export type NonEmptyText = string;

/**
 * Times out of a hundred, or any other share that is neither nothing nor all.
 * @minimum 1e-9
 * @maximum 0.5
 */
export type Significance = number;

/**
 * Difference of two shares.
 * @minimum 0
 * @maximum 0.999
 */
export type ShareIncrease = number;

/**
 * Percentile, such as 95.
 * @minimum 1
 * @maximum 99.99
 */
export type Percentile = number;

/**
 * How many times as much.
 * @minimum 1
 * @maximum 1000
 */
export type Ratio = number;

/**
 * Milliseconds, fractions included, up to an hour.
 * @minimum 0
 * @maximum 3600000
 */
export type IncreaseMs = number;

/**
 * Milliseconds in one unit of a metric: 1000 for seconds.
 * @minimum 0.001
 * @maximum 1000
 */
export type UnitMs = number;

/**
 * Milliseconds to wait or to leave out, up to an hour.
 * @asType integer
 * @minimum 0
 * @maximum 3600000
 */
export type DelayMs = number;

/**
 * Whole minutes up to a day, in milliseconds.
 * @asType integer
 * @minimum 60000
 * @maximum 86400000
 * @multipleOf 60000
 */
export type MinutesMs = number;

/**
 * How many are needed at least.
 * @asType integer
 * @minimum 1
 * @maximum 9007199254740991
 */
export type LeastCount = number;

/**
 * Id of a query of metric data.
 * @pattern ^[a-z][A-Za-z0-9_]*$
 */
export type QueryId = string;

/**
 * Statistic of a metric, such as `Sum` or `p99`.
 * @pattern ^[A-Za-z][A-Za-z0-9().:%]*$
 */
export type StatisticName = string;

/**
 * Dimensions of a metric: names with values.
 * @propertyNames { "pattern": "\\S" }
 */
export type Dimensions = Readonly<Record<string, Words>>;
