// Places an order, and tells by which version and in which surroundings it ran.
export async function handler({ items = [] }, context) {
  process.stdout.write(`order of ${items.length}\n`);
  return {
    status: items.length === 0 ? 'refused' : 'placed',
    code: 'first',
    version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionVersion: context.functionVersion,
    arn: context.invokedFunctionArn,
    test: context.clientContext?.custom?.test === true,
  };
}
