// A web service small enough to read at a glance. The VERSION that it was built as stands in every answer.
import { createServer } from 'node:http';

const { PORT = '8080', VERSION = 'unknown' } = process.env;

const ROUTES = {
  '/health': { status: 'up' },
  '/smoke': { status: 'ok' },
  '/api/orders': { status: 'ok', version: VERSION },
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const known = request.method === 'GET' || request.method === 'HEAD' ? ROUTES[pathname] : undefined;
  const body = JSON.stringify(known ?? { status: 'not found' });
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-version': VERSION });
  response.end(request.method === 'HEAD' ? undefined : body);
});

server.listen(Number(PORT), () => console.log(JSON.stringify({ message: 'listening', port: server.address().port, version: VERSION })));

// ECS sends SIGTERM to a task that it takes out; requests that are under way are finished first.
process.once('SIGTERM', () => server.close());
