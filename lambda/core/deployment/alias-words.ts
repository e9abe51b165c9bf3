/** The words for an alias that a deployment has left between two versions. */
import type { AliasFacts } from './facts';
import type { AliasName } from './segment';

/** What it gives to which version, and how it is pointed at one alone. */
export function leftBetween({ functionName, name }: AliasName, { version, weights }: AliasFacts): string {
  const others = Object.entries(weights).map(([other, weight]) => `version ${other} (${Math.round(weight * 10_000) / 100} %)`);
  return (
    `alias ${name} is left between version ${version} and ${others.join(' and ')}, and every deployment fails until it names one alone: ` +
    `aws lambda update-alias --function-name ${functionName} --name ${name} --function-version ${version} --routing-config AdditionalVersionWeights={}`
  );
}
