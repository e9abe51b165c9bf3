/**
 * What the agent keeps of what the scripts of an event have written, for the service: the last whole lines that come to less than 2,048 characters. A longer line leaves nothing.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/hook_executor.rb
 */
const KEPT_CHARACTERS = 2048;

export class ScriptLog {
  #entries: string[] = [];
  #length = 0;

  append(entry: string): void {
    this.#entries.push(entry);
    this.#length += entry.length;
    let dropped = 0;
    while (this.#length >= KEPT_CHARACTERS) {
      this.#length -= this.#entries[dropped]!.length;
      dropped += 1;
    }
    this.#entries.splice(0, dropped);
  }

  get text(): string {
    return this.#entries.join('');
  }
}
