/** A mistake in what the user gave us (arguments, assembly, scenario). Shown as it is, without a stack trace; exit status 2. */
export class UserError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UserError';
  }
}

/** Somebody asked the command to end before it was done, by Ctrl-C or a signal. Nobody's mistake, and no result either; exit status 130. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted; nothing is left running');
    this.name = 'Interrupted';
  }
}
