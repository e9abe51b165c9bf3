// The same, as it is to be released, with a mistake in it: what is ordered is lost.
export async function handler(_order, context) {
  return { status: 'lost', code: 'next', version: process.env.AWS_LAMBDA_FUNCTION_VERSION, functionVersion: context.functionVersion };
}
