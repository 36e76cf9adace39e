package demand

import (
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// secretsmanager are the rows of AWS Secrets Manager. Of its condition keys,
// those of rotation functions, of customer keys' ARNs, and of a flag that an
// input cannot leave out are not known.
func secretsmanager() rows {
	secret := func(keys map[string]string) row { return row{on: secretOf, keys: keys} }
	replicas := map[string]string{"AddReplicaRegions": "AddReplicaRegions.Region"}
	return rows{
		"BatchGetSecretValue": {also: listed},
		"CancelRotateSecret":  secret(nil),
		"CreateSecret": {on: newSecret, keys: map[string]string{
			"Name": "Name", "Description": "Description", "KmsKeyId": "KmsKeyId", "Type": "Type",
			"AddReplicaRegions": "AddReplicaRegions.Region",
		}, also: both(tagOnCreate("secretsmanager:TagResource", newSecret, nil), replicated)},
		"DeleteResourcePolicy": secret(nil),
		"DeleteSecret": secret(map[string]string{
			"ForceDeleteWithoutRecovery": "ForceDeleteWithoutRecovery", "RecoveryWindowInDays": "RecoveryWindowInDays",
		}),
		"DescribeSecret":               secret(nil),
		"GetRandomPassword":            {},
		"GetResourcePolicy":            secret(nil),
		"GetSecretValue":               secret(map[string]string{"VersionId": "VersionId", "VersionStage": "VersionStage"}),
		"ListSecretVersionIds":         secret(nil),
		"ListSecrets":                  {},
		"PutResourcePolicy":            secret(map[string]string{"BlockPublicPolicy": "BlockPublicPolicy"}),
		"PutSecretValue":               secret(nil),
		"RemoveRegionsFromReplication": secret(nil),
		"ReplicateSecretToRegions":     secret(replicas),
		"RestoreSecret":                secret(nil),
		"RotateSecret": secret(map[string]string{
			"RotationLambdaARN": "RotationLambdaARN", "RotateImmediately": "RotateImmediately",
		}),
		"StopReplicationToReplica": secret(nil),
		"TagResource":              secret(nil),
		"UntagResource":            secret(nil),
		"UpdateSecret":             secret(map[string]string{"Description": "Description", "KmsKeyId": "KmsKeyId", "Type": "Type"}),
		"UpdateSecretVersionStage": secret(map[string]string{"VersionStage": "VersionStage"}),
		"ValidateResourcePolicy":   {on: secretIfNamed},
	}
}

// Secret is the check of reading a secret within a batch, which asks for each
// secret what GetSecretValue would.
func Secret(account Account, id string) access.Check {
	req := &request{account: account, service: "secretsmanager", operation: "GetSecretValue", input: &struct{}{}}
	c := req.about("secretsmanager:GetSecretValue", req.secret(id))
	c.Context["secretsmanager:versionid"], c.Context["secretsmanager:versionstage"] = nil, nil
	return c
}

// anySuffix stands for the six characters that AWS has yet to draw: a policy
// that names them allows nothing (AWS Secrets Manager, "Resource ARN").
const anySuffix = "-??????"

func secretOf(req *request) []target { return []target{req.secret(req.text("SecretId"))} }

func secretIfNamed(req *request) []target {
	if req.text("SecretId") == "" {
		return []target{{arn: "*", tags: map[string]string{}}}
	}
	return secretOf(req)
}

// secret is the target that an id means. A refusal repeats the id as it was
// given, as AWS's do.
func (req *request) secret(id string) target {
	arn := id
	if !strings.HasPrefix(id, "arn:") {
		arn = req.account.ARN("secretsmanager", "secret:"+id+anySuffix)
	}
	t := req.existing("secretsmanager", id, arn)
	t.shown = id
	t.keys = map[string][]string{
		"secretsmanager:secretid": {t.arn}, "secretsmanager:resource/allowrotationlambdaarn": nil,
	}
	return t
}

// newSecret is a secret that is not there. Tags of a resource are asked of it,
// and nobody documents what they are.
func newSecret(req *request) []target {
	name := req.text("Name")
	return []target{{arn: req.account.ARN("secretsmanager", "secret:"+name+anySuffix), shown: name}}
}

// listed asks for the permission that a batch takes on top when it is told by
// filters what to read (AWS Secrets Manager API Reference, BatchGetSecretValue).
func listed(req *request) []access.Check {
	if len(req.values("Filters")) == 0 {
		return nil
	}
	return []access.Check{req.about("secretsmanager:ListSecrets", target{arn: "*", tags: map[string]string{}})}
}

// replicated asks for the permission that replicas take on top.
func replicated(req *request) []access.Check {
	if len(req.list("AddReplicaRegions.Region")) == 0 {
		return nil
	}
	c := req.about("secretsmanager:ReplicateSecretToRegions", newSecret(req)[0])
	c.Context["secretsmanager:addreplicaregions"] = req.list("AddReplicaRegions.Region")
	return []access.Check{c}
}
