/** Lifecycle events of ECS, as the developer guide shows them. */
import type { EcsNativeHookEvent, EcsNativeHookStage } from '../../../lib/model/ecs-native';

export const GREEN = 'arn:aws:ecs:us-west-2:123456789012:service-revision/my-cluster/my-service/9313423515462893900';
export const BLUE = 'arn:aws:ecs:us-west-2:123456789012:service-revision/my-cluster/my-service/1920498462936580504';
export const DEPLOYMENT = 'arn:aws:ecs:us-west-2:123456789012:service-deployment/my-cluster/my-service/EZe5RNVLH6PPzHXINuP28';

export interface Weights {
  readonly test?: Readonly<Record<string, number>>;
  readonly production?: Readonly<Record<string, number>>;
}

export function nativeEvent(stage: EcsNativeHookStage = 'POST_TEST_TRAFFIC_SHIFT', { test = {}, production = {} }: Weights = {}): EcsNativeHookEvent {
  return {
    executionId: 'f4fcae0f-9bec-41c6-ba87-0eaa0cef8af5',
    lifecycleStage: stage,
    resourceArn: DEPLOYMENT,
    executionDetails: {
      serviceArn: 'arn:aws:ecs:us-west-2:123456789012:service/my-cluster/my-service',
      targetServiceRevisionArn: GREEN,
      testTrafficWeights: test,
      productionTrafficWeights: production,
    },
  };
}
