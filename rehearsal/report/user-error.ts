/** A mistake in what the user gave us (arguments, assembly, scenario). Shown as it is, without a stack trace; exit status 2. */
export class UserError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UserError';
  }
}
