package taskcheck_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/taskcheck"
)

const fargate = `{
	"family": "nightly", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
	"executionRoleArn": "arn:aws:iam::012345678901:role/execution",
	"taskRoleArn": "arn:aws:iam::012345678901:role/team/task",
	"containerDefinitions": [
		{"name": "app", "image": "busybox", "environment": [{"name": "A", "value": "1"}],
		 "secrets": [{"name": "B", "valueFrom": "arn"}], "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
		 "portMappings": [{"containerPort": 80, "hostPort": 80}],
		 "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]},
		{"name": "init", "image": "busybox", "essential": false, "volumesFrom": [{"sourceContainer": "app"}]}],
	"volumes": [{"name": "data"}],
	"tags": [{"key": "team", "value": "data"}]}`

const ec2 = `{"family": "nightly", "containerDefinitions": [{"name": "app", "image": "busybox", "memory": 128}]}`

// document reads JSON; edits are pointer=JSON, and pointer= takes the member out.
func document(t testing.TB, text string, edits ...string) spec.Document {
	t.Helper()
	doc := spec.Document{}
	decode(t, text, &doc)
	for _, edit := range edits {
		path, value, _ := strings.Cut(edit, "=")
		set(t, doc, strings.Split(path, "/"), value)
	}
	return doc
}

func decode(t testing.TB, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func set(t testing.TB, at any, path []string, value string) {
	t.Helper()
	if items, ok := at.([]any); ok {
		var i int
		if _, err := fmt.Sscan(path[0], &i); err != nil {
			t.Fatal(err)
		}
		set(t, items[i], path[1:], value)
		return
	}
	object := at.(map[string]any)
	switch {
	case len(path) > 1:
		set(t, object[path[0]], path[1:], value)
	case value == "":
		delete(object, path[0])
	default:
		var v any
		decode(t, value, &v)
		object[path[0]] = v
	}
}

func TestValidDefinitionsPass(t *testing.T) {
	for name, doc := range map[string]spec.Document{
		"fargate":                       document(t, fargate),
		"ec2":                           document(t, ec2),
		"sizes in large units":          document(t, fargate, `cpu="1 vCPU"`, `memory="2GB"`),
		"a fraction of a large unit":    document(t, fargate, `cpu=".25 vcpu"`, `memory="0.5 GB"`),
		"sizes as numbers":              document(t, fargate, `cpu=16384`, `memory=122880`),
		"memory at the task":            document(t, ec2, `memory="512"`, `containerDefinitions/0/memory=`),
		"memoryReservation alone":       document(t, ec2, `containerDefinitions/0/memoryReservation=64`, `containerDefinitions/0/memory=`),
		"secrets without Fargate":       document(t, ec2, `containerDefinitions/0/secrets=[{"name":"B","valueFrom":"arn"}]`),
		"a role by its short name":      document(t, fargate, `taskRoleArn="task"`),
		"another partition":             document(t, fargate, `taskRoleArn="arn:aws-cn:iam::012345678901:role/task"`),
		"another port on the host":      document(t, ec2, `containerDefinitions/0/portMappings=[{"containerPort":80,"hostPort":8080}]`),
		"a port without a host's":       document(t, fargate, `containerDefinitions/0/portMappings=[{"containerPort":80}]`),
		"one variable given twice":      document(t, ec2, `containerDefinitions/0/environment=[{"name":"A","value":"1"},{"name":"A","value":"2"}]`),
		"a tag of many letters":         document(t, ec2, `tags=[{"key":"é_.:/=+-@","value":"a b 日本"}]`),
		"essential said of one of them": document(t, fargate, `containerDefinitions/0/essential=true`),
	} {
		t.Run(name, func(t *testing.T) {
			if problems := taskcheck.Check(doc); len(problems) > 0 {
				t.Errorf("problems: %+v", problems)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	many := func(n int, item func(i int) string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = item(i)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	for _, c := range []struct {
		name, base string
		edits      []string
		path, says string
	}{
		{"no family", ec2, []string{`family=`}, "/family", "missing"},
		{"a blank in the family", ec2, []string{`family="my app"`}, "/family", `"my app"`},
		{"an exclamation mark in the family", ec2, []string{`family="app!"`}, "/family", `"app!"`},
		{"a long family", ec2, []string{`family="` + strings.Repeat("a", 256) + `"`}, "/family", "cannot be the name"},
		{"no containers", ec2, []string{`containerDefinitions=[]`}, "/containerDefinitions", "there is no container"},
		{"containers left out", ec2, []string{`containerDefinitions=`}, "/containerDefinitions", "there is no container"},
		{"eleven containers", fargate, []string{`containerDefinitions=` + many(11, func(i int) string { return fmt.Sprintf(`{"name":"c%d","image":"i"}`, i) })}, "/containerDefinitions", "11"},
		{"no image", ec2, []string{`containerDefinitions/0/image=`}, "/containerDefinitions/0/image", "no image"},
		{"no name", ec2, []string{`containerDefinitions/0/name=`}, "/containerDefinitions/0/name", "no name"},
		{"a dot in a name", ec2, []string{`containerDefinitions/0/name="my.app"`}, "/containerDefinitions/0/name", `"my.app"`},
		{"two containers of one name", ec2, []string{`containerDefinitions=[{"name":"a","image":"i","memory":9},{"name":"a","image":"i","memory":9}]`}, "/containerDefinitions/1/name", "two containers"},
		{"no essential container", ec2, []string{`containerDefinitions/0/essential=false`}, "/containerDefinitions", "essential"},
		{"no memory at all", ec2, []string{`containerDefinitions/0/memory=`}, "/containerDefinitions/0/memory", "how much memory"},
		{"a reservation above the limit", ec2, []string{`containerDefinitions/0/memoryReservation=256`}, "/containerDefinitions/0/memoryReservation", "256"},
		{"Fargate without cpu", fargate, []string{`cpu=`}, "/cpu", "Fargate needs cpu"},
		{"Fargate without memory", fargate, []string{`memory=`}, "/memory", "Fargate needs memory"},
		{"a cpu that Fargate has not", fargate, []string{`cpu="300"`}, "/cpu", "300"},
		{"a pair that Fargate has not", fargate, []string{`memory="9999"`}, "/memory", "cpu 256 with memory 9999"},
		{"memory between the steps", fargate, []string{`cpu="512"`, `memory="1536"`}, "/memory", "1536"},
		{"memory below the cpu's least", fargate, []string{`cpu="4 vCPU"`, `memory="4 GB"`}, "/memory", "8192 to 30720"},
		{"memory that is no size", fargate, []string{`memory="lots"`}, "/memory", `"lots"`},
		{"a part of a CPU unit", fargate, []string{`cpu="0.3 vCPU"`}, "/cpu", "0.3 vCPU"},
		{"Fargate with bridge", fargate, []string{`networkMode="bridge"`}, "/networkMode", "awsvpc"},
		{"Fargate with the default network mode", fargate, []string{`networkMode=`}, "/networkMode", "awsvpc"},
		{"ports without a network", ec2, []string{`networkMode="none"`, `containerDefinitions/0/portMappings=[{"containerPort":80}]`}, "/containerDefinitions/0/portMappings", "none"},
		{"another port on the host", fargate, []string{`containerDefinitions/0/portMappings/0/hostPort=8080`}, "/containerDefinitions/0/portMappings/0/hostPort", "awsvpc"},
		{"secrets on Fargate without an execution role", fargate, []string{`executionRoleArn=`}, "/executionRoleArn", "execution role"},
		{"awslogs on Fargate without an execution role", fargate, []string{`executionRoleArn=`, `containerDefinitions/0/secrets=`, `containerDefinitions/0/logConfiguration={"logDriver":"awslogs"}`}, "/executionRoleArn", "logs"},
		{"an image of ECR on Fargate without an execution role", fargate, []string{`executionRoleArn=`, `containerDefinitions/0/secrets=`, `containerDefinitions/0/image="012345678901.dkr.ecr.us-west-2.amazonaws.com/a:1"`}, "/executionRoleArn", "ECR"},
		{"one name in environment and secrets", fargate, []string{`containerDefinitions/0/secrets/0/name="A"`}, "/containerDefinitions/0/secrets/0/name", "environment"},
		{"one name twice in secrets", fargate, []string{`containerDefinitions/0/secrets=[{"name":"B","valueFrom":"a"},{"name":"B","valueFrom":"b"}]`}, "/containerDefinitions/0/secrets/1/name", "secrets"},
		{"dependsOn an unknown container", fargate, []string{`containerDefinitions/0/dependsOn/0/containerName="x"`}, "/containerDefinitions/0/dependsOn/0/containerName", `"x"`},
		{"dependsOn itself", fargate, []string{`containerDefinitions/0/dependsOn/0/containerName="app"`}, "/containerDefinitions/0/dependsOn/0/containerName", "itself"},
		{"volumesFrom an unknown container", fargate, []string{`containerDefinitions/1/volumesFrom/0/sourceContainer="x"`}, "/containerDefinitions/1/volumesFrom/0/sourceContainer", `"x"`},
		{"a mount of an unknown volume", fargate, []string{`containerDefinitions/0/mountPoints/0/sourceVolume="x"`}, "/containerDefinitions/0/mountPoints/0/sourceVolume", `"x"`},
		{"two volumes of one name", fargate, []string{`volumes=[{"name":"data"},{"name":"data"}]`}, "/volumes/1/name", "two volumes"},
		{"a volume without a name", ec2, []string{`volumes=[{}]`}, "/volumes/0/name", "volume"},
		{"a malformed role ARN", fargate, []string{`taskRoleArn="arn:aws:iam::012345678901"`}, "/taskRoleArn", "not a role's ARN"},
		{"an ARN of another kind", fargate, []string{`executionRoleArn="arn:aws:iam::012345678901:user/me"`}, "/executionRoleArn", "not a role's ARN"},
		{"a role with a blank", ec2, []string{`taskRoleArn="my role"`}, "/taskRoleArn", "not a role's ARN"},
		{"51 tags", ec2, []string{`tags=` + many(51, func(i int) string { return fmt.Sprintf(`{"key":"k%d","value":"v"}`, i) })}, "/tags", "51"},
		{"a tag of AWS's", ec2, []string{`tags=[{"key":"AWS:x","value":"v"}]`}, "/tags/0/key", "AWS's own"},
		{"a tag without a key", ec2, []string{`tags=[{"value":"v"}]`}, "/tags/0/key", "1 to 128"},
		{"a tag twice", ec2, []string{`tags=[{"key":"a","value":"v"},{"key":"a","value":"w"}]`}, "/tags/1/key", "two tags"},
		{"a long tag value", ec2, []string{`tags=[{"key":"a","value":"` + strings.Repeat("é", 257) + `"}]`}, "/tags/0/value", "256"},
		{"a tag key with an ampersand", ec2, []string{`tags=[{"key":"a&b","value":"v"}]`}, "/tags/0/key", "a&b"},
		{"a tag value in angle brackets", ec2, []string{`tags=[{"key":"a","value":"<v>"}]`}, "/tags/0/value", "a tag cannot have"},
		{"65 KiB", ec2, []string{`containerDefinitions/0/command=["` + strings.Repeat("a", 65<<10) + `"]`}, "", "bytes of JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := taskcheck.Check(document(t, c.base, c.edits...))
			if len(problems) != 1 {
				t.Fatalf("%d problems, want one: %+v", len(problems), problems)
			}
			if p := problems[0]; p.Path != c.path || !strings.Contains(p.Message+" "+p.Hint, c.says) {
				t.Errorf("got %q: %s (%s), want %q and %q", p.Path, p.Message, p.Hint, c.path, c.says)
			}
		})
	}
}

func TestEveryFargateSize(t *testing.T) {
	for cpu, memories := range map[int][]int{
		256: {512, 1024, 2048}, 512: {1024, 2048, 3072, 4096}, 1024: {2048, 8192}, 2048: {4096, 16384},
		4096: {8192, 30720}, 8192: {16384, 20480, 61440}, 16384: {32768, 40960, 122880},
	} {
		for _, memory := range memories {
			doc := document(t, fargate, fmt.Sprintf(`cpu="%d"`, cpu), fmt.Sprintf(`memory="%d"`, memory))
			if problems := taskcheck.Check(doc); len(problems) > 0 {
				t.Errorf("cpu %d, memory %d: %+v", cpu, memory, problems)
			}
		}
	}
}

func TestProblemsComeInOneOrder(t *testing.T) {
	doc := document(t, fargate, `family=`, `taskRoleArn="arn:"`, `executionRoleArn="arn:"`, `volumes=`, `tags=[{"key":"aws:a"}]`)
	first := taskcheck.Check(doc)
	for range 20 {
		if diff := cmp.Diff(first, taskcheck.Check(doc)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestValuesAreNotQuoted(t *testing.T) {
	const canary = "c4n4ry"
	doc := document(t, fargate, `containerDefinitions/0/secrets=[{"name":"A","valueFrom":"`+canary+`"}]`,
		`containerDefinitions/0/environment=[{"name":"A","value":"`+canary+`"}]`, `tags=[{"key":"aws:a","value":"`+canary+`"}]`)
	if text := fmt.Sprintf("%+v", taskcheck.Check(doc)); strings.Contains(text, canary) {
		t.Error("a value is quoted")
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(fargate)
	f.Add(ec2)
	f.Add(`{"containerDefinitions":[null,{"name":3}],"cpu":{},"tags":[{}],"volumes":"x"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var doc spec.Document
		if json.Unmarshal([]byte(text), &doc) != nil {
			return
		}
		for _, p := range taskcheck.Check(doc) {
			if p.Message == "" || (p.Path != "" && p.Path[0] != '/') {
				t.Errorf("a problem without a message or with a path that is no pointer: %+v", p)
			}
		}
	})
}
