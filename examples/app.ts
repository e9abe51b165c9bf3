import { App } from 'aws-cdk-lib/core';

import { AlarmChecksStack } from './checks/alarm-checks-stack.ts';
import { BreakGlassStack } from './checks/break-glass-stack.ts';
import { HttpChecksStack } from './checks/http-checks-stack.ts';
import { EcsNativeStack } from './ecs-native/ecs-native-stack.ts';
import { InvokeChecksStack } from './checks/invoke-checks-stack.ts';
import { LoadChecksStack } from './checks/load-checks-stack.ts';
import { LongChecksStack } from './checks/long-checks-stack.ts';
import { MetricChecksStack } from './checks/metric-checks-stack.ts';
import { SuiteChecksStack } from './checks/suite-checks-stack.ts';
import { EcsWebGatedStack } from './ecs-web/ecs-web-gated-stack.ts';
import { EcsWebStack } from './ecs-web/ecs-web-stack.ts';

const app = new App();
new EcsWebStack(app, 'EcsWeb');
new EcsWebGatedStack(app, 'EcsWebGated');
new AlarmChecksStack(app, 'AlarmChecks');
new BreakGlassStack(app, 'BreakGlass');
new HttpChecksStack(app, 'HttpChecks');
new EcsNativeStack(app, 'EcsNative');
new InvokeChecksStack(app, 'InvokeChecks');
new LoadChecksStack(app, 'LoadChecks');
new LongChecksStack(app, 'LongChecks');
new MetricChecksStack(app, 'MetricChecks');
new SuiteChecksStack(app, 'SuiteChecks');
