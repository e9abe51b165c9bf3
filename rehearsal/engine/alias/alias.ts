/**
 * The alias that is released: the version that it names, and the shares that it gives to others.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
 */

/** As GetAlias tells it. */
export interface AliasConfiguration {
  readonly functionVersion: string;
  /** Shares from 0 to 1 by version; empty where the version above gets everything. */
  readonly additionalVersionWeights: Readonly<Record<string, number>>;
}

export class Alias {
  #configuration: AliasConfiguration;

  constructor(version: string) {
    this.#configuration = { functionVersion: version, additionalVersionWeights: {} };
  }

  get configuration(): AliasConfiguration {
    return this.#configuration;
  }

  /** Whether it names this version and no other one. */
  isAt(version: string): boolean {
    const { functionVersion, additionalVersionWeights } = this.#configuration;
    return functionVersion === version && Object.keys(additionalVersionWeights).length === 0;
  }

  /** All invocations go to one version. */
  point(version: string): void {
    this.#configuration = { functionVersion: version, additionalVersionWeights: {} };
  }

  /** Gives another version so many percent, and leaves the rest to the one that it names. */
  shift(version: string, percent: number): void {
    this.#configuration = { ...this.#configuration, additionalVersionWeights: { [version]: percent / 100 } };
  }

  /** Share of a version, in percent. */
  percentOf(version: string): number {
    return this.shares().find((share) => share.version === version)?.percent ?? 0;
  }

  /** Every version that gets anything, the one that it names first; they sum to 100. */
  shares(): readonly { readonly version: string; readonly percent: number }[] {
    const { functionVersion, additionalVersionWeights } = this.#configuration;
    const others = Object.entries(additionalVersionWeights).map(([version, weight]) => ({ version, percent: Math.round(weight * 10_000) / 100 }));
    const rest = others.reduce((left, { percent }) => left - percent, 100);
    return [{ version: functionVersion, percent: rest }, ...others].filter(({ percent }) => percent > 0);
  }

  /** The version of one invocation. @param uniform from 0 up to 1 */
  draw(uniform: number): string {
    let left = uniform * 100;
    const found = this.shares().find(({ percent }) => (left -= percent) < 0);
    return found?.version ?? this.#configuration.functionVersion;
  }
}
