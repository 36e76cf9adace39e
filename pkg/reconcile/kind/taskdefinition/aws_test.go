package taskdefinition

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// cloud is a sandbox whose calls are counted and may be answered by a test.
type cloud struct {
	kind   *Kind
	cfg    aws.Config
	waited []string
	paused time.Duration

	mu     sync.Mutex
	calls  map[string]int
	answer func(operation string, next func() (any, error)) (any, error) // nil lets all through
}

func newCloud(t testing.TB) *cloud {
	t.Helper()
	c := &cloud{calls: map[string]int{}}
	_, c.cfg = sandboxtest.New(t, func(o *sandbox.Options) { o.Intercept = c.intercept })
	c.kind = New(c.cfg, Options{
		Wait:  func(message string) { c.waited = append(c.waited, message) },
		Sleep: func(ctx context.Context, d time.Duration) error { c.paused += d; return ctx.Err() },
	})
	return c
}

func (c *cloud) intercept(_, operation string, next func() (any, error)) (any, error) {
	c.mu.Lock()
	c.calls[operation]++
	answer := c.answer
	c.mu.Unlock()
	if answer == nil {
		return next()
	}
	return answer(operation, next)
}

// counted are the calls made by f.
func (c *cloud) counted(f func()) map[string]int {
	c.mu.Lock()
	c.calls = map[string]int{}
	c.mu.Unlock()
	f()
	return c.calls
}

// failing answers the first n calls of an operation with an error.
func failing(operation string, n int, err error) func(string, func() (any, error)) (any, error) {
	var mu sync.Mutex
	return func(called string, next func() (any, error)) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		if called == operation && n > 0 {
			n--
			return nil, err
		}
		return next()
	}
}

var one = resource.Key{Type: Type, Name: "one"}

// want is what the task definition one is to be; a managed role is in it.
func want(t testing.TB, members string) Desired {
	t.Helper()
	in := task(t, "one", `"memory": 64`+members)
	in.RoleARN = roleARN
	return build(t, &lookups{known: map[resource.Key]string{{Type: roleType, Name: "task"}: roleARN}}, deployment(in))
}

func (c *cloud) create(t testing.TB, members string) {
	t.Helper()
	if _, err := c.kind.register(t.Context(), want(t, members), Observed{}); err != nil {
		t.Fatal(err)
	}
}

func (c *cloud) byHand(t testing.TB, family, image string, tags ...types.Tag) string {
	t.Helper()
	out, err := ecs.NewFromConfig(c.cfg).RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(family), Tags: tags,
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(64)}}})
	if err != nil {
		t.Fatal(err)
	}
	return *out.TaskDefinition.TaskDefinitionArn
}

func (c *cloud) observe(t testing.TB) Observed {
	t.Helper()
	found, err := c.kind.Observe(t.Context(), []resource.Key{one})
	if err != nil {
		t.Fatal(err)
	}
	return found[one]
}

func TestObserveIsOneCallAFamily(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	keys := []resource.Key{one}
	for i := range 30 {
		keys = append(keys, resource.Key{Type: Type, Name: fmt.Sprintf("absent%d", i)})
	}
	var found map[resource.Key]Observed
	var err error
	calls := c.counted(func() { found, err = c.kind.Observe(t.Context(), keys) })
	if err != nil || len(found) != 1 || found[one].revision != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	if d := cmp.Diff(map[string]int{"DescribeTaskDefinition": 31}, calls); d != "" {
		t.Errorf("calls (-want +got):\n%s", d)
	}
}

func TestOnlyTheRightErrorMeansAbsent(t *testing.T) {
	for name, failure := range map[string]*awserr.Error{
		"throttled":   {Code: "ThrottlingException", Message: "Rate exceeded", Status: 400},
		"denied":      {Code: "AccessDeniedException", Message: "Unable to describe task definition.", Status: 400},
		"other 400":   {Code: "ClientException", Message: "The family is bad", Status: 400},
		"server side": {Code: "ServerException", Message: "it broke", Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.answer = failing("DescribeTaskDefinition", 1, failure)
			found, err := c.kind.Observe(t.Context(), []resource.Key{one, {Type: Type, Name: "two"}})
			if err == nil || found != nil {
				t.Fatalf("found %v, error %v; want the error alone", found, err)
			}
			var classed *resource.Error
			if !errors.As(err, &classed) || !strings.Contains(err.Error(), "describe task definition") {
				t.Errorf("error: %v", err)
			}
		})
	}
}

// Some emulators answer a bare family with its newest revision, ACTIVE or not,
// and take familyPrefix for a prefix.
func TestNewestOfALaxEmulator(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	c.create(t, `, "user": "a"`)
	last := c.byHand(t, "one", "evil")
	other := c.byHand(t, "one-more", "other")
	lax := func(operation string, next func() (any, error)) (any, error) {
		out, err := next()
		switch out := out.(type) {
		case *ecs.DescribeTaskDefinitionOutput:
			def := *out.TaskDefinition
			if *def.TaskDefinitionArn == last {
				def.Status = types.TaskDefinitionStatusInactive
			}
			return &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &def, Tags: out.Tags}, err
		case *ecs.ListTaskDefinitionsOutput:
			return &ecs.ListTaskDefinitionsOutput{TaskDefinitionArns: []string{strings.Replace(last, ":3", ":1", 1), other, strings.Replace(last, ":3", ":2", 1)}}, err
		}
		return out, err
	}
	c.answer = lax
	if o := c.observe(t); o.revision != 2 || o.owner != "shop/staging" {
		t.Errorf("observed %v of %q, want revision 2", o, o.owner)
	}
}

func TestAFamilyWithoutActiveRevisionsIsAbsent(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	if err := c.kind.Delete(t.Context(), one, c.observe(t)); err != nil {
		t.Fatal(err)
	}
	found, err := c.kind.Observe(t.Context(), []resource.Key{one})
	if err != nil || len(found) > 0 {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestARevisionByHandIsDrift(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	c.byHand(t, "one", "evil")
	c.byHand(t, "one", "evil")
	o := c.observe(t)
	s := c.kind.Standing(want(t, ""), o)
	if s.Owner != "shop/staging" || !s.Moved {
		t.Errorf("standing: %+v", s)
	}
	for _, says := range []string{"revision 3 was registered by arn:aws:", " at 2", "on top of our revision 1"} {
		if !strings.Contains(s.Note, says) {
			t.Errorf("the note %q does not say %q", s.Note, says)
		}
	}
}

func TestARevisionByHandWithTheSameContentIsTagged(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	d := want(t, "")
	plain := d
	plain.tags = map[string]string{}
	if _, err := c.kind.register(t.Context(), plain, Observed{}); err != nil {
		t.Fatal(err)
	}
	o := c.observe(t)
	changes := c.kind.Diff(d, o)
	if !onlyTags(changes) || len(changes) == 0 || !c.kind.Standing(d, o).Moved {
		t.Fatalf("changes: %v", pathsOf(changes))
	}
	outputs, err := c.kind.Update(t.Context(), one, d, o, changes)
	if err != nil {
		t.Fatal(err)
	}
	after := c.observe(t)
	if d := cmp.Diff(after.outputs(), outputs); d != "" || after.revision != 2 {
		t.Errorf("observed %v; outputs (-observed +returned):\n%s", after, d)
	}
	if changes := c.kind.Diff(d, after); len(changes) > 0 || after.tags[spec.TagApplied] != c.kind.digest(d) {
		t.Errorf("after tagging: %v", pathsOf(changes))
	}
}

// Without our digest nothing tells a changed spec from drift, so that its loss
// is put right before the spec changes.
func TestLostDigestIsPutBack(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	d, o := want(t, ""), c.observe(t)
	delete(o.tags, spec.TagApplied)
	wanted := []resource.FieldChange{{Path: "/tags/ecs-reconciler~1applied", After: c.kind.digest(d)}}
	changes := c.kind.Diff(d, o)
	if diff := cmp.Diff(wanted, changes); diff != "" || !c.kind.Standing(d, o).Moved {
		t.Errorf("standing %+v, changes (-want +got):\n%s", c.kind.Standing(d, o), diff)
	}
	if _, err := c.kind.Update(t.Context(), one, d, o, changes); err != nil {
		t.Fatal(err)
	}
	if after := c.observe(t); len(c.kind.Diff(d, after)) > 0 || after.revision != 1 {
		t.Errorf("after tagging: %v, %v", after, pathsOf(c.kind.Diff(d, after)))
	}
	o.tags = map[string]string{}
	if s := c.kind.Standing(d, o); s.Owner == "" || !s.Moved {
		t.Errorf("without any tag: %+v", s)
	}
}

func TestLookingBackIsBounded(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	for range 15 {
		c.byHand(t, "one", "evil")
	}
	var o Observed
	calls := c.counted(func() { o = c.observe(t) })
	if o.owner != "" || calls["DescribeTaskDefinition"] != 1+maxLookBack || calls["ListTaskDefinitions"] != 1 {
		t.Errorf("owner %q after %v", o.owner, calls)
	}
}

func TestWaitingForARole(t *testing.T) {
	for name, failure := range map[string]*awserr.Error{
		"denied":    {Code: "AccessDeniedException", Message: "User is not authorized to perform: iam:PassRole on resource", Status: 400},
		"not valid": {Code: "ClientException", Message: "Role is not valid", Status: 400},
		"throttled": {Code: "ThrottlingException", Message: "Rate exceeded", Status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.answer = failing("RegisterTaskDefinition", 3, failure)
			outputs, err := c.kind.Create(t.Context(), one, want(t, ""))
			if err != nil || outputs["revision"] != "1" {
				t.Fatalf("outputs %v, %v", outputs, err)
			}
			if len(c.waited) != 3 || !strings.HasPrefix(c.waited[0], "task definition one waits 1s: ") || c.paused != 7*time.Second {
				t.Errorf("waited %s: %q", c.paused, c.waited)
			}
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	c := newCloud(t)
	c.answer = failing("RegisterTaskDefinition", 1000, &awserr.Error{Code: "AccessDeniedException", Message: "not authorized to perform: iam:PassRole", Status: 400})
	_, err := c.kind.Create(t.Context(), one, want(t, ""))
	if err == nil || c.paused > patience || c.paused < patience/2 {
		t.Fatalf("waited %s, error %v", c.paused, err)
	}
	for _, says := range []string{"register task definition one", "iam:PassRole", roleARN} {
		if !strings.Contains(err.Error(), says) {
			t.Errorf("%q does not say %q", err, says)
		}
	}
}

func TestNoWaitingInVain(t *testing.T) {
	denied := &awserr.Error{Code: "AccessDeniedException", Message: "not authorized to perform: iam:PassRole", Status: 400}
	foreign := want(t, "")
	foreign.ourRole = false
	for _, c := range []struct {
		name    string
		desired Desired
		failure *awserr.Error
		class   resource.Class
	}{
		{"a role that nobody makes", foreign, denied, resource.Terminal},
		{"another denial", want(t, ""), &awserr.Error{Code: "AccessDeniedException", Message: "not authorized to perform: ecs:RegisterTaskDefinition", Status: 400}, resource.Terminal},
		{"a bad definition", want(t, ""), &awserr.Error{Code: "ClientException", Message: "Invalid setting", Status: 400}, resource.Terminal},
		{"a lost answer", want(t, ""), &awserr.Error{Code: "ServerException", Message: "it broke", Status: 500}, resource.Retryable},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newCloud(t)
			w.answer = failing("RegisterTaskDefinition", 1, c.failure)
			_, err := w.kind.Create(t.Context(), one, c.desired)
			if err == nil || resource.ClassOf(err) != c.class || w.paused != 0 || w.calls["RegisterTaskDefinition"] != 1 {
				t.Errorf("%v (%s) after %s and %v", err, resource.ClassOf(err), w.paused, w.calls)
			}
		})
	}
}

func TestTheSDKDoesNotRegisterTwice(t *testing.T) {
	c := newCloud(t)
	c.cfg.Retryer = nil // the SDK's own, which tries three times
	c.kind = New(c.cfg, testOptions())
	c.answer = func(operation string, next func() (any, error)) (any, error) {
		out, err := next()
		if operation == "RegisterTaskDefinition" {
			return nil, sandbox.ErrConnectionLost
		}
		return out, err
	}
	if _, err := c.kind.Create(t.Context(), one, want(t, "")); resource.ClassOf(err) != resource.Retryable {
		t.Fatalf("error %v of class %s, want a retryable one", err, resource.ClassOf(err))
	}
	if c.calls["RegisterTaskDefinition"] != 1 {
		t.Errorf("registered %d times", c.calls["RegisterTaskDefinition"])
	}
	if o := c.observe(t); len(c.kind.Diff(want(t, ""), o)) > 0 {
		t.Error("the revision whose answer was lost is not recognised")
	}
}

func TestCancellationEndsTheWait(t *testing.T) {
	c := newCloud(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.kind.options.Wait = func(string) { cancel() }
	c.kind.options.Sleep = sleep
	c.answer = failing("RegisterTaskDefinition", 1000, &awserr.Error{Code: "ClientException", Message: "Role is not valid", Status: 400})
	if _, err := c.kind.Create(ctx, one, want(t, "")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want cancellation", err)
	}
}

func TestDeleteLeavesTheRevisionsOfOthers(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	theirs := c.byHand(t, "one", "a", types.Tag{Key: aws.String(spec.TagOwner), Value: aws.String("shop/production")})
	nobodys := c.byHand(t, "one", "b")
	c.create(t, `, "user": "a"`)
	other := c.byHand(t, "one-more", "c")
	o := c.observe(t)
	var err error
	calls := c.counted(func() { err = c.kind.Delete(t.Context(), one, o) })
	if err != nil {
		t.Fatal(err)
	}
	if calls["DeregisterTaskDefinition"] != 2 || calls["DescribeTaskDefinition"] != 3 || calls["DeleteTaskDefinitions"] != 0 {
		t.Errorf("calls: %v", calls)
	}
	var left []string
	for _, family := range []string{"one", "one-more"} {
		active, err := c.kind.active(t.Context(), family)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range active {
			left = append(left, r.arn)
		}
	}
	if d := cmp.Diff([]string{nobodys, theirs, other}, left); d != "" {
		t.Errorf("left (-want +got):\n%s", d)
	}
}

func TestDeleteOfWhatIsNotOurs(t *testing.T) {
	c := newCloud(t)
	c.byHand(t, "one", "a")
	err := c.kind.Delete(t.Context(), one, c.observe(t))
	if resource.ClassOf(err) != resource.Conflict {
		t.Errorf("error %v, want a conflict", err)
	}
}

func TestOwned(t *testing.T) {
	c := newCloud(t)
	owner := types.Tag{Key: aws.String(spec.TagOwner), Value: aws.String("shop/staging")}
	c.create(t, "")
	c.byHand(t, "orphan", "a", owner)
	gone := c.byHand(t, "gone", "a", owner)
	c.byHand(t, "theirs", "a", types.Tag{Key: aws.String(spec.TagOwner), Value: aws.String("shop/staging2")})
	c.byHand(t, "nobodys", "a")
	if _, err := ecs.NewFromConfig(c.cfg).DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &gone}); err != nil {
		t.Fatal(err)
	}
	keys, err := c.kind.Owned(t.Context(), deployment(task(t, "one", "")))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]resource.Key{one, {Type: Type, Name: "orphan"}}, keys); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOwnedFailsLoudly(t *testing.T) {
	c := newCloud(t)
	c.answer = failing("GetResources", 1, &awserr.Error{Code: "AccessDeniedException", Message: "no", Status: 400})
	keys, err := c.kind.Owned(t.Context(), deployment())
	if err == nil || keys != nil || !strings.Contains(err.Error(), "tag:GetResources") {
		t.Errorf("keys %v, error %v", keys, err)
	}
}

func TestOutputs(t *testing.T) {
	o := Observed{arn: "arn", revision: 7}
	content := []resource.FieldChange{{Path: "/tags/a"}, {Path: "/cpu"}}
	if d := cmp.Diff(resource.Outputs{"arn": "arn", "revision": "7"}, testKind().Outputs(o, content[:1])); d != "" {
		t.Errorf("tags pending (-want +got):\n%s", d)
	}
	if got := testKind().Outputs(o, content); len(got) > 0 {
		t.Errorf("a new revision pending: %v", got)
	}
}

func TestATagByHandSaysNothingOfTheRevision(t *testing.T) {
	c := newCloud(t)
	c.create(t, "")
	o := c.observe(t)
	_, err := ecs.NewFromConfig(c.cfg).TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: &o.arn,
		Tags: []types.Tag{{Key: aws.String("cost"), Value: aws.String("0")}}})
	if err != nil {
		t.Fatal(err)
	}
	if s := c.kind.Standing(want(t, ""), c.observe(t)); !s.Moved || s.Note != "" {
		t.Errorf("standing: %+v", s)
	}
}

func FuzzParseRevision(f *testing.F) {
	f.Add("arn:aws:ecs:us-west-2:012345678901:task-definition/one:1")
	f.Add("arn:aws:ecs:us-west-2:012345678901:task-definition/:1")
	f.Add("arn:aws:ecs")
	f.Fuzz(func(t *testing.T, arn string) {
		r, err := parseRevision(arn)
		if err == nil && (r.number < 1 || r.family == "" || r.arn != arn) {
			t.Errorf("%q is read as %+v", arn, r)
		}
	})
}

func TestParseRevision(t *testing.T) {
	got, err := parseRevision("arn:aws-cn:ecs:cn-north-1:012345678901:task-definition/my_family-1:12")
	if err != nil || got.family != "my_family-1" || got.number != 12 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "one:1", "arn:aws:ecs:r:012345678901:task-definition/one", "arn:aws:ecs:r:012345678901:task-definition/one:x",
		"arn:aws:ecs:r:012345678901:task-definition/:1", "arn:aws:ecs:r:012345678901:task-definition/one:0", "arn:aws:ecs:r:012345678901:service/one:1"} {
		if got, err := parseRevision(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
}
