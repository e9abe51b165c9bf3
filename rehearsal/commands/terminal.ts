/** What a command needs of the place where it runs: handed in, so that tests can play it. */
export interface Terminal {
  /** Where results go. */
  out(text: string): void;
  /** Where everything goes that is not the result. */
  err(text: string): void;
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly columns: number | undefined;
  readonly isTty: boolean;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves when somebody asks the command to end, such as by Ctrl-C. */
  readonly interrupted: Promise<void>;
}
