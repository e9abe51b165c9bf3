/**
 * The server that loads are sent to. Prints its port and, where it injects latency, the percentiles that an observer must find, computed from what
 * it is going to inject. Its argument: nothing, for answers at once, or an injection as JSON.
 */
import { createServer } from 'node:http';

import { closedLoop, latencyAt, openModel, ownTimes, percentileOf } from './injected-latency.mjs';

const PERCENTILES = [50, 90, 99, 99.9];
const BODY = JSON.stringify({ status: 'ok', orders: 3 });
const HEAD = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };

const injection = process.argv[2] === undefined ? undefined : JSON.parse(process.argv[2]);
const own = injection && ownTimes(injection);
let first;

const server = createServer((_, response) => {
  if (injection === undefined) {
    response.writeHead(200, HEAD).end(BODY);
    return;
  }
  const now = performance.now();
  first ??= now;
  const until = now + latencyAt(injection, now - first, own());
  answerAt(until, response);
});

/** Timers come up to a millisecond early or late; the last one is waited out by turns of the loop. */
function answerAt(until, response) {
  const left = until - performance.now();
  if (left <= 0) {
    response.writeHead(200, HEAD).end(BODY);
  } else if (left > 2) {
    setTimeout(answerAt, left - 1.5, until, response);
  } else {
    setImmediate(answerAt, until, response);
  }
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const percentiles = (sorted) => PERCENTILES.map((percentile) => percentileOf(sorted, percentile));
  const expected = injection && { openModel: percentiles(openModel(injection)), closedLoop: percentiles(closedLoop(injection)) };
  console.log(JSON.stringify({ port: server.address().port, ...expected }));
});
process.stdin.resume().on('end', () => process.exit(0));
