#!/bin/sh
# Registers this server with CodeDeploy as an on-premises instance, and takes it off again.
#
# https://docs.aws.amazon.com/codedeploy/latest/userguide/on-premises-instances-register.html
#
# The calls to AWS use whatever credentials the AWS CLI finds: those of an administrator, not those of the agent.
# What the agent uses is written into its configuration file; the secret is read from a file or from standard input, so that
# no list of processes shows it.
set -eu

usage() {
  cat <<'USAGE'
usage: register-on-premises.sh register   --name NAME --region REGION --session-arn ARN --credentials-file FILE [--tag KEY=VALUE]...
       register-on-premises.sh register   --name NAME --region REGION --user-arn ARN --access-key-id ID --secret-file FILE|- [--tag KEY=VALUE]...
       register-on-premises.sh deregister --name NAME --region REGION

  --session-arn ARN        session of an IAM role, arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION; recommended by AWS
  --credentials-file FILE  where something keeps fresh credentials of that session, absolute path
  --user-arn ARN           IAM user of this server alone, arn:aws:iam::ACCOUNT:user/NAME
  --access-key-id ID       access key of that user
  --secret-file FILE       file with its secret access key; - reads standard input
  --tag KEY=VALUE          tag by which deployment groups find this server, up to 10
  --config-dir DIR         folder of the agent's configuration, /etc/codedeploy-agent/conf unless given
USAGE
}

fail() {
  printf 'register-on-premises.sh: %s\n' "$1" >&2
  exit 2
}

# matches TEXT EXTENDED-REGULAR-EXPRESSION: the whole text, which must be one line
matches() {
  case $1 in *'
'*) return 1 ;; esac
  printf '%s\n' "$1" | grep -Eqx -e "$2"
}

# The file is written beside its place and moved there, so that the agent never reads half of it, and nobody else reads it at all.
write_config() {
  umask 077
  mkdir -p "$config_dir"
  new=$(mktemp "$config_dir/.codedeploy.onpremises.XXXXXX")
  trap 'rm -f "$new"' EXIT
  {
    printf '%s\n' '---'
    if [ -n "$session_arn" ]; then
      printf "iam_session_arn: '%s'\naws_credentials_file: '%s'\n" "$session_arn" "$credentials_file"
    else
      printf "iam_user_arn: '%s'\naws_access_key_id: '%s'\naws_secret_access_key: '%s'\n" "$user_arn" "$access_key_id" "$secret"
    fi
    printf "region: '%s'\n" "$region"
  } > "$new"
  chmod 0600 "$new"
  mv -f "$new" "$config_file"
  trap - EXIT
}

# A second run finds what the first has registered; a name that another identity has is left to it.
register() {
  if [ -n "$session_arn" ]; then
    set -- --iam-session-arn "$session_arn"
  else
    set -- --iam-user-arn "$user_arn"
  fi
  if ! answer=$(aws deploy register-on-premises-instance --instance-name "$name" "$@" --region "$region" 2>&1); then
    case $answer in
      *InstanceNameAlreadyRegisteredException*) ;;
      *) printf '%s\n' "$answer" >&2; exit 1 ;;
    esac
    identity=$(aws deploy get-on-premises-instance --instance-name "$name" --region "$region" --output text \
      --query 'instanceInfo.[iamSessionArn || iamUserArn]')
    [ "$identity" = "$session_arn$user_arn" ] || fail "'$name' is registered for $identity; take another name, or deregister it first"
  fi
  if [ -n "$tags" ]; then
    # One word for each tag: keys and values hold no line breaks, and nothing else is split at.
    old_ifs=$IFS
    IFS='
'
    set -f
    # shellcheck disable=SC2086
    aws deploy add-tags-to-on-premises-instances --instance-names "$name" --region "$region" --tags $tags
    set +f
    IFS=$old_ifs
  fi
  write_config
  restart_agent
  printf '%s is registered; the agent reads %s\n' "$name" "$config_file"
}

# Pages of AWS say both that deregistering takes the tags off and that it does not, so that they are taken off first.
# https://docs.aws.amazon.com/codedeploy/latest/userguide/on-premises-instances-operations-deregister-manually.html
deregister() {
  tags=$(aws deploy get-on-premises-instance --instance-name "$name" --region "$region" --output json --query 'instanceInfo.tags || `[]`')
  if [ "$tags" != '[]' ]; then
    aws deploy remove-tags-from-on-premises-instances --instance-names "$name" --region "$region" --tags "$tags"
  fi
  aws deploy deregister-on-premises-instance --instance-name "$name" --region "$region"
  rm -f "$config_file"
  if command -v systemctl > /dev/null && systemctl is-active --quiet codedeploy-agent; then
    systemctl stop codedeploy-agent
  fi
  printf '%s is deregistered; the IAM identity, the credentials file and the agent are still there\n' "$name"
}

restart_agent() {
  if command -v systemctl > /dev/null && systemctl is-active --quiet codedeploy-agent; then
    systemctl restart codedeploy-agent
  fi
}

add_tag() {
  case $1 in
    *=*) ;;
    *) fail "a tag must be KEY=VALUE, got '$1'" ;;
  esac
  key=${1%%=*}
  value=${1#*=}
  matches "$key" "[^,={}\"']{1,128}" || fail "the key of a tag must have 1 to 128 characters and none of , = { } and quotation marks, got '$key'"
  matches "$value" "[^,={}\"']{0,256}" || fail "the value of a tag must have up to 256 characters and none of , = { } and quotation marks, got '$value'"
  count=$((count + 1))
  [ "$count" -le 10 ] || fail 'an on-premises instance has up to 10 tags'
  tags="${tags}Key=$key,Value=$value
"
}

read_secret() {
  if [ "$1" = - ]; then
    IFS= read -r secret || [ -n "$secret" ] || fail 'standard input holds no secret access key'
  else
    [ -r "$1" ] || fail "cannot read '$1'"
    IFS= read -r secret < "$1" || [ -n "$secret" ] || fail "'$1' holds no secret access key"
  fi
  matches "$secret" '[A-Za-z0-9/+=]{16,128}' || fail 'the secret access key must have 16 to 128 letters, digits, / + =, and stand on the first line'
}

name='' region='' session_arn='' credentials_file='' user_arn='' access_key_id='' secret_file='' secret='' tags='' count=0
config_dir=/etc/codedeploy-agent/conf

case ${1-} in
  register | deregister) action=$1 ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
shift
while [ $# -gt 0 ]; do
  option=$1
  [ $# -ge 2 ] || fail "$option needs a value"
  case $option in
    --name) name=$2 ;;
    --region) region=$2 ;;
    --session-arn) session_arn=$2 ;;
    --credentials-file) credentials_file=$2 ;;
    --user-arn) user_arn=$2 ;;
    --access-key-id) access_key_id=$2 ;;
    --secret-file) secret_file=$2 ;;
    --tag) add_tag "$2" ;;
    --config-dir) config_dir=$2 ;;
    *) fail "there is no option $option" ;;
  esac
  shift 2
done

matches "$name" '[A-Za-z0-9._@+=:/-]{1,100}' || fail "--name must have 1 to 100 letters, digits and . _ @ + = : / -, got '$name'"
matches "$region" '[a-z]{2}(-[a-z]+)+-[0-9]+' || fail "--region must be a region such as eu-central-1, got '$region'"
config_file=$config_dir/codedeploy.onpremises.yml
command -v aws > /dev/null || fail 'the AWS CLI is not installed'

if [ "$action" = deregister ]; then
  [ -z "$session_arn$credentials_file$user_arn$access_key_id$secret_file$tags" ] || fail 'deregister takes --name, --region and --config-dir only'
  deregister
  exit 0
fi

if [ -n "$session_arn" ]; then
  [ -z "$user_arn$access_key_id$secret_file" ] || fail 'give --session-arn with --credentials-file, or --user-arn with its key, and not both'
  matches "$session_arn" 'arn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/[A-Za-z0-9_+=,.@/-]+/[A-Za-z0-9_+=,.@-]+' || fail "--session-arn must be arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, got '$session_arn'"
  matches "$credentials_file" "/[^']+" || fail "--credentials-file must be an absolute path, got '$credentials_file'"
  [ -r "$credentials_file" ] || fail "--credentials-file '$credentials_file' cannot be read; whatever renews the credentials must run first"
elif [ -n "$user_arn" ]; then
  [ -z "$credentials_file" ] || fail '--credentials-file goes with --session-arn'
  matches "$user_arn" 'arn:aws[a-z-]*:iam::[0-9]{12}:user/[A-Za-z0-9_+=,.@/-]+' || fail "--user-arn must be arn:aws:iam::ACCOUNT:user/NAME, got '$user_arn'"
  matches "$access_key_id" '[A-Z0-9]{16,128}' || fail "--access-key-id must have 16 to 128 capital letters and digits, got '$access_key_id'"
  [ -n "$secret_file" ] || fail '--user-arn needs --secret-file'
  read_secret "$secret_file"
else
  fail 'give --session-arn or --user-arn'
fi
register
