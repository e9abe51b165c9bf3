/** Requests of CloudFormation for an alias, from version 1 to version 2. */
import type { LambdaDeploymentProperties, ResourceRequest } from '../../../lib/model/deployment-request';
import { LAMBDA_DEPLOYMENT_RESOURCE_TYPE } from '../../../lib/model/deployment-request';
import { request } from './deployment-requests';

export const ALIAS = { functionName: 'take', name: 'live' };
export const HOOKS = { BeforeAllowTraffic: 'CodeDeployHook_smoke' };

export function aliasProperties(version: string, more: Partial<LambdaDeploymentProperties> = {}): LambdaDeploymentProperties {
  return {
    ServiceToken: 'arn:aws:lambda:eu-central-1:111122223333:function:intake',
    ApplicationName: 'web-application',
    DeploymentGroupName: 'web-group',
    Function: 'take',
    Alias: 'live',
    TargetVersion: version,
    Hooks: HOOKS,
    Completion: 'COMPLETED',
    HookLogs: { BeforeAllowTraffic: '/aws/lambda/smoke' },
    Segments: '1',
    ...more,
  };
}

export function aliasRequest(type: ResourceRequest['RequestType'], more: Partial<ResourceRequest> = {}): ResourceRequest<LambdaDeploymentProperties> {
  return {
    ...request(type),
    ResourceType: LAMBDA_DEPLOYMENT_RESOURCE_TYPE,
    ResourceProperties: aliasProperties('2'),
    ...(type === 'Update' ? { OldResourceProperties: aliasProperties('1') } : {}),
    ...more,
  } as ResourceRequest<LambdaDeploymentProperties>;
}

/** What CreateDeployment is given for a move of the alias. */
export const aliasAppSpec = (currentVersion: string, targetVersion: string): string =>
  `{"version":"0.0","Resources":[{"Function":{"Type":"AWS::Lambda::Function","Properties":{"Name":"take","Alias":"live","CurrentVersion":"${currentVersion}","TargetVersion":"${targetVersion}"}}}],"Hooks":[{"BeforeAllowTraffic":"CodeDeployHook_smoke"}]}`;
