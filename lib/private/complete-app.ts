/** Questions about an app that can be answered when it is complete only, since what they ask for may be made after the rollout. */
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Every construct of the stacks that hold these constructs, nested stacks included. */
export type ConstructsOf = (...residents: IConstruct[]) => IConstruct[];

/** What is wrong, in the words of a validation error; empty when nothing is. */
type Question = (constructsOf: ConstructsOf) => string[];

const QUESTIONS = new WeakMap<Stack, Question[]>();

/** Asks at synthesis. The questions of one stack are asked together, so that a stack is walked once for all of its rollouts. */
export function askWhenComplete(scope: IConstruct, question: Question): void {
  const stack = Stack.of(scope);
  const known = QUESTIONS.get(stack);
  if (known !== undefined) {
    known.push(question);
    return;
  }
  const questions = [question];
  QUESTIONS.set(stack, questions);
  stack.node.addValidation({
    validate: () => {
      const constructsOf = walkOnce();
      return questions.flatMap((ask) => ask(constructsOf));
    },
  });
}

function walkOnce(): ConstructsOf {
  const walked = new Map<Stack, IConstruct[]>();
  const all = (stack: Stack): IConstruct[] => {
    const found = walked.get(stack) ?? stack.node.findAll();
    walked.set(stack, found);
    return found;
  };
  return (...residents) => [...new Set([...new Set(residents.map((resident) => Stack.of(resident)))].flatMap(all))];
}
