import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import { fc } from '../../support/properties';

function played(plan: (scheduler: EventScheduler, note: (label: string) => () => void) => void): string[] {
  const scheduler = new EventScheduler();
  const log: string[] = [];
  plan(scheduler, (label) => () => log.push(`${label}@${scheduler.now()}`));
  while (scheduler.runNext()) {
    // Each event notes itself.
  }
  return log;
}

describe('EventScheduler', () => {
  test('runs events in the order of their times', () => {
    const log = played((scheduler, note) => {
      scheduler.at(30, 'c', note('c'));
      scheduler.at(10, 'a', note('a'));
      scheduler.after(20, 'b', note('b'));
    });
    expect(log).toEqual(['a@10', 'b@20', 'c@30']);
  });

  test('runs equal times in the order in which they were scheduled', () => {
    const log = played((scheduler, note) => {
      for (const label of ['a', 'b', 'c', 'd', 'e']) {
        scheduler.at(5, label, note(label));
      }
    });
    expect(log).toEqual(['a@5', 'b@5', 'c@5', 'd@5', 'e@5']);
  });

  test('an event may schedule another at the same moment', () => {
    const log = played((scheduler, note) => {
      scheduler.at(5, 'a', () => scheduler.after(0, 'c', note('c')));
      scheduler.at(5, 'b', note('b'));
    });
    expect(log).toEqual(['b@5', 'c@5']);
  });

  test('a time that has passed counts as now', () => {
    const scheduler = new EventScheduler();
    scheduler.advanceTo(100);
    scheduler.at(40, 'late', () => undefined);
    expect(scheduler.nextAt()).toBe(100);
  });

  test('a cancelled event neither runs nor counts as the next', () => {
    const scheduler = new EventScheduler();
    const log: string[] = [];
    const cancel = scheduler.at(1, 'a', () => log.push('a'));
    scheduler.at(2, 'b', () => log.push('b'));
    cancel();
    cancel();
    expect([scheduler.nextAt(), scheduler.nextLabel()]).toEqual([2, 'b']);
    scheduler.advanceTo(10);
    expect(log).toEqual(['b']);
  });

  test('advanceTo plays what is due, that moment included, and stops there', () => {
    const scheduler = new EventScheduler();
    const log: string[] = [];
    for (const at of [10, 20, 20.5]) {
      scheduler.at(at, String(at), () => log.push(`${at}@${scheduler.now()}`));
    }
    scheduler.advanceTo(20);
    expect(log).toEqual(['10@10', '20@20']);
    expect([scheduler.now(), scheduler.nextAt()]).toEqual([20, 20.5]);
  });

  test('without an event there is no next', () => {
    const scheduler = new EventScheduler();
    expect([scheduler.nextAt(), scheduler.nextLabel(), scheduler.runNext()]).toEqual([undefined, undefined, false]);
  });

  test('agrees with a stable sort for any events and cancellations', () => {
    const events = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(events, (all) => {
        const scheduler = new EventScheduler();
        const ran: number[] = [];
        all.map(({ at }, index) => scheduler.at(at, `${index}`, () => ran.push(index))).forEach((cancel, index) => all[index].cancelled && cancel());
        scheduler.advanceTo(20);
        const sorted = all.map((event, index) => ({ ...event, index })).filter(({ cancelled }) => !cancelled);
        expect(ran).toEqual(sorted.sort((a, b) => a.at - b.at).map(({ index }) => index));
      }),
    );
  });

  test.each([NaN, Infinity])('fails when the time of an event is %p', (at) => {
    expect(() => new EventScheduler().at(at, 'odd', () => undefined)).toThrow(
      `event 'odd' must have a finite time in milliseconds, got ${at}`,
    );
  });

  test('fails when time would go back', () => {
    const scheduler = new EventScheduler();
    scheduler.advanceTo(5);
    expect(() => scheduler.advanceTo(4)).toThrow('time cannot go back from 5 ms to 4 ms');
  });
});
