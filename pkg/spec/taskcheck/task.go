package taskcheck

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/spec"
)

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// isName tells whether text can name a family, container or volume.
func isName(text string) bool { return madeOf(text, maxNameLength, alphanumeric+"_-") }

// madeOf tells whether text has one to most bytes, all of them of the alphabet.
func madeOf(text string, most int, alphabet string) bool {
	return text != "" && len(text) <= most && strings.Trim(text, alphabet) == ""
}

const nameHint = "up to 255 letters, digits, hyphens and underscores"

func (c *checker) family() {
	if family := value(c.def.Family); family == "" {
		c.report("/family", nameHint, "the family is missing")
	} else if !isName(family) {
		c.report("/family", nameHint, "%q cannot be the name of a family", family)
	}
}

func (c *checker) size(doc spec.Document) {
	var written bytes.Buffer
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(doc); err != nil {
		c.report("", "", "the task definition cannot be written as JSON")
	} else if size := written.Len() - len("\n"); size > maxSize {
		c.report("", "move large values into a secret or a file", "the task definition has %d bytes of JSON, and ECS takes %d", size, maxSize)
	}
}

// roles checks ARNs; ECS takes a role's short name as well.
func (c *checker) roles() {
	c.role("/executionRoleArn", value(c.def.ExecutionRoleArn))
	c.role("/taskRoleArn", value(c.def.TaskRoleArn))
}

func (c *checker) role(path, role string) {
	if role != "" && !isRole(role) {
		c.report(path, "write arn:aws:iam::ACCOUNT:role/NAME", "%q is not a role's ARN", role)
	}
}

func isRole(text string) bool {
	if !strings.HasPrefix(text, "arn:") {
		return madeOf(text, maxRoleName, alphanumeric+"_+=,.@-")
	}
	arn, err := spec.ParseARN(text)
	if err != nil {
		return false
	}
	_, _, err = arn.RoleName()
	return err == nil
}

func (c *checker) network() {
	mode := c.def.NetworkMode
	if c.fargate && mode != types.NetworkModeAwsvpc {
		c.report("/networkMode", "write networkMode: awsvpc", "Fargate works with the network mode awsvpc alone")
	}
	if mode == types.NetworkModeNone {
		for i, container := range c.def.ContainerDefinitions {
			if len(container.PortMappings) > 0 {
				c.report(pointer("containerDefinitions", i, "portMappings"), "leave them out, or use another network mode",
					"there are no ports in the network mode none")
			}
		}
	}
}

func (c *checker) volumes() {
	seen := map[string]bool{}
	for i, v := range c.def.Volumes {
		name := value(v.Name)
		switch path := pointer("volumes", i, "name"); {
		case !isName(name):
			c.report(path, nameHint, "%q cannot be the name of a volume", name)
		case seen[name]:
			c.report(path, "name each volume once", "there are two volumes %q", name)
		}
		seen[name] = true
	}
}
