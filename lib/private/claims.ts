/** What there can be one of only, and which construct has it. */
import type { IConstruct } from 'constructs';

/** Remembers for each owner who took a place of it, so that the second one is told instead of failing when the stack is deployed. */
export class Claims {
  private readonly taken = new WeakMap<object, Map<string, IConstruct>>();

  /** Who has the place already; otherwise it is now taken. */
  public take(owner: object, place: string, by: IConstruct): IConstruct | undefined {
    const places = this.taken.get(owner) ?? new Map<string, IConstruct>();
    const holder = places.get(place);
    if (holder === undefined) {
      this.taken.set(owner, places.set(place, by));
    }
    return holder;
  }
}
