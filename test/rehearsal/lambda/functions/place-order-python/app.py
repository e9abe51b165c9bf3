"""Places an order, and tells by which version and in which surroundings it ran."""
import os
import socket
import time

PLACES = []


def handler(event, context):
    items = event.get('items', [])
    print('order of', len(items))
    if items == ['trouble']:
        raise ValueError('no such item')
    if items == ['forever']:
        time.sleep(60)
    if items == ['abroad']:
        socket.create_connection(('example.com', 443))
    if items == ['by number']:
        socket.create_connection(('203.0.113.7', 443))
    if items == ['end']:
        os._exit(7)
    if items == ['unspeakable']:
        return {1, 2}
    PLACES.append(items)
    return {
        'status': 'placed',
        'version': os.environ['AWS_LAMBDA_FUNCTION_VERSION'],
        'functionVersion': context.function_version,
        'arn': context.invoked_function_arn,
        'requestId': context.aws_request_id,
        'memory': context.memory_limit_in_mb,
        'custom': context.client_context.custom if context.client_context else None,
        'remaining': 0 < context.get_remaining_time_in_millis() <= 3000,
        'home': os.environ['HOME'] != '/root',
        'orders': len(PLACES),
    }
