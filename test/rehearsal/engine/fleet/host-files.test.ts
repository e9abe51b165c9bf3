/** Deployments on instances that have real files: what is done with them decides. */
import type { FileWork, HostFiles } from '../../../../rehearsal/engine/fleet/scripts';
import type { EventScheduler } from '../../../../rehearsal/engine/scheduler';
import { eventLines, FleetStage, instances, revision } from './fleet-stage';

const FAILURE = { errorCode: 'UnknownError', message: 'no room' } as const;

/** Records what it is asked for, and fails where it is told to. */
class Files implements HostFiles {
  readonly calls: string[] = [];
  fails: 'download' | 'install' | undefined;

  constructor(private readonly scheduler: EventScheduler) {}

  preinstalled(instance: number, { release }: FileWork['revision']): void {
    this.calls.push(`${instance} has ${release}`);
  }

  download(work: FileWork, done: Parameters<HostFiles['download']>[1]): void {
    this.#do('download', work, '', done);
  }

  install(work: Parameters<HostFiles['install']>[0], done: Parameters<HostFiles['install']>[1]): void {
    this.#do('install', work, ` ${work.fileExistsBehavior}`, done);
  }

  #do(what: 'download' | 'install', { instance, revision: { release }, slowness }: FileWork, more: string, done: (failure?: typeof FAILURE) => void): void {
    this.calls.push(`${what} ${release} on ${instance.id} x ${slowness}${more}`);
    this.scheduler.after(7000, what, () => done(this.fails === what ? FAILURE : undefined));
  }
}

const R1 = revision('r1');

function stage(more: object = {}): { readonly subject: FleetStage; readonly files: Files } {
  let files: Files | undefined;
  const subject = new FleetStage(instances(1), { initialRevision: R1, files: (scheduler) => (files = new Files(scheduler)), ...more });
  return { subject, files: files! };
}

test('they are asked in the order of the events, and take the time that they take', () => {
  const { subject, files } = stage({ faults: [{ kind: 'slow', factor: 3, instances: {} }] });
  const { deploymentId } = subject.deploy(revision('r2', [], { fileExistsBehavior: 'RETAIN' }));
  expect(files.calls).toEqual(['0 has r1', 'download r2 on i-1 x 3', 'install r2 on i-1 x 3 RETAIN']);
  const took = subject.targets(deploymentId)[0]!.lifecycleEvents.filter(({ lifecycleEventName }) => ['DownloadBundle', 'Install'].includes(lifecycleEventName)).map(({ startTime, endTime }) => endTime! - startTime!);
  expect([took, subject.installed()]).toEqual([[7000, 7000], 'r2']);
});

test.each([
  ['download', 'DownloadBundle', 'r1'],
  ['install', 'Install', '-'],
] as const)('what fails at %s fails %s, and leaves %s', (fails, event, installed) => {
  const { subject, files } = stage();
  files.fails = fails;
  const { deploymentId } = subject.deploy(revision('r2'));
  const [target] = subject.targets(deploymentId);
  expect(target!.lifecycleEvents.find(({ lifecycleEventName }) => lifecycleEventName === event)).toMatchObject({ status: 'Failed', diagnostics: FAILURE });
  expect(eventLines(target!).at(-1)).toMatch(/Skipped$/);
  expect(subject.installed()).toBe(installed);
});

test('after an installation that failed, scripts of the last successful one stop the application', () => {
  const { subject, files } = stage({ initialRevision: revision('r1', ['ApplicationStop']) });
  files.fails = 'install';
  subject.deploy(revision('r2', ['ApplicationStop']));
  files.fails = undefined;
  subject.deploy(revision('r3', ['ApplicationStop']));
  expect(subject.scripts.filter((line) => line.includes('ApplicationStop'))).toEqual(['i-1 ApplicationStop of r1', 'i-1 ApplicationStop of r1']);
  expect(subject.installed()).toBe('r3');
});
