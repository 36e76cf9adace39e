package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ecs-reconciler/internal/vault"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
)

// standard is the file name that stands for standard input and output.
const standard = "-"

func (a *app) encryptCommand(f *vaultFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "encrypt [FILE…]", Short: "Encrypt files in place, or standard input",
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := a.encrypting(cmd.Context(), f)
			if err != nil {
				return err
			}
			return a.convert(orStandard(args), f.output, func(file *vault.File) ([]byte, error) {
				return encrypted(file, file.Data, password)
			})
		},
	}
	outputFlag(cmd, f)
	encryptIDFlag(cmd, f)
	return cmd
}

func (a *app) decryptCommand(f *vaultFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "decrypt [FILE…]", Short: "Decrypt files in place, or standard input",
		RunE: func(cmd *cobra.Command, args []string) error {
			open, err := a.opener(cmd.Context(), f)
			if err != nil {
				return err
			}
			return a.convert(orStandard(args), f.output, func(file *vault.File) ([]byte, error) {
				plaintext, _, err := open(file)
				return plaintext, err
			})
		},
	}
	outputFlag(cmd, f)
	return cmd
}

func (a *app) viewCommand(f *vaultFlags) *cobra.Command {
	return &cobra.Command{
		Use: "view FILE…", Short: "Print what encrypted files hold", Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			open, err := a.opener(cmd.Context(), f)
			if err != nil {
				return err
			}
			for _, name := range args {
				file, err := a.input(name)
				if err != nil {
					return err
				}
				plaintext, _, err := open(file)
				if err != nil {
					return err
				}
				if _, err := a.Stdout.Write(plaintext); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (a *app) rekeyCommand(f *vaultFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "rekey FILE…", Short: "Encrypt files with another password", Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			open, err := a.opener(cmd.Context(), f)
			if err != nil {
				return err
			}
			password, err := a.rekeying(cmd.Context(), f)
			if err != nil {
				return err
			}
			return a.convert(args, "", func(file *vault.File) ([]byte, error) {
				plaintext, _, err := open(file)
				if err != nil {
					return nil, err
				}
				return encrypted(file, plaintext, password)
			})
		},
	}
	cmd.Flags().StringVar(&f.newID, "new-vault-id", "", "encrypt with the password of `ID@FILE`")
	cmd.Flags().StringVar(&f.newPasswordFile, "new-vault-password-file", "", "encrypt with the password in `FILE`, or that it prints")
	encryptIDFlag(cmd, f)
	return cmd
}

// rekeying is the password to encrypt anew with: the new one that is named, one
// of those known that --encrypt-vault-id names, or one that is asked for.
func (a *app) rekeying(ctx context.Context, f *vaultFlags) (ansiblevault.Password, error) {
	if f.newID != "" && f.newPasswordFile != "" {
		return ansiblevault.Password{}, &report.UsageError{Message: "--new-vault-id and --new-vault-password-file both name the new password", Hint: "choose one"}
	}
	s, err := a.sources(&vaultFlags{}, a.askNewPassword)
	if err != nil {
		return ansiblevault.Password{}, err
	}
	if f.newID == "" && f.newPasswordFile == "" && f.encryptID != "" {
		return a.chosen(ctx, s, f.encryptID)
	}
	s.Alone, s.VaultIDs, s.PasswordFiles = true, nil, nil
	if f.newID != "" {
		s.VaultIDs = []string{f.newID}
	}
	if f.newPasswordFile != "" {
		s.PasswordFiles = []string{f.newPasswordFile}
	}
	password, err := a.chosen(ctx, s, f.encryptID)
	if usage, ok := errors.AsType[*report.UsageError](err); ok && f.newID == "" && f.newPasswordFile == "" {
		usage.Message, usage.Hint = "a new vault password is needed", "give it with --new-vault-password-file or --new-vault-id"
	}
	return password, err
}

// encrypted is what a file shall hold.
func encrypted(file *vault.File, plaintext []byte, password ansiblevault.Password) ([]byte, error) {
	data, err := ansiblevault.Encrypt(plaintext, password, rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name, err)
	}
	return data, nil
}

// open decrypts a file, and tells the password that fits under the file's own
// id.
type open func(*vault.File) ([]byte, ansiblevault.Password, error)

// opener remembers what it derived: keys are paid for once a run.
func (a *app) opener(ctx context.Context, f *vaultFlags) (open, error) {
	passwords, err := a.vaultPasswords(ctx, f)
	if err != nil {
		return nil, err
	}
	d := &ansiblevault.Decrypter{}
	return func(file *vault.File) ([]byte, ansiblevault.Password, error) {
		err := decryptable(file)
		var plaintext []byte
		var fits ansiblevault.Password
		if err == nil {
			plaintext, fits, err = d.Open(file.Data, passwords)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", file.Name, err)
			return nil, fits, cmp.Or(vault.Conflict(file.Name, file.Data), err)
		}
		return plaintext, fits, nil
	}, nil
}

func decryptable(file *vault.File) error {
	switch {
	case gitcrypt.IsLocked(file.Data):
		return errors.New("it is locked by git-crypt, not encrypted with ansible-vault (git-crypt unlock)")
	case !ansiblevault.IsEncrypted(file.Data):
		return errors.New("it is not encrypted with ansible-vault")
	default:
		return nil
	}
}

// convert changes files in place, or one of them into another. Nothing is
// written unless all of them can be changed.
func (a *app) convert(names []string, output string, change func(*vault.File) ([]byte, error)) error {
	if output != "" && len(names) > 1 {
		return &report.UsageError{Message: "--output takes one file", Hint: "without it each is changed in place"}
	}
	var files []*vault.File
	var results [][]byte
	for _, name := range names {
		file, err := a.input(name)
		if err != nil {
			return err
		}
		result, err := change(file)
		if err != nil {
			return err
		}
		files, results = append(files, file), append(results, result)
	}
	for i, file := range files {
		if err := a.put(file, output, results[i]); err != nil {
			return err
		}
	}
	return nil
}

// put writes a result to where it belongs.
func (a *app) put(file *vault.File, output string, result []byte) error {
	switch {
	case output == standard, output == "" && file.Name == standard:
		_, err := a.Stdout.Write(result)
		return err
	case output == "":
		return file.Replace(result)
	}
	path, err := a.path(output)
	if err != nil {
		return err
	}
	return vault.Write(output, path, result)
}

// input reads a file, or standard input.
func (a *app) input(name string) (*vault.File, error) {
	if name == standard {
		data, err := io.ReadAll(a.Stdin)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return &vault.File{Name: standard, Data: data}, nil
	}
	path, err := a.path(name)
	if err != nil {
		return nil, err
	}
	return vault.Read(name, path)
}

func orStandard(args []string) []string {
	if len(args) == 0 {
		return []string{standard}
	}
	return args
}

func someFiles(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return &report.UsageError{Message: cmd.CommandPath() + " wants a file", Hint: "name it, as in " + cmd.CommandPath() + " deploy_config/env/.env.staging"}
	}
	return nil
}
