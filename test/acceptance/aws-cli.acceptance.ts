import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..');
const AWS = join(ROOT, 'build', 'venv', 'bin', 'aws');
const run = promisify(execFile);

/** `greenlight serve`, its endpoint, and the command line that it prints for a rollout. */
class Served {
  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
    readonly endpoint: string,
    readonly createCommand: string,
  ) {}

  static async start(rollout: string): Promise<Served> {
    const home = mkdtempSync(join(tmpdir(), 'greenlight-aws-cli-'));
    const command = join(ROOT, 'build', 'rehearsal', 'greenlight.js');
    const child = spawn(process.execPath, [command, 'serve', '--app', 'build/cdk.out', '--port', '0', '--no-color'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    const found = { endpoint: '', create: '' };
    let heading = '';
    // Read to its end in the background, so that the server never waits for a reader.
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        found.endpoint ||= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
        found.create ||= heading === rollout ? (/aws deploy create-deployment .*/.exec(line)?.[0] ?? '') : '';
        heading = line.trim();
        if (found.create !== '') {
          resolve();
        }
      });
    });
    return new Served(child, home, found.endpoint, found.create);
  }

  private get env(): NodeJS.ProcessEnv {
    return {
      PATH: `${join(AWS, '..')}:${process.env.PATH}`,
      HOME: this.home,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    };
  }

  async shell(line: string): Promise<string> {
    return (await run('bash', ['-c', line], { env: this.env })).stdout;
  }

  async aws(...args: string[]): Promise<string> {
    return (await run(AWS, [...args, '--endpoint-url', this.endpoint, '--output', 'json'], { env: this.env })).stdout;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.home, { recursive: true, force: true });
  }
}

describe('the AWS CLI against greenlight serve', () => {
  let served: Served;

  beforeAll(async () => {
    served = await Served.start('EcsWeb/Web');
  });

  afterAll(() => served.stop());

  test('starts a deployment and sees it go from Created through InProgress to Succeeded', async () => {
    const { deploymentId } = JSON.parse(await served.shell(served.createCommand)) as { deploymentId: string };
    expect(deploymentId).toMatch(/^d-[A-Z0-9]{9}$/);

    const seen: string[] = [];
    while (!['Succeeded', 'Failed', 'Stopped'].includes(seen.at(-1) ?? '')) {
      const { deploymentInfo } = JSON.parse(await served.aws('deploy', 'get-deployment', '--deployment-id', deploymentId)) as { deploymentInfo: { status: string } };
      if (seen.at(-1) !== deploymentInfo.status) {
        seen.push(deploymentInfo.status);
      }
    }
    expect(seen).toEqual(['Created', 'InProgress', 'Succeeded']);

    const targets = JSON.parse(await served.aws('deploy', 'list-deployment-targets', '--deployment-id', deploymentId)) as { targetIds: string[] };
    const target = JSON.parse(await served.aws('deploy', 'get-deployment-target', '--deployment-id', deploymentId, '--target-id', targets.targetIds[0]!)) as {
      deploymentTarget: { ecsTarget: { status: string; lifecycleEvents: { lifecycleEventName: string; status: string }[] } };
    };
    expect(target.deploymentTarget.ecsTarget.status).toBe('Succeeded');
    expect(target.deploymentTarget.ecsTarget.lifecycleEvents.map(({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`)).toEqual([
      'BeforeInstall Succeeded',
      'Install Succeeded',
      'AfterInstall Succeeded',
      'AllowTestTraffic Succeeded',
      'AfterAllowTestTraffic Succeeded',
      'BeforeAllowTraffic Succeeded',
      'AllowTraffic Succeeded',
      'AfterAllowTraffic Succeeded',
    ]);
  });

  test('gets DeploymentDoesNotExistException for an unknown id', async () => {
    await expect(served.aws('deploy', 'get-deployment', '--deployment-id', 'd-UNKNOWN12')).rejects.toThrow('DeploymentDoesNotExistException');
  });
});
