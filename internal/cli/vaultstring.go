package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ecs-reconciler/internal/vault"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

const aboutString = `Encrypt texts as values for YAML files: NAME: !vault | ….

A text on the command line can be seen by others on the machine, and stays in your
shell's history. Without one it is read from standard input, as it is: end it with
ctrl-D, not with the return key. --prompt asks for it without showing it.`

// named is a text to encrypt and the name of the variable it is for, "" for
// none.
type named struct {
	name string
	text []byte
}

func (a *app) encryptStringCommand(f *vaultFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use: "encrypt-string [TEXT…]", Aliases: []string{"encrypt_string"}, Short: "Encrypt texts as values for YAML files", Long: aboutString,
		RunE: func(cmd *cobra.Command, args []string) error { return a.encryptStrings(cmd.Context(), args, f) },
	}
	fs := cmd.Flags()
	fs.StringArrayVarP(&f.names, "name", "n", nil, "name of the variable (repeatable, one for each text)")
	fs.StringVar(&f.stdinName, "stdin-name", "", "read standard input, for the variable of this name")
	fs.BoolVarP(&f.prompt, "prompt", "p", false, "ask for the name and the text")
	fs.BoolVar(&f.showInput, "show-input", false, "show the text that is asked for")
	outputFlag(cmd, f)
	encryptIDFlag(cmd, f)
	return cmd
}

func (a *app) encryptStrings(ctx context.Context, args []string, f *vaultFlags) error {
	password, err := a.encrypting(ctx, f)
	if err != nil {
		return err
	}
	texts, err := a.texts(ctx, args, f)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, t := range texts {
		data, err := ansiblevault.Encrypt(t.text, password, rand.Reader)
		if err != nil {
			return err
		}
		out.WriteString(inlineValue(t.name, data))
	}
	return a.put(&vault.File{Name: standard}, f.output, out.Bytes())
}

// texts are what is to be encrypted, in ansible-vault's order: the answer, the
// standard input, the arguments.
func (a *app) texts(ctx context.Context, args []string, f *vaultFlags) ([]named, error) {
	stdin := slices.Contains(args, standard) || f.stdinName != "" || len(args) == 0 && !f.prompt
	if stdin && f.prompt {
		return nil, &report.UsageError{Message: "--prompt and standard input are both asked for", Hint: "choose one"}
	}
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == standard })
	var texts []named
	if f.prompt {
		text, err := a.askText(ctx, f.showInput)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	if stdin {
		data, err := io.ReadAll(a.Stdin)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		texts = append(texts, named{f.stdinName, data})
	}
	if len(f.names) > len(args) {
		return nil, &report.UsageError{Message: fmt.Sprintf("there are %d names and %d texts", len(f.names), len(args)), Hint: "--stdin-name names what is read from standard input"}
	}
	for i, arg := range args {
		text := named{text: []byte(arg)}
		if i < len(f.names) {
			text.name = f.names[i]
		}
		texts = append(texts, text)
	}
	for _, t := range texts {
		if len(t.text) == 0 {
			return nil, &report.UsageError{Message: "a text to encrypt is empty"}
		}
	}
	return texts, nil
}

func (a *app) askText(ctx context.Context, shown bool) (named, error) {
	if a.Ask == nil {
		return named{}, &report.UsageError{Message: "--prompt: " + errNoTerminal.Error()}
	}
	a.asking.Store(true)
	defer a.asking.Store(false)
	name, err := a.Ask(ctx, "Variable name (enter for no name): ", true)
	if err == nil {
		question := "String to encrypt (hidden): "
		if shown {
			question = "String to encrypt: "
		}
		var text string
		if text, err = a.Ask(ctx, question, shown); err == nil {
			return named{name, []byte(text)}, nil
		}
	}
	if errors.Is(err, errNoTerminal) {
		return named{}, &report.UsageError{Message: "--prompt: " + err.Error()}
	}
	return named{}, fmt.Errorf("ask for the text: %w", err)
}

// inlineValue is a vault text as a YAML value, indented as ansible-vault does.
func inlineValue(name string, encrypted []byte) string {
	const indent = "\n          "
	head := "!vault |"
	if name != "" {
		head = name + ": " + head
	}
	return head + indent + strings.ReplaceAll(strings.TrimSuffix(string(encrypted), "\n"), "\n", indent) + "\n"
}
