package vaultpass

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

// Sources are the places to find passwords in. Besides the fields there are
// these variables of Environ:
//
//   - ANSIBLE_VAULT_PASSWORD is a password, taken as it is but for line breaks
//     at its end. (The deployer's own script echoes it unquoted, so there a
//     run of blanks became one and a * was replaced by file names; such a
//     password never opened there what `ansible-vault` had encrypted.)
//   - ANSIBLE_VAULT_PASSWORD_FILE is one more of PasswordFiles.
//   - EXTRA_ANSIBLE_OPTIONS is a command line, of which --vault-id,
//     --vault-password-file and --vault-pass-file are read.
//   - HOME replaces a leading ~/ of a path.
//
// A file is a password, white space around it cut; or, when it is executable,
// a script that prints one, line breaks around it cut. A script whose name
// without extension ends in -client is told the id, as --vault-id ID.
// A file may itself be encrypted, with a password found before it.
//
// A Sources may be used by several goroutines, and must not be copied.
type Sources struct {
	VaultIDs      []string      // of --vault-id: ID@FILE, or FILE
	PasswordFiles []string      // of --vault-password-file
	Remote        []string      // of --vault-password-from: addresses, each with ID@ before it or not
	Environ       []string      // NAME=value; what scripts run with
	Environment   string        // scripts get it as DEPLOYMENT_ENVIRONMENT; "" leaves Environ's
	Dir           string        // where relative paths begin and scripts run; "" is the working directory
	Timeout       time.Duration // for each script; 0 is a minute
	// Fetch is what is at an address of Remote, in which {{ env }} has been
	// replaced by Environment; nil where nothing can be fetched.
	Fetch func(ctx context.Context, address string) ([]byte, error)
	// Ask asks for the password of an id, for sources called prompt; nil where
	// nobody can be asked.
	Ask func(ctx context.Context, id string) (spec.Secret, error)
	// AskPass is one more source: the answer to a question.
	AskPass bool
	// Alone leaves out the variables that name sources.
	Alone bool

	mu       sync.Mutex
	loaded   bool
	found    []ansiblevault.Password
	failures spec.Errors
	err      error
}

// Passwords are all passwords found: of the vault ids first, then of the
// password files, then of the remote addresses, then ANSIBLE_VAULT_PASSWORD, as the flags outrank the
// environment. The first call finds them and later ones repeat its answer,
// unless ctx ended it. As with Ansible, a source that fails is an error only
// when no other gave a password; Failures has it in any case. No source at
// all is no error: the list is empty.
func (s *Sources) Passwords(ctx context.Context) ([]ansiblevault.Password, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded {
		return s.found, s.err
	}
	found, failures, err := s.load(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("find the vault passwords: %w", ctx.Err())
	}
	s.loaded, s.found, s.failures, s.err = true, found, failures, err
	return found, err
}

// Failures are what went wrong in the sources that gave no password, for
// warnings; none before Passwords was called.
func (s *Sources) Failures() spec.Errors {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failures
}

func (s *Sources) load(ctx context.Context) (found []ansiblevault.Password, failures spec.Errors, err error) {
	places, err := s.places()
	if err != nil {
		return nil, nil, err
	}
	for _, place := range places {
		password, err := s.read(ctx, place, found)
		if err != nil {
			failures = append(failures, place.complaint(err))
			continue
		}
		found = append(found, password)
	}
	if text := strings.TrimRight(s.source("ANSIBLE_VAULT_PASSWORD"), "\r\n"); text != "" {
		found = append(found, ansiblevault.Password{Text: spec.NewSecret(text)})
	}
	if len(found) == 0 {
		err = failures.OrNil()
	}
	return found, failures, err
}

// place is a file that is or prints a password.
type place struct {
	id    string // "" when a client script is not to be told one
	file  string // as it was written
	asker string // the flag or variable that names it
	away  bool   // file is an address to fetch from
}

// complaint is err as an Error about p.
func (p place) complaint(err error) *spec.Error {
	if complaint, ok := errors.AsType[*spec.Error](err); ok {
		return complaint
	}
	return p.failure(err.Error(), "", err)
}

// defaultID goes by every password file that is given no id.
const defaultID = "default"

func (s *Sources) places() ([]place, error) {
	extra, err := extraOptions(s.source("EXTRA_ANSIBLE_OPTIONS"))
	if err != nil {
		return nil, err
	}
	var places []place
	for _, id := range append(append([]string{}, s.VaultIDs...), extra.vaultIDs...) {
		places = append(places, vaultID(id))
	}
	for _, file := range append(append([]string{}, s.PasswordFiles...), extra.passwordFiles...) {
		places = append(places, place{id: defaultID, file: file, asker: "--vault-password-file"})
	}
	for _, address := range s.Remote {
		places = append(places, remote(address))
	}
	if file := s.source("ANSIBLE_VAULT_PASSWORD_FILE"); file != "" {
		places = append(places, place{id: defaultID, file: file, asker: "ANSIBLE_VAULT_PASSWORD_FILE"})
	}
	if s.AskPass {
		places = append(places, place{id: defaultID, file: prompt, asker: "--ask-vault-pass"})
	}
	return places, nil
}

// vaultID reads ID@FILE; the first @ parts them, as in Ansible.
func vaultID(text string) place {
	id, file, labelled := strings.Cut(text, "@")
	if !labelled {
		id, file = "", text
	}
	return place{id: id, file: file, asker: "--vault-id"}
}

// remote reads [ID@]ADDRESS. An id has neither : nor /, as every address has.
func remote(text string) place {
	p := place{id: defaultID, file: text, asker: "--vault-password-from", away: true}
	if id, address, labelled := strings.Cut(text, "@"); labelled && !strings.ContainsAny(id, ":/") {
		p.id, p.file = id, address
	}
	return p
}

// Addresses are those of Remote without their ids, as Fetch is given them.
func (s *Sources) Addresses() []string {
	var out []string
	for _, text := range s.Remote {
		out = append(out, s.address(remote(text)))
	}
	return out
}

// address is where a place is, for the environment.
func (s *Sources) address(p place) string {
	return environmentIn.ReplaceAllLiteralString(p.file, s.Environment)
}

// source is a variable that names a password or where one is.
func (s *Sources) source(name string) string {
	if s.Alone {
		return ""
	}
	return s.variable(name)
}

// variable is the last value that Environ gives to name, as it is for a
// process that is started with it.
func (s *Sources) variable(name string) string {
	value := ""
	for _, entry := range s.Environ {
		if text, ok := strings.CutPrefix(entry, name+"="); ok {
			value = text
		}
	}
	return value
}
