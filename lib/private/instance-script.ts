/**
 * The script by which an instance asks its gate: POSIX sh, with the AWS CLI and curl.
 *
 * Whatever is not the answer that lets the instance into service is a failure. The answer is bounded and has no escapes by contract, so that sed reads it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#reference-appspec-file-structure-environment-variable-availability
 */
import { SCRIPT_MARGIN_SECONDS } from './server-gate-time';

export interface InstanceScript {
  /** Of the gate's function, a literal. */
  readonly functionName: string;
  /** A literal; absent: the instance tells. */
  readonly region?: string;
  /** Of the function. */
  readonly timeoutSeconds: number;
  /** Where the agent of an on-premises instance is told who it is. */
  readonly onPremisesConfig?: string;
}

/** Where the script lies in the bundle. */
export const SCRIPT_PATH = 'greenlight/validate-service.sh';

/** What the AppSpec gives the script, in seconds. */
export const scriptSeconds = ({ timeoutSeconds }: InstanceScript): number => timeoutSeconds + SCRIPT_MARGIN_SECONDS;

/** Left over, so that the script itself says that its time was over, and not the agent. */
const LAST_WORDS_SECONDS = 15;

/** Of one call, beyond the time-out of the function: it answers by then, or the connection is lost. */
const ANSWER_SECONDS = 20;

const ON_PREMISES_CONFIG = '/etc/codedeploy-agent/conf/codedeploy.onpremises.yml';

export function instanceScript(script: InstanceScript): string {
  const { functionName, region = '', timeoutSeconds, onPremisesConfig = ON_PREMISES_CONFIG } = script;
  return `#!/bin/sh
# Written by cdk-greenlight: asks the gate of the rollout whether this instance may go into service.
# Exit status 0: it may. 1: it may not, or nobody could tell. The last line says why.
set -u
umask 077

function_name=${quote(functionName)}
region=${quote(region)}
read_timeout=${timeoutSeconds + ANSWER_SECONDS}
time_limit=${scriptSeconds(script) - LAST_WORDS_SECONDS}
on_premises=${quote(onPremisesConfig)}
metadata=http://169.254.169.254/latest

${BODY}`;
}

/** For sh. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const BODY = String.raw`fail() {
  printf 'greenlight: %s\n' "$1" >&2
  exit 1
}

# clean LENGTH: one line of printable ASCII
clean() {
  tr '\n' ' ' | LC_ALL=C tr -cd '\040-\176' | cut -c "1-$1"
}

# setting KEY: of the agent's file on an on-premises instance
setting() {
  sed -n "s/^[: ]*$1:[[:space:]]*[\"']\{0,1\}\([^\"'[:space:]]*\)[\"']\{0,1\}[[:space:]]*\$/\1/p" "$on_premises" | head -n 1
}

# Proxies do not know the metadata of this instance. The token is handed over on standard input, so that no list of processes shows it.
from_metadata() {
  printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$token" |
    curl --config - --silent --fail --noproxy '*' --connect-timeout 5 --max-time 10 --retry 3 "$metadata/meta-data/$1"
}

on_premises_instance() {
  [ -r "$on_premises" ] || fail "$on_premises cannot be read; let the script run as the agent does"
  arn=$(setting iam_session_arn)
  [ -n "$arn" ] || arn=$(setting iam_user_arn)
  # Session or user have the name of the instance.
  instance=$(printf '%s' "$arn" | sed 's|.*/||')
  [ -n "$region" ] || region=$(setting region)
  credentials=$(setting aws_credentials_file)
  if [ -n "$credentials" ]; then
    export AWS_SHARED_CREDENTIALS_FILE="$credentials"
  else
    AWS_ACCESS_KEY_ID=$(setting aws_access_key_id)
    AWS_SECRET_ACCESS_KEY=$(setting aws_secret_access_key)
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    unset AWS_SESSION_TOKEN
  fi
}

ec2_instance() {
  token=$(curl --silent --fail --noproxy '*' --connect-timeout 5 --max-time 10 --retry 3 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token") ||
    fail 'the instance metadata service gives no token; let the metadata options of the instance allow it'
  case $token in
    '' | *[!A-Za-z0-9+/=_-]*) fail 'the instance metadata service gives a token that is none' ;;
  esac
  instance=$(from_metadata instance-id) || fail 'the instance metadata service does not tell the id of this instance'
  if [ -z "$region" ]; then
    region=$(from_metadata placement/region) || fail 'the instance metadata service does not tell the region of this instance'
  fi
}

for program in aws curl cut head mktemp sed tr wc; do
  command -v "$program" > /dev/null 2>&1 ||
    fail "the program $program is not there, by which this instance asks its gate; install it (aws is the AWS CLI), or take the gate 'fleet', which needs nothing on the instance"
done

deployment=${'$'}{DEPLOYMENT_ID-}
case $deployment in
  '' | *[!A-Za-z0-9-]*) fail "DEPLOYMENT_ID must be the id of a deployment, got '$(printf '%s' "$deployment" | clean 100)'; only the CodeDeploy agent runs this script" ;;
esac
if [ -e "$on_premises" ]; then
  on_premises_instance
else
  ec2_instance
fi
case $instance in
  '' | *[!A-Za-z0-9_@+=:,./-]*) fail "this instance has no name that a gate could know, got '$(printf '%s' "$instance" | clean 100)'" ;;
esac
case $region in
  '' | *[!a-z0-9-]*) fail "this instance has no region, got '$(printf '%s' "$region" | clean 100)'" ;;
esac

work=$(mktemp -d) || fail 'mktemp makes no folder for the question and its answer'
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
printf '{"deploymentId":"%s","instanceId":"%s"}' "$deployment" "$instance" > "$work/question" || fail "the question cannot be written to $work"

# Throttled calls are tried again; a pager would wait for somebody.
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=6 AWS_PAGER=
# fileb: is read as it is by version 1 and by version 2.
set -- aws lambda invoke --function-name "$function_name" --invocation-type RequestResponse --payload "fileb://$work/question" \
  --region "$region" --cli-connect-timeout 10 --cli-read-timeout "$read_timeout" --query FunctionError --output text "$work/answer"
if command -v timeout > /dev/null 2>&1; then
  set -- timeout -k 5 "$time_limit" "$@"
fi
"$@" > "$work/error" 2> "$work/log"
status=$?
if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
  fail "gate $function_name has not answered within $time_limit seconds"
fi
[ "$status" -eq 0 ] || fail "gate $function_name could not be asked: $(clean 1000 < "$work/log")"
error=$(clean 100 < "$work/error" | sed 's/ *$//')
[ "$error" = None ] || fail "gate $function_name has failed ($error): $(head -c 4096 "$work/answer" | clean 1000)"

# Longer answers, and bytes that no answer has, are none.
answer=$(head -c 4096 "$work/answer" | clean 4096)
[ "$(printf '%s' "$answer" | wc -c)" -eq "$(wc -c < "$work/answer")" ] || answer="something else: $answer"
verdict=$(printf '%s\n' "$answer" | sed -n 's/^{"verdict":"\([a-z]*\)","reason":"[^"\\]*"}$/\1/p')
reason=$(printf '%s\n' "$answer" | sed -n 's/^{"verdict":"[a-z]*","reason":"\([^"\\]*\)"}$/\1/p')
case $verdict in
  pass) printf 'greenlight: pass: %s\n' "$reason" ;;
  fail) fail "fail: $reason" ;;
  *) fail "gate $function_name gave an answer that is none: $(printf '%s' "$answer" | clean 1000)" ;;
esac
`;
