package cli

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/daemon/events"
	"ecs-reconciler/pkg/report"
)

// eventsRules are the templates, by the tool that takes them.
//
//go:embed eventsrules
var eventsRules embed.FS

func (a *app) printEventsTemplateCommand() *cobra.Command {
	format := "cloudformation"
	files := map[string]string{"cloudformation": "cloudformation.yaml", "terraform": "terraform.tf"}
	cmd := &cobra.Command{
		Use: "print-events-template", Short: "Print what brings changes from CloudTrail to the daemon", Args: noArguments,
		Long: `Print a template for CloudFormation or Terraform: rules of EventBridge that pick
the calls of which CloudTrail tells, and the encrypted queue from which the
daemon reads them with --events. It is deployed in the home region first, which
gets the queue, and then in every other region where tasks run and in us-east-1,
where IAM's events are; those hand theirs on to the home region.`,
		RunE: func(*cobra.Command, []string) error {
			file, known := files[format]
			if !known {
				return &report.UsageError{Message: fmt.Sprintf("there is no template for %q", format), Hint: "want --format cloudformation or --format terraform"}
			}
			text, err := eventsTemplate(file)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.Stdout, text)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "`TOOL` that takes it: cloudformation or terraform")
	return cmd
}

// eventsTemplate fills in what the daemon can read: a line with {{source}} or
// {{event}} stands for as many as there are, {{sources}} for a list.
func eventsTemplate(file string) (string, error) {
	text, err := eventsRules.ReadFile("eventsrules/" + file)
	if err != nil {
		return "", fmt.Errorf("the template %s: %w", file, err)
	}
	sources, names := watched()
	filled := eachOnALine(eachOnALine(string(text), "{{source}}", sources), "{{event}}", names)
	return strings.ReplaceAll(filled, "{{sources}}", `"`+strings.Join(sources, `", "`)+`"`), nil
}

// eachOnALine repeats the lines that have a place for a value.
func eachOnALine(text, place string, values []string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, place) {
			b.WriteString(line)
			continue
		}
		for _, v := range values {
			b.WriteString(strings.ReplaceAll(line, place, v))
		}
	}
	return b.String()
}

// watched are the sources and the names of the events that the daemon reads. A
// name that two services share stands there once: of the few calls that a rule
// so lets through for nothing, none is frequent.
func watched() (sources, names []string) {
	seen := map[string]bool{}
	for source, calls := range events.Watched() {
		sources = append(sources, "aws."+strings.TrimSuffix(source, ".amazonaws.com"))
		for _, name := range calls {
			seen[name] = true
		}
	}
	slices.Sort(sources)
	return sources, slices.Sorted(maps.Keys(seen))
}
