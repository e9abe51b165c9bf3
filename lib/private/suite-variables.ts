/** Variables that a suite of the user's is told: the environment of a build, which has names and limits of its own. */
import { Token } from 'aws-cdk-lib/core';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What the handler and CodeBuild set themselves. */
const RESERVED = /^(GREENLIGHT|CODEBUILD)_/;

/** CodeBuild takes 5,500 characters of environment variables in all; the rest is room for ours, and for the project's own. */
const MAX_CHARACTERS = 4_000;

export function requireVariables(what: string, variables: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!NAME.test(name) || Token.isUnresolved(name)) {
      throw new Error(`${what} has the variable '${name}', and names are letters, digits and '_', known at synth; rename it`);
    }
    if (RESERVED.test(name)) {
      throw new Error(`${what} has the variable '${name}', and names that begin with GREENLIGHT_ or CODEBUILD_ are taken; rename it`);
    }
    if (typeof value !== 'string') {
      throw new Error(`variable '${name}' of ${what} must be a text, got ${typeof value}; write it as one`);
    }
  }
  const characters = Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (characters > MAX_CHARACTERS) {
    throw new Error(`the variables of ${what} have ${characters} characters, and at most ${MAX_CHARACTERS} are told to a suite; pass a reference instead`);
  }
}
