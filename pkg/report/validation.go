package report

import (
	"fmt"
	"io"
)

// Validation is the result of a check that asks AWS nothing, as JSON.
type Validation struct {
	FormatVersion string   `json:"format_version"`
	Environment   string   `json:"environment"`
	Tasks         []string `json:"tasks"`      // names
	Secrets       []string `json:"secrets"`    // names
	Parameters    []string `json:"parameters"` // names
	Roles         []string `json:"roles"`      // ARNs
	Warnings      []string `json:"warnings"`
}

func validationSummary(v Validation) string {
	parameters := ""
	if n := len(v.Parameters); n > 0 {
		parameters = fmt.Sprintf("%d parameters, ", n)
	}
	return fmt.Sprintf("is valid: %d tasks, %d secrets, %s%d roles, %d warnings.", len(v.Tasks), len(v.Secrets), parameters, len(v.Roles), len(v.Warnings))
}

// ValidationText writes that a spec is valid, in a line.
func ValidationText(w io.Writer, v Validation) error {
	_, err := fmt.Fprintf(w, "%s %s\n", v.Environment, validationSummary(v))
	return err
}

// ValidationMarkdown writes that a spec is valid, and its warnings. It is never
// longer than a comment may be.
func ValidationMarkdown(w io.Writer, v Validation) error {
	c := &comment{}
	c.block("### Validation of `%s`\n\nThe spec %s\n", v.Environment, validationSummary(v))
	c.warnings(v.Warnings)
	return c.end(w)
}

// ValidationGitHub writes the warnings as workflow commands that point at their
// file and line.
func ValidationGitHub(w io.Writer, v Validation) error {
	a := &annotator{printer: printer{w: w}}
	a.warnings(v.Warnings)
	a.rest()
	a.printf("%s %s\n", v.Environment, validationSummary(v))
	return a.err
}
