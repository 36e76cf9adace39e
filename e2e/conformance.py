"""What AWS does, checked with boto3 and the AWS CLI against one endpoint.

Usage: conformance.py ENDPOINT ACCOUNT AWS_CLI

It prints a JSON object: for every check its failure, or null where the
endpoint does as AWS does. Every check makes what it needs under names of its
own. Sources are AWS's API references and user guides.
"""

import json
import os
import subprocess
import sys
import traceback
import urllib.parse
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, ACCOUNT, AWS_CLI = sys.argv[1:]
REGION = "us-west-2"
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def client(service, region=REGION):
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=ENDPOINT,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="anything",
        config=Config(retries={"total_max_attempts": 1}),
    )


STS, IAM, SM, ECS = client("sts"), client("iam", "us-east-1"), client("secretsmanager"), client("ecs")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}


def same(got, want, what="answer"):
    assert got == want, f"{what} is {got!r}, not {want!r}"


def refused(codes, call, **kwargs):
    codes = (codes,) if isinstance(codes, str) else codes
    try:
        out = call(**kwargs)
    except ClientError as error:
        assert error.response["Error"]["Code"] in codes, f"refused with {error}, not {codes}"
        return error.response["Error"]["Message"]
    out.pop("ResponseMetadata", None)
    raise AssertionError(f"accepted, not refused with {codes}")


def fresh(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def role(**kwargs):
    name = fresh("role")
    IAM.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **kwargs)
    return name


def secret(value="one", **kwargs):
    name = fresh("app/secret") + "/x"
    return name, SM.create_secret(Name=name, SecretString=value, **kwargs)


def current(name):
    return SM.get_secret_value(SecretId=name)["SecretString"]


def stages(name):
    return SM.describe_secret(SecretId=name)["VersionIdsToStages"]


def register(family=None, container=None, **kwargs):
    main = {"name": "main", "image": "busybox", "memory": 64, **(container or {})}
    return ECS.register_task_definition(family=family or fresh("family"), containerDefinitions=[main], **kwargs)["taskDefinition"]


def described(family, **kwargs):
    return ECS.describe_task_definition(taskDefinition=family, **kwargs)


def cli(*args):
    env = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    done = subprocess.run([sys.executable, AWS_CLI, "--output", "json", *args], env=env, capture_output=True, text=True, timeout=120)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr.strip()


# Security Token Service


@check
def sts_knows_the_caller():
    me = STS.get_caller_identity()
    same(me["Account"], ACCOUNT)
    assert me["Arn"].startswith((f"arn:aws:iam::{ACCOUNT}:", f"arn:aws:sts::{ACCOUNT}:")), me["Arn"]


@check
def sts_assumes_a_role():
    name = fresh("role")
    trust = json.loads(json.dumps(TRUST))
    trust["Statement"][0]["Principal"] = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    made = IAM.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    out = STS.assume_role(RoleArn=made["Arn"], RoleSessionName="nightly")
    same(out["AssumedRoleUser"]["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/nightly")
    assert out["Credentials"]["AccessKeyId"].startswith("ASIA"), out["Credentials"]["AccessKeyId"]


@check
def sts_refuses_an_absent_role():
    refused("AccessDenied", STS.assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{fresh('absent')}", RoleSessionName="nightly")


# Identity and Access Management


@check
def iam_create_role_answers_with_the_role():
    name = fresh("role")
    made = IAM.create_role(RoleName=name, Path="/app/", AssumeRolePolicyDocument=json.dumps(TRUST), Description="d")["Role"]
    same(made["Arn"], f"arn:aws:iam::{ACCOUNT}:role/app/{name}")
    same(made["AssumeRolePolicyDocument"], TRUST)
    assert made["RoleId"].startswith("AROA"), made["RoleId"]


@check
def iam_role_session_is_an_hour_unless_set():
    same(IAM.get_role(RoleName=role())["Role"]["MaxSessionDuration"], 3600)


@check
def iam_update_role_without_a_duration_resets_it():
    name = role(MaxSessionDuration=7200)
    IAM.update_role(RoleName=name, Description="d")
    same(IAM.get_role(RoleName=name)["Role"]["MaxSessionDuration"], 3600)


@check
def iam_refuses_a_second_role_of_a_name():
    refused("EntityAlreadyExists", IAM.create_role, RoleName=role(), AssumeRolePolicyDocument=json.dumps(TRUST))


@check
def iam_role_names_ignore_case():
    refused("EntityAlreadyExists", IAM.create_role, RoleName=role().upper(), AssumeRolePolicyDocument=json.dumps(TRUST))


@check
def iam_absent_role_is_no_such_entity():
    refused("NoSuchEntity", IAM.get_role, RoleName=fresh("absent"))
    refused("NoSuchEntity", IAM.delete_role, RoleName=fresh("absent"))
    refused("NoSuchEntity", IAM.get_role_policy, RoleName=role(), PolicyName="absent")


@check
def iam_documents_are_percent_encoded():
    name = role()
    raw = []
    IAM.meta.events.register("before-parse.iam.GetRole", lambda response_dict, **_: raw.append(response_dict["body"]))
    IAM.get_role(RoleName=name)
    assert raw, "no answer was seen"
    assert urllib.parse.quote('{"', safe="").encode() in raw[-1], raw[-1][:400]


@check
def iam_documents_are_decoded_once():
    name, document = role(), json.loads(json.dumps(POLICY))
    document["Statement"][0]["Resource"] = "arn:aws:s3:::b/a%3Ab+c"
    IAM.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    same(IAM.get_role_policy(RoleName=name, PolicyName="p")["PolicyDocument"], document)


@check
def iam_update_assume_role_policy_replaces_the_trust():
    name, trust = role(), json.loads(json.dumps(TRUST))
    trust["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}
    IAM.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    same(IAM.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"], trust)


@check
def iam_refuses_a_trust_that_is_no_policy():
    for document in ("{", "{}", json.dumps({"Version": "2012-10-17", "Statement": []})):
        refused("MalformedPolicyDocument", IAM.create_role, RoleName=fresh("role"), AssumeRolePolicyDocument=document)


@check
def iam_refuses_a_trust_with_a_resource():
    trust = json.loads(json.dumps(TRUST))
    trust["Statement"][0]["Resource"] = "*"
    refused("MalformedPolicyDocument", IAM.create_role, RoleName=fresh("role"), AssumeRolePolicyDocument=json.dumps(trust))


@check
def iam_refuses_an_inline_policy_without_a_resource():
    document = json.loads(json.dumps(POLICY))
    del document["Statement"][0]["Resource"]
    refused("MalformedPolicyDocument", IAM.put_role_policy, RoleName=role(), PolicyName="p", PolicyDocument=json.dumps(document))


@check
def iam_limits_inline_policies_to_10240_characters():
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{'b' * 50}{i:05}" for i in range(200)]}]}
    refused("LimitExceeded", IAM.put_role_policy, RoleName=role(), PolicyName="p", PolicyDocument=json.dumps(document))


@check
def iam_role_with_policies_cannot_be_deleted():
    name = role()
    IAM.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(POLICY))
    refused("DeleteConflict", IAM.delete_role, RoleName=name)
    IAM.delete_role_policy(RoleName=name, PolicyName="p")
    IAM.delete_role(RoleName=name)
    refused("NoSuchEntity", IAM.get_role, RoleName=name)


@check
def iam_role_tags_are_replaced_by_key():
    name = role(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}])
    IAM.tag_role(RoleName=name, Tags=[{"Key": "a", "Value": "2"}])
    IAM.untag_role(RoleName=name, TagKeys=["b"])
    same(IAM.list_role_tags(RoleName=name)["Tags"], [{"Key": "a", "Value": "2"}])


@check
def iam_attaches_a_policy_of_awss():
    name, arn = role(), "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    IAM.attach_role_policy(RoleName=name, PolicyArn=arn)
    same([p["PolicyArn"] for p in IAM.list_attached_role_policies(RoleName=name)["AttachedPolicies"]], [arn])


@check
def iam_refuses_to_attach_an_absent_policy():
    refused("NoSuchEntity", IAM.attach_role_policy, RoleName=role(), PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{fresh('absent')}")


@check
def iam_list_roles_leaves_out_tags():
    name = role(Tags=[{"Key": "a", "Value": "1"}], Description="d")
    pages = IAM.get_paginator("list_roles").paginate()
    [listed] = [r for page in pages for r in page["Roles"] if r["RoleName"] == name]
    same(listed.get("Tags", []), [])
    same(listed.get("Description"), "d")


@check
def iam_list_roles_pages():
    names = {role(Path="/paged/") for _ in range(3)}
    first = IAM.list_roles(PathPrefix="/paged/", MaxItems=2)
    assert first["IsTruncated"] and len(first["Roles"]) == 2, first
    second = IAM.list_roles(PathPrefix="/paged/", MaxItems=2, Marker=first["Marker"])
    same({r["RoleName"] for r in first["Roles"] + second["Roles"]}, names)


@check
def iam_account_details_have_policies_and_tags():
    name = role(Tags=[{"Key": "a", "Value": "1"}])
    IAM.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(POLICY))
    pages = IAM.get_paginator("get_account_authorization_details").paginate(Filter=["Role"])
    [found] = [r for page in pages for r in page["RoleDetailList"] if r["RoleName"] == name]
    same(found["RolePolicyList"], [{"PolicyName": "p", "PolicyDocument": POLICY}])
    same(found["Tags"], [{"Key": "a", "Value": "1"}])
    same(found["AssumeRolePolicyDocument"], TRUST)


@check
def iam_account_details_page():
    for _ in range(3):
        role()
    first = IAM.get_account_authorization_details(Filter=["Role"], MaxItems=2)
    assert first["IsTruncated"] and len(first["RoleDetailList"]) == 2, (first["IsTruncated"], len(first["RoleDetailList"]))


@check
def iam_refuses_a_boundary_that_is_absent():
    refused("NoSuchEntity", IAM.put_role_permissions_boundary, RoleName=role(), PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/{fresh('absent')}")


# Secrets Manager


@check
def sm_create_names_the_version_after_the_token():
    token = uuid.uuid4().hex * 2
    name, made = secret(ClientRequestToken=token)
    same(made["VersionId"], token)
    same(stages(name), {token: ["AWSCURRENT"]})


@check
def sm_arn_ends_in_six_characters():
    name, made = secret()
    head, tail = made["ARN"].rsplit("-", 1)
    same(head, f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}")
    same(len(tail), 6)


@check
def sm_partial_arn_resolves():
    name, made = secret()
    same(SM.get_secret_value(SecretId=made["ARN"][:-7])["SecretString"], "one")


@check
def sm_refuses_a_second_secret_of_a_name():
    refused("ResourceExistsException", SM.create_secret, Name=secret()[0], SecretString="x")


@check
def sm_create_repeated_with_token_and_value_does_nothing():
    token = uuid.uuid4().hex
    name, made = secret(ClientRequestToken=token)
    same(SM.create_secret(Name=name, SecretString="one", ClientRequestToken=token)["ARN"], made["ARN"])


@check
def sm_put_moves_current_and_previous():
    name, first = secret()
    second = SM.put_secret_value(SecretId=name, SecretString="two")
    same(second["VersionStages"], ["AWSCURRENT"])
    same(stages(name), {first["VersionId"]: ["AWSPREVIOUS"], second["VersionId"]: ["AWSCURRENT"]})
    same(SM.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"], "one")


@check
def sm_put_repeated_with_token_and_value_does_nothing():
    name, token = secret()[0], uuid.uuid4().hex
    for _ in range(2):
        same(SM.put_secret_value(SecretId=name, SecretString="two", ClientRequestToken=token)["VersionId"], token)
    same(current(name), "two")


@check
def sm_put_refuses_a_known_token_with_another_value():
    name, token = secret()[0], uuid.uuid4().hex
    SM.put_secret_value(SecretId=name, SecretString="two", ClientRequestToken=token)
    refused("ResourceExistsException", SM.put_secret_value, SecretId=name, SecretString="three", ClientRequestToken=token)
    same(current(name), "two")


@check
def sm_put_of_an_old_token_does_not_move_current():
    token = uuid.uuid4().hex
    name, _ = secret(ClientRequestToken=token)
    SM.put_secret_value(SecretId=name, SecretString="two")
    SM.put_secret_value(SecretId=name, SecretString="one", ClientRequestToken=token)
    same(current(name), "two")


@check
def sm_put_under_a_private_label_leaves_current():
    name, first = secret()
    second = SM.put_secret_value(SecretId=name, SecretString="two", VersionStages=["staging"])
    same(stages(name), {first["VersionId"]: ["AWSCURRENT"], second["VersionId"]: ["staging"]})
    same(current(name), "one")


@check
def sm_moving_current_changes_what_is_read():
    name, first = secret()
    second = SM.put_secret_value(SecretId=name, SecretString="two", VersionStages=["staging"])
    SM.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=second["VersionId"], RemoveFromVersionId=first["VersionId"])
    same(current(name), "two")
    same(stages(name)[first["VersionId"]], ["AWSPREVIOUS"])


@check
def sm_moving_current_back_changes_what_is_read():
    name, first = secret()
    second = SM.put_secret_value(SecretId=name, SecretString="two")
    SM.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=first["VersionId"], RemoveFromVersionId=second["VersionId"])
    same(current(name), "one")


@check
def sm_current_moves_only_from_where_it_is():
    name, _ = secret()
    second = SM.put_secret_value(SecretId=name, SecretString="two", VersionStages=["staging"])["VersionId"]
    third = SM.put_secret_value(SecretId=name, SecretString="three", VersionStages=["other"])["VersionId"]
    refused("InvalidParameterException", SM.update_secret_version_stage, SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=second, RemoveFromVersionId=third)
    same(current(name), "one")


@check
def sm_versions_without_a_label_are_not_described():
    name, first = secret()
    for value in ("two", "three"):
        SM.put_secret_value(SecretId=name, SecretString=value)
    assert first["VersionId"] not in stages(name), stages(name)


@check
def sm_update_of_the_description_makes_no_version():
    name, made = secret()
    SM.update_secret(SecretId=name, Description="d")
    out = SM.describe_secret(SecretId=name)
    same((out["Description"], list(out["VersionIdsToStages"])), ("d", [made["VersionId"]]))


@check
def sm_binary_values_come_back_as_bytes():
    name = fresh("binary")
    SM.create_secret(Name=name, SecretBinary=b"\x00\xff")
    same(SM.get_secret_value(SecretId=name)["SecretBinary"], b"\x00\xff")


@check
def sm_pending_deletion_is_not_read():
    name, _ = secret()
    SM.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    refused("InvalidRequestException", SM.get_secret_value, SecretId=name)


@check
def sm_pending_deletion_is_not_put():
    name, _ = secret()
    SM.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    refused("InvalidRequestException", SM.put_secret_value, SecretId=name, SecretString="two")


@check
def sm_pending_deletion_is_not_tagged():
    name, _ = secret()
    SM.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    refused("InvalidRequestException", SM.tag_resource, SecretId=name, Tags=[{"Key": "a", "Value": "1"}])


@check
def sm_name_pending_deletion_is_taken():
    name, _ = secret()
    SM.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    refused("InvalidRequestException", SM.create_secret, Name=name, SecretString="x")


@check
def sm_restored_secret_is_as_it_was():
    name, _ = secret()
    SM.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    assert "DeletedDate" in SM.describe_secret(SecretId=name)
    SM.restore_secret(SecretId=name)
    same(current(name), "one")
    assert "DeletedDate" not in SM.describe_secret(SecretId=name)


@check
def sm_list_shows_pending_deletion_only_on_request():
    name, _ = secret()
    SM.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    name_is = [{"Key": "name", "Values": [name]}]
    same(SM.list_secrets(Filters=name_is)["SecretList"], [])
    same([s["Name"] for s in SM.list_secrets(Filters=name_is, IncludePlannedDeletion=True)["SecretList"]], [name])


@check
def sm_deletion_window_is_seven_to_thirty_days():
    refused(("InvalidParameterException", "ValidationException"), SM.delete_secret, SecretId=secret()[0], RecoveryWindowInDays=6)


@check
def sm_forced_deletion_frees_the_name():
    name, _ = secret()
    SM.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    refused("ResourceNotFoundException", SM.get_secret_value, SecretId=name)
    SM.create_secret(Name=name, SecretString="again")


@check
def sm_list_has_versions_and_stages():
    name, made = secret()
    [found] = SM.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
    same(found["SecretVersionsToStages"], {made["VersionId"]: ["AWSCURRENT"]})


@check
def sm_list_filters_by_prefix_and_negation():
    key = fresh("key")
    name, _ = secret(Tags=[{"Key": key + "-long", "Value": "1"}])
    same([s["Name"] for s in SM.list_secrets(Filters=[{"Key": "tag-key", "Values": [key]}])["SecretList"]], [name])
    assert name not in [s["Name"] for s in SM.list_secrets(Filters=[{"Key": "tag-key", "Values": ["!" + key]}], MaxResults=100)["SecretList"]]


@check
def sm_list_pages():
    prefix = fresh("paged")
    for i in range(3):
        SM.create_secret(Name=f"{prefix}/{i}", SecretString="x")
    pages = SM.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [prefix]}], PaginationConfig={"PageSize": 2})
    same([len(page["SecretList"]) for page in pages], [2, 1])


@check
def sm_batch_reads_and_reports_what_it_cannot():
    name, _ = secret()
    absent = fresh("absent")
    out = SM.batch_get_secret_value(SecretIdList=[name, absent])
    same([s["SecretString"] for s in out["SecretValues"]], ["one"])
    same([(e["SecretId"], e["ErrorCode"]) for e in out["Errors"]], [(absent, "ResourceNotFoundException")])


@check
def sm_limits_values_to_64_kib():
    name = fresh("large")
    SM.create_secret(Name=name, SecretString="x" * 65536)
    refused(("ValidationException", "InvalidParameterException", "InvalidRequestException"), SM.put_secret_value, SecretId=name, SecretString="x" * 65537)


@check
def sm_refuses_names_with_spaces():
    refused("ValidationException", SM.create_secret, Name="a name " + fresh("x"), SecretString="x")


@check
def sm_absent_secret_is_not_found():
    refused("ResourceNotFoundException", SM.get_secret_value, SecretId=fresh("absent"))
    refused("ResourceNotFoundException", SM.put_secret_value, SecretId=fresh("absent"), SecretString="x")


@check
def sm_is_regional():
    name, _ = secret()
    refused("ResourceNotFoundException", client("secretsmanager", "eu-west-1").get_secret_value, SecretId=name)


# Elastic Container Service


@check
def ecs_revisions_count_up():
    family = fresh("family")
    same([register(family)["revision"] for _ in range(2)], [1, 2])
    same(described(family)["taskDefinition"]["taskDefinitionArn"], f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}:2")


@check
def ecs_bare_family_is_the_latest_active_revision():
    family = fresh("family")
    register(family)
    second = register(family)
    ECS.deregister_task_definition(taskDefinition=second["taskDefinitionArn"])
    same(described(family)["taskDefinition"]["revision"], 1)


@check
def ecs_family_without_active_revisions_is_not_described():
    made = register()
    ECS.deregister_task_definition(taskDefinition=made["taskDefinitionArn"])
    refused("ClientException", ECS.describe_task_definition, taskDefinition=made["family"])


@check
def ecs_deregistered_revision_is_still_described_by_arn():
    made = register()
    ECS.deregister_task_definition(taskDefinition=made["taskDefinitionArn"])
    same(described(made["taskDefinitionArn"])["taskDefinition"]["status"], "INACTIVE")


@check
def ecs_revision_numbers_never_restart():
    family = fresh("family")
    ECS.deregister_task_definition(taskDefinition=register(family)["taskDefinitionArn"])
    same(register(family)["revision"], 2)


@check
def ecs_absent_family_is_a_client_exception():
    refused("ClientException", ECS.describe_task_definition, taskDefinition=fresh("absent"))


@check
def ecs_tags_are_described_only_on_request():
    made = register(tags=[{"key": "a", "value": "1"}])
    assert not described(made["family"]).get("tags"), "there without include"
    same(described(made["family"], include=["TAGS"])["tags"], [{"key": "a", "value": "1"}])


@check
def ecs_tags_of_a_revision_change():
    made = register(tags=[{"key": "a", "value": "1"}])
    ECS.tag_resource(resourceArn=made["taskDefinitionArn"], tags=[{"key": "b", "value": "2"}])
    ECS.untag_resource(resourceArn=made["taskDefinitionArn"], tagKeys=["a"])
    same(ECS.list_tags_for_resource(resourceArn=made["taskDefinitionArn"])["tags"], [{"key": "b", "value": "2"}])


@check
def ecs_containers_get_their_defaults():
    container = register()["containerDefinitions"][0]
    same((container["essential"], container["cpu"], container["environment"], container["mountPoints"]), (True, 0, [], []))


@check
def ecs_port_mappings_get_their_defaults():
    made = register(container={"portMappings": [{"containerPort": 80}]}, networkMode="awsvpc")
    same(made["containerDefinitions"][0]["portMappings"], [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}])


@check
def ecs_sizes_become_units():
    made = register(cpu="1 vCPU", memory="2 GB", networkMode="awsvpc", requiresCompatibilities=["FARGATE"])
    same((made["cpu"], made["memory"]), ("1024", "2048"))


@check
def ecs_says_who_registered_a_revision():
    made = described(register()["family"])["taskDefinition"]
    assert made.get("registeredAt") and made.get("registeredBy", "").startswith("arn:aws:"), made.keys()


@check
def ecs_round_trip_keeps_every_field_of_a_container():
    container = {
        "command": ["a", "b"],
        "dockerLabels": {"l": "v"},
        "entryPoint": ["sh"],
        "environmentFiles": [{"value": "arn:aws:s3:::b/x.env", "type": "s3"}],
        "healthCheck": {"command": ["CMD", "true"], "interval": 10, "timeout": 2, "retries": 5, "startPeriod": 1},
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": REGION}},
        "readonlyRootFilesystem": True,
        "restartPolicy": {"enabled": True, "ignoredExitCodes": [3], "restartAttemptPeriod": 120},
        "secrets": [{"name": "S", "valueFrom": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:x-AbCdEf"}],
        "stopTimeout": 5,
        "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
        "user": "nobody",
        "versionConsistency": "disabled",
        "workingDirectory": "/w",
    }
    made = register(container=container, executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role()}")["containerDefinitions"][0]
    lost = {key: (value, made.get(key)) for key, value in container.items() if made.get(key) != value}
    made_logs = made.get("logConfiguration", {})
    if {k: v for k, v in made_logs.items() if v} == container["logConfiguration"]:
        lost.pop("logConfiguration", None)
    same(lost, {})


@check
def ecs_refuses_a_definition_without_containers():
    refused("ClientException", ECS.register_task_definition, family=fresh("family"), containerDefinitions=[])


@check
def ecs_refuses_two_containers_of_a_name():
    main = {"name": "main", "image": "busybox", "memory": 64}
    refused("ClientException", ECS.register_task_definition, family=fresh("family"), containerDefinitions=[main, main])


@check
def ecs_refuses_fargate_sizes_that_do_not_exist():
    refused("ClientException", register, cpu="256", memory="8192", networkMode="awsvpc", requiresCompatibilities=["FARGATE"])


@check
def ecs_refuses_a_mount_of_an_absent_volume():
    refused("ClientException", register, container={"mountPoints": [{"sourceVolume": "absent", "containerPath": "/x"}]})


@check
def ecs_refuses_a_family_with_spaces():
    refused("ClientException", register, family="a family")


@check
def ecs_lists_the_revisions_of_one_family_in_order():
    family = fresh("family")
    made = [register(family)["taskDefinitionArn"] for _ in range(3)]
    register(family + "-longer")
    same(ECS.list_task_definitions(familyPrefix=family)["taskDefinitionArns"], made)
    same(ECS.list_task_definitions(familyPrefix=family, sort="DESC")["taskDefinitionArns"], made[::-1])


@check
def ecs_lists_page():
    family = fresh("family")
    for _ in range(3):
        register(family)
    pages = ECS.get_paginator("list_task_definitions").paginate(familyPrefix=family, PaginationConfig={"PageSize": 2})
    same([len(page["taskDefinitionArns"]) for page in pages], [2, 1])


@check
def ecs_lists_families_with_active_revisions():
    family, gone = fresh("family"), fresh("family")
    register(family)
    ECS.deregister_task_definition(taskDefinition=register(gone)["taskDefinitionArn"])
    listed = ECS.list_task_definition_families(familyPrefix="family-", status="ACTIVE", maxResults=100)["families"]
    same((family in listed, gone in listed), (True, False))


@check
def ecs_deletes_only_deregistered_revisions():
    made = register()["taskDefinitionArn"]
    out = ECS.delete_task_definitions(taskDefinitions=[made])
    same([f["arn"] for f in out["failures"]], [made])
    ECS.deregister_task_definition(taskDefinition=made)
    same(ECS.delete_task_definitions(taskDefinitions=[made])["taskDefinitions"][0]["status"], "DELETE_IN_PROGRESS")


# The AWS CLI


@check
def cli_creates_and_reads_a_secret():
    name = fresh("cli")
    status, made, stderr = cli("secretsmanager", "create-secret", "--name", name, "--secret-string", 'a "quoted" value')
    same(status, 0, stderr)
    same(made["Name"], name)
    status, read, stderr = cli("secretsmanager", "get-secret-value", "--secret-id", name)
    same(status, 0, stderr)
    same(read["SecretString"], 'a "quoted" value')


@check
def cli_says_what_is_absent():
    status, _, stderr = cli("secretsmanager", "get-secret-value", "--secret-id", fresh("absent"))
    assert status in (254, 255), status  # the second where the CLI is of version 1
    assert "ResourceNotFoundException" in stderr, stderr


@check
def cli_lists_roles():
    name = role()
    status, out, stderr = cli("iam", "list-roles")
    same(status, 0, stderr)
    [found] = [r for r in out["Roles"] if r["RoleName"] == name]
    same(found["AssumeRolePolicyDocument"], TRUST)


@check
def cli_describes_a_task_definition():
    family = register()["family"]
    status, out, stderr = cli("ecs", "describe-task-definition", "--task-definition", family)
    same(status, 0, stderr)
    same(out["taskDefinition"]["family"], family)


@check
def cli_knows_the_caller():
    status, out, stderr = cli("sts", "get-caller-identity")
    same(status, 0, stderr)
    same(out["Account"], ACCOUNT)


def failure(function):
    """Runs one check and says why it failed; None when it did not."""
    try:
        function()
    except AssertionError as error:
        return str(error)[:600] or "assertion failed"
    except Exception as error:  # an answer that boto3 cannot read is a finding too
        where = traceback.extract_tb(error.__traceback__)[1].lineno
        return f"{type(error).__name__} at line {where}: {error}"[:600]
    return None


json.dump({function.__name__: failure(function) for function in CHECKS}, sys.stdout, indent=1)
