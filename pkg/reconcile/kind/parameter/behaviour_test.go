package parameter_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/kind/parameter"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// account is a sandbox that counts calls, and may answer them otherwise.
type account struct {
	cfg aws.Config

	mu     sync.Mutex
	calls  []string
	answer func(operation string, next func() (any, error)) (any, error)
}

func newAccount(t *testing.T, lag time.Duration) *account {
	t.Helper()
	a := &account{}
	_, a.cfg = sandboxtest.New(t, func(o *sandbox.Options) {
		o.KMSKeys, o.Lag = []string{"*"}, lag
		o.Intercept = func(_, operation string, next func() (any, error)) (any, error) {
			a.mu.Lock()
			a.calls = append(a.calls, operation)
			answer := a.answer
			a.mu.Unlock()
			if answer == nil {
				return next()
			}
			return answer(operation, next)
		}
	})
	return a
}

// during are the calls that do sends, and how often.
func (a *account) during(do func()) map[string]int {
	a.mu.Lock()
	a.calls = nil
	a.mu.Unlock()
	do()
	out := map[string]int{}
	for _, call := range a.calls {
		out[call]++
	}
	return out
}

// refusing answers the next calls of an operation with an error.
func (a *account) refusing(operation string, err *awserr.Error, when func() bool) {
	a.answer = func(op string, next func() (any, error)) (any, error) {
		if op == operation && when() {
			return nil, err
		}
		return next()
	}
}

func always() bool { return true }

// object is one parameter as a run finds it.
type object struct {
	desired  parameter.Desired
	observed parameter.Observed
	exists   bool
	changes  []resource.FieldChange
	standing resource.Standing
}

// observe is what k makes of the deployment, by name.
func observe(ctx context.Context, t testing.TB, k *parameter.Kind, d *spec.Deployment) map[string]object {
	t.Helper()
	nodes, err := k.Desired(d)
	must(t, err)
	var keys []resource.Key
	for _, n := range nodes {
		keys = append(keys, n.Key)
	}
	found, err := k.Observe(ctx, keys)
	must(t, err)
	out := map[string]object{}
	for _, n := range nodes {
		want, err := n.Build(nil)
		must(t, err)
		o := object{desired: want}
		o.observed, o.exists = found[n.Key]
		o.changes, o.standing = k.Diff(want, o.observed), k.Standing(want, o.observed)
		out[n.Key.Name] = o
	}
	return out
}

// converge makes everything as d says.
func converge(ctx context.Context, t testing.TB, cfg aws.Config, d *spec.Deployment) {
	t.Helper()
	k := parameter.New(cfg, instant())
	for name, o := range observe(ctx, t, k, d) {
		var err error
		switch {
		case !o.exists:
			_, err = k.Create(ctx, parameter.KeyOf(name), o.desired)
		case len(o.changes) > 0:
			_, err = k.Update(ctx, parameter.KeyOf(name), o.desired, o.observed, o.changes)
		}
		must(t, err)
	}
}

func pathsOf(changes []resource.FieldChange) []string {
	out := []string{}
	for _, c := range changes {
		out = append(out, c.Path)
	}
	slices.Sort(out)
	return out
}

func many(n int) *spec.Deployment {
	d := deployment()
	d.Parameters = nil
	for i := range n {
		d.Parameters = append(d.Parameters, spec.ManagedParameter{Name: fmt.Sprintf("/many/p%03d", i), Type: spec.ParameterSecure, Value: spec.NewSecret("v")})
	}
	return d
}

// A hundred parameters cost two lists, one call for their tags, and ten for
// their values.
func TestAScanReadsInBatches(t *testing.T) {
	a, d := newAccount(t, 0), many(100)
	converge(t.Context(), t, a.cfg, d)
	calls := a.during(func() {
		for name, o := range observe(t.Context(), t, parameter.New(a.cfg, instant()), d) {
			if len(o.changes) > 0 {
				t.Errorf("%s: %v", name, pathsOf(o.changes))
			}
		}
	})
	want := map[string]int{"DescribeParameters": 2, "GetResources": 1, "GetParameters": 10}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// A list that is an hour late changes nothing about what is found.
func TestLateListsAreNotTrusted(t *testing.T) {
	a, d := newAccount(t, time.Hour), deployment()
	converge(t.Context(), t, a.cfg, d)
	settled := func() {
		t.Helper()
		for name, o := range observe(t.Context(), t, parameter.New(a.cfg, instant()), d) {
			if !o.exists || len(o.changes) > 0 {
				t.Errorf("%s: exists %v, changes %v", name, o.exists, pathsOf(o.changes))
			}
		}
	}
	settled()
	first(d).Value, first(d).Description = spec.NewSecret("TOKEN=2"), aws.String("changed")
	converge(t.Context(), t, a.cfg, d)
	settled()
	remove(tokenName)(t.Context(), t, a.cfg)
	if o := observe(t.Context(), t, parameter.New(a.cfg, instant()), d)[tokenName]; o.exists {
		t.Error("what is gone is found")
	}
}

// One value that cannot be decrypted concerns that parameter alone.
func TestAValueThatCannotBeReadIsRefused(t *testing.T) {
	a, d := newAccount(t, 0), many(12)
	converge(t.Context(), t, a.cfg, d)
	const locked = "/many/p003"
	a.answer = func(operation string, next func() (any, error)) (any, error) {
		out, err := next()
		if got, ok := out.(*ssm.GetParametersOutput); ok && operation == "GetParameters" {
			for _, p := range got.Parameters {
				if aws.ToString(p.Name) == locked && aws.ToString(p.Value) == "v" {
					return nil, &awserr.Error{Code: "AccessDeniedException", Message: "no", Status: 400}
				}
			}
		}
		return out, err
	}
	for name, o := range observe(t.Context(), t, parameter.New(a.cfg, instant()), d) {
		refused := strings.Contains(o.standing.Refuse, "AccessDeniedException") && len(o.changes) > 0
		if refused != (name == locked) || name != locked && len(o.changes) > 0 {
			t.Errorf("%s: refused for %q, changes %v", name, o.standing.Refuse, pathsOf(o.changes))
		}
	}
}

// Whatever fails for all is an error, never absence.
func TestAFailedReadIsAnError(t *testing.T) {
	a, d := newAccount(t, 0), many(3)
	converge(t.Context(), t, a.cfg, d)
	for _, operation := range []string{"DescribeParameters", "GetParameters", "GetResources", "ListTagsForResource", "GetParameterHistory"} {
		late := newAccount(t, time.Hour)
		converge(t.Context(), t, late.cfg, d)
		on := a
		if operation == "ListTagsForResource" || operation == "GetParameterHistory" {
			on = late
		}
		on.refusing(operation, &awserr.Error{Code: "AccessDeniedException", Message: "no", Status: 400}, always)
		k := parameter.New(on.cfg, instant())
		nodes, err := k.Desired(d)
		must(t, err)
		found, err := k.Observe(t.Context(), []resource.Key{nodes[0].Key})
		if err == nil {
			t.Errorf("%s is denied, and %d are found", operation, len(found))
		}
	}
}

// No error of a write quotes the value, in any words of AWS's.
func TestErrorsQuoteNoValue(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	for _, said := range []string{"Value 'TOKEN=" + canary + "' is not valid", "cannot store " + canary, `{"Value":"` + canary + `"}`, "TOKEN%3D" + canary} {
		a.refusing("PutParameter", &awserr.Error{Code: "ValidationException", Message: said, Status: 400}, always)
		k := parameter.New(a.cfg, instant())
		o := observe(t.Context(), t, k, d)[tokenName]
		_, err := k.Create(t.Context(), parameter.KeyOf(tokenName), o.desired)
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(fmt.Sprintf("%v %+v %#v", e, e, e), canary) {
				t.Errorf("%q is shown by %T", said, e)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "ValidationException") || resource.ClassOf(err) != resource.Terminal {
			t.Errorf("the error is %v", err)
		}
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", first(d), *first(d), observe(t.Context(), t, parameter.New(a.cfg, instant()), d)), canary) {
		t.Error("a desired state prints its value")
	}
}

// Each code that a write may meet says what to do.
func TestHints(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	for code, says := range map[string]string{
		"InvalidKeyId": "kms_key_id", "ParameterPatternMismatchException": "allowed_pattern", "HierarchyTypeMismatchException": "plan again",
		"ParameterLimitExceeded": "Advanced", "ParameterMaxVersionLimitExceeded": "move the label", "ValidationException": "tier",
		"AccessDeniedException": "iam-policy", "TooManyTagsError": "50", "UnsupportedParameterType": "data_type", "InvalidPolicyAttributeException": "policies",
	} {
		a.refusing("PutParameter", &awserr.Error{Code: code, Message: "no", Status: 400}, always)
		k := parameter.New(a.cfg, instant())
		_, err := k.Create(t.Context(), parameter.KeyOf(tokenName), observe(t.Context(), t, k, d)[tokenName].desired)
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v, want a hint that says %q", code, err, says)
		}
	}
}

// A hundred versions with a label on the oldest: AWS refuses one more.
func TestTheVersionLimitIsReported(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	converge(t.Context(), t, a.cfg, d)
	api := ssm.NewFromConfig(a.cfg)
	_, err := api.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{Name: aws.String(flagName), ParameterVersion: aws.Int64(1), Labels: []string{"keep"}})
	must(t, err)
	for range 99 {
		put(&ssm.PutParameterInput{Name: aws.String(flagName), Value: aws.String("off")})(t.Context(), t, a.cfg)
	}
	k := parameter.New(a.cfg, instant())
	o := observe(t.Context(), t, k, d)[flagName]
	_, err = k.Update(t.Context(), parameter.KeyOf(flagName), o.desired, o.observed, o.changes)
	if err == nil || !strings.Contains(err.Error(), "move the label") {
		t.Errorf("the error is %v", err)
	}
}

// A creation whose answer was lost is found to be ours when it is asked for
// again; somebody else's is a
// conflict.
func TestAParameterThatAppears(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	lost := true
	a.answer = func(operation string, next func() (any, error)) (any, error) {
		out, err := next()
		if operation == "PutParameter" && lost {
			lost = false
			return nil, &awserr.Error{Code: "InternalServerError", Message: "it broke", Status: 500}
		}
		return out, err
	}
	k := parameter.New(a.cfg, instant())
	seen := observe(t.Context(), t, k, d)
	if _, err := k.Create(t.Context(), parameter.KeyOf(tokenName), seen[tokenName].desired); resource.ClassOf(err) != resource.Retryable {
		t.Errorf("the lost answer is %v", err)
	}
	out, err := k.Create(t.Context(), parameter.KeyOf(tokenName), seen[tokenName].desired)
	if err != nil || out[parameter.OutputVersion] != "1" {
		t.Errorf("created %v: %v", out, err)
	}
	put := ssm.NewFromConfig(a.cfg)
	_, err = put.PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String(hostsName), Value: aws.String("theirs"), Type: types.ParameterTypeStringList})
	must(t, err)
	_, err = k.Create(t.Context(), parameter.KeyOf(hostsName), seen[hostsName].desired)
	if resource.ClassOf(err) != resource.Conflict || strings.Contains(err.Error(), canary) {
		t.Errorf("in the place of another: %v", err)
	}
}

// AWS asks for thirty seconds between a deletion and the next creation.
func TestADeletedNameRests(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	converge(t.Context(), t, a.cfg, d)
	now, slept := time.Now(), time.Duration(0)
	var said []string
	k := parameter.New(a.cfg, parameter.Options{Now: func() time.Time { return now }, Wait: func(m string) { said = append(said, m) },
		Sleep: func(_ context.Context, p time.Duration) error { slept += p; return nil }})
	o := observe(t.Context(), t, k, d)[hostsName]
	must(t, k.Delete(t.Context(), parameter.KeyOf(hostsName), o.observed))
	now = now.Add(10 * time.Second)
	_, err := k.Create(t.Context(), parameter.KeyOf(hostsName), o.desired)
	must(t, err)
	if slept != 20*time.Second || len(said) != 1 || !strings.Contains(said[0], hostsName) {
		t.Errorf("slept %s and said %v", slept, said)
	}
	must(t, k.Delete(t.Context(), parameter.KeyOf(hostsName), o.observed))
	k = parameter.New(a.cfg, parameter.Options{Sleep: func(ctx context.Context, _ time.Duration) error { return context.Canceled }})
	observe(t.Context(), t, k, d)
	must(t, k.Delete(t.Context(), parameter.KeyOf(flagName), parameter.Observed{}))
	if _, err := k.Create(t.Context(), parameter.KeyOf(flagName), o.desired); err != nil {
		t.Errorf("another name rests too: %v", err)
	}
}

// What the spec does not manage stays through a put, policies included.
func TestWhatIsNotManagedStays(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	d.Parameters = []spec.ManagedParameter{{Name: tokenName, Type: spec.ParameterSecure, Value: spec.NewSecret("A=1")}}
	converge(t.Context(), t, a.cfg, d)
	const policy = `[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Days"}}]`
	put(&ssm.PutParameterInput{Value: aws.String("A=1"), Tier: types.ParameterTierAdvanced, Description: aws.String("theirs"), KeyId: aws.String("alias/theirs"),
		AllowedPattern: aws.String("A=.*"), Policies: aws.String(policy)})(t.Context(), t, a.cfg)
	first(d).Value = spec.NewSecret("A=2")
	converge(t.Context(), t, a.cfg, d)
	out, err := ssm.NewFromConfig(a.cfg).DescribeParameters(t.Context(), &ssm.DescribeParametersInput{})
	must(t, err)
	p := out.Parameters[0]
	if p.Version != 3 || p.Tier != types.ParameterTierAdvanced || aws.ToString(p.Description) != "theirs" || aws.ToString(p.KeyId) != "alias/theirs" ||
		aws.ToString(p.AllowedPattern) != "A=.*" || len(p.Policies) != 1 {
		t.Errorf("it is %+v", p)
	}
}

// The same value put by somebody else is no drift; our tag tells of the version
// again.
func TestTheSameValuePutAgain(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	converge(t.Context(), t, a.cfg, d)
	put(&ssm.PutParameterInput{Value: aws.String("TOKEN=" + canary)})(t.Context(), t, a.cfg)
	k := parameter.New(a.cfg, instant())
	o := observe(t.Context(), t, k, d)[tokenName]
	if diff := cmp.Diff([]string{"/tags/ecs-reconciler~1applied"}, pathsOf(o.changes)); diff != "" || o.standing.Moved {
		t.Errorf("moved %v, changes %s", o.standing.Moved, diff)
	}
	calls := a.during(func() {
		_, err := k.Update(t.Context(), parameter.KeyOf(tokenName), o.desired, o.observed, o.changes)
		must(t, err)
	})
	if diff := cmp.Diff(map[string]int{"AddTagsToResource": 1}, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if o := observe(t.Context(), t, parameter.New(a.cfg, instant()), d)[tokenName]; len(o.changes) > 0 {
		t.Errorf("still %v", pathsOf(o.changes))
	}
}

// A value that is made is made once.
func TestGenerate(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	d.Parameters = []spec.ManagedParameter{{Name: tokenName, Type: spec.ParameterSecure, From: spec.Source{Generate: &spec.Generate{Length: 40}}, CreateOnly: true}}
	if o := observe(t.Context(), t, parameter.New(a.cfg, instant()), d)[tokenName]; o.changes[1].Note != "generated" || !o.changes[1].Sensitive {
		t.Errorf("the plan says %+v", o.changes)
	}
	value := func() string {
		converge(t.Context(), t, a.cfg, d)
		out, err := ssm.NewFromConfig(a.cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String(tokenName), WithDecryption: aws.Bool(true)})
		must(t, err)
		return *out.Parameter.Value
	}
	made := value()
	d.Parameters[0].Description = aws.String("made")
	if again := value(); len(made) != 40 || again != made {
		t.Error("the value is not of 40 characters, or was made anew")
	}
	d.Parameters[0] = spec.ManagedParameter{Name: flagName, Type: spec.ParameterSecure, Unread: true}
	k := parameter.New(a.cfg, instant())
	if _, err := k.Create(t.Context(), parameter.KeyOf(flagName), observe(t.Context(), t, k, d)[flagName].desired); err == nil || !strings.Contains(err.Error(), "was not read") {
		t.Errorf("what was not read is written: %v", err)
	}
}

// A saved plan is bound to the value by what Seal makes of it, and a value is
// shown only where the spec says so and AWS did not encrypt it.
func TestSealedAndShown(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	converge(t.Context(), t, a.cfg, d)
	opts := instant()
	opts.Seal = func(owner, name string, value spec.Secret, version string) string {
		return fmt.Sprintf("%s:%s/%d/%s", owner, name, len(value.Reveal()), version)
	}
	first(d).Value, d.Parameters[2].Value = spec.NewSecret("T=1"), spec.NewSecret("off")
	seen := observe(t.Context(), t, parameter.New(a.cfg, opts), d)
	if c := seen[tokenName].changes[0]; c.Proof != "app/staging:"+tokenName+"/3/1" || !c.Sensitive || c.Before != nil {
		t.Errorf("the token's change is %+v", c)
	}
	if c := seen[flagName].changes[0]; c.Sensitive || c.Before != "on" || c.After != "off" {
		t.Errorf("the flag's change is %+v", c)
	}
	d.Parameters[0].Type, d.Parameters[0].Shown, d.Parameters[0].KMSKeyID = spec.ParameterString, true, nil
	for _, c := range observe(t.Context(), t, parameter.New(a.cfg, opts), d)[tokenName].changes {
		if c.Path == "/value" && (!c.Sensitive || c.Before != nil) {
			t.Errorf("what was encrypted is shown: %+v", c)
		}
	}
}

// The applied tag has nothing of the value in it: the same spec with another
// value gives the same digest.
func TestTheAppliedTagTellsNothingOfTheValue(t *testing.T) {
	tagOf := func(value string) string {
		a, d := newAccount(t, 0), deployment()
		first(d).Value = spec.NewSecret(value)
		converge(t.Context(), t, a.cfg, d)
		out, err := ssm.NewFromConfig(a.cfg).ListTagsForResource(t.Context(), &ssm.ListTagsForResourceInput{
			ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: aws.String(tokenName)})
		must(t, err)
		for _, tag := range out.TagList {
			if *tag.Key == spec.TagApplied {
				return *tag.Value
			}
		}
		return ""
	}
	if one, two := tagOf("A=1"), tagOf("A=two"); one != two || !strings.HasSuffix(one, ".1") {
		t.Errorf("the tags are %q and %q", one, two)
	}
}

// Every field that Keep is told of is neither seen nor written.
func TestKeep(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	converge(t.Context(), t, a.cfg, d)
	*first(d) = spec.ManagedParameter{Name: tokenName, Type: spec.ParameterString, Tier: spec.TierAdvanced, DataType: "aws:ec2:image", Value: spec.NewSecret("X=1"),
		AllowedPattern: aws.String(".+"), Description: aws.String("x"), KMSKeyID: aws.String("alias/x"), Tags: map[string]string{"tier": "x"}, Tasks: []string{"report"}}
	k := parameter.New(a.cfg, instant())
	o := observe(t.Context(), t, k, d)[tokenName]
	for _, path := range []string{"/type", "/value", "/description", "/kms_key_id", "/tier", "/data_type", "/allowed_pattern", "/tags/tier"} {
		if !slices.Contains(pathsOf(o.changes), path) {
			t.Fatalf("%s is no change: %v", path, pathsOf(o.changes))
		}
		if left := pathsOf(k.Diff(k.Keep(o.desired, o.observed, []string{path}), o.observed)); slices.Contains(left, path) {
			t.Errorf("%s is kept and still changes: %v", path, left)
		}
	}
	if kept := k.Keep(o.desired, o.observed, []string{"/tags"}); kept.Tags["tier"] != "" || kept.Tags[spec.TagOwner] == "" {
		t.Errorf("the tags are %v", kept.Tags)
	}
}

// Somebody else's parameter is not deleted, and no other owner's is listed.
func TestWhoseIsDeleted(t *testing.T) {
	a, d := newAccount(t, 0), deployment()
	converge(t.Context(), t, a.cfg, d)
	k := parameter.New(a.cfg, instant())
	o := observe(t.Context(), t, k, d)[tokenName].observed
	o.Tags = map[string]string{spec.TagOwner: "other/staging"}
	if err := k.Delete(t.Context(), parameter.KeyOf(tokenName), o); resource.ClassOf(err) != resource.Conflict {
		t.Errorf("deleted: %v", err)
	}
	tag(spec.TagOwner, "other/staging")(t.Context(), t, a.cfg)
	d.Parameters = d.Parameters[:1]
	d.Tasks = []spec.Task{{Name: "reads", EnvLocations: []spec.EnvLocation{{Location: "ssm:" + hostsName + ":1"}},
		TaskDefinition: spec.Document{"containerDefinitions": []any{map[string]any{"secrets": []any{map[string]any{"valueFrom": onceName}}}}}}}
	owned, err := k.Owned(t.Context(), d)
	must(t, err)
	if diff := cmp.Diff([]resource.Key{parameter.KeyOf(flagName)}, owned); diff != "" {
		t.Errorf("owned (-want +got):\n%s", diff)
	}
}
