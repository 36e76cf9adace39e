// Command reconciler converges Secrets Manager secrets, IAM task roles and ECS
// task definitions to what a deploy_config folder says.
package main

import (
	"os"

	"ecs-reconciler/internal/cli"
)

func main() { os.Exit(cli.Main(cli.OS())) }
