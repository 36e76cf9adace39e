package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
)

// setting is a variable of the environment.
type setting struct{ name, value string }

type envFlags struct {
	url, region string
	unset       bool
}

func (a *app) sandboxEnv() *cobra.Command {
	var f envFlags
	cmd := &cobra.Command{
		Use: "env", Short: "Print what points AWS clients at the embedded AWS", Args: noArguments,
		Long: `Print the variables that point the AWS CLI and the SDKs at a sandbox, for a shell:

  eval $(reconciler sandbox env)            use the sandbox from here on
  eval $(reconciler sandbox env --unset)    use AWS again

It does not look whether one is served there.`,
		RunE: func(*cobra.Command, []string) error { return a.printEnv(f) },
	}
	cmd.Flags().StringVar(&f.url, "url", "http://"+sandboxAddress, "the sandbox that is served at `URL`")
	cmd.Flags().StringVar(&f.region, "region", sandboxRegion, "the region to use")
	cmd.Flags().BoolVar(&f.unset, "unset", false, "print what takes them away again")
	return cmd
}

func (a *app) printEnv(f envFlags) error {
	url, err := sandboxURL(f.url)
	if err != nil {
		return err
	}
	settings := []setting{
		{"AWS_ENDPOINT_URL", url}, {"AWS_ACCESS_KEY_ID", "sandbox"}, {"AWS_SECRET_ACCESS_KEY", "sandbox"},
		{"AWS_REGION", f.region}, {"AWS_DEFAULT_REGION", f.region},
	}
	if format := a.global.format(); format == report.JSON || format == report.YAML {
		return report.Data(a.Stdout, format, asData(settings, f.unset))
	}
	for _, s := range settings {
		line := "export " + s.name + "=" + quoted(s.value)
		if f.unset {
			line = "unset " + s.name
		}
		if _, err := fmt.Fprintln(a.Stdout, line+";"); err != nil {
			return err
		}
	}
	return nil
}

// asData is the settings by name; null for what is to be unset.
func asData(settings []setting, unset bool) map[string]*string {
	out := map[string]*string{}
	for _, s := range settings {
		out[s.name] = &s.value
		if unset {
			out[s.name] = nil
		}
	}
	return out
}

// quoted is a text as a shell reads it as it is.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
