package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ecs-reconciler/pkg/importer/terraform"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

// printImport prints the documents: a JSON array, or YAML.
func (a *app) printImport(r terraform.Result) error {
	if a.global.format() == report.JSON {
		documents := []any{r.Project}
		for _, t := range r.Tasks {
			documents = append(documents, t)
		}
		return report.Data(a.Stdout, report.JSON, documents)
	}
	files, err := r.Files(nil)
	if err != nil {
		return err
	}
	text := files[terraform.ProjectFile]
	for _, t := range r.Tasks {
		text = slices.Concat(text, []byte("---\n"), files[r.TaskFile(t.Metadata.Name)])
	}
	_, err = a.Stdout.Write(text)
	return err
}

// remark tells what is not taken over, and which values are to be provided.
func (a *app) remark(r terraform.Result, f importFlags) error {
	var out bytes.Buffer
	for _, one := range r.Remarks {
		fmt.Fprintf(&out, "warning: %s\n", one)
	}
	for _, v := range r.Values {
		switch {
		case f.values == valuesVault:
		case v.Variable != "":
			fmt.Fprintf(&out, "to do: give the variable %s the text that stands at %s\n", v.Variable, v.At)
		default:
			fmt.Fprintf(&out, "to do: put the text that stands at %s into %s\n", v.At, filepath.Join(f.out, v.File))
		}
	}
	_, err := a.Stderr.Write(out.Bytes())
	return err
}

// writeImport writes the files. A project that is there already stays; any
// other file in the way stops it before one is written, unless --force is given.
func (a *app) writeImport(ctx context.Context, r terraform.Result, f importFlags) error {
	dir, err := a.path(f.out)
	if err != nil {
		return err
	}
	seal, err := a.seal(ctx, r, f)
	if err != nil {
		return err
	}
	files, err := r.Files(seal)
	if err != nil {
		return err
	}
	if exists(filepath.Join(dir, terraform.ProjectFile)) {
		a.say(kept(r, f))
		delete(files, terraform.ProjectFile)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !f.force && exists(filepath.Join(dir, name)) {
			return &report.UsageError{Message: filepath.Join(f.out, name) + " exists already", Hint: "nothing was written; choose another folder, or --force to overwrite"}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := put(filepath.Join(dir, name), files[name]); err != nil {
			return fmt.Errorf("write the manifests: %w", err)
		}
		if _, err := fmt.Fprintf(a.Stdout, "Wrote %s\n", filepath.Join(f.out, name)); err != nil {
			return err
		}
	}
	return a.remark(r, f)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// put writes a file that only its owner may read, in folders that all may.
func put(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// seal encrypts with the vault password; nil where nothing is to be encrypted.
func (a *app) seal(ctx context.Context, r terraform.Result, f importFlags) (terraform.Seal, error) {
	if f.values != valuesVault || len(r.Values) == 0 {
		return nil, nil
	}
	password, err := a.encrypting(ctx, &vaultFlags{encryptID: f.encryptID})
	if err != nil {
		return nil, err
	}
	return func(plain []byte) ([]byte, error) { return ansiblevault.Encrypt(plain, password, rand.Reader) }, nil
}

// kept warns of what a project that stays has to say itself.
func kept(r terraform.Result, f importFlags) []spec.Warning {
	at := spec.Position{File: filepath.Join(f.out, terraform.ProjectFile)}
	list := []spec.Warning{}
	for env, e := range r.Project.Spec.Environments {
		list = append(list, spec.Warning{At: at, Message: "the file is left as it is", Hint: fmt.Sprintf("it must have the environment %s, of account %s in %s", env, e.AccountID, e.Region)})
	}
	var variables []string
	for _, v := range r.Values {
		if v.Variable != "" {
			variables = append(variables, fmt.Sprintf("%s (its text stands at %s)", v.Variable, v.At))
		}
	}
	if len(variables) > 0 {
		list = append(list, spec.Warning{At: at, Message: "it needs these variables, encrypted: " + strings.Join(variables, ", "), Hint: "`reconciler vault encrypt-string` makes one"})
	}
	return list
}
