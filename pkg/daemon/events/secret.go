package events

import (
	"encoding/json"
	"strings"
)

// secrets are the secrets that a record of Secrets Manager is about.
func (t *trail) secrets() ([]object, error) {
	id, err := t.secretID()
	if err != nil || id == "" {
		return nil, err
	}
	// Of the other calls that carry a token, none tells whether it put a value.
	if t.EventName == "PutSecretValue" {
		if t.token, err = t.text("clientRequestToken"); err != nil {
			return nil, err
		}
	}
	return objects(Secret, secretNames(id, t.fullARN())...), nil
}

// secretID is how a record calls its secret: a call by secretId, or by name
// when it makes one, and what the service did by itself in a member beside the
// request (Secrets Manager User Guide, "Log events").
func (t *trail) secretID() (string, error) {
	switch t.EventName {
	case "CreateSecret":
		return t.text("name")
	case "CancelRotateSecret", "DeleteResourcePolicy", "DeleteSecret", "PutResourcePolicy", "PutSecretValue",
		"RemoveRegionsFromReplication", "ReplicateSecretToRegions", "RestoreSecret", "RotateSecret",
		"StopReplicationToReplica", "TagResource", "UntagResource", "UpdateSecret", "UpdateSecretVersionStage":
		return t.text("secretId")
	}
	for _, members := range []map[string]json.RawMessage{t.AdditionalEventData, t.ServiceEventDetails} {
		for _, name := range []string{"SecretId", "secretId"} {
			if id, err := textOf(members, name); err != nil || id != "" {
				return id, err
			}
		}
	}
	return "", nil
}

// fullARN is the secret's ARN as the answer has it; empty where it has none.
func (t *trail) fullARN() string {
	for _, name := range []string{"arn", "aRN", "ARN"} {
		if arn, err := textOf(t.ResponseElements, name); err == nil && arn != "" {
			return arn
		}
	}
	return ""
}

// secretNames are the names that an id may stand for. A name is itself. An ARN
// ends in a hyphen and six characters that AWS drew, unless it is partial: which
// of the two it is, the ARN of the answer tells. Without that, six characters
// that are letters in lower case throughout may be a word of the name just as
// well, so that both names are given; no secret has the one that is wrong, as a
// rule, and looking at one too many does no harm.
func secretNames(id, full string) []string {
	name, isARN := secretPath(id)
	if !isARN {
		return []string{id}
	}
	if whole, ok := secretPath(full); ok {
		name = whole
	}
	stem, suffix, cut := cutSuffix(name)
	switch {
	case !cut:
		return []string{name}
	case full == "" && strings.Trim(suffix, "abcdefghijklmnopqrstuvwxyz") == "":
		return []string{stem, name}
	default:
		return []string{stem}
	}
}

// secretPath is what stands behind "secret:" in a secret's ARN.
func secretPath(arn string) (string, bool) {
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) < 7 || parts[0] != "arn" || parts[2] != "secretsmanager" || parts[5] != "secret" {
		return "", false
	}
	return parts[6], true
}

// cutSuffix takes off the hyphen and the six letters and digits that end a full
// ARN.
func cutSuffix(name string) (stem, suffix string, ok bool) {
	const length = 6
	at := len(name) - length - 1
	if at < 1 || name[at] != '-' {
		return name, "", false
	}
	for _, c := range []byte(name[at+1:]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return name, "", false
		}
	}
	return name[:at], name[at+1:], true
}

// objects are several of a kind.
func objects(kind string, names ...string) []object {
	out := make([]object, 0, len(names))
	for _, name := range names {
		out = append(out, object{kind, name})
	}
	return out
}
