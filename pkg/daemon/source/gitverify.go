package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"ecs-reconciler/pkg/daemon/source/signature"
)

// verified refuses a commit that none of the keys that may sign has signed.
// The keys are read each time, so that they can be changed.
func (g *gitOrigin) verified(commit *object.Commit) error {
	if g.options.Verify == "" {
		return nil
	}
	data, err := os.ReadFile(below(g.options.WorkDir, g.options.Verify))
	if err != nil {
		return fmt.Errorf("the keys that may sign cannot be read: %w", err)
	}
	keys, err := signature.ParseKeys(data)
	if err != nil {
		return fmt.Errorf("the keys that may sign, in %s: %w", g.options.Verify, err)
	}
	if strings.TrimSpace(commit.PGPSignature) == "" {
		return errors.New("it is not signed")
	}
	if signature.IsSSH(commit.PGPSignature) {
		return verifySSH(commit, keys)
	}
	return verifyPGP(commit, keys)
}

// verifySSH checks against the time of the commit, as git does.
func verifySSH(commit *object.Commit, keys *signature.Keys) error {
	unsigned := &plumbing.MemoryObject{}
	if err := commit.EncodeWithoutSignature(unsigned); err != nil {
		return err
	}
	r, err := unsigned.Reader()
	if err != nil {
		return err
	}
	payload, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return keys.CheckSSH(payload, commit.PGPSignature, commit.Committer.When)
}

func verifyPGP(commit *object.Commit, keys *signature.Keys) error {
	if len(keys.PGP) == 0 {
		return errors.New("it is signed with PGP, and no PGP key may sign")
	}
	var failures []error
	for _, armored := range keys.PGP {
		if _, err := commit.Verify(armored); err != nil {
			failures = append(failures, err)
			continue
		}
		return nil
	}
	return fmt.Errorf("no key that may sign made its signature: %w", errors.Join(failures...))
}
