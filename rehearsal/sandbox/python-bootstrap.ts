/** The program under which a Python handler runs: one invocation, as Lambda's own runtime would do it. Reads JSON from standard input, answers on file descriptor 3. */
export const PYTHON_BOOTSTRAP = `
import importlib, json, os, socket, sys, time, traceback

start = json.load(sys.stdin)
answers = os.fdopen(3, 'w')
deadline = time.monotonic() + start['timeoutMs'] / 1000

def end(outcome):
    sys.stdout.flush()
    sys.stderr.flush()
    answers.write(json.dumps(outcome))
    answers.flush()
    os._exit(0)

def failed(how, kind, error):
    end({'end': how, 'error': {'errorType': kind, 'errorMessage': str(error), 'trace': traceback.format_tb(error.__traceback__)}})

# Hosts that are none of the app are refused, as for every other function.
LOOPBACK = ('localhost', '127.0.0.1', '::1', None)
known = set()
look_up, connect = socket.getaddrinfo, socket.socket.connect

def guarded_look_up(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    if name not in LOOPBACK and name not in known and name.lower() not in start['allowHosts']:
        raise socket.gaierror(socket.EAI_NONAME, name + ' is not a host of this app; allow it by --allow-host')
    found = look_up(host, *args, **kwargs)
    known.update(address[4][0] for address in found)
    return found

def guarded_connect(self, address):
    if isinstance(address, tuple) and address[0] not in LOOPBACK and address[0] not in known:
        guarded_look_up(address[0], address[1])
    return connect(self, address)

socket.getaddrinfo, socket.socket.connect = guarded_look_up, guarded_connect

class ClientContext:
    def __init__(self, content):
        self.custom, self.env, self.client = content.get('custom'), content.get('env'), content.get('client')

class Context:
    aws_request_id = start['requestId']
    function_name = os.environ['AWS_LAMBDA_FUNCTION_NAME']
    function_version = os.environ['AWS_LAMBDA_FUNCTION_VERSION']
    invoked_function_arn = start['arn']
    memory_limit_in_mb = os.environ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
    log_group_name = os.environ['AWS_LAMBDA_LOG_GROUP_NAME']
    log_stream_name = os.environ['AWS_LAMBDA_LOG_STREAM_NAME']
    identity = None
    client_context = ClientContext(start['clientContext']) if start.get('clientContext') else None

    def get_remaining_time_in_millis(self):
        return max(0, int((deadline - time.monotonic()) * 1000))

sys.path.insert(0, os.environ['LAMBDA_TASK_ROOT'])
module, _, name = os.environ['_HANDLER'].rpartition('.')
try:
    handler = getattr(importlib.import_module(module.replace('/', '.')), name)
except ImportError as error:
    failed('crashed', 'Runtime.ImportModuleError', ImportError("Unable to import module '" + module + "': " + str(error)))
except AttributeError as error:
    failed('crashed', 'Runtime.HandlerNotFound', AttributeError("Handler '" + name + "' missing on module '" + module + "'"))
except SyntaxError as error:
    failed('crashed', 'Runtime.UserCodeSyntaxError', error)
except Exception as error:
    failed('crashed', type(error).__name__, error)

try:
    payload = handler(start['payload'], Context())
    text = json.dumps(payload)
except SystemExit as error:
    failed('crashed', 'Runtime.ExitError', Exception('RequestId: ' + start['requestId'] + ' Error: Runtime exited with error: exit status ' + str(error.code)))
except Exception as error:
    failed('threw', type(error).__name__, error)
end({'end': 'returned', 'payload': json.loads(text)})
`;
