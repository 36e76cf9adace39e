// Package report shows plans and what became of them: as text for people, as
// JSON and YAML for programs, as Markdown and as GitHub workflow commands.
//
// It only ever sees plan documents, which hold no sensitive value, and it
// decides nothing but the exit code.
package report
