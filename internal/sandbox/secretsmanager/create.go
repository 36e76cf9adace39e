package secretsmanager

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// CreateSecret makes a secret, with a first version if a value is given.
// Repeating a call whose token and value are those of a version that exists is
// no error.
func (b *Backend) CreateSecret(in *secretsmanager.CreateSecretInput) (*secretsmanager.CreateSecretOutput, error) {
	v := value{text: in.SecretString, binary: in.SecretBinary, token: in.ClientRequestToken}
	if err := b.checkCreate(in, v); err != nil {
		return nil, err
	}
	name := aws.ToString(in.Name)
	if existing := b.named(name); existing != nil {
		return existing.created(v)
	}
	now := b.now()
	s := &Secret{
		ARN:         b.env.ARN("secretsmanager", "secret:"+name+"-"+b.env.Random(6, awsenv.AlphaNumeric)),
		Name:        name,
		Description: aws.ToString(in.Description),
		KMSKey:      b.keyKept(in.KmsKeyId),
		Created:     now,
		Changed:     now,
	}
	if len(in.Tags) > 0 {
		s.Tags = merged(nil, in.Tags)
	}
	b.state.Secrets[name] = s
	if v.given() {
		b.put(s, v, []string{current})
	}
	b.replicate(s, in.AddReplicaRegions, in.ForceOverwriteReplicaSecret)
	out := s.createOutput(v)
	out.ReplicationStatus = begun(s.Replicas, in.AddReplicaRegions)
	return out, nil
}

// checkCreate refuses what could not be created whatever exists.
func (b *Backend) checkCreate(in *secretsmanager.CreateSecretInput, v value) error {
	name := aws.ToString(in.Name)
	if strings.ContainsAny(name, "!:") || !idForm(name) {
		return invalidName()
	}
	if in.Type != nil {
		return invalidParameter("The sandbox does not play managed external secrets: leave out Type.")
	}
	if err := v.check(); err != nil {
		return err
	}
	if v.given() {
		if err := v.checkToken(); err != nil {
			return err
		}
	}
	if err := checkTags(in.Tags); err != nil {
		return err
	}
	if len(in.Tags) > maxTags {
		return awserr.New("LimitExceededException", "You have exceeded the number of tags allowed for a secret: %d.", maxTags)
	}
	return cmp.Or(b.checkKey(in.KmsKeyId), b.checkRegions(in.AddReplicaRegions))
}

// created is the answer to creating a name that is taken: the same again for a
// repeated call, and a refusal otherwise.
func (s *Secret) created(v value) (*secretsmanager.CreateSecretOutput, error) {
	if s.Deleted != nil {
		return nil, invalidRequest(
			"You can't create this secret because a secret with this name is already scheduled for deletion.")
	}
	if v.given() && v.token != nil {
		if held := s.version(*v.token); held != nil && v.equals(held) {
			return s.createOutput(v), nil
		}
	}
	return nil, awserr.New("ResourceExistsException", "The operation failed because the secret %s already exists.", s.Name)
}

func (s *Secret) createOutput(v value) *secretsmanager.CreateSecretOutput {
	out := &secretsmanager.CreateSecretOutput{
		ARN:               aws.String(s.ARN),
		Name:              aws.String(s.Name),
		ReplicationStatus: slices.Clone(s.Replicas),
	}
	if v.given() {
		out.VersionId = v.token
	}
	return out
}
