import { App } from 'aws-cdk-lib/core';

import { HttpChecksStack } from './checks/http-checks-stack.ts';
import { EcsWebGatedStack } from './ecs-web/ecs-web-gated-stack.ts';
import { EcsWebStack } from './ecs-web/ecs-web-stack.ts';

const app = new App();
new EcsWebStack(app, 'EcsWeb');
new EcsWebGatedStack(app, 'EcsWebGated');
new HttpChecksStack(app, 'HttpChecks');
