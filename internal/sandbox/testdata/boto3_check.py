"""Drives a sandbox with boto3 and fails on the first answer that AWS would not give.

Usage: boto3_check.py ENDPOINT
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
ACCOUNT = "012345678901"


def client(service, region="us-west-2", **kwargs):
    kwargs.setdefault("aws_access_key_id", "AKIAIOSFODNN7EXAMPLE")
    kwargs.setdefault("aws_secret_access_key", "secret")
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=ENDPOINT,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
        **kwargs,
    )


def refused(code, call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as e:
        got = e.response["Error"]["Code"]
        assert got == code, f"{call.__name__}: {got} ({e}), not {code}"
        return e.response["Error"]["Message"]
    raise AssertionError(f"{call.__name__} was not refused with {code}")


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def check_sts_and_iam():
    sts, iam = client("sts"), client("iam", region="us-east-1")
    me = sts.get_caller_identity()
    assert me["Account"] == ACCOUNT and me["Arn"].startswith(f"arn:aws:iam::{ACCOUNT}:user/"), me

    role = iam.create_role(RoleName="boto-task", Path="/app/", AssumeRolePolicyDocument=json.dumps(TRUST), Tags=[])["Role"]
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/app/boto-task", role
    assert isinstance(role["AssumeRolePolicyDocument"], dict), role
    refused("EntityAlreadyExists", iam.create_role, RoleName="boto-task", AssumeRolePolicyDocument=json.dumps(TRUST))
    refused("NoSuchEntity", iam.get_role, RoleName="absent")
    message = refused("ValidationError", iam.get_role, RoleName="not a role")
    assert "at 'roleName' failed to satisfy constraint: Member must satisfy regular expression" in message, message

    creds = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="nightly")["Credentials"]
    session = client(
        "sts",
        aws_access_key_id=creds["AccessKeyId"],
        aws_secret_access_key=creds["SecretAccessKey"],
        aws_session_token=creds["SessionToken"],
    )
    assumed = session.get_caller_identity()
    assert assumed["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/boto-task/nightly", assumed
    assert assumed["UserId"] == role["RoleId"] + ":nightly", assumed
    refused("AccessDenied", sts.assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/absent", RoleSessionName="nightly")


def check_secrets():
    sm = client("secretsmanager")
    made = sm.create_secret(Name="app/db", SecretString="one", Tags=[{"Key": "team", "Value": "data"}])
    assert made["ARN"].startswith(f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:app/db-"), made
    assert sm.get_secret_value(SecretId="app/db")["SecretString"] == "one"
    put = sm.put_secret_value(SecretId=made["ARN"][:-7], SecretBinary=b"\x00two")
    assert put["VersionStages"] == ["AWSCURRENT"], put
    assert sm.get_secret_value(SecretId="app/db")["SecretBinary"] == b"\x00two"
    described = sm.describe_secret(SecretId="app/db")
    assert described["VersionIdsToStages"][made["VersionId"]] == ["AWSPREVIOUS"], described
    assert described["CreatedDate"].year >= 2020, described
    listed = sm.list_secrets(Filters=[{"Key": "tag-key", "Values": ["te"]}])["SecretList"]
    assert [s["Name"] for s in listed] == ["app/db"], listed
    refused("ResourceExistsException", sm.create_secret, Name="app/db", SecretString="x")
    refused("ValidationException", sm.create_secret, Name="bad name", SecretString="x")
    refused("ResourceNotFoundException", sm.get_secret_value, SecretId="absent")
    refused("SerializationException", sm.get_secret_value, SecretId=7)
    sm.delete_secret(SecretId="app/db")
    refused("InvalidRequestException", sm.get_secret_value, SecretId="app/db")
    assert client("secretsmanager", region="eu-west-1").list_secrets(IncludePlannedDeletion=True)["SecretList"] == []


def check_ecs_and_tagging():
    ecs, tagging = client("ecs"), client("resourcegroupstaggingapi")
    made = ecs.register_task_definition(
        family="boto-report",
        containerDefinitions=[{"name": "main", "image": "busybox", "memory": 64}],
        tags=[{"key": "team", "value": "data"}],
    )
    arn = made["taskDefinition"]["taskDefinitionArn"]
    assert arn == f"arn:aws:ecs:us-west-2:{ACCOUNT}:task-definition/boto-report:1", made
    assert made["taskDefinition"]["containerDefinitions"][0]["cpu"] == 0, made
    assert "tags" not in ecs.describe_task_definition(taskDefinition="boto-report")
    pages = ecs.get_paginator("list_task_definitions").paginate(familyPrefix="boto-report")
    assert [a for p in pages for a in p["taskDefinitionArns"]] == [arn]
    found = tagging.get_resources(TagFilters=[{"Key": "team", "Values": ["data"]}])["ResourceTagMappingList"]
    assert arn in [r["ResourceARN"] for r in found], found


check_sts_and_iam()
check_secrets()
check_ecs_and_tagging()
print("ok")
