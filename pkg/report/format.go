package report

import (
	"encoding/json"
	"fmt"
	"io"

	"sigs.k8s.io/yaml"
)

// Format is a value of --output.
type Format string

// The formats.
const (
	Text     Format = "text"
	JSON     Format = "json"
	YAML     Format = "yaml"
	Markdown Format = "markdown"
	GitHub   Format = "github"
)

// Formats lists them all, as they are offered to the user.
func Formats() []Format { return []Format{Text, JSON, YAML, Markdown, GitHub} }

// Data writes v as JSON or YAML.
func Data(w io.Writer, f Format, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err == nil && f == YAML {
		data, err = yaml.JSONToYAML(data)
	}
	if err != nil {
		return fmt.Errorf("cannot write the result as %s: %w", f, err)
	}
	if f != YAML {
		data = append(data, '\n')
	}
	_, err = w.Write(data)
	return err
}
