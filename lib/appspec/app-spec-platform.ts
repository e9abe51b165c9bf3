/** The compute platforms of CodeDeploy. */
export enum AppSpecPlatform {
  /** A service of Amazon ECS. */
  ECS = 'ecs',

  /** An alias of a Lambda function. */
  LAMBDA = 'lambda',

  /** EC2 instances and on-premises servers. */
  SERVER = 'server',
}
