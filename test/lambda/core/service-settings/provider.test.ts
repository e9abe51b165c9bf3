/** The settings of a service on the way through the deployment provider. */
import { answerBody } from '../../../../lambda/core/deployment/answer';
import type { DeploymentPorts } from '../../../../lambda/core/deployment/facts';
import { step } from '../../../../lambda/core/deployment/step';
import { physicalIdOf } from '../../../../lambda/core/deployment/task';
import { keepSettings } from '../../../../lambda/core/service-settings/keep';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { request } from '../../support/deployment-requests';

const PROPERTIES = { Service: 'Web', TaskDefinition: 'web', ContainerName: 'app', ContainerPort: '8080', TargetGroupArn: 'arn:blue' };

const settings = (type: ResourceRequest['RequestType'], more: object = {}): ResourceRequest =>
  ({ ...request(type), ResourceType: 'Custom::GreenlightServiceSettings', LogicalResourceId: 'WebSettings', ResourceProperties: PROPERTIES, OldResourceProperties: PROPERTIES, ...more }) as unknown as ResourceRequest;

const CREATE = settings('Create');
const UPDATE = settings('Update', { PhysicalResourceId: keepSettings(CREATE).physicalId, ResourceProperties: { ...PROPERTIES, ContainerPort: '9000' } });
const REFUSED = settings('Update', { PhysicalResourceId: keepSettings(CREATE).physicalId, ResourceProperties: { ...PROPERTIES, TargetGroupArn: 'arn:green' } });

/** Nothing is asked of AWS: there are no ports for it. */
const ports = (said: string[]): DeploymentPorts =>
  ({ clock: { now: () => 0, epoch: () => 0 }, log: { info: (text: string, { why }: { why: string }) => said.push(`${text}: ${why}`) } }) as unknown as DeploymentPorts;

test.each([
  [CREATE, 'SUCCESS', 'answer SUCCESS: what the template says is kept from now on'],
  [UPDATE, 'SUCCESS', 'answer SUCCESS: the service keeps what it was made with'],
  [REFUSED, 'FAILED', 'answer FAILED: refused'],
  [settings('Delete', { PhysicalResourceId: 'WebSettings' }), 'SUCCESS', 'answer SUCCESS: the physical id holds all there is'],
])('is answered in one step that asks nobody, and the log says why: %#', async (asked, Status, said) => {
  const lines: string[] = [];
  const answered = await step({ action: 'step', request: asked, startedAt: '2026-01-01T00:00:00Z', retries: 0, memory: {} }, ports(lines));
  expect([answered, lines]).toEqual([{ done: true, memory: expect.anything() as unknown, answer: keepSettings(asked).answer }, [said]]);
  expect(keepSettings(asked).answer.Status).toBe(Status);
});

test('the answer names the settings that are kept as attributes, and holds them in the physical id', () => {
  expect(JSON.parse(answerBody(UPDATE, keepSettings(UPDATE).answer))).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: expect.stringMatching(/^\[\{"id":"[\w-]{12}","family":"web","container":"app","port":"8080","tg":"[\w-]{12}"\}\]$/) as unknown,
    Data: { TaskDefinition: 'web', ContainerName: 'app', ContainerPort: '8080' },
  });
});

test('what is refused, or cannot be answered at all, keeps its physical id', () => {
  expect([REFUSED, settings('Create', { ResourceProperties: {} }), settings('Delete', { PhysicalResourceId: 'any' })].map(physicalIdOf)).toEqual([keepSettings(CREATE).physicalId, 'WebSettings', 'any']);
});
