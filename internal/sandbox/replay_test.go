package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/model"
)

// fields is an operation's input.
type fields map[string]any

// perform asks a server for an operation as a request does, without its HTTP.
func perform(s *Server, key, region, service, name string, in fields) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req := &request{scope: scope{accessKey: key, region: region}, signed: &http.Request{Header: http.Header{}}}
	req.route = route{service: s.services[service], protocol: model.JSON, operation: name, body: body}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.at = s.now()
	op, ok := s.world.place(region, service).backends[service].operations[name]
	if !ok {
		return noOperation(model.JSON, name, "")
	}
	input := op.input()
	if err := req.route.read(input); err != nil {
		return err
	}
	if err := s.identify(req); err != nil {
		return err
	}
	_, err = s.kept(req, op, input)
	return err
}

// dice draws inputs whose names are few, so that operations meet.
type dice struct{ *rand.Rand }

func (d dice) of(choices ...string) string { return choices[d.IntN(len(choices))] }
func (d dice) name(kind string) string     { return kind + d.of("0", "1", "2") }
func (d dice) version() string             { return strings.Repeat("v", 31) + d.of("0", "1", "2", "3", "4", "5") }
func (d dice) region() string              { return d.of("us-west-2", "us-west-2", "eu-west-1") }

const (
	replayAccount = "arn:aws:iam::012345678901:"
	replayTrust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*","Service":"scheduler.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	replayAllow   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
)

func (d dice) policy() string { return replayAccount + "policy/" + d.name("p") }
func (d dice) role() string   { return replayAccount + "role/" + d.name("r") }

func (d dice) tags(lower bool) []fields {
	if lower {
		return []fields{{"key": d.name("k"), "value": d.name("v")}}
	}
	return []fields{{"Key": d.name("k"), "Value": d.name("v")}}
}

// trust sometimes names a role, which is stored by its id.
func (d dice) trust() string {
	if d.IntN(2) == 0 {
		return replayTrust
	}
	return strings.Replace(replayTrust, `"*"`, `"`+d.role()+`"`, 1)
}

func (d dice) secretValue(in fields) fields {
	if d.IntN(4) == 0 {
		in["SecretBinary"] = []byte{0, 1, byte(d.IntN(3))}
	} else {
		in["SecretString"] = d.name("<value>\u2028")
	}
	in["ClientRequestToken"] = d.version()
	return in
}

// secretInputs are inputs of every operation of Secrets Manager that may
// change something.
func secretInputs(d dice) map[string]fields {
	id := func() fields { return fields{"SecretId": d.name("s")} }
	with := func(more fields) fields {
		more["SecretId"] = d.name("s")
		return more
	}
	other := func() []string { return []string{d.of("eu-west-1", "us-west-2", "ap-south-1")} }
	return map[string]fields{
		"BatchGetSecretValue":  {"SecretIdList": []string{d.name("s"), d.name("s")}},
		"CancelRotateSecret":   id(),
		"CreateSecret":         d.secretValue(fields{"Name": d.name("s"), "Description": "é", "Tags": d.tags(false)}),
		"DeleteResourcePolicy": id(),
		"DeleteSecret":         with(fields{"ForceDeleteWithoutRecovery": d.IntN(3) == 0}),
		"GetSecretValue":       id(),
		"PutResourcePolicy": with(fields{"ResourcePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
			`"Principal":{"AWS":"arn:aws:iam::012345678901:root"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}`}),
		"PutSecretValue":               d.secretValue(id()),
		"RemoveRegionsFromReplication": with(fields{"RemoveReplicaRegions": other()}),
		"ReplicateSecretToRegions":     with(fields{"AddReplicaRegions": []fields{{"Region": other()[0]}}, "ForceOverwriteReplicaSecret": d.IntN(2) == 0}),
		"RestoreSecret":                id(),
		"RotateSecret": with(fields{"RotationLambdaARN": "arn:aws:lambda:us-west-2:012345678901:function:f", "RotateImmediately": false,
			"ClientRequestToken": d.version(), "RotationRules": fields{"AutomaticallyAfterDays": 7}}),
		"StopReplicationToReplica": id(),
		"TagResource":              with(fields{"Tags": d.tags(false)}),
		"UntagResource":            with(fields{"TagKeys": []string{d.name("k")}}),
		"UpdateSecret":             d.secretValue(with(fields{"Description": d.name("d")})),
		"UpdateSecretVersionStage": with(fields{"VersionStage": d.of("AWSCURRENT", "MINE"), "MoveToVersionId": d.version()}),
	}
}

func roleInputs(d dice) map[string]fields {
	role := func() fields { return fields{"RoleName": d.name("r")} }
	with := func(more fields) fields {
		more["RoleName"] = d.name("r")
		return more
	}
	profile := func() string { return d.name("i") }
	return map[string]fields{
		"AddRoleToInstanceProfile":      with(fields{"InstanceProfileName": profile()}),
		"AttachRolePolicy":              with(fields{"PolicyArn": d.of(d.policy(), "arn:aws:iam::aws:policy/ReadOnlyAccess")}),
		"CreateInstanceProfile":         {"InstanceProfileName": profile()},
		"CreatePolicy":                  {"PolicyName": d.name("p"), "PolicyDocument": replayAllow},
		"CreatePolicyVersion":           {"PolicyArn": d.policy(), "PolicyDocument": replayAllow, "SetAsDefault": d.IntN(2) == 0},
		"CreateRole":                    with(fields{"AssumeRolePolicyDocument": d.trust(), "Tags": d.tags(false), "MaxSessionDuration": 7200}),
		"CreateServiceLinkedRole":       {"AWSServiceName": d.of("ecs.amazonaws.com", "rds.amazonaws.com")},
		"DeleteInstanceProfile":         {"InstanceProfileName": profile()},
		"DeletePolicy":                  {"PolicyArn": d.policy()},
		"DeletePolicyVersion":           {"PolicyArn": d.policy(), "VersionId": d.of("v1", "v2")},
		"DeleteRole":                    role(),
		"DeleteRolePermissionsBoundary": role(),
		"DeleteRolePolicy":              with(fields{"PolicyName": d.name("n")}),
		"DeleteServiceLinkedRole":       {"RoleName": d.of("AWSServiceRoleForECS", "AWSServiceRoleForRDS")},
		"DetachRolePolicy":              with(fields{"PolicyArn": d.policy()}),
		"PutRolePermissionsBoundary":    with(fields{"PermissionsBoundary": d.policy()}),
		"PutRolePolicy":                 with(fields{"PolicyName": d.name("n"), "PolicyDocument": replayAllow}),
		"RemoveRoleFromInstanceProfile": with(fields{"InstanceProfileName": profile()}),
		"SetDefaultPolicyVersion":       {"PolicyArn": d.policy(), "VersionId": d.of("v1", "v2")},
		"TagRole":                       with(fields{"Tags": d.tags(false)}),
		"UntagRole":                     with(fields{"TagKeys": []string{d.name("k")}}),
		"UpdateAssumeRolePolicy":        with(fields{"PolicyDocument": d.trust()}),
		"UpdateRole":                    with(fields{"Description": d.name("d")}),
		"UpdateRoleDescription":         with(fields{"Description": d.name("d")}),
	}
}

func taskInputs(d dice) map[string]fields {
	revision := func() string { return d.name("f") + ":" + d.of("1", "2", "3") }
	cluster := func() string { return d.name("c") }
	arn := "arn:aws:ecs:us-west-2:012345678901:" + d.of("cluster/"+cluster(), "task-definition/"+revision())
	service := func(more fields) fields {
		more["cluster"], more["taskDefinition"], more["desiredCount"] = "c0", d.name("f"), d.IntN(3)
		return more
	}
	return map[string]fields{
		"CreateCluster":            {"clusterName": cluster(), "tags": d.tags(true)},
		"CreateService":            service(fields{"serviceName": d.name("w"), "clientToken": d.name("t"), "role": d.of("", "", d.name("r"))}),
		"DeleteCluster":            {"cluster": cluster()},
		"DeleteService":            {"cluster": cluster(), "service": d.name("w"), "force": d.IntN(2) == 0},
		"DeleteTaskDefinitions":    {"taskDefinitions": []string{revision(), revision()}},
		"DeregisterTaskDefinition": {"taskDefinition": revision()},
		"RegisterTaskDefinition": {
			"family": d.name("f"), "tags": d.tags(true), "taskRoleArn": d.role(),
			"containerDefinitions": []fields{{
				"name": "main", "image": "app:1", "memory": 128 + d.IntN(2), "environment": []fields{{"name": "A", "value": ""}},
				"dockerLabels": fields{"a": "b"}, "portMappings": []fields{{"containerPort": 80}},
				"linuxParameters": fields{"swappiness": 0, "maxSwap": 64, "initProcessEnabled": false},
			}},
		},
		"TagResource":   {"resourceArn": arn, "tags": d.tags(true)},
		"UntagResource": {"resourceArn": arn, "tagKeys": []string{d.name("k")}},
		"UpdateService": service(fields{"service": d.name("w")}),
	}
}

// runInputs are those of tasks, beside taskInputs.
func runInputs(d dice) map[string]fields {
	return map[string]fields{
		"RunTask": {"cluster": "c0", "taskDefinition": "fargate", "launchType": "FARGATE", "count": 1 + d.IntN(2), "tags": d.tags(true),
			"clientToken": d.of("", "", d.name("t")), "networkConfiguration": fields{"awsvpcConfiguration": fields{"subnets": []string{"subnet-1"}}}},
		"ListTasks":              {"cluster": "c0"},
		"ListServiceDeployments": {"cluster": "c0", "service": d.name("w")},
	}
}

func parameterInputs(d dice) map[string]fields {
	name := func() string { return d.name("/p/") }
	tagged := func(more fields) fields {
		more["ResourceType"], more["ResourceId"] = "Parameter", name()
		return more
	}
	put := fields{"Name": name(), "Value": d.name("v"), "Description": d.name("d")}
	if d.IntN(2) == 0 {
		put["Overwrite"] = true
	} else {
		put["Type"], put["Tags"] = d.of("String", "SecureString"), d.tags(false)
	}
	if d.IntN(4) == 0 {
		put["Tier"] = "Advanced"
		put["Policies"] = `[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2026-01-0` + d.of("2", "3", "9") + `T00:00:00Z"}}]`
	}
	return map[string]fields{
		"AddTagsToResource":       tagged(fields{"Tags": d.tags(false)}),
		"DeleteParameter":         {"Name": name()},
		"DeleteParameters":        {"Names": []string{name(), name()}},
		"DescribeParameters":      {},
		"GetParameter":            {"Name": name(), "WithDecryption": d.IntN(2) == 0},
		"GetParameterHistory":     {"Name": name()},
		"GetParametersByPath":     {"Path": "/p"},
		"LabelParameterVersion":   {"Name": name(), "Labels": []string{d.name("l")}},
		"PutParameter":            put,
		"RemoveTagsFromResource":  tagged(fields{"TagKeys": []string{d.name("k")}}),
		"UnlabelParameterVersion": {"Name": name(), "ParameterVersion": 1 + d.IntN(3), "Labels": []string{d.name("l")}},
	}
}

func logInputs(d dice) map[string]fields {
	group := func(more fields) fields {
		more["logGroupName"] = d.name("g")
		return more
	}
	arn := "arn:aws:logs:us-west-2:012345678901:log-group:" + d.name("g")
	return map[string]fields{
		"CreateLogGroup":        group(fields{"tags": fields{d.name("k"): "v"}, "logGroupClass": d.of("STANDARD", "INFREQUENT_ACCESS")}),
		"CreateLogStream":       group(fields{"logStreamName": d.name("s")}),
		"DeleteLogGroup":        group(fields{}),
		"DeleteLogStream":       group(fields{"logStreamName": d.name("s")}),
		"DeleteRetentionPolicy": group(fields{}),
		"DescribeLogGroups":     {},
		"DescribeLogStreams":    group(fields{}),
		"DisassociateKmsKey":    group(fields{}),
		"PutRetentionPolicy":    group(fields{"retentionInDays": []int{1, 7, 30}[d.IntN(3)]}),
		"TagLogGroup":           group(fields{"tags": fields{d.name("k"): d.name("v")}}),
		"TagResource":           {"resourceArn": arn, "tags": fields{d.name("k"): d.name("v")}},
		"UntagLogGroup":         group(fields{"tags": []string{d.name("k")}}),
		"UntagResource":         {"resourceArn": arn, "tagKeys": []string{d.name("k")}},
	}
}

const replayQueue = "arn:aws:sqs:us-west-2:012345678901:q"

func scheduleInputs(d dice) map[string]fields {
	group := func() string { return d.of("default", d.name("g")) }
	arn := "arn:aws:scheduler:us-west-2:012345678901:schedule-group/" + group()
	schedule := func() fields {
		return fields{"Name": d.name("s"), "GroupName": group(), "ClientToken": d.name("t"), "ScheduleExpression": d.of("rate(1 day)", "cron(0 1 * * ? *)"),
			"FlexibleTimeWindow": fields{"Mode": "OFF"}, "Target": fields{"Arn": replayQueue, "RoleArn": d.role()}}
	}
	return map[string]fields{
		"CreateSchedule":      schedule(),
		"CreateScheduleGroup": {"Name": d.name("g"), "ClientToken": d.name("t"), "Tags": d.tags(false)},
		"DeleteSchedule":      {"Name": d.name("s"), "GroupName": group(), "ClientToken": d.name("t")},
		"DeleteScheduleGroup": {"Name": d.name("g")},
		"GetSchedule":         {"Name": d.name("s"), "GroupName": group()},
		"GetScheduleGroup":    {"Name": group()},
		"ListScheduleGroups":  {},
		"ListSchedules":       {},
		"TagResource":         {"ResourceArn": arn, "Tags": d.tags(false)},
		"UntagResource":       {"ResourceArn": arn, "TagKeys": []string{d.name("k")}},
		"UpdateSchedule":      schedule(),
	}
}

func ruleInputs(d dice) map[string]fields {
	arn := "arn:aws:events:us-west-2:012345678901:rule/" + d.name("r")
	return map[string]fields{
		"DeleteRule":    {"Name": d.name("r")},
		"DescribeRule":  {"Name": d.name("r")},
		"DisableRule":   {"Name": d.name("r")},
		"EnableRule":    {"Name": d.name("r")},
		"ListRules":     {},
		"PutRule":       {"Name": d.name("r"), "ScheduleExpression": "rate(1 day)", "EventPattern": `{"detail":{"eventName":[{"prefix":"Put"},"CreateRole"]}}`, "Description": d.name("d"), "Tags": d.tags(false)},
		"PutTargets":    {"Rule": d.name("r"), "Targets": []fields{{"Id": d.name("t"), "Arn": replayQueue, "Input": `{"a":1}`}}},
		"RemoveTargets": {"Rule": d.name("r"), "Ids": []string{d.name("t")}},
		"TagResource":   {"ResourceARN": arn, "Tags": d.tags(false)},
		"UntagResource": {"ResourceARN": arn, "TagKeys": []string{d.name("k")}},
	}
}

// queueInputs are of queues whose first one takes the events of replayPattern.
func queueInputs(d dice) map[string]fields {
	queue := func(more fields) fields {
		more["QueueUrl"] = "https://sqs.us-west-2.amazonaws.com/012345678901/" + d.of("q", "q", "q2")
		return more
	}
	handle := d.receipts()
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}]}`
	return map[string]fields{
		"CreateQueue":        {"QueueName": d.of("q", "q", "q2"), "Attributes": fields{"Policy": policy, "VisibilityTimeout": "60"}, "tags": fields{d.name("k"): "v"}},
		"SetQueueAttributes": queue(fields{"Attributes": fields{"DelaySeconds": d.of("0", "5"), "RedrivePolicy": `{"deadLetterTargetArn":"` + replayQueue + `2","maxReceiveCount":2}`}}),
		"SendMessage":        queue(fields{"MessageBody": d.name("body"), "MessageAttributes": fields{"a": fields{"DataType": "Binary", "BinaryValue": []byte{1}}}}),
		"ReceiveMessage":     queue(fields{"MaxNumberOfMessages": 3, "AttributeNames": []string{"All"}}),
		"DeleteMessage":      queue(fields{"ReceiptHandle": handle}),
		"DeleteMessageBatch": queue(fields{"Entries": []fields{{"Id": "a", "ReceiptHandle": handle}}}),
		"PurgeQueue":         queue(fields{}),
		"TagQueue":           queue(fields{"Tags": fields{d.name("k"): d.name("v")}}),
		"UntagQueue":         queue(fields{"TagKeys": []string{d.name("k")}}),
		"DeleteQueue":        queue(fields{}),
	}
}

// receipts is a handle that names a message which is not there any more.
func (d dice) receipts() string {
	text := d.name("id") + " 0"
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s %08x", text, crc32.ChecksumIEEE([]byte(text))))
}

func sessionInputs(d dice) map[string]fields {
	return map[string]fields{"AssumeRole": {"RoleArn": d.role(), "RoleSessionName": d.name("run")}}
}

// guessed is an input made from the model alone, for operations that nobody
// wrote one for. Few succeed, and failing is worth trying too.
func (d dice) guessed(s *model.Service, operation string) fields {
	in, ok := d.value(s, s.Operations[operation].Input, true).(fields)
	if !ok {
		return fields{}
	}
	return in
}

// value is one of a shape: what is required, and now and then what is not.
func (d dice) value(s *model.Service, name string, required bool) any {
	shape := s.Shapes[name]
	switch shape.Kind {
	case model.Structure:
		out := fields{}
		for _, m := range shape.Members {
			if m.Required && required || d.IntN(4) == 0 {
				out[m.Name] = d.value(s, m.Shape, required && m.Required)
			}
		}
		return out
	case model.List:
		return []any{d.value(s, shape.Elem, true)}
	case model.Map:
		return fields{d.name("k"): d.value(s, shape.Elem, true)}
	case model.Boolean:
		return d.IntN(2) == 0
	case model.Integer, model.Long, model.Float, model.Double:
		return shape.Min + d.Int64N(3)
	case model.Timestamp:
		return 1_700_000_000 + d.IntN(1000)
	case model.Blob:
		return []byte(d.name("blob"))
	default:
		if len(shape.Enum) > 0 {
			return d.of(shape.Enum...)
		}
		return strings.Repeat("x", max(0, int(shape.Min)-2)) + d.name("x")
	}
}

// inputs are for every operation that may change something, by service.
func inputs(d dice) map[string]map[string]fields {
	tasks := taskInputs(d)
	maps.Copy(tasks, runInputs(d))
	return map[string]map[string]fields{
		"secretsmanager": secretInputs(d), "iam": roleInputs(d), "ecs": tasks, "sts": sessionInputs(d),
		"ssm": parameterInputs(d), "logs": logInputs(d), "scheduler": scheduleInputs(d), "events": ruleInputs(d), "sqs": queueInputs(d),
	}
}

// aCall is one of the operations, in a random region: mostly one that has an
// input written for it.
func (d dice) aCall(served map[string]*served) (region, service, name string, in fields) {
	written, all := inputs(d), []string{}
	guess := d.IntN(10) == 0
	for service, s := range served {
		for operation := range s.model.Operations {
			if written[service][operation] != nil || guess {
				all = append(all, service+":"+operation)
			}
		}
	}
	slices.Sort(all)
	service, name, _ = strings.Cut(d.of(all...), ":")
	if in = written[service][name]; in == nil {
		in = d.guessed(served[service].model, name)
	}
	return d.region(), service, name, in
}

// TestPerformedAgain draws operations of every service, lets the process die
// now and then, and wants the account back to the letter, identifiers to come
// included.
func TestPerformedAgain(t *testing.T) {
	worked, failed := map[string]int{}, map[string]int{}
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { performAgain(t, dice{rand.New(rand.NewPCG(seed, 0))}, seed, worked, failed) })
	}
	for service, operations := range inputs(dice{rand.New(rand.NewPCG(0, 0))}) {
		for name := range operations {
			if worked[service+":"+name] == 0 {
				t.Errorf("%s:%s never succeeds", service, name)
			}
		}
	}
	t.Logf("%d operations succeeded and %d failed", len(worked), len(failed))
}

func performAgain(t *testing.T, d dice, seed uint64, worked, failed map[string]int) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	opts := Options{Dir: t.TempDir(), Seed: seed, RoleDelay: time.Minute, EventDelay: time.Second, Lag: time.Hour, Now: func() time.Time { return now }}
	session(t, opts, func(s *Server) {
		runnable(t, s)
		for i := range 1500 {
			now = now.Add(time.Duration(d.Int64N(int64(2 * time.Minute))))
			if d.IntN(200) == 0 {
				now = now.Add(10 * 24 * time.Hour)
			}
			region, service, name, in := d.aCall(s.services)
			if err := perform(s, "AKIA", region, service, name, in); err != nil {
				failed[service+":"+name]++
			} else {
				worked[service+":"+name]++
			}
			if i%100 == 99 {
				sameAgain(t, s, opts)
			}
			if i%500 == 499 {
				if err := s.compactNow(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.replica.advance(s.now()); err != nil {
			t.Fatal(err)
		}
		listed, err := s.replica.world.snapshot()
		if diff := cmp.Diff(dump(t, s), asLine(t, listed)); diff != "" || err != nil {
			t.Errorf("the replica went another way: %v, %s", err, diff)
		}
	})
}

// runnable makes the definition that RunTask's input names.
func runnable(t *testing.T, s *Server) {
	t.Helper()
	err := perform(s, "AKIA", "us-west-2", "ecs", "RegisterTaskDefinition", fields{
		"family": "fargate", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": []string{"FARGATE"},
		"containerDefinitions": []fields{{"name": "main", "image": "app:1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func asLine(t *testing.T, s snapshot) string {
	t.Helper()
	line, err := s.line()
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// sameAgain opens a copy of the state of a server that is at work.
func sameAgain(t *testing.T, s *Server, opts Options) {
	t.Helper()
	want := dump(t, s)
	opts.Dir = crashed(t, stateOf(t, opts.Dir))
	session(t, opts, func(again *Server) {
		if diff := cmp.Diff(want, dump(t, again)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestInputsAreWrittenAsTheyWereRead reads inputs, writes them as a record has
// them, and reads them again, of operations of every protocol.
func TestInputsAreWrittenAsTheyWereRead(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(1, 1))}
	s := newTestServer(t, Options{})
	read := map[string]bool{}
	for range 10_000 {
		_, service, name, in := d.aCall(s.services)
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		codec := s.services[service].codec
		op := s.world.place("us-west-2", service).backends[service].operations[name]
		if op.input == nil {
			continue
		}
		first, second := op.input(), op.input()
		if codec.ReadJSON(name, body, first) != nil {
			continue
		}
		written, err := codec.WriteInput(name, first)
		if err == nil {
			err = codec.ReadJSON(name, written, second)
		}
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Fatalf("%s:%s: %v\n%s\n%s", service, name, err, body, written)
		}
		read[service+":"+name] = true
	}
	if len(read) < 80 {
		t.Errorf("only %d operations were tried", len(read))
	}
}
