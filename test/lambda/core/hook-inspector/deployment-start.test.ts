import { parseDeploymentStart } from '../../../../lambda/core/hook-inspector/deployment-start';

const DETAIL = { region: 'eu-central-1', deploymentId: 'd-A1B2C3D4E', instanceGroupId: 'i', deploymentGroup: 'web-group', state: 'START', application: 'web-application' };
const event = (detail: unknown) => ({ version: '0', source: 'aws.codedeploy', 'detail-type': 'CodeDeploy Deployment State-change Notification', detail });

describe('parseDeploymentStart', () => {
  test('reads what names the deployment', () => {
    expect(parseDeploymentStart(event(DETAIL))).toEqual({ deploymentId: 'd-A1B2C3D4E', application: 'web-application', deploymentGroup: 'web-group' });
    const longest = `d-${'A'.repeat(100)}`;
    expect(parseDeploymentStart(event({ ...DETAIL, deploymentId: longest }))).toMatchObject({ deploymentId: longest });
  });

  test.each([
    [undefined, "'detail.state' must be START, got undefined"],
    [null, "'detail.state' must be START, got undefined"],
    ['text', "'detail.state' must be START, got undefined"],
    [event(null), "'detail.state' must be START, got undefined"],
    [event({ ...DETAIL, state: 'SUCCESS' }), `'detail.state' must be START, got "SUCCESS"`],
    [event({ ...DETAIL, deploymentId: 7 }), "'detail.deploymentId' must look like d-A1B2C3D4E, got number"],
    [event({ ...DETAIL, deploymentId: ['d-A1B2'] }), "'detail.deploymentId' must look like d-A1B2C3D4E, got object"],
    [event({ ...DETAIL, deploymentId: 'A1B2' }), `'detail.deploymentId' must look like d-A1B2C3D4E, got "A1B2"`],
    [event({ ...DETAIL, deploymentId: 'd-A1B2/' }), `'detail.deploymentId' must look like d-A1B2C3D4E, got "d-A1B2/"`],
    [event({ ...DETAIL, deploymentId: 'xd-A1B2' }), `'detail.deploymentId' must look like d-A1B2C3D4E, got "xd-A1B2"`],
    [event({ ...DETAIL, deploymentId: `d-${'A'.repeat(101)}` }), `'detail.deploymentId' must look like d-A1B2C3D4E, got "d-${'A'.repeat(101)}"`],
    [event({ ...DETAIL, application: undefined }), `'detail.application' and 'detail.deploymentGroup' must be texts, got undefined and "web-group"`],
    [event({ ...DETAIL, deploymentGroup: 1 }), `'detail.application' and 'detail.deploymentGroup' must be texts, got "web-application" and number`],
  ])('refuses %j', (given, problem) => {
    expect(parseDeploymentStart(given)).toBe(problem);
  });
});
