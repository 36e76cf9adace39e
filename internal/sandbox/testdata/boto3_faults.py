"""Sets a sandbox's faults and fails where boto3 does not see what it would see of AWS.

Usage: boto3_faults.py ENDPOINT
"""

import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

ENDPOINT = sys.argv[1]


def client(service, attempts=1, **config):
    return boto3.client(
        service,
        region_name="us-west-2",
        endpoint_url=ENDPOINT,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, **config),
    )


def control(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(ENDPOINT + path, data=data, method=method)) as answer:
        return json.loads(answer.read() or b"null")


def faults(*rules):
    control("PUT", "/_sandbox/faults", list(rules))


def refused(code, status, call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as e:
        got = e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"]
        assert got == (code, status), f"{call.__name__}: {got} ({e})"
        return e.response["Error"]["Message"]
    raise AssertionError(f"{call.__name__} was not refused with {code}")


def raises(kind, call, **kwargs):
    try:
        call(**kwargs)
    except kind:
        return
    raise AssertionError(f"{call.__name__} did not raise {kind}")


def register(ecs, **kwargs):
    return ecs.register_task_definition(
        family="web", containerDefinitions=[{"name": "main", "image": "busybox", "memory": 64}], **kwargs
    )


def revisions():
    faults()
    return len(client("ecs").list_task_definitions(familyPrefix="web")["taskDefinitionArns"])


def check_refusals():
    secrets, iam = client("secretsmanager"), client("iam")
    faults("kind=throttle")
    assert refused("ThrottlingException", 400, secrets.list_secrets) == "Rate exceeded"
    assert refused("Throttling", 400, iam.list_roles) == "Rate exceeded"
    faults({"kind": "error"})
    refused("InternalServiceError", 500, secrets.list_secrets)
    refused("ServiceFailure", 500, iam.list_roles)
    faults({"kind": "error", "status": 503})
    refused("ServiceUnavailable", 503, secrets.list_secrets)
    refused("ServiceUnavailable", 503, iam.list_roles)
    faults({"kind": "expired"})
    refused("ExpiredTokenException", 400, secrets.list_secrets)
    refused("ExpiredToken", 403, iam.list_roles)


def check_skew():
    secrets, iam = client("secretsmanager"), client("iam")
    faults("kind=skew offset=1h")
    message = refused("InvalidSignatureException", 400, secrets.list_secrets)
    assert message.startswith("Signature expired: ") and message.endswith(" - 5 min.)"), message
    message = refused("SignatureDoesNotMatch", 403, iam.list_roles)
    assert message.startswith("Signature expired: ") and message.endswith(" - 15 min.)"), message
    faults("kind=skew offset=-1h")
    message = refused("InvalidSignatureException", 400, secrets.list_secrets)
    assert message.startswith("Signature not yet current: "), message


def check_connections():
    ecs, before = client("ecs"), revisions()
    faults("kind=reset-before")
    raises(ConnectionClosedError, register, ecs=ecs)
    assert revisions() == before
    faults("kind=reset-after")
    raises(ConnectionClosedError, register, ecs=ecs)
    assert revisions() == before + 1
    faults("kind=truncate")
    raises(ConnectionClosedError, register, ecs=ecs)  # botocore words a body that breaks off like this too
    assert revisions() == before + 2
    faults("kind=slow-body delay=200ms")
    register(ecs)
    assert revisions() == before + 3
    faults("kind=latency delay=5s")
    raises(ReadTimeoutError, register, ecs=client("ecs", read_timeout=0.2))
    assert revisions() == before + 3


def check_retries():
    before = revisions()
    faults("kind=throttle nth=1; kind=reset-before nth=2; kind=error nth=3")
    register(client("ecs", attempts=4))
    struck = [rule["struck"] for rule in control("GET", "/_sandbox/faults")["rules"]]
    assert struck == [1, 1, 1], struck
    assert revisions() == before + 1


check_refusals()
check_skew()
check_connections()
check_retries()
print("ok")
