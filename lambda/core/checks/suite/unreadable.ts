/** The result is not what a suite hands over. */
export class UnreadableResult extends Error {
  override readonly name = 'UnreadableResult';
}
