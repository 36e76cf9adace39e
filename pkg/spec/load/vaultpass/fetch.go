package vaultpass

import (
	"context"
	"fmt"
	"regexp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

// environmentIn is where an address speaks of the environment.
var environmentIn = regexp.MustCompile(`\{\{\s*env\s*\}\}`)

// fetch is the password at an address: as in a file, white space around it
// cut, and it may be encrypted itself.
func (s *Sources) fetch(ctx context.Context, p place, before []ansiblevault.Password) (ansiblevault.Password, error) {
	switch {
	case s.Fetch == nil:
		return ansiblevault.Password{}, p.failure("a vault password cannot be fetched here", "", nil)
	case s.Environment == "" && environmentIn.MatchString(p.file):
		return ansiblevault.Password{}, p.failure("the address speaks of {{ env }}, and no environment is named", "", nil)
	}
	content, err := s.Fetch(ctx, s.address(p))
	switch {
	case err != nil:
		return ansiblevault.Password{}, p.failure("the vault password cannot be fetched: "+err.Error(), "", err)
	case len(content) > maxSize:
		return ansiblevault.Password{}, p.failure(fmt.Sprintf("the vault password has more than %d bytes", maxSize), "", nil)
	}
	if content, err = p.opened(content, before); err != nil {
		return ansiblevault.Password{}, err
	}
	if len(content) == 0 {
		return ansiblevault.Password{}, p.failure("the vault password is empty", "", nil)
	}
	return ansiblevault.Password{ID: p.id, Text: spec.NewSecret(string(content))}, nil
}
