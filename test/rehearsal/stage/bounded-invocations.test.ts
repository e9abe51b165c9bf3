import type { AsyncChange } from '../../../rehearsal/engine/async-invocations';
import { BoundedInvocations, INVOKED_AT_ONCE } from '../../../rehearsal/stage/bounded-invocations';

/** Accepts every event, and ends them as it is told. */
function lambda() {
  const listeners: ((change: AsyncChange) => void)[] = [];
  const invoked: unknown[] = [];
  return {
    invoked,
    end: (requestId: string, kind = 'ended') => listeners.forEach((listener) => listener({ kind, event: { requestId } } as unknown as AsyncChange)),
    invoke: (_name: string, payload: unknown) => ({ accepted: true as const, requestId: `request ${invoked.push(payload)}` }),
    onChange: (listener: (change: AsyncChange) => void) => {
      listeners.push(listener);
      return () => undefined;
    },
  };
}

test('what is more than may run at once waits until another is over, in its order', () => {
  const service = lambda();
  const bounded = new BoundedInvocations(service);
  for (let number = 1; number <= INVOKED_AT_ONCE + 3; number++) {
    bounded.invoke('gate', number);
  }
  expect([service.invoked.length, bounded.waiting, bounded.waited]).toEqual([INVOKED_AT_ONCE, 3, ['gate']]);
  service.end('request 1', 'ran');
  service.end('request of somebody else');
  expect(service.invoked).toHaveLength(INVOKED_AT_ONCE);
  service.end('request 2');
  service.end('request 2');
  service.end('request 3');
  expect([service.invoked.slice(INVOKED_AT_ONCE), bounded.waiting]).toEqual([[INVOKED_AT_ONCE + 1, INVOKED_AT_ONCE + 2], 1]);
});

test('each function counts for itself', () => {
  const service = lambda();
  const bounded = new BoundedInvocations(service);
  for (let number = 1; number <= INVOKED_AT_ONCE; number++) {
    bounded.invoke('a', number);
    bounded.invoke('b', number);
  }
  expect([service.invoked.length, bounded.waiting, bounded.waited]).toEqual([2 * INVOKED_AT_ONCE, 0, []]);
});

test('what is not accepted takes no place', () => {
  const refusing = { ...lambda(), invoke: () => ({ accepted: false as const, message: 'unknown' }) };
  const bounded = new BoundedInvocations(refusing);
  for (let number = 0; number <= INVOKED_AT_ONCE; number++) {
    bounded.invoke('a', number);
  }
  expect(bounded.waiting).toBe(0);
});
