/** What every command of `greenlight` is made of. */
import { Command, InvalidArgumentError } from 'commander';

/** A command that neither prints nor ends the process by itself. */
export function command(name: string, printed: string[]): Command {
  return new Command(name)
    .exitOverride()
    .configureOutput({ writeOut: (text) => printed.push(text), writeErr: (text) => printed.push(text), outputError: () => undefined })
    .helpOption('-h, --help', 'show this help');
}

export function notEmpty(value: string): string {
  if (value.trim() === '') {
    throw new InvalidArgumentError('must not be empty');
  }
  return value;
}
