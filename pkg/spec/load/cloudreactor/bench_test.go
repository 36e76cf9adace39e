package cloudreactor_test

import (
	"fmt"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec/load/cloudreactor"
)

// BenchmarkLoad reads a project of 1,000 tasks, without and with values that
// depend on the task.
func BenchmarkLoad(b *testing.B) {
	for name, group := range map[string]string{"shared": "/logs/{{ env }}", "perTask": "/logs/{{ task_name_safe }}"} {
		var tasks strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&tasks, "  task%d: {command: \"run {{ env }} %d\", env: {N: %d}}\n", i, i, i)
		}
		in := schema4("log_group: \"" + group + "\"\nenv_aws: {logging: {awslogs: {log_group: \"{{ log_group }}\"}}}\n" +
			"project_task_config: {env: {A: \"{{ project_name }}\"}, wrapper: {env_locations: [\"{{ 'arn:' ~ env }}\"]}}\nproject_task_name_to_config:\n" + tasks.String()).input(b)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p, err := cloudreactor.Load(in)
				if err != nil || len(p.Tasks) != 1000 {
					b.Fatal(err)
				}
			}
		})
	}
}
