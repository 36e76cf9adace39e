package vaultpass

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// store is what is at addresses.
func store(t *testing.T) func(context.Context, string) ([]byte, error) {
	t.Helper()
	texts := map[string]string{"s3://b/pass.staging.txt": " one \n", "secretsmanager:vault": "two", "s3://b/a@b": "three", "s3://b/locked": locked(t, "two"), "s3://b/empty": "\n", "s3://b/large": strings.Repeat("x", maxSize+1)}
	return func(_ context.Context, address string) ([]byte, error) {
		text, ok := texts[address]
		if !ok {
			return nil, errors.New("there is no " + address)
		}
		return []byte(text), nil
	}
}

func TestPasswordsThatAreFetched(t *testing.T) {
	s := &Sources{Fetch: store(t), Environment: "staging", Dir: folder(t, map[string]string{"file": "file"}), PasswordFiles: []string{"file"}, Environ: []string{"ANSIBLE_VAULT_PASSWORD=last"},
		Remote: []string{"s3://b/pass.{{env}}.txt", "dev@secretsmanager:vault", "s3://b/a@b", "x@s3://b/locked", "s3://b/pass.{{ env }}.txt"}}
	passwords, err := s.Passwords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"default=file", "default=one", "dev=two", "default=three", "x=inner", "default=one", "=last"}, show(passwords)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAddresses(t *testing.T) {
	s := &Sources{Environment: "staging", Remote: []string{"s3://b/pass.{{env}}.txt", "dev@secretsmanager:vault"}}
	if diff := cmp.Diff([]string{"s3://b/pass.staging.txt", "secretsmanager:vault"}, s.Addresses()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPasswordsThatCannotBeFetched(t *testing.T) {
	for address, mentions := range map[string]string{
		"s3://b/none": "there is no s3://b/none", "s3://b/empty": "is empty", "s3://b/large": "65536 bytes", "s3://b/locked": "encrypted itself", "s3://b/{{ env }}": "no environment is named",
	} {
		_, err := (&Sources{Fetch: store(t), Remote: []string{address}}).Passwords(t.Context())
		if err == nil || !strings.Contains(err.Error(), mentions) || !strings.Contains(err.Error(), "--vault-password-from") {
			t.Errorf("%s: the error is %v", address, err)
		}
	}
	if _, err := (&Sources{Remote: []string{"s3://b/x"}}).Passwords(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be fetched here") {
		t.Errorf("the error is %v", err)
	}
}
