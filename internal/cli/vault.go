package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/load/vaultpass"
)

const aboutVault = `Work on files in ansible-vault's format. Each tool reads what the other writes.

Passwords come from --vault-id, --vault-password-file, --ask-vault-pass,
ANSIBLE_VAULT_PASSWORD_FILE and ANSIBLE_VAULT_PASSWORD; a file that is executable
is run and prints one, and ID@prompt asks for one. Without any, it is asked for at
the terminal. FILE may be - for standard input and output.`

// vaultFlags are those of the commands below vault.
type vaultFlags struct {
	ask                    bool
	output                 string
	encryptID              string
	newID, newPasswordFile string
	names                  []string
	stdinName              string
	prompt, showInput      bool
}

func (a *app) vaultCommand() *cobra.Command {
	f := &vaultFlags{}
	cmd := &cobra.Command{
		Use: "vault", Short: "Encrypt, view, edit and compare files as ansible-vault does", Long: aboutVault,
		SuggestionsMinimumDistance: 2, Args: refuseUnknown, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().BoolVarP(&f.ask, "ask-vault-pass", "J", false, "ask for the vault password")
	for _, sub := range []*cobra.Command{a.encryptCommand(f), a.decryptCommand(f), a.viewCommand(f), a.editCommand(f), a.rekeyCommand(f), a.encryptStringCommand(f), a.vaultDiffCommand(f)} {
		sub.Flags().SetNormalizeFunc(ansibleNames)
		cmd.AddCommand(sub)
	}
	return cmd
}

// ansibleNames lets flags be called what ansible-vault calls them too.
func ansibleNames(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name {
	case "vault-pass-file":
		name = "vault-password-file"
	case "ask-vault-password":
		name = "ask-vault-pass"
	}
	return pflag.NormalizedName(name)
}

// outputFlag is ansible-vault's --output, which is not the global one.
func outputFlag(cmd *cobra.Command, f *vaultFlags) {
	cmd.Flags().StringVar(&f.output, "output", "", "write to `FILE` instead, - for standard output")
	cobra.CheckErr(cmd.Flags().SetAnnotation("output", flagOnly, []string{}))
}

func encryptIDFlag(cmd *cobra.Command, f *vaultFlags) {
	cmd.Flags().StringVar(&f.encryptID, "encrypt-vault-id", "", "encrypt with the password of this `ID`; needed where there are several")
}

// sources are the places to find passwords in; the question is put once more
// for one that is new.
func (a *app) sources(f *vaultFlags, question func(context.Context, string) (spec.Secret, error)) (*vaultpass.Sources, error) {
	dir, err := a.WorkDir()
	if err != nil {
		return nil, fmt.Errorf("cannot tell the working directory: %w", err)
	}
	environment, _ := a.Env("DEPLOYMENT_ENVIRONMENT")
	s := a.passwords(dir, environment)
	s.Fetch = (&passwordStore{app: a}).fetch
	s.AskPass, s.Ask = f.ask, question
	return s, nil
}

// vaultPasswords are those to decrypt with.
func (a *app) vaultPasswords(ctx context.Context, f *vaultFlags) ([]ansiblevault.Password, error) {
	s, err := a.sources(f, a.askPassword)
	if err != nil {
		return nil, err
	}
	passwords, err := s.Passwords(ctx)
	if err != nil {
		return nil, err
	}
	a.say(silent(s, nil))
	if len(passwords) == 0 {
		return asked(ctx, a.askPassword)
	}
	return passwords, nil
}

// encrypting is the password to encrypt with.
func (a *app) encrypting(ctx context.Context, f *vaultFlags) (ansiblevault.Password, error) {
	s, err := a.sources(f, a.askNewPassword)
	if err != nil {
		return ansiblevault.Password{}, err
	}
	return a.chosen(ctx, s, a.encryptionID(f))
}

// encryptionID is the id to encrypt with, "" for whichever there is.
func (a *app) encryptionID(f *vaultFlags) string {
	id, _ := a.Env("ANSIBLE_VAULT_ENCRYPT_IDENTITY")
	return cmp.Or(f.encryptID, id)
}

// chosen is the one password of s, or the first of an id. A source that fails
// is an error: the others may not be what was meant.
func (a *app) chosen(ctx context.Context, s *vaultpass.Sources, id string) (ansiblevault.Password, error) {
	passwords, err := s.Passwords(ctx)
	if err = errors.Join(err, s.Failures().OrNil()); err != nil {
		return ansiblevault.Password{}, err
	}
	if len(passwords) == 0 {
		if passwords, err = asked(ctx, a.askNewPassword); err != nil {
			return ansiblevault.Password{}, err
		}
	}
	var ids []string
	for _, p := range passwords {
		if id != "" && p.Label() == id {
			return p, nil
		}
		ids = append(ids, p.Label())
	}
	switch {
	case id != "":
		return ansiblevault.Password{}, &report.UsageError{Message: fmt.Sprintf("there is no vault password with the id %q", id), Hint: "there is " + strings.Join(ids, ", ")}
	case ambiguous(passwords):
		return ansiblevault.Password{}, &report.UsageError{Message: "several vault passwords could encrypt: " + strings.Join(ids, ", "), Hint: "choose one with --encrypt-vault-id"}
	}
	return passwords[0], nil
}

func ambiguous(passwords []ansiblevault.Password) bool {
	for _, p := range passwords {
		if p.Label() != passwords[0].Label() || !p.Text.Equal(passwords[0].Text) {
			return true
		}
	}
	return false
}

// asked is the answer where nothing else gave a password.
func asked(ctx context.Context, question func(context.Context, string) (spec.Secret, error)) ([]ansiblevault.Password, error) {
	text, err := question(ctx, "")
	if errors.Is(err, errNoTerminal) {
		return nil, &report.UsageError{Message: "a vault password is needed", Hint: "give it with --vault-password-file, --vault-id, ANSIBLE_VAULT_PASSWORD_FILE or ANSIBLE_VAULT_PASSWORD"}
	}
	if err != nil {
		return nil, fmt.Errorf("ask for the vault password: %w", err)
	}
	return []ansiblevault.Password{{Text: text}}, nil
}

// askPassword asks for the password of an id.
func (a *app) askPassword(ctx context.Context, id string) (spec.Secret, error) {
	return a.askSecret(ctx, "Vault password"+inBrackets(id)+": ")
}

// askNewPassword asks twice, since nobody sees what is typed.
func (a *app) askNewPassword(ctx context.Context, id string) (spec.Secret, error) {
	first, err := a.askSecret(ctx, "New vault password"+inBrackets(id)+": ")
	if err != nil {
		return first, err
	}
	second, err := a.askSecret(ctx, "Confirm new vault password"+inBrackets(id)+": ")
	if err == nil && !first.Equal(second) {
		err = errors.New("the passwords differ")
	}
	if err == nil && first.Equal(spec.NewSecret("")) {
		err = errors.New("the password is empty")
	}
	return first, err
}

func inBrackets(id string) string {
	if id == "" || id == "default" {
		return ""
	}
	return " (" + id + ")"
}

func (a *app) askSecret(ctx context.Context, question string) (spec.Secret, error) {
	if a.Ask == nil {
		return spec.Secret{}, errNoTerminal
	}
	a.asking.Store(true)
	defer a.asking.Store(false)
	text, err := a.Ask(ctx, question, false)
	return spec.NewSecret(text), err
}
