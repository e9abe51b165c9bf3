import { fileURLToPath } from 'node:url';

import { EcsEndpoint, EcsRollout, LifecycleHook, SuiteCheck } from 'cdk-greenlight';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release that two suites must find sound on the test listener: a quick one in a function, and a long one in CodeBuild. */
export class SuiteChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { vpc, service } = new WebService(this, 'App');
    const shopSuite = new lambda.Function(this, 'ShopSuite', {
      code: lambda.Code.fromAsset(fileURLToPath(new URL('../functions/shop-suite', import.meta.url))),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      timeout: Duration.seconds(30),
      vpc,
    });
    const browserSuite = new codebuild.Project(this, 'BrowserSuite', {
      buildSpec: codebuild.BuildSpec.fromObject({
        version: '0.2',
        phases: { build: { commands: ['npm ci', 'npx playwright test --reporter=junit --base-url "$GREENLIGHT_TEST_URL"'] } },
        reports: { browser: { files: ['results.xml'], 'file-format': 'JUNITXML' } },
      }),
      source: codebuild.Source.gitHub({ owner: 'example', repo: 'shop-suite' }),
      vpc,
    });

    const rollout = new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: suites(shopSuite, browserSuite), concurrency: 2 }) },
      expectedRequestsPerSecond: 5,
    });

    // Both are told where the test listener is, and must be let in.
    rollout.connections.allowFrom(shopSuite, ec2.Port.tcp(8080), 'Shop suite');
    rollout.connections.allowFrom(browserSuite, ec2.Port.tcp(8080), 'Browser suite');
  }
}

// docs/checks/suite.md shows what follows.
function suites(shopSuite: lambda.IFunction, browserSuite: codebuild.IProject): SuiteCheck[] {
  return [
    SuiteCheck.fromFunction(shopSuite, { name: 'shop', minCases: 3 }),
    SuiteCheck.fromCodeBuild(browserSuite, { name: 'browser', variables: { BROWSERS: 'firefox,webkit' }, minCases: 2, checkTimeout: Duration.minutes(8) }),
  ];
}
