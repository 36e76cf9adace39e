"""Drives a sandbox that enforces IAM with boto3, as three callers.

Usage: boto3_enforced.py ENDPOINT ADMIN_KEY ADMIN_SECRET
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, ADMIN_KEY, ADMIN_SECRET = sys.argv[1:]
ACCOUNT = "012345678901"
SECRETS = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:"


def client(service, key=ADMIN_KEY, secret=ADMIN_SECRET, token=None):
    return boto3.client(
        service,
        region_name="us-west-2",
        endpoint_url=ENDPOINT,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def refused(code, status, words, call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as e:
        got, http = e.response["Error"], e.response["ResponseMetadata"]["HTTPStatusCode"]
        assert (got["Code"], http) == (code, status) and words in got["Message"], (got, http)
        return
    raise AssertionError(f"{call.__name__} was not refused with {code}")


def allow(action, resource, **condition):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def user(name, *statements):
    iam = client("iam")
    iam.create_user(UserName=name, Tags=[{"Key": "Team", "Value": "data"}])
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


client("secretsmanager").create_secret(Name="app/db", SecretString="v")
client("secretsmanager").create_secret(Name="app/api", SecretString="v")
assert client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"

refused("UnrecognizedClientException", 400, "token", client("secretsmanager", "AKIANOBODY", "x").list_secrets)
refused("InvalidClientTokenId", 403, "token", client("iam", "AKIANOBODY", "x").list_users)
refused("InvalidSignatureException", 400, "signature", client("ecs", secret="x").list_clusters)
refused("SignatureDoesNotMatch", 403, "signature", client("sts", secret="x").get_caller_identity)

ann = user("ann", allow("secretsmanager:GetSecretValue", SECRETS + "app/db-??????"), allow("secretsmanager:BatchGetSecretValue", "*"))
secrets = client("secretsmanager", *ann)
assert secrets.get_secret_value(SecretId="app/db")["SecretString"] == "v"
refused("AccessDeniedException", 400, "on resource: app/api because no identity-based policy", secrets.get_secret_value, SecretId="app/api")
batch = secrets.batch_get_secret_value(SecretIdList=["app/db", "app/api"])
assert [v["Name"] for v in batch["SecretValues"]] == ["app/db"], batch
assert batch["Errors"][0]["ErrorCode"] == "AccessDeniedException", batch
refused("AccessDeniedException", 400, "secretsmanager:ListSecrets", secrets.batch_get_secret_value, Filters=[{"Key": "name", "Values": ["app"]}])
refused("AccessDenied", 403, f"iam:ListUsers on resource: arn:aws:iam::{ACCOUNT}:user/ because", client("iam", *ann).list_users)
assert client("sts", *ann).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ann"

trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
         "Condition": {"StringEquals": {"sts:ExternalId": "ext", "aws:PrincipalTag/Team": "data"}}}
role = client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
client("iam").put_role_policy(RoleName="deploy", PolicyName="p", PolicyDocument=document(
    allow("secretsmanager:GetSecretValue", "*", StringEquals={"aws:PrincipalTag/Stage": "test"})))
assume = client("sts", *user("bob", allow(["sts:AssumeRole", "sts:TagSession"], role))).assume_role
refused("AccessDenied", 403, "sts:AssumeRole on resource: " + role, assume, RoleArn=role, RoleSessionName="run")
refused("AccessDenied", 403, "sts:AssumeRole", client("sts", *ann).assume_role, RoleArn=role, RoleSessionName="run", ExternalId="ext")
tags = [{"Key": "Stage", "Value": "test"}]
narrow = document(allow("secretsmanager:*", SECRETS + "app/db-*"))
for extra, api in [({}, True), ({"Policy": narrow}, False)]:
    made = assume(RoleArn=role, RoleSessionName="run", ExternalId="ext", Tags=tags, **extra)["Credentials"]
    session = client("secretsmanager", made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    assert session.get_secret_value(SecretId="app/db")["SecretString"] == "v"
    if api:
        assert session.get_secret_value(SecretId="app/api")["SecretString"] == "v"
    else:
        refused("AccessDeniedException", 400, "because no session policy", session.get_secret_value, SecretId="app/api")

paginated = [u["UserName"] for page in client("iam").get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1}) for u in page["Users"]]
assert paginated == ["ann", "bob"], paginated
