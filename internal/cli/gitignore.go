package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ignored is the line of .gitignore that keeps the sandbox's state out of git.
const ignored = "/.reconciler/"

// ignoreState adds that line to a folder's .gitignore, unless the file says the
// same already.
func ignoreState(dir string) (err error) {
	name := filepath.Join(dir, ".gitignore")
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if slices.Contains([]string{ignored, "/.reconciler", ".reconciler/", ".reconciler"}, strings.TrimSpace(line)) {
			return nil
		}
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	line := ignored + "\n"
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		line = "\n" + line
	}
	_, err = file.WriteString(line)
	return err
}
