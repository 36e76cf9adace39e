package taskdefinition

import (
	"encoding/json"
	"strings"
)

// node is what is known of one member of a task definition. A member without
// a node is compared as it stands, so that members of future SDKs are too.
type node struct {
	members map[string]*node
	item    *node // of the elements of a list

	fill     any                 // what AWS takes an absent member for
	implied  bool                // an object that is there with its defaults when absent
	kept     bool                // an object that means something even when it is empty
	free     bool                // an object whose keys are the user's; "" is a value in it
	key      string              // of a list of pairs, which is compared as a map: its key's member
	value    string              // and its value's
	set      bool                // a list whose order means nothing
	identity []string            // members that tell which elements of a set belong together
	rewrite  func(string) string // another spelling of the same text
}

func (n *node) member(name string) *node {
	if n == nil {
		return nil
	}
	return n.members[name]
}

func (n *node) element() *node {
	if n == nil {
		return nil
	}
	return n.item
}

func (n *node) isPairs() bool { return n != nil && n.key != "" }
func (n *node) isSet() bool   { return n != nil && n.set }
func (n *node) isFree() bool  { return n != nil && n.free }

// at finds or makes the node of a slash-separated place; * is any element.
func (n *node) at(place string) *node {
	for name := range strings.SplitSeq(place, "/") {
		if name == "*" {
			if n.item == nil {
				n.item = &node{}
			}
			n = n.item
			continue
		}
		if n.members == nil {
			n.members = map[string]*node{}
		}
		if n.members[name] == nil {
			n.members[name] = &node{}
		}
		n = n.members[name]
	}
	return n
}

// rules are everything that ECS, or what reads it, treats as equal. Sources:
// the ECS API reference (types.ContainerDefinition and what it holds), what
// DescribeTaskDefinition returns, and the equivalences that Terraform's
// provider and ecspresso have collected.
func rules() *node {
	top := &node{}
	for place, value := range defaults() {
		top.at(place).fill = value
	}
	for _, place := range implied() {
		top.at(place).implied = true
	}
	for _, place := range free() {
		top.at(place).free = true
	}
	for place, names := range pairs() {
		n := top.at(place)
		n.key, n.value = names[0], names[1]
	}
	for place, identity := range sets() {
		n := top.at(place)
		n.set, n.identity = true, identity
	}
	top.at("volumes/*/dockerVolumeConfiguration").kept = true
	top.at("cpu").rewrite = cpuUnits
	top.at("memory").rewrite = mebibytes
	return top
}

// defaults are the values that an absent member stands for.
func defaults() map[string]any {
	number := func(text string) json.Number { return json.Number(text) }
	const c = "containerDefinitions/*/"
	return map[string]any{
		"enableFaultInjection":                                       false,
		"runtimePlatform/operatingSystemFamily":                      "LINUX",
		"runtimePlatform/cpuArchitecture":                            "X86_64",
		c + "cpu":                                                    number("0"),
		c + "essential":                                              true,
		c + "disableNetworking":                                      false,
		c + "interactive":                                            false,
		c + "privileged":                                             false,
		c + "pseudoTerminal":                                         false,
		c + "readonlyRootFilesystem":                                 false,
		c + "startTimeout":                                           number("0"),
		c + "versionConsistency":                                     "enabled",
		c + "healthCheck/interval":                                   number("30"),
		c + "healthCheck/retries":                                    number("3"),
		c + "healthCheck/startPeriod":                                number("0"),
		c + "healthCheck/timeout":                                    number("5"),
		c + "linuxParameters/initProcessEnabled":                     false,
		c + "mountPoints/*/readOnly":                                 false,
		c + "portMappings/*/protocol":                                "tcp",
		c + "restartPolicy/restartAttemptPeriod":                     number("300"),
		c + "volumesFrom/*/readOnly":                                 false,
		"volumes/*/configuredAtLaunch":                               false,
		"volumes/*/dockerVolumeConfiguration/autoprovision":          false,
		"volumes/*/dockerVolumeConfiguration/driver":                 "local",
		"volumes/*/dockerVolumeConfiguration/scope":                  "task",
		"volumes/*/efsVolumeConfiguration/rootDirectory":             "/",
		"volumes/*/efsVolumeConfiguration/transitEncryption":         "DISABLED",
		"volumes/*/efsVolumeConfiguration/transitEncryptionPort":     number("0"),
		"volumes/*/efsVolumeConfiguration/authorizationConfig/iam":   "DISABLED",
		"volumes/*/s3filesVolumeConfiguration/rootDirectory":         "/",
		"volumes/*/s3filesVolumeConfiguration/transitEncryptionPort": number("0"),
	}
}

// implied are the objects whose absence is the same as their defaults.
func implied() []string {
	return []string{
		"runtimePlatform",
		"containerDefinitions/*/linuxParameters",
		"volumes/*/efsVolumeConfiguration/authorizationConfig",
	}
}

// free are the objects whose keys are the user's own.
func free() []string {
	return []string{
		"containerDefinitions/*/dockerLabels",
		"containerDefinitions/*/firelensConfiguration/options",
		"containerDefinitions/*/logConfiguration/options",
		"volumes/*/dockerVolumeConfiguration/driverOpts",
		"volumes/*/dockerVolumeConfiguration/labels",
	}
}

// environmentPlace is where the container's own variables are.
const environmentPlace = "containerDefinitions/*/environment"

// pairs are the lists of a name and a value. Of two pairs with one name the
// last counts, as in a process's environment.
func pairs() map[string][2]string {
	return map[string][2]string{
		environmentPlace:                                        {"name", "value"},
		"containerDefinitions/*/secrets":                        {"name", "valueFrom"},
		"containerDefinitions/*/logConfiguration/secretOptions": {"name", "valueFrom"},
		"proxyConfiguration/properties":                         {"name", "value"},
	}
}

// sets are the lists whose order means nothing, each with the members by which
// an element is recognised. The order of environmentFiles decides which of two
// files wins a variable, but files that share one are advised against, and ECS
// does not promise to return the order; so it is a set, too.
func sets() map[string][]string {
	const c = "containerDefinitions/*/"
	return map[string][]string{
		"containerDefinitions":                      {"name"},
		"inferenceAccelerators":                     {"deviceName"},
		"placementConstraints":                      {"expression"},
		"requiresCompatibilities":                   nil,
		"volumes":                                   {"name"},
		c + "credentialSpecs":                       nil,
		c + "dependsOn":                             {"containerName"},
		c + "dockerSecurityOptions":                 nil,
		c + "environmentFiles":                      {"value"},
		c + "extraHosts":                            {"hostname", "ipAddress"},
		c + "links":                                 nil,
		c + "linuxParameters/capabilities/add":      nil,
		c + "linuxParameters/capabilities/drop":     nil,
		c + "linuxParameters/devices":               {"hostPath"},
		c + "linuxParameters/devices/*/permissions": nil,
		c + "linuxParameters/tmpfs":                 {"containerPath"},
		c + "linuxParameters/tmpfs/*/mountOptions":  nil,
		c + "mountPoints":                           {"containerPath"},
		c + "portMappings":                          {"containerPort", "containerPortRange", "protocol"},
		c + "resourceRequirements":                  {"type"},
		c + "restartPolicy/ignoredExitCodes":        nil,
		c + "systemControls":                        {"namespace"},
		c + "ulimits":                               {"name"},
		c + "volumesFrom":                           {"sourceContainer"},
	}
}
