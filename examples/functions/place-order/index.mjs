// Places an order as a customer would. The orders of checks are told apart by the client context, so that nothing is shipped for them.
import { once } from 'node:events';
import { request } from 'node:http';

class OrderRefused extends Error {
  name = 'OrderRefused';
}

class ShopFailed extends Error {
  name = 'ShopFailed';
}

export async function handler({ items = [] }, { clientContext }) {
  if (items.length === 0) {
    throw new OrderRefused('an order needs an item');
  }
  const test = clientContext?.custom?.['greenlight.deploymentId'] !== undefined;
  const { status, body } = await post(`${process.env.SHOP_URL}/api/orders`, { items, test });
  console.log(`POST /api/orders answered ${status}: ${body}`);
  if (status !== 200) {
    throw new ShopFailed(`the shop answered ${status}`);
  }
  return { test, ...JSON.parse(body) };
}

async function post(url, order) {
  const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } }).end(JSON.stringify(order));
  const [response] = await once(sent, 'response');
  const chunks = await Array.fromAsync(response);
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
}
