/** Servers of AWS besides its API that functions reach by their own names, such as the one that takes what custom resources answer. */
import { startLoopbackServer, type LoopbackAnswer, type LoopbackRequest, type LoopbackServer } from '../endpoints/loopback-server';
import type { World } from './world';

export interface ServedHost {
  /** Reached on port 443 by HTTPS. */
  readonly host: string;
  handle(request: LoopbackRequest): LoopbackAnswer;
}

export interface RunningHost extends ServedHost {
  readonly server: LoopbackServer;
}

export async function startHosts({ conductor, authority }: Pick<World, 'conductor' | 'authority'>, hosts: readonly ServedHost[]): Promise<readonly RunningHost[]> {
  const running: RunningHost[] = [];
  for (const { host, handle } of hosts) {
    const tls = await authority?.issue([host]);
    running.push({ host, handle, server: await startLoopbackServer({ name: host, conductor, handle, ...(tls === undefined ? {} : { tls }) }) });
  }
  return running;
}
