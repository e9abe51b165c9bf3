/**
 * How production traffic moves from the original to the replacement: the service's configurations, its limits, its arithmetic.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
import { MAX_TRAFFIC_PERCENTAGE, MAX_TRAFFIC_SHIFT_MINUTES, MIN_STACK_TRAFFIC_PERCENTAGE, MIN_TRAFFIC_PERCENTAGE } from './limits';

export type TrafficRouting =
  | { readonly type: 'AllAtOnce' }
  | { readonly type: 'TimeBasedCanary'; readonly percentage: number; readonly intervalMinutes: number }
  | { readonly type: 'TimeBasedLinear'; readonly percentage: number; readonly intervalMinutes: number };

/** One step of a shift: from this moment on the replacement gets this share. */
export interface TrafficStep {
  /** Seconds since the first increment. */
  readonly atSeconds: number;
  /** Share of the replacement, in percent. */
  readonly replacementPercent: number;
}

/** Every step of a shift. The last step is always 100 %, and no wait follows it. */
export function trafficSteps(routing: TrafficRouting): readonly TrafficStep[] {
  if (routing.type === 'AllAtOnce') {
    return [{ atSeconds: 0, replacementPercent: 100 }];
  }
  const interval = routing.intervalMinutes * 60;
  if (routing.type === 'TimeBasedCanary') {
    return [
      { atSeconds: 0, replacementPercent: routing.percentage },
      { atSeconds: interval, replacementPercent: 100 },
    ];
  }
  return Array.from({ length: Math.ceil(100 / routing.percentage) }, (_, index) => ({
    atSeconds: index * interval,
    replacementPercent: Math.min(100, (index + 1) * routing.percentage),
  }));
}

/** Longest interval that the service accepts for a linear shift of this percentage, in minutes. */
export function maxLinearIntervalMinutes(percentage: number): number {
  return Math.floor(MAX_TRAFFIC_SHIFT_MINUTES / Math.floor(100 / percentage));
}

/** What the service would reject in a shift, each with value, range and remedy; empty when it would accept it. */
export function trafficProblems(routing: TrafficRouting): string[] {
  if (routing.type === 'AllAtOnce') {
    return [];
  }
  const { percentage, intervalMinutes } = routing;
  const problems: string[] = [];
  if (!Number.isInteger(percentage) || percentage < MIN_TRAFFIC_PERCENTAGE || percentage > MAX_TRAFFIC_PERCENTAGE) {
    problems.push(
      `'percentage' must be a whole number from ${MIN_TRAFFIC_PERCENTAGE} to ${MAX_TRAFFIC_PERCENTAGE}, got ${percentage}; ` +
        'use TrafficShift.allAtOnce() to move all traffic in one step',
    );
  }
  const linear = routing.type === 'TimeBasedLinear' && problems.length === 0;
  const longest = linear ? maxLinearIntervalMinutes(percentage) : MAX_TRAFFIC_SHIFT_MINUTES;
  if (!Number.isInteger(intervalMinutes) || intervalMinutes < 1 || intervalMinutes > longest) {
    const why = linear ? ` at ${percentage} % a step, since a whole shift may take ${MAX_TRAFFIC_SHIFT_MINUTES} minutes` : '';
    problems.push(`'interval' must be a whole number of minutes from 1 to ${longest}${why}, got ${intervalMinutes} minutes`);
  }
  return problems;
}

/** What the blue/green hook of CloudFormation would reject in a shift that CodeDeploy takes. */
export function stackTrafficProblems(routing: TrafficRouting): string[] {
  if (routing.type === 'AllAtOnce' || routing.percentage >= MIN_STACK_TRAFFIC_PERCENTAGE) {
    return [];
  }
  return [
    `'percentage' must be a whole number from ${MIN_STACK_TRAFFIC_PERCENTAGE} to ${MAX_TRAFFIC_PERCENTAGE} where CloudFormation performs the deployment, got ${routing.percentage}; ` +
      'take a larger step, TrafficShift.allAtOnce(), or EcsRollout, whose steps may be smaller',
  ];
}

const canary = (percentage: number, intervalMinutes: number): TrafficRouting => ({ type: 'TimeBasedCanary', percentage, intervalMinutes });
const linear = (percentage: number, intervalMinutes: number): TrafficRouting => ({ type: 'TimeBasedLinear', percentage, intervalMinutes });

/** Every configuration for ECS and Lambda that the service brings along, by name. */
export const PREDEFINED_CONFIGS: Readonly<Record<string, { readonly platform: 'ECS' | 'Lambda'; readonly routing: TrafficRouting }>> = {
  'CodeDeployDefault.ECSAllAtOnce': { platform: 'ECS', routing: { type: 'AllAtOnce' } },
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes': { platform: 'ECS', routing: linear(10, 1) },
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes': { platform: 'ECS', routing: linear(10, 3) },
  'CodeDeployDefault.ECSCanary10Percent5Minutes': { platform: 'ECS', routing: canary(10, 5) },
  'CodeDeployDefault.ECSCanary10Percent15Minutes': { platform: 'ECS', routing: canary(10, 15) },
  'CodeDeployDefault.LambdaAllAtOnce': { platform: 'Lambda', routing: { type: 'AllAtOnce' } },
  'CodeDeployDefault.LambdaLinear10PercentEvery1Minute': { platform: 'Lambda', routing: linear(10, 1) },
  'CodeDeployDefault.LambdaLinear10PercentEvery2Minutes': { platform: 'Lambda', routing: linear(10, 2) },
  'CodeDeployDefault.LambdaLinear10PercentEvery3Minutes': { platform: 'Lambda', routing: linear(10, 3) },
  'CodeDeployDefault.LambdaLinear10PercentEvery10Minutes': { platform: 'Lambda', routing: linear(10, 10) },
  'CodeDeployDefault.LambdaCanary10Percent5Minutes': { platform: 'Lambda', routing: canary(10, 5) },
  'CodeDeployDefault.LambdaCanary10Percent10Minutes': { platform: 'Lambda', routing: canary(10, 10) },
  'CodeDeployDefault.LambdaCanary10Percent15Minutes': { platform: 'Lambda', routing: canary(10, 15) },
  'CodeDeployDefault.LambdaCanary10Percent30Minutes': { platform: 'Lambda', routing: canary(10, 30) },
};
