package secret

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// A version of the key's secret that a rotation put has an id that begins so,
// and its key is not rotated again for a while unless that is asked for.
const (
	rotatedPrefix = "rotated-"
	keyRests      = 24 * time.Hour
)

// renew puts another key in front of the one there is, unless a rotation is
// under way, or was not long ago. It returns the keys as they are then.
func (r *keyring) renew(ctx context.Context, api *secretsmanager.Client, name string, opts Options, again bool) (*fingerprintKey, KeyState, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.fetch(ctx, api, name)
	switch {
	case isCode(err, "ResourceNotFoundException"), isPendingDeletion(err):
		return nil, KeyAbsent, nil
	case err != nil:
		return nil, "", err
	case len(r.key.formers) > 0:
		return r.key, KeyResumed, nil
	case strings.HasPrefix(r.version, rotatedPrefix) && opts.Now().Sub(r.made) < keyRests && !again:
		return r.key, KeyRecent, nil
	}
	var raw [keySize]byte
	if _, err := io.ReadFull(opts.Rand, raw[:]); err != nil {
		return nil, "", fmt.Errorf("no randomness for the fingerprint key: %w", err)
	}
	err = r.replace(ctx, api, opts.Rand, hex.EncodeToString(raw[:])+"\n"+r.key.text())
	return r.key, KeyNew, err
}

// retire takes the former keys out of the secret.
func (r *keyring) retire(ctx context.Context, api *secretsmanager.Client, opts Options) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.replace(ctx, api, opts.Rand, r.key.text())
}

// replace puts other keys and makes sure that they, and not those of a rotation
// beside this one, are in force.
func (r *keyring) replace(ctx context.Context, api *secretsmanager.Client, random io.Reader, text string) error {
	var salt [16]byte
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return fmt.Errorf("no randomness for a version id: %w", err)
	}
	name, before, token := r.name, r.version, rotatedPrefix+hex.EncodeToString(salt[:])
	if err := r.fetch(ctx, api, name); err != nil {
		return err
	}
	if r.version == before {
		_, err := api.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &name, ClientRequestToken: &token, SecretString: aws.String(text)})
		if err != nil {
			return fail("put the fingerprint key", name, spec.NewSecret(text), err)
		}
		if err := r.fetch(ctx, api, name); err != nil {
			return err
		}
	}
	if r.version != token {
		return resource.Conflictf("rotate again once that is done", "the fingerprint key %q was changed by somebody else meanwhile", name)
	}
	return nil
}
