package taskdefinition

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// inContainer puts members into the one container of a definition.
func inContainer(members string) string {
	if members != "" {
		members = ", " + members
	}
	return `{"containerDefinitions": [{"name": "app", "image": "busybox"` + members + `}]}`
}

// rule is two ways of writing the same, and a third that means something else.
type rule struct{ name, one, same, other string }

func inOneContainer(name, one, same, other string) rule {
	return rule{name, inContainer(one), inContainer(same), inContainer(other)}
}

func equivalences() []rule {
	const port = `"portMappings": [{"containerPort": 80%s}]`
	inMode := func(mode, text string) string {
		return strings.Replace(inContainer(text), "{", `{"networkMode": "`+mode+`", `, 1)
	}
	inVolume := func(text string) string { return `{"volumes": [{"name": "v"` + text + `}]}` }
	return []rule{
		{"vCPU", `{"cpu": "1 vCPU"}`, `{"cpu": "1024"}`, `{"cpu": "1"}`},
		{"a fraction of a vCPU", `{"cpu": ".25vcpu"}`, `{"cpu": "256"}`, `{"cpu": "25"}`},
		{"GB", `{"memory": "1 GB"}`, `{"memory": "1024"}`, `{"memory": "1"}`},
		{"half a GB", `{"memory": "0.5GB"}`, `{"memory": "512"}`, `{"memory": "5"}`},
		{"network mode", `{}`, `{"networkMode": "bridge"}`, `{"networkMode": "host"}`},
		{"network mode on Fargate", `{"requiresCompatibilities": ["FARGATE"]}`, `{"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc"}`,
			`{"requiresCompatibilities": ["FARGATE"], "networkMode": "bridge"}`},
		{"fault injection", `{}`, `{"enableFaultInjection": false}`, `{"enableFaultInjection": true}`},
		{"platform", `{}`, `{"runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"}}`, `{"runtimePlatform": {"cpuArchitecture": "ARM64"}}`},
		{"an empty platform", `{"runtimePlatform": {}}`, `{"runtimePlatform": {"operatingSystemFamily": "LINUX"}}`, `{"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}`},
		{"compatibilities are a set", `{"requiresCompatibilities": ["EC2", "FARGATE"]}`, `{"requiresCompatibilities": ["FARGATE", "EC2"]}`, `{"requiresCompatibilities": ["FARGATE"]}`},
		{"roles of no text", `{}`, `{"taskRoleArn": "", "executionRoleArn": "", "pidMode": "", "ipcMode": ""}`, `{"pidMode": "task"}`},
		{"containers are a set", `{"containerDefinitions": [{"name": "a"}, {"name": "b"}]}`, `{"containerDefinitions": [{"name": "b"}, {"name": "a"}]}`, `{"containerDefinitions": [{"name": "a"}]}`},
		inOneContainer("essential", ``, `"essential": true`, `"essential": false`),
		inOneContainer("cpu", ``, `"cpu": 0`, `"cpu": 1`),
		inOneContainer("startTimeout", ``, `"startTimeout": 0`, `"startTimeout": 2`),
		inOneContainer("versionConsistency", ``, `"versionConsistency": "enabled"`, `"versionConsistency": "disabled"`),
		inOneContainer("readonlyRootFilesystem", ``, `"readonlyRootFilesystem": false`, `"readonlyRootFilesystem": true`),
		inOneContainer("privileged", ``, `"privileged": false`, `"privileged": true`),
		inOneContainer("interactive", ``, `"interactive": false`, `"interactive": true`),
		inOneContainer("pseudoTerminal", ``, `"pseudoTerminal": false`, `"pseudoTerminal": true`),
		inOneContainer("disableNetworking", ``, `"disableNetworking": false`, `"disableNetworking": true`),
		inOneContainer("health check", `"healthCheck": {"command": ["a"]}`,
			`"healthCheck": {"command": ["a"], "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 0}`, `"healthCheck": {"command": ["a"], "interval": 31}`),
		inOneContainer("restart policy", `"restartPolicy": {"enabled": true}`, `"restartPolicy": {"enabled": true, "restartAttemptPeriod": 300}`,
			`"restartPolicy": {"enabled": true, "restartAttemptPeriod": 60}`),
		inOneContainer("init process", ``, `"linuxParameters": {"initProcessEnabled": false}`, `"linuxParameters": {"initProcessEnabled": true}`),
		inOneContainer("linux parameters", ``, `"linuxParameters": {}`, `"linuxParameters": {"swappiness": 1}`),
		inOneContainer("devices are a set", `"linuxParameters": {"devices": [{"hostPath": "/a", "permissions": ["read", "write"]}, {"hostPath": "/b"}]}`,
			`"linuxParameters": {"devices": [{"hostPath": "/b"}, {"hostPath": "/a", "permissions": ["write", "read"]}]}`,
			`"linuxParameters": {"devices": [{"hostPath": "/a", "permissions": ["read"]}, {"hostPath": "/b"}]}`),
		inOneContainer("protocol", fmt.Sprintf(port, ``), fmt.Sprintf(port, `, "protocol": "tcp"`), fmt.Sprintf(port, `, "protocol": "udp"`)),
		inOneContainer("a dynamic host port", fmt.Sprintf(port, ``), fmt.Sprintf(port, `, "hostPort": 0`), fmt.Sprintf(port, `, "hostPort": 80`)),
		{"the host port in awsvpc", inMode("awsvpc", fmt.Sprintf(port, ``)), inMode("awsvpc", fmt.Sprintf(port, `, "hostPort": 80`)), inMode("awsvpc", fmt.Sprintf(port, `, "hostPort": 81`))},
		{"host port 0 in awsvpc", inMode("awsvpc", fmt.Sprintf(port, `, "hostPort": 0`)), inMode("awsvpc", fmt.Sprintf(port, `, "hostPort": 80`)), inMode("awsvpc", `"portMappings": [{"containerPort": 81}]`)},
		{"the host port in host mode", inMode("host", fmt.Sprintf(port, ``)), inMode("host", fmt.Sprintf(port, `, "hostPort": 80`)), inMode("host", fmt.Sprintf(port, `, "hostPort": 81`))},
		inOneContainer("ports are a set", `"portMappings": [{"containerPort": 80}, {"containerPort": 80, "protocol": "udp"}]`,
			`"portMappings": [{"containerPort": 80, "protocol": "udp"}, {"containerPort": 80}]`, `"portMappings": [{"containerPort": 80}, {"containerPort": 81, "protocol": "udp"}]`),
		inOneContainer("environment is a set", `"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]`,
			`"environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]`, `"environment": [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}]`),
		inOneContainer("the last variable counts", `"environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]`, `"environment": [{"name": "A", "value": "2"}]`, `"environment": [{"name": "A", "value": "1"}]`),
		inOneContainer("an empty variable", `"environment": [{"name": "A", "value": ""}]`, `"environment": [{"name": "A"}]`, ``),
		inOneContainer("secrets are a set", `"secrets": [{"name": "A", "valueFrom": "1"}, {"name": "B", "valueFrom": "2"}]`,
			`"secrets": [{"name": "B", "valueFrom": "2"}, {"name": "A", "valueFrom": "1"}]`, `"secrets": [{"name": "A", "valueFrom": "1"}]`),
		inOneContainer("mount points are a set", `"mountPoints": [{"containerPath": "/a"}, {"containerPath": "/b"}]`,
			`"mountPoints": [{"containerPath": "/b"}, {"containerPath": "/a"}]`, `"mountPoints": [{"containerPath": "/a"}, {"containerPath": "/c"}]`),
		inOneContainer("a mount point's readOnly", `"mountPoints": [{"containerPath": "/a"}]`, `"mountPoints": [{"containerPath": "/a", "readOnly": false}]`, `"mountPoints": [{"containerPath": "/a", "readOnly": true}]`),
		inOneContainer("volumesFrom is a set", `"volumesFrom": [{"sourceContainer": "a", "readOnly": false}, {"sourceContainer": "b"}]`,
			`"volumesFrom": [{"sourceContainer": "b"}, {"sourceContainer": "a"}]`, `"volumesFrom": [{"sourceContainer": "b"}, {"sourceContainer": "a", "readOnly": true}]`),
		inOneContainer("ulimits are a set", `"ulimits": [{"name": "core", "softLimit": 0, "hardLimit": 0}, {"name": "cpu", "softLimit": 1, "hardLimit": 2}]`,
			`"ulimits": [{"name": "cpu", "softLimit": 1, "hardLimit": 2}, {"name": "core", "softLimit": 0, "hardLimit": 0}]`,
			`"ulimits": [{"name": "core", "softLimit": 1, "hardLimit": 2}, {"name": "cpu", "softLimit": 0, "hardLimit": 0}]`),
		inOneContainer("dependsOn is a set", `"dependsOn": [{"containerName": "a", "condition": "START"}, {"containerName": "b", "condition": "HEALTHY"}]`,
			`"dependsOn": [{"containerName": "b", "condition": "HEALTHY"}, {"containerName": "a", "condition": "START"}]`,
			`"dependsOn": [{"containerName": "a", "condition": "HEALTHY"}, {"containerName": "b", "condition": "START"}]`),
		inOneContainer("environment files are a set", `"environmentFiles": [{"type": "s3", "value": "a"}, {"type": "s3", "value": "b"}]`,
			`"environmentFiles": [{"type": "s3", "value": "b"}, {"type": "s3", "value": "a"}]`, `"environmentFiles": [{"type": "s3", "value": "a"}]`),
		inOneContainer("equal elements of a set", `"resourceRequirements": [{"type": "InferenceAccelerator", "value": "a"}, {"type": "InferenceAccelerator", "value": "b"}]`,
			`"resourceRequirements": [{"type": "InferenceAccelerator", "value": "b"}, {"type": "InferenceAccelerator", "value": "a"}]`,
			`"resourceRequirements": [{"type": "InferenceAccelerator", "value": "a"}, {"type": "InferenceAccelerator", "value": "a"}]`),
		inOneContainer("command is ordered", `"command": ["a", "b"]`, `"command": ["a", "b"]`, `"command": ["b", "a"]`),
		inOneContainer("entryPoint is ordered", `"entryPoint": ["a", "b"]`, `"entryPoint": ["a", "b"]`, `"entryPoint": ["b", "a"]`),
		inOneContainer("DNS servers are ordered", `"dnsServers": ["a", "b"]`, `"dnsServers": ["a", "b"]`, `"dnsServers": ["b", "a"]`),
		inOneContainer("an empty word of a command", `"command": ["a", ""]`, `"command": ["a", ""]`, `"command": ["a"]`),
		inOneContainer("empty lists", ``, `"command": [], "credentialSpecs": [], "dependsOn": [], "dnsSearchDomains": [], "dnsServers": [],
			"dockerSecurityOptions": [], "entryPoint": [], "environment": [], "environmentFiles": [], "extraHosts": [], "links": [], "mountPoints": [],
			"portMappings": [], "resourceRequirements": [], "secrets": [], "systemControls": [], "ulimits": [], "volumesFrom": []`, `"links": ["a"]`),
		inOneContainer("empty elements", ``, `"dependsOn": [{}], "portMappings": [{}], "environment": [{}]`, `"dependsOn": [{"containerName": "a"}]`),
		inOneContainer("empty labels", ``, `"dockerLabels": {}`, `"dockerLabels": {"a": ""}`),
		inOneContainer("log options", `"logConfiguration": {"logDriver": "awslogs"}`, `"logConfiguration": {"logDriver": "awslogs", "options": {}, "secretOptions": []}`,
			`"logConfiguration": {"logDriver": "awslogs", "options": {"mode": ""}}`),
		inOneContainer("secret options are a set", `"logConfiguration": {"secretOptions": [{"name": "a", "valueFrom": "1"}, {"name": "b", "valueFrom": "2"}]}`,
			`"logConfiguration": {"secretOptions": [{"name": "b", "valueFrom": "2"}, {"name": "a", "valueFrom": "1"}]}`, `"logConfiguration": {"secretOptions": [{"name": "a", "valueFrom": "1"}]}`),
		{"empty lists at the top", `{}`, `{"volumes": [], "placementConstraints": [], "inferenceAccelerators": [], "requiresCompatibilities": []}`, `{"volumes": [{"name": "v"}]}`},
		{"volumes are a set", `{"volumes": [{"name": "a"}, {"name": "b"}]}`, `{"volumes": [{"name": "b"}, {"name": "a"}]}`, `{"volumes": [{"name": "a"}, {"name": "c"}]}`},
		{"a volume's host", inVolume(``), inVolume(`, "host": {}, "configuredAtLaunch": false`), inVolume(`, "host": {"sourcePath": "/a"}`)},
		{"a docker volume", inVolume(`, "dockerVolumeConfiguration": {}`), inVolume(`, "dockerVolumeConfiguration": {"scope": "task", "driver": "local", "autoprovision": false}`),
			inVolume(`, "dockerVolumeConfiguration": {"scope": "shared"}`)},
		{"a docker volume is not none", inVolume(`, "dockerVolumeConfiguration": {}`), inVolume(`, "dockerVolumeConfiguration": {"labels": {}}`), inVolume(``)},
		{"EFS", inVolume(`, "efsVolumeConfiguration": {"fileSystemId": "fs"}`),
			inVolume(`, "efsVolumeConfiguration": {"fileSystemId": "fs", "rootDirectory": "/", "transitEncryption": "DISABLED", "transitEncryptionPort": 0, "authorizationConfig": {"iam": "DISABLED"}}`),
			inVolume(`, "efsVolumeConfiguration": {"fileSystemId": "fs", "transitEncryption": "ENABLED"}`)},
		{"S3 files", inVolume(`, "s3filesVolumeConfiguration": {"fileSystemArn": "a"}`), inVolume(`, "s3filesVolumeConfiguration": {"fileSystemArn": "a", "rootDirectory": "/", "transitEncryptionPort": 0}`),
			inVolume(`, "s3filesVolumeConfiguration": {"fileSystemArn": "a", "rootDirectory": "/b"}`)},
		{"proxy properties are a set", `{"proxyConfiguration": {"properties": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]}}`,
			`{"proxyConfiguration": {"properties": [{"name": "b", "value": "2"}, {"name": "a", "value": "1"}]}}`, `{"proxyConfiguration": {"properties": [{"name": "a", "value": "1"}]}}`},
		{"a member of a future SDK", `{"future": {"mode": "a", "parts": ["b", "c"]}}`, `{"future": {"mode": "a", "parts": ["b", "c"], "none": []}}`, `{"future": {"mode": "a", "parts": ["c", "b"]}}`},
	}
}

func TestEqualFormsAreEqual(t *testing.T) {
	k := testKind()
	for _, r := range equivalences() {
		t.Run(r.name, func(t *testing.T) {
			one, same, other := parse(t, r.one), parse(t, r.same), parse(t, r.other)
			for _, pair := range [][2]map[string]any{{one, same}, {same, one}, {one, one}} {
				if got := diff(k, pair[0], pair[1]); len(got) > 0 {
					t.Errorf("seen as different: %+v", got)
				}
			}
			for _, pair := range [][2]map[string]any{{one, other}, {other, one}, {same, other}, {other, same}} {
				if got := diff(k, pair[0], pair[1]); len(got) == 0 {
					t.Error("the other form goes unseen")
				}
			}
		})
	}
}

func TestDigestFollowsEquality(t *testing.T) {
	k := testKind()
	of := func(t *testing.T, text string) string {
		t.Helper()
		return k.digest(Desired{said: canonical(k.rules, parse(t, text))})
	}
	for _, r := range equivalences() {
		t.Run(r.name, func(t *testing.T) {
			one := of(t, r.one)
			if len(one) != digestLength || one != of(t, r.same) {
				t.Errorf("equal forms have the digests %s and %s", one, of(t, r.same))
			}
			if one == of(t, r.other) {
				t.Error("another form has the same digest")
			}
		})
	}
}

func TestCanonicalLeavesItsInputAlone(t *testing.T) {
	k, sample := testKind(), fullSample()
	before, err := json.Marshal(sample)
	if err != nil {
		t.Fatal(err)
	}
	canonical(k.rules, sample)
	after, err := json.Marshal(sample)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the document was changed")
	}
}

func FuzzUnits(f *testing.F) {
	for _, seed := range []string{"1 vCPU", "0.25vcpu", "256", "1e9 vcpu", "-1 vCPU", "NaN vcpu", " vcpu", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, size string) {
		once := cpuUnits(size)
		if again := cpuUnits(once); again != once {
			t.Errorf("%q becomes %q and then %q", size, once, again)
		}
	})
}

func FuzzDiff(f *testing.F) {
	for _, r := range equivalences() {
		f.Add(r.one, r.same)
		f.Add(r.one, r.other)
	}
	f.Add(`{"containerDefinitions": [1, null, {"environment": [{"name": 3}, "x"]}]}`, `{"volumes": {"a": []}}`)
	k := testKind()
	f.Fuzz(func(t *testing.T, a, b string) {
		var one, two map[string]any
		if json.Unmarshal([]byte(a), &one) != nil || json.Unmarshal([]byte(b), &two) != nil {
			return
		}
		if got := diff(k, one, one); len(got) > 0 {
			t.Errorf("a document differs from itself: %+v", got)
		}
		if there, back := len(diff(k, one, two)), len(diff(k, two, one)); (there == 0) != (back == 0) {
			t.Errorf("one way %d differences, the other %d", there, back)
		}
	})
}
