package awsapi

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// clients are all that reconciler makes.
func clients(cfg aws.Config) map[string]any {
	return map[string]any{
		"dynamodb":       dynamodb.NewFromConfig(cfg),
		"ecs":            ecs.NewFromConfig(cfg),
		"events":         eventbridge.NewFromConfig(cfg),
		"iam":            iam.NewFromConfig(cfg),
		"s3":             s3.NewFromConfig(cfg),
		"scheduler":      scheduler.NewFromConfig(cfg),
		"secretsmanager": secretsmanager.NewFromConfig(cfg),
		"ssm":            ssm.NewFromConfig(cfg),
		"sts":            sts.NewFromConfig(cfg),
		"tag":            resourcegroupstaggingapi.NewFromConfig(cfg),
	}
}

// operations calls f for every operation of every client, with an empty input.
func operations(cfg aws.Config, f func(name string, call func(context.Context) error)) {
	for _, service := range slices.Sorted(maps.Keys(clients(cfg))) {
		client := reflect.ValueOf(clients(cfg)[service])
		for i := range client.NumMethod() {
			method := client.Method(i)
			if name := client.Type().Method(i).Name; isOperation(method.Type()) {
				f(service+":"+name, func(ctx context.Context) error {
					out := method.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.New(method.Type().In(1).Elem())})
					err, _ := reflect.TypeAssert[error](out[1])
					return err
				})
			}
		}
	}
}

// denying answers every request with a failure that is not retried.
func denying() http.RoundTripper {
	return answering(func(*http.Request) (int, string) { return http.StatusBadRequest, `{"__type":"AccessDeniedException"}` })
}

// isOperation knows func(context, *XInput, ...func(*Options)) (*XOutput, error).
func isOperation(m reflect.Type) bool {
	return m.NumIn() == 3 && m.IsVariadic() && m.NumOut() == 2 && m.In(1).Kind() == reflect.Pointer &&
		strings.HasSuffix(m.In(1).Elem().Name(), "Input")
}

func TestAClosedGateRefusesEveryWrite(t *testing.T) {
	isolate(t)
	writes := open(t, Options{Region: "us-west-2", Transport: unreachable(t)})
	reading := open(t, Options{Region: "us-west-2", Transport: denying()})
	seen, refused := map[string]bool{}, 0
	operations(writes.Config, func(name string, call func(context.Context) error) {
		seen[name] = true
		if reads()[name] {
			return
		}
		refused++
		var refusal *WriteRefusedError
		if err := call(t.Context()); !errors.As(err, &refusal) || refusal.Operation != name {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	})
	operations(reading.Config, func(name string, call func(context.Context) error) {
		var refusal *WriteRefusedError
		if err := call(t.Context()); reads()[name] && errors.As(err, &refusal) {
			t.Errorf("%s is refused and only reads", name)
		}
	})
	if refused < 250 {
		t.Errorf("only %d operations were found to refuse", refused)
	}
	for name := range reads() {
		if !seen[name] {
			t.Errorf("%s is on the list of reads and is no operation", name)
		}
	}
	if n := len(writes.Calls.Counts()); n != 0 {
		t.Errorf("%d refused operations were counted as sent", n)
	}
}

// The list holds no operation whose name says that it writes.
func TestReadsRead(t *testing.T) {
	for name := range reads() {
		_, op, _ := strings.Cut(name, ":")
		if name != "sts:AssumeRole" && !slices.ContainsFunc([]string{"Get", "List", "Describe", "BatchGet", "Query"}, func(p string) bool { return strings.HasPrefix(op, p) }) {
			t.Errorf("%s does not sound like a read", name)
		}
	}
}

func TestTheGateOpensAndCloses(t *testing.T) {
	isolate(t)
	s := open(t, Options{Region: "us-west-2", Transport: denying()})
	write := func() error {
		_, err := iam.NewFromConfig(s.Config).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")})
		return err
	}
	var refusal *WriteRefusedError
	for _, open := range []bool{false, true, false} {
		if open {
			s.Gate.Open()
		} else {
			s.Gate.Close()
		}
		if got := errors.As(write(), &refusal); got == open {
			t.Errorf("open %v: refused %v", open, got)
		}
	}
	if got, want := refusal.Error(), "a plan may not send iam:DeleteRole: it only reads"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if n := s.Calls.Counts()["iam:DeleteRole"]; n != 1 {
		t.Errorf("%d calls counted, want the one that was let through", n)
	}
}
