/** Far more than one process plays: a hook runs for minutes, and a process lives for hours. */
const MOST_KEPT = 200;

/** What has been seen lately. */
export class Recent {
  private readonly seen = new Set<string>();

  /** Whether this is seen for the first time. */
  isNew(key: string): boolean {
    if (this.seen.has(key)) {
      return false;
    }
    this.seen.add(key);
    const [oldest] = this.seen;
    if (this.seen.size > MOST_KEPT && oldest !== undefined) {
      this.seen.delete(oldest);
    }
    return true;
  }
}
