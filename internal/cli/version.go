package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
)

// version of the program, raised with every release.
const version = "0.1.0"

// build is what version prints, as data.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"` // the commit; "" where the build does not know
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			b := build{version, revision(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			if f := a.global.format(); f == report.JSON || f == report.YAML {
				return report.Data(a.Stdout, f, b)
			}
			commit := b.Revision
			if len(commit) > 12 {
				commit = commit[:12]
			}
			_, err := fmt.Fprintf(a.Stdout, "reconciler %s (%s %s)\n", strings.TrimSpace(b.Version+" "+commit), b.Go, b.Platform)
			return err
		},
	}
}

// revision is the commit the program was built from, where the build knows.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
