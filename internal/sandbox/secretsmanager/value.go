package secretsmanager

import (
	"bytes"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/internal/sandbox/awserr"
)

// maxValue is the largest secret value, in bytes.
const maxValue = 65536

// value is what a request wants a secret to hold.
type value struct {
	text   *string
	binary []byte
	token  *string
}

func (v value) given() bool { return v.text != nil || v.binary != nil }

// check refuses a value that no version could hold, without a look at any
// secret, as AWS does.
func (v value) check() error {
	if v.text != nil && v.binary != nil {
		return invalidParameter("You can't specify both a binary secret value and a string secret value in the same secret.")
	}
	for member, size := range map[string]int{"secretString": len(aws.ToString(v.text)), "secretBinary": len(v.binary)} {
		if size > maxValue {
			return awserr.New("ValidationException", "1 validation error detected: Value at '%s' failed to satisfy "+
				"constraint: Member must have length less than or equal to %d", member, maxValue)
		}
	}
	return nil
}

// checkToken refuses a value that comes without a token.
func (v value) checkToken() error {
	if v.token == nil {
		return invalidRequest("You must provide a ClientRequestToken value. We recommend a UUID-type value.")
	}
	return nil
}

// equals says whether a version holds this value.
func (v value) equals(held *Version) bool {
	sameKind := (v.text == nil) == (held.String == nil) && (v.binary == nil) == (held.Binary == nil)
	return sameKind && aws.ToString(v.text) == aws.ToString(held.String) && bytes.Equal(v.binary, held.Binary)
}

// tokenTaken is the refusal of a token that names another value already.
func tokenTaken(token, arn string) error {
	return awserr.New("ResourceExistsException",
		"You can't use ClientRequestToken %s because that value is already in use for a version of secret %s.", token, arn)
}
