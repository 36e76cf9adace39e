package ecs

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// checkLogging checks a log driver and, of awslogs, its options.
func checkLogging(l *types.LogConfiguration) error {
	if l == nil {
		return nil
	}
	if l.LogDriver == "" {
		return clientError("Log driver should not be null or empty.")
	}
	if err := oneOf("logDriver", l.LogDriver); err != nil {
		return err
	}
	for _, option := range l.SecretOptions {
		if err := checkSecret(option); err != nil {
			return err
		}
	}
	if l.LogDriver != types.LogDriverAwslogs {
		return nil
	}
	return checkAWSLogs(l.Options)
}

func checkAWSLogs(options map[string]string) error {
	var missing, foreign []string
	for _, need := range []string{"awslogs-region", "awslogs-group"} {
		if options[need] == "" {
			missing = append(missing, need)
		}
	}
	if len(missing) > 0 {
		return clientError("Log driver awslogs requires options: %s", strings.Join(missing, ", "))
	}
	for name := range options {
		if !strings.HasPrefix(name, "awslogs-") && !slices.Contains([]string{"mode", "max-buffer-size", "tag"}, name) {
			foreign = append(foreign, name)
		}
	}
	if len(foreign) > 0 {
		slices.Sort(foreign)
		return clientError("Log driver awslogs disallows options: %s", strings.Join(foreign, ", "))
	}
	return nil
}

// checkFirelens checks that a log router and containers that log to it come
// together.
func checkFirelens(containers []types.ContainerDefinition) error {
	routers, users := 0, 0
	for _, c := range containers {
		if c.FirelensConfiguration != nil {
			if err := checkRouter(c.FirelensConfiguration); err != nil {
				return err
			}
			routers++
		}
		if c.LogConfiguration != nil && c.LogConfiguration.LogDriver == types.LogDriverAwsfirelens {
			users++
		}
	}
	switch {
	case routers > 0 && users == 0:
		return clientError("When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.")
	case users > 0 && routers == 0:
		return clientError("When the awsfirelens log driver is specified, one container has to be configured with a firelensConfiguration object.")
	case routers > 1:
		return clientError("Only one container can be configured with a firelensConfiguration object.")
	}
	return nil
}

// checkRouter checks a log router's options, which FirelensConfiguration's
// reference lists.
func checkRouter(f *types.FirelensConfiguration) error {
	if f.Type == "" {
		return clientError("The type of a firelensConfiguration should not be null or empty.")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Options)) {
		text := f.Options[name]
		switch {
		case name == "enable-ecs-log-metadata" && (text == "true" || text == "false"),
			name == "config-file-type" && (text == "s3" || text == "file"),
			name == "config-file-value" && text != "":
		default:
			return clientError("Invalid firelensConfiguration option '%s'.", name)
		}
	}
	return oneOf("firelensConfiguration type", f.Type)
}
