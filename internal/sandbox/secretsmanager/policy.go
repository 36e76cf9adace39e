package secretsmanager

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// PutResourcePolicy sets the secret's policy.
func (b *Backend) PutResourcePolicy(
	in *secretsmanager.PutResourcePolicyInput,
) (*secretsmanager.PutResourcePolicyOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	doc, err := readPolicy(aws.ToString(in.ResourcePolicy))
	if err != nil {
		return nil, err
	}
	if aws.ToBool(in.BlockPublicPolicy) && doc.public() {
		return nil, awserr.New("PublicPolicyException", "The BlockPublicPolicy parameter is set to true, "+
			"and the resource policy did not prevent broad access to the secret.")
	}
	s.Policy = in.ResourcePolicy
	b.touch(s)
	return &secretsmanager.PutResourcePolicyOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}, nil
}

// GetResourcePolicy shows the secret's policy as it was put.
func (b *Backend) GetResourcePolicy(
	in *secretsmanager.GetResourcePolicyInput,
) (*secretsmanager.GetResourcePolicyOutput, error) {
	s, err := b.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	return &secretsmanager.GetResourcePolicyOutput{
		ARN: aws.String(s.ARN), Name: aws.String(s.Name), ResourcePolicy: s.Policy,
	}, nil
}

// DeleteResourcePolicy removes the secret's policy, if it has one.
func (b *Backend) DeleteResourcePolicy(
	in *secretsmanager.DeleteResourcePolicyInput,
) (*secretsmanager.DeleteResourcePolicyOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	s.Policy = nil
	b.touch(s)
	return &secretsmanager.DeleteResourcePolicyOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}, nil
}

// ValidateResourcePolicy says whether PutResourcePolicy would take a policy.
func (b *Backend) ValidateResourcePolicy(
	in *secretsmanager.ValidateResourcePolicyInput,
) (*secretsmanager.ValidateResourcePolicyOutput, error) {
	if in.SecretId != nil {
		if _, err := b.live(in.SecretId); err != nil {
			return nil, err
		}
	}
	doc, err := readPolicy(aws.ToString(in.ResourcePolicy))
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.ValidateResourcePolicyOutput{PolicyValidationPassed: !doc.public()}
	if doc.public() {
		out.ValidationErrors = []types.ValidationErrorsEntry{{
			CheckName:    aws.String("PUBLIC_POLICY"),
			ErrorMessage: aws.String("The resource policy allows broad access to the secret."),
		}}
	}
	return out, nil
}

// policyDocument is as much of a resource policy as AWS insists on.
type policyDocument struct {
	Version   string
	ID        string `json:"Id"`
	Statement []policyStatement
}

type policyStatement struct {
	Sid                     string
	Effect                  string
	Principal, NotPrincipal json.RawMessage
	Action, NotAction       json.RawMessage
	Resource, NotResource   json.RawMessage
	Condition               map[string]map[string]json.RawMessage
}

// readPolicy refuses a document that is not a resource policy.
func readPolicy(text string) (policyDocument, error) {
	var raw struct {
		Version   *string
		ID        string `json:"Id"`
		Statement json.RawMessage
	}
	malformed := func(why string) (policyDocument, error) {
		return policyDocument{}, awserr.New("MalformedPolicyDocumentException", "This resource policy is malformed: %s", why)
	}
	if strictly([]byte(text), &raw) != nil {
		return malformed("it is not a JSON object of Version, Id and Statement")
	}
	if raw.Version != nil && *raw.Version != "2012-10-17" && *raw.Version != "2008-10-17" {
		return malformed("its Version is neither 2012-10-17 nor 2008-10-17")
	}
	statements := bytes.TrimSpace(raw.Statement)
	if len(statements) > 0 && statements[0] == '{' {
		statements = append(append([]byte("["), statements...), ']')
	}
	doc := policyDocument{}
	if strictly(statements, &doc.Statement) != nil || len(doc.Statement) == 0 {
		return malformed("it has no well-formed Statement")
	}
	for _, st := range doc.Statement {
		if why := st.lacks(); why != "" {
			return malformed(why)
		}
	}
	return doc, nil
}

// strictly reads one JSON value and nothing after it, with no unknown member.
func strictly(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// lacks says what a statement is short of; empty for nothing.
func (st policyStatement) lacks() string {
	one := func(x, y json.RawMessage) bool { return (len(x) == 0) != (len(y) == 0) }
	switch {
	case st.Effect != "Allow" && st.Effect != "Deny":
		return "a statement's Effect is neither Allow nor Deny"
	case !one(st.Principal, st.NotPrincipal):
		return "a statement needs either Principal or NotPrincipal"
	case !one(st.Action, st.NotAction):
		return "a statement needs either Action or NotAction"
	case !one(st.Resource, st.NotResource):
		return "a statement needs either Resource or NotResource"
	default:
		return ""
	}
}

// public says whether a policy lets anybody in.
func (d policyDocument) public() bool {
	for _, st := range d.Statement {
		everyone := strings.Contains(string(st.Principal), `"*"`)
		if st.Effect == "Allow" && everyone && len(st.Condition) == 0 {
			return true
		}
	}
	return false
}
