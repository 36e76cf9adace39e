package secret

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// keyring holds the fingerprint key once it was read or made. Whoever needs it
// while it is being fetched waits for that.
type keyring struct {
	mu      sync.Mutex
	key     *fingerprintKey
	name    string    // of the secret it was read from
	version string    // id of the version it was read from
	made    time.Time // when that version was
}

// read returns the key that the secret called name holds, nil when there is
// no such secret or it is pending deletion. A key in hand is read again only
// when listed, the version that ListSecrets shows, is another.
func (r *keyring) read(ctx context.Context, api *secretsmanager.Client, name, listed string) (*fingerprintKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key != nil && r.name == name && (listed == "" || listed == r.version) {
		return r.key, nil
	}
	err := r.fetch(ctx, api, name)
	if isCode(err, "ResourceNotFoundException") || isCode(err, "InvalidRequestException") {
		r.key = nil
		return nil, nil
	}
	return r.key, err
}

// held is the key that was read from, or made as, the secret called name; nil
// when none was.
func (r *keyring) held(name string) *fingerprintKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.name != name {
		return nil
	}
	return r.key
}

// ensure returns the key, making it when there is none. Of two runs that make
// it at once, one does and both read that.
func (r *keyring) ensure(ctx context.Context, api *secretsmanager.Client, s scope, random io.Reader) (*fingerprintKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key != nil && r.name == s.keyName() {
		return r.key, nil
	}
	err := r.fetch(ctx, api, s.keyName())
	if isCode(err, "ResourceNotFoundException") {
		err = r.make(ctx, api, s, random)
	}
	if isCode(err, "InvalidRequestException") { // pending deletion
		err = r.restore(ctx, api, s.keyName())
	}
	return r.key, err
}

func (r *keyring) fetch(ctx context.Context, api *secretsmanager.Client, name string) error {
	r.key = nil
	out, err := api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return keyError("read", name, err)
	}
	r.made = aws.ToTime(out.CreatedDate)
	return r.take(name, aws.ToString(out.SecretString), aws.ToString(out.VersionId))
}

// take keeps the key that text holds.
func (r *keyring) take(name, text, version string) error {
	key, err := parseKeys(text)
	if err != nil {
		return &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("the secret %q is no fingerprint key: %v", name, err),
			Hint: "delete it: another is made, and every value is read once to tell whether it differs"}
	}
	r.key, r.name, r.version = key, name, version
	return nil
}

func (r *keyring) make(ctx context.Context, api *secretsmanager.Client, s scope, random io.Reader) error {
	var raw [keySize]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return fmt.Errorf("no randomness for the fingerprint key: %w", err)
	}
	name, text := s.keyName(), spec.NewSecret(hex.EncodeToString(raw[:]))
	out, err := api.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name:         &name,
		SecretString: aws.String(text.Reveal()),
		Description:  aws.String("Key by which ecs-reconciler tells, without reading them, whether secrets have the values of the spec"),
		Tags:         sdkTags(s.tags),
	})
	switch {
	case isCode(err, "ResourceExistsException"):
		return r.fetch(ctx, api, name)
	case err != nil:
		return fail("create", name, text, err)
	}
	return r.take(name, text.Reveal(), aws.ToString(out.VersionId))
}

func (r *keyring) restore(ctx context.Context, api *secretsmanager.Client, name string) error {
	if _, err := api.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: &name}); err != nil {
		return keyError("restore", name, err)
	}
	return r.fetch(ctx, api, name)
}

func keyError(verb, name string, err error) error {
	return fmt.Errorf("cannot %s the fingerprint key %q: %w", verb, name, withoutValue(err, spec.Secret{}))
}

// sdkTags are tags in the order of their keys.
func sdkTags(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, key := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return slices.Clip(out)
}
