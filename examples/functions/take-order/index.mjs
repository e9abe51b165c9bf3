// Takes orders from an HTTP API, whose events have the order as a text in their body. Orders of checks are told apart by the client context, so that nothing is shipped for them.
const PRICES = { tea: 4.2, coffee: 5.1 };

export async function handler({ body }, { clientContext }) {
  const { items = [] } = JSON.parse(body ?? '{}');
  if (items.length === 0) {
    return answer(400, { message: 'an order needs an item' });
  }
  const test = clientContext?.custom?.['greenlight.deploymentId'] !== undefined;
  const total = items.reduce((sum, { sku, count }) => sum + (PRICES[sku] ?? 0) * count, 0);
  console.log(JSON.stringify({ message: test ? 'an order of a check' : 'an order', items, total }));
  return answer(200, { total, test });
}

function answer(statusCode, document) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}
