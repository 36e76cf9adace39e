package terraform

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"
)

// definition is what RegisterTaskDefinition takes, out of the attributes of an
// aws_ecs_task_definition.
func (c *conversion) definition(r resource) (spec.Document, bool) {
	containers, ok := containersOf(r.text("container_definitions"))
	if !ok {
		c.remark(r, "its container_definitions are no JSON list, so the task is not taken over")
		return nil, false
	}
	doc := spec.Document{"containerDefinitions": containers}
	for attribute, member := range members() {
		if value := camel(r.attributes.values[attribute]); value != nil {
			doc[member] = value
		}
	}
	for attribute, member := range blocks() {
		if value := camel(first(r.attributes.values[attribute])); value != nil {
			doc[member] = value
		}
	}
	if proxy := object(first(r.attributes.values["proxy_configuration"])); proxy != nil {
		doc["proxyConfiguration"] = proxyOf(proxy)
	}
	if volumes := volumesOf(list(r.attributes.values["volume"])); len(volumes) > 0 {
		doc["volumes"] = volumes
	}
	if tags := tagList(unlessEmpty(r.tags())); len(tags) > 0 {
		doc["tags"] = tags
	}
	return doc, true
}

// members are the attributes that hold what a member of the request holds.
func members() map[string]string {
	return map[string]string{
		"family": "family", "cpu": "cpu", "memory": "memory", "network_mode": "networkMode", "ipc_mode": "ipcMode", "pid_mode": "pidMode",
		"task_role_arn": "taskRoleArn", "execution_role_arn": "executionRoleArn", "requires_compatibilities": "requiresCompatibilities",
		"placement_constraints": "placementConstraints", "inference_accelerator": "inferenceAccelerators", "enable_fault_injection": "enableFaultInjection",
	}
}

// blocks are the attributes that are lists of at most one element.
func blocks() map[string]string {
	return map[string]string{"ephemeral_storage": "ephemeralStorage", "runtime_platform": "runtimePlatform"}
}

func first(value any) any {
	if l := list(value); len(l) > 0 {
		return l[0]
	}
	return nil
}

// camel is a value with its members called as AWS calls them. What is empty or
// a false boolean is nil: the provider writes it where nothing was said.
func camel(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range value {
			if member = camel(member); member != nil {
				out[camelName(name)] = member
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		out := []any{}
		for _, item := range value {
			if item = camel(item); item != nil {
				out = append(out, item)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case string:
		if value == "" {
			return nil
		}
	case bool:
		if !value {
			return nil
		}
	}
	return value
}

// camelName is file_system_id as fileSystemId, and size_in_gib as sizeInGiB.
func camelName(snake string) string {
	if snake == "size_in_gib" {
		return "sizeInGiB"
	}
	parts := strings.Split(snake, "_")
	for i := 1; i < len(parts); i++ {
		parts[i] = capital(parts[i], unicode.ToUpper)
	}
	return strings.Join(parts, "")
}

func capital(word string, change func(rune) rune) string {
	letter, size := utf8.DecodeRuneInString(word)
	return string(change(letter)) + word[size:]
}

func proxyOf(block map[string]any) map[string]any {
	out := map[string]any{"containerName": block["container_name"], "type": block["type"]}
	properties := object(block["properties"])
	var pairs []any
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		pairs = append(pairs, map[string]any{"name": name, "value": properties[name]})
	}
	if pairs != nil {
		out["properties"] = pairs
	}
	return out
}

// volumesOf are volumes with their kinds of storage, whose blocks are lists.
func volumesOf(blocks []any) []any {
	names := map[string]string{"efs_volume_configuration": "efsVolumeConfiguration", "docker_volume_configuration": "dockerVolumeConfiguration",
		"fsx_windows_file_server_volume_configuration": "fsxWindowsFileServerVolumeConfiguration"}
	var out []any
	for _, item := range blocks {
		block := object(item)
		volume := map[string]any{"name": block["name"]}
		if block["configure_at_launch"] == any(true) {
			volume["configuredAtLaunch"] = true
		}
		if path, _ := block["host_path"].(string); path != "" {
			volume["host"] = map[string]any{"sourcePath": path}
		}
		for attribute, member := range names {
			if storage := object(first(block[attribute])); storage != nil {
				volume[member] = storageOf(storage)
			}
		}
		out = append(out, volume)
	}
	return out
}

// storageOf keeps the keys of the user's own maps.
func storageOf(block map[string]any) map[string]any {
	block = maps.Clone(block)
	own := map[string]any{}
	for _, name := range []string{"driver_opts", "labels"} {
		if m := object(block[name]); len(m) > 0 {
			own[camelName(name)] = m
		}
		delete(block, name)
	}
	if inner := first(block["authorization_config"]); inner != nil {
		block["authorization_config"] = inner
	}
	if port, ok := block["transit_encryption_port"].(json.Number); ok && port == "0" {
		delete(block, "transit_encryption_port")
	}
	out := object(camel(block))
	if out == nil {
		out = map[string]any{}
	}
	maps.Copy(out, own)
	return out
}

func tagList(tags map[string]string) []any {
	var out []any
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, map[string]any{"key": key, "value": tags[key]})
	}
	return out
}

// containersOf reads container_definitions. Terraform takes their keys in any
// case, and null for what is not there.
func containersOf(text string) ([]any, bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var containers []any
	if err := decoder.Decode(&containers); err != nil || len(containers) == 0 {
		return nil, false
	}
	out, ok := lowered(containers).([]any)
	return out, ok
}

// lowered is a value with keys that begin small, without null and empty lists.
// Maps with the user's own keys keep them.
func lowered(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range value {
			name = capital(name, unicode.ToLower)
			if l, ok := member.([]any); member == nil || ok && len(l) == 0 {
				continue
			}
			if !slices.Contains([]string{"dockerLabels", "options", "driverOpts", "labels"}, name) {
				member = lowered(member)
			}
			out[name] = member
		}
		return out
	case []any:
		out := []any{}
		for _, item := range value {
			if item != nil {
				out = append(out, lowered(item))
			}
		}
		return out
	default:
		return value
	}
}
