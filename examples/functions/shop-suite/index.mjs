// A suite in a function: runs its cases against the listener that it is told, and returns a result document.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';

const CASES = {
  'the shop is up': async (url) => {
    const { status } = await request(`${url}/health`);
    assert.ok(status === 200, `GET /health answered ${status}, expected 200`);
  },
  'orders are listed': async (url) => {
    const { status, body } = await request(`${url}/api/orders`);
    assert.ok(status === 200, `GET /api/orders answered ${status}, expected 200`);
    assert.ok(body.status === 'ok', `orders are ${body.status}, expected ok`);
  },
  'a cart can be filled': async (url) => {
    const { status, body } = await request(`${url}/api/carts`);
    assert.ok(status === 200, `GET /api/carts answered ${status}, expected 200`);
    assert.ok(Array.isArray(body.items), 'a cart has no items, expected a list');
  },
};

export async function handler({ testUrl }) {
  const cases = [];
  for (const [name, run] of Object.entries(CASES)) {
    const startedAt = Date.now();
    const result = await run(testUrl).then(() => ({ status: 'passed' }), outcomeOf);
    cases.push({ name, durationMs: Date.now() - startedAt, ...result });
  }
  return { schemaVersion: 1, cases };
}

// An assertion that does not hold is a failure; anything else kept the case from telling.
function outcomeOf(error) {
  return { status: error instanceof assert.AssertionError ? 'failed' : 'errored', message: error.message };
}

async function request(url) {
  const [response] = await once(get(url), 'response');
  const chunks = await Array.fromAsync(response);
  return { status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) };
}
