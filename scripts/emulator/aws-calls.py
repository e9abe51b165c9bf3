"""Plays AWS calls with boto3, which comes with the emulator: a JSON list of [service, operation, parameters] comes in, a list of answers goes out."""

import functools
import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

client = functools.cache(boto3.client)


def play(service, operation, parameters):
    if client(service).can_paginate(operation):
        return client(service).get_paginator(operation).paginate(**parameters).build_full_result()
    return getattr(client(service), operation)(**parameters)


def answer(call):
    try:
        return {"answer": play(*call)}
    except (BotoCoreError, ClientError) as error:
        return {"error": str(error)}


json.dump([answer(call) for call in json.load(sys.stdin)], sys.stdout, default=str)
