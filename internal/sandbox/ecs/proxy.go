package ecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// checkProxy checks an App Mesh proxy: its network, its container, and the
// properties that ProxyConfiguration's reference requires.
func checkProxy(def *types.TaskDefinition) error {
	p := def.ProxyConfiguration
	if p == nil {
		return nil
	}
	if err := oneOf("proxyConfiguration type", p.Type); err != nil {
		return err
	}
	switch {
	case def.NetworkMode != types.NetworkModeAwsvpc:
		return clientError("APPMESH proxy configuration is only supported in networkMode=awsvpc")
	case byName(def.ContainerDefinitions)[value(p.ContainerName)] == nil:
		return clientError("Proxy container [%s] does not exist.", value(p.ContainerName))
	}
	return checkProxyProperties(p.Properties)
}

func proxyProperties() []string {
	return []string{
		"AppPorts", "EgressIgnoredIPs", "EgressIgnoredPorts", "IgnoredGID", "IgnoredUID", "ProxyEgressPort", "ProxyIngressPort",
	}
}

func checkProxyProperties(properties []types.KeyValuePair) error {
	set := map[string]string{}
	for _, p := range properties {
		if !slices.Contains(proxyProperties(), value(p.Name)) {
			return clientError("Invalid proxy configuration property '%s'.", value(p.Name))
		}
		set[*p.Name] = value(p.Value)
	}
	switch {
	case set["ProxyIngressPort"] == "":
		return clientError("Ingress port not found")
	case set["ProxyEgressPort"] == "":
		return clientError("Egress port not found")
	case set["AppPorts"] == "":
		return clientError("App ports not found")
	case set["IgnoredUID"] == "" && set["IgnoredGID"] == "":
		return clientError("Ignored UID or GID not found")
	}
	return nil
}
