"""A shop with one shelf: GET /health, and GET /api/orders."""
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS = {'/health': {'status': 'ok'}, '/api/orders': {'status': 'ok', 'orders': []}}


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        answer = ANSWERS.get(self.path)
        body = json.dumps(answer if answer is not None else {'error': 'not found'}).encode()
        self.send_response(200 if answer is not None else 404)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == '__main__':
    ThreadingHTTPServer(('', int(os.environ.get('SHOP_PORT', '8080'))), Shop).serve_forever()
