"""Makes AWS calls with boto3 for whoever writes them to stdin, a JSON object a line.

{"endpoint", "key", "secret", "region", "service", "operation", "arguments"} is
answered by {"result"}, by {"code", "message"} where AWS refuses, or by {"failure"} where
the call cannot be made or its answer not be read; one line each, in order. The
operation is AWS's name or boto3's. Arguments and results are boto3's, but for
bytes, which are base64 both ways, and times, which are ISO 8601. What AWS is to
refuse is sent to it: boto3 does not validate it before.
"""

import base64
import functools
import json
import sys

import boto3
from botocore import xform_name
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
        config=Config(retries={"total_max_attempts": 1}, read_timeout=120, parameter_validation=False),
    )


def readied(value, shape):
    """The value with its bytes decoded; a member that the shape lacks is an error."""
    match shape.type_name:
        case "blob":
            return base64.b64decode(value, validate=True)
        case "structure" if isinstance(value, dict):
            return {name: readied(member, shape.members[name]) for name, member in value.items()}
        case "list" if isinstance(value, list):
            return [readied(element, shape.member) for element in value]
        case "map" if isinstance(value, dict):
            return {name: readied(member, shape.value) for name, member in value.items()}
    return value


def plain(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.isoformat()


def answer(ask):
    api = client(ask["endpoint"], ask["key"], ask["secret"], ask["region"], ask["service"])
    method = xform_name(ask["operation"])
    shape = api.meta.service_model.operation_model(api.meta.method_to_api_mapping[method]).input_shape
    result = getattr(api, method)(**(readied(ask["arguments"], shape) if shape else {}))
    result.pop("ResponseMetadata", None)
    return {"result": result}


def verdict(ask):
    try:
        return answer(ask)
    except ClientError as refused:
        return {"code": refused.response["Error"]["Code"], "message": refused.response["Error"]["Message"]}
    except Exception as error:  # an answer that boto3 cannot read is a finding too
        return {"failure": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(verdict(json.loads(line)), default=plain), flush=True)
