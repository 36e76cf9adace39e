"""Makes AWS calls with boto3 for whoever writes them to stdin, a JSON object a line.

{"endpoint", "key", "secret", "region", "service", "operation", "arguments"} is answered
by {"result"} or by {"code", "message"}, one line each, in order. Arguments and
results are boto3's; bytes become text, dates ISO 8601.
"""

import functools
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


@functools.cache
def client(endpoint, key, secret, region, service):
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
    )


def plain(value):
    return value.decode() if isinstance(value, bytes) else value.isoformat()


def answer(ask):
    api = client(ask["endpoint"], ask["key"], ask["secret"], ask["region"], ask["service"])
    try:
        result = getattr(api, ask["operation"])(**ask["arguments"])
    except ClientError as refused:
        return {"code": refused.response["Error"]["Code"], "message": refused.response["Error"]["Message"]}
    result.pop("ResponseMetadata", None)
    return {"result": result}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=plain), flush=True)
