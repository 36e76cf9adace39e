package role_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/kind/role"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// iamWith is a sandbox that records the operations sent to it and answers as
// intercept wants; nil lets all through.
type iamWith struct {
	cfg       aws.Config
	mu        sync.Mutex // calls may overlap
	kind      *role.Kind
	sent      []string
	shown     []string
	intercept func(operation string, next func() (any, error)) (any, error)
}

func start(t *testing.T) *iamWith {
	t.Helper()
	w := &iamWith{}
	_, w.cfg = sandboxtest.New(t, func(o *sandbox.Options) {
		o.Intercept = func(_, operation string, next func() (any, error)) (any, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.sent = append(w.sent, operation)
			if w.intercept == nil {
				return next()
			}
			return w.intercept(operation, next)
		}
	})
	w.kind = role.New(w.cfg, role.Options{Sleep: noSleep, Wait: func(m string) { w.shown = append(w.shown, m) }})
	return w
}

// node is what the deployment wants of its i-th role.
func (w *iamWith) node(t *testing.T, d *spec.Deployment, i int) (resource.Key, role.Desired) {
	t.Helper()
	nodes, err := w.kind.Desired(d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := nodes[i].Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	return nodes[i].Key, want
}

func (w *iamWith) create(t *testing.T, d *spec.Deployment) {
	t.Helper()
	for i := range d.Roles {
		key, want := w.node(t, d, i)
		if _, err := w.kind.Create(t.Context(), key, want); err != nil {
			t.Fatal(err)
		}
	}
	w.sent = nil
}

func (w *iamWith) observe(t *testing.T, key resource.Key) role.Observed {
	t.Helper()
	found, err := w.kind.Observe(t.Context(), []resource.Key{key})
	if err != nil {
		t.Fatal(err)
	}
	o, ok := found[key]
	if !ok {
		t.Fatalf("%s is absent", key)
	}
	return o
}

// converged tells of differences that are left.
func (w *iamWith) converged(t *testing.T, d *spec.Deployment, i int) {
	t.Helper()
	key, want := w.node(t, d, i)
	if left := w.kind.Diff(want, w.observe(t, key)); len(left) > 0 {
		t.Errorf("%s still differs: %+v", key, left)
	}
}

func TestObserveCostsTwoCalls(t *testing.T) {
	w := start(t)
	d := deployment(t)
	w.create(t, d)
	owned, err := w.kind.Owned(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	want := []resource.Key{{Type: "role", Name: "app"}, {Type: "role", Name: "bare"}}
	if diff := cmp.Diff(want, owned); diff != "" {
		t.Errorf("owned (-want +got):\n%s", diff)
	}
	absent := resource.Key{Type: "role", Name: "absent"}
	found, err := w.kind.Observe(t.Context(), append(owned, absent))
	if err != nil || len(found) != 2 {
		t.Errorf("found %d roles, %v, want 2", len(found), err)
	}
	slices.Sort(w.sent)
	if diff := cmp.Diff([]string{"GetAccountAuthorizationDetails", "ListRoles"}, w.sent); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	w.sent = nil
	if _, err := w.kind.Observe(t.Context(), owned); err != nil || len(w.sent) != 2 {
		t.Errorf("a later observation sent %v, %v, want to read anew", w.sent, err)
	}
	if none, err := w.kind.Observe(t.Context(), nil); err != nil || len(none) != 0 || len(w.sent) != 2 {
		t.Errorf("observing nothing: %v, %v, %v", none, err, w.sent)
	}
}

// A role that is to move to another path is not an orphan as well: deleting it
// by name would take the new one.
func TestOwnedLeavesOutWhatMoves(t *testing.T) {
	w := start(t)
	d := deployment(t)
	w.create(t, d)
	d.Roles[0].ARN, d.Roles[0].Path = arnOf+"app", "/"
	owned, err := w.kind.Owned(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]resource.Key{{Type: "role", Name: "bare"}}, owned); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestObserveReadsEveryPage(t *testing.T) {
	w := start(t)
	d := deployment(t)
	w.create(t, d)
	asked := map[string]int{}
	w.intercept = func(operation string, next func() (any, error)) (any, error) {
		out, err := next()
		asked[operation]++
		first := asked[operation] == 1
		switch out := out.(type) {
		case *iam.GetAccountAuthorizationDetailsOutput:
			out.RoleDetailList = half(out.RoleDetailList, first)
			out.IsTruncated, out.Marker = first, marker(first)
		case *iam.ListRolesOutput:
			out.Roles = half(out.Roles, first)
			out.IsTruncated, out.Marker = first, marker(first)
		}
		return out, err
	}
	for i := range d.Roles {
		clear(asked)
		w.converged(t, d, i)
	}
}

func half[T any](list []T, first bool) []T {
	if first {
		return list[:len(list)/2]
	}
	return list[len(list)/2:]
}

func marker(more bool) *string {
	if !more {
		return nil
	}
	return aws.String("next")
}

// IAM's lists lag behind each other; what one lacks is read by itself.
func TestObserveReadsByItselfWhatOneScanLacks(t *testing.T) {
	for _, lacking := range []string{"GetAccountAuthorizationDetails", "ListRoles"} {
		t.Run(lacking, func(t *testing.T) {
			w := start(t)
			d := deployment(t)
			w.create(t, d)
			w.intercept = func(operation string, next func() (any, error)) (any, error) {
				out, err := next()
				switch out := out.(type) {
				case *iam.GetAccountAuthorizationDetailsOutput:
					if lacking == operation {
						out.RoleDetailList = nil
					}
				case *iam.ListRolesOutput:
					if lacking == operation {
						out.Roles = nil
					}
				}
				return out, err
			}
			for i := range d.Roles {
				w.converged(t, d, i)
			}
		})
	}
}

func TestObserveFailsRatherThanCallARoleAbsent(t *testing.T) {
	for _, failing := range []string{"GetAccountAuthorizationDetails", "ListRoles"} {
		w := start(t)
		w.intercept = func(operation string, next func() (any, error)) (any, error) {
			if operation == failing {
				return nil, awserr.New("Throttling", "Rate exceeded")
			}
			return next()
		}
		_, err := w.kind.Observe(t.Context(), []resource.Key{{Type: "role", Name: "app"}})
		if resource.ClassOf(err) != resource.Throttled {
			t.Errorf("%s: got %v, want it to be throttled", failing, err)
		}
		if _, err := w.kind.Owned(t.Context(), deployment(t)); resource.ClassOf(err) != resource.Throttled {
			t.Errorf("%s: Owned: got %v, want it to be throttled", failing, err)
		}
	}
}

// The digest must be put back, else later drift is taken for a change of the
// spec.
func TestALostDigestIsPutBack(t *testing.T) {
	w := start(t)
	d := deployment(t)
	w.create(t, d)
	by((*iam.Client).UntagRole, &iam.UntagRoleInput{RoleName: aws.String("bare"), TagKeys: []string{spec.TagApplied}})(t.Context(), t, w.cfg)
	key, want := w.node(t, d, 1)
	o := w.observe(t, key)
	changes := w.kind.Diff(want, o)
	if len(changes) != 1 || changes[0].Path != "/tags/ecs-reconciler~1applied" || w.kind.Standing(want, o).Moved {
		t.Fatalf("planned %+v, %+v", changes, w.kind.Standing(want, o))
	}
	w.sent = nil
	if _, err := w.kind.Update(t.Context(), key, want, o, changes); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"TagRole"}, w.sent); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	w.converged(t, d, 1)
}

func TestCreateWritesInOrder(t *testing.T) {
	w := start(t)
	d := deployment(t)
	key, want := w.node(t, d, 0)
	if _, err := w.kind.Create(t.Context(), key, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"CreateRole", "AttachRolePolicy", "PutRolePolicy", "PutRolePolicy", "TagRole"}, w.sent); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	w.sent = nil
	key, want = w.node(t, d, 1)
	out, err := w.kind.Create(t.Context(), key, want)
	if err != nil || out["arn"] != arnOf+"bare" {
		t.Fatalf("%v, %v", out, err)
	}
	if diff := cmp.Diff([]string{"CreateRole"}, w.sent); diff != "" {
		t.Errorf("calls of a role without policies (-want +got):\n%s", diff)
	}
}

// Adopting marks the role as ours before anything of it is changed.
func TestAdoptionBeginsWithTheOwnerTag(t *testing.T) {
	w := start(t)
	createByHand("app", "/team/")(t.Context(), t, w.cfg)
	d := deployment(t)
	key, want := w.node(t, d, 0)
	o := w.observe(t, key)
	w.sent = nil
	if _, err := w.kind.Update(t.Context(), key, want, o, w.kind.Diff(want, o)); err != nil {
		t.Fatal(err)
	}
	order := []string{"TagRole", "PutRolePermissionsBoundary", "UpdateAssumeRolePolicy", "UpdateRole", "AttachRolePolicy", "PutRolePolicy", "PutRolePolicy", "TagRole"}
	if diff := cmp.Diff(order, w.sent); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	w.converged(t, d, 0)
}

func TestLagIsWaitedOut(t *testing.T) {
	w := start(t)
	failures := map[string][]error{
		"CreateRole":       {awserr.New("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"x"`), awserr.New("ConcurrentModification", "busy")},
		"AttachRolePolicy": {awserr.New("NoSuchEntity", "The role with name app cannot be found.").WithStatus(404)},
		"PutRolePolicy":    {awserr.New("NoSuchEntity", "The role with name app cannot be found.").WithStatus(404)},
	}
	w.intercept = func(operation string, next func() (any, error)) (any, error) {
		if left := failures[operation]; len(left) > 0 {
			failures[operation] = left[1:]
			return nil, left[0]
		}
		return next()
	}
	d := deployment(t)
	w.create(t, d)
	w.converged(t, d, 0)
	want := []string{"MalformedPolicyDocument", "ConcurrentModification", "NoSuchEntity", "NoSuchEntity"}
	for i, code := range want {
		if i >= len(w.shown) || !strings.Contains(w.shown[i], "role app ("+code+")") {
			t.Errorf("showed %q, want %v", w.shown, want)
		}
	}
}

func TestAMissingPolicyIsNotWaitedFor(t *testing.T) {
	w := start(t)
	d := deployment(t)
	d.Roles[0].ManagedPolicies = []string{"arn:aws:iam::" + account + ":policy/absent"}
	key, want := w.node(t, d, 0)
	_, err := w.kind.Create(t.Context(), key, want)
	if resource.ClassOf(err) != resource.NotFound || len(w.shown) > 0 {
		t.Errorf("got %v after waiting %v, want not-found at once", err, w.shown)
	}
	for _, part := range []string{"create role app", "attach arn:aws:iam::" + account + ":policy/absent", "NoSuchEntity"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
}

// The SDK sends again what was not answered, and is told that the role exists.
func TestCreateGoesOnAfterALostAnswer(t *testing.T) {
	w := start(t)
	w.cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	w.kind = role.New(w.cfg, role.Options{Sleep: noSleep})
	lost := false
	w.intercept = func(operation string, next func() (any, error)) (any, error) {
		out, err := next()
		if operation == "CreateRole" && !lost {
			lost = true
			return nil, sandbox.ErrConnectionLost
		}
		return out, err
	}
	d := deployment(t)
	w.create(t, d)
	for i := range d.Roles {
		w.converged(t, d, i)
	}
}

func TestCreateOfATakenNameIsAConflict(t *testing.T) {
	for _, path := range []string{"/", "/theirs/"} {
		w := start(t)
		createByHand("bare", path)(t.Context(), t, w.cfg)
		key, want := w.node(t, deployment(t), 1)
		_, err := w.kind.Create(t.Context(), key, want)
		if resource.ClassOf(err) != resource.Conflict || !strings.Contains(err.Error(), "plan again") {
			t.Errorf("%s: got %v, want a conflict with a way out", path, err)
		}
	}
}

// At the limit of ten, a policy is attached only after another was detached.
func TestAQuotaReversesTheOrder(t *testing.T) {
	w := start(t)
	d := deployment(t)
	w.create(t, d)
	limited := true
	w.intercept = func(operation string, next func() (any, error)) (any, error) {
		if operation == "DetachRolePolicy" {
			limited = false
		}
		if operation == "AttachRolePolicy" && limited {
			return nil, awserr.New("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10").WithStatus(409)
		}
		return next()
	}
	d.Roles[0].ManagedPolicies = []string{s3Read}
	key, want := w.node(t, d, 0)
	o := w.observe(t, key)
	w.sent = nil
	if _, err := w.kind.Update(t.Context(), key, want, o, w.kind.Diff(want, o)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"AttachRolePolicy", "DetachRolePolicy", "AttachRolePolicy", "TagRole"}, w.sent); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	w.converged(t, d, 0)
}

// A trusted role that is deleted leaves its id behind; making it anew does not
// heal that, putting the policy again does.
func TestADeletedPrincipalIsDrift(t *testing.T) {
	w := start(t)
	friend := createByHand("friend", "/")
	friend(t.Context(), t, w.cfg)
	d := deployment(t)
	d.Roles[1].TrustPolicy = document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+arnOf+`friend"},"Action":"sts:AssumeRole"}]}`)
	w.create(t, d)
	w.converged(t, d, 1)
	by((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: aws.String("friend")})(t.Context(), t, w.cfg)
	friend(t.Context(), t, w.cfg)

	key, want := w.node(t, d, 1)
	o := w.observe(t, key)
	changes := w.kind.Diff(want, o)
	if len(changes) != 1 || changes[0].Path != "/trust_policy" || changes[0].Note == "" || !w.kind.Standing(want, o).Moved {
		t.Fatalf("got %+v, want drift of the trust policy with a remark", changes)
	}
	if _, err := w.kind.Update(t.Context(), key, want, o, changes); err != nil {
		t.Fatal(err)
	}
	w.converged(t, d, 1)
}

func TestDelete(t *testing.T) {
	w := start(t)
	d := deployment(t)
	w.create(t, d)
	by((*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{RoleName: aws.String("app"), PolicyName: aws.String("theirs"), PolicyDocument: aws.String(openInline)})(t.Context(), t, w.cfg)
	key, _ := w.node(t, d, 0)
	o := w.observe(t, key)
	w.sent = nil
	if err := w.kind.Delete(t.Context(), key, o); err != nil {
		t.Fatal(err)
	}
	want := []string{"GetRole", "DeleteRolePolicy", "DeleteRolePolicy", "DeleteRolePolicy", "DetachRolePolicy", "DeleteRole"}
	if diff := cmp.Diff(want, w.sent); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	w.sent = nil
	if err := w.kind.Delete(t.Context(), key, o); err != nil || len(w.sent) != 1 {
		t.Errorf("deleting again: %v after %v", err, w.sent)
	}
}

func TestDeleteRefuses(t *testing.T) {
	profile := aws.String("machines")
	for _, c := range []struct {
		name, says string
		do         func(context.Context, testing.TB, aws.Config)
		late       bool // after the role was observed
	}{
		{"in an instance profile", "instance profiles machines", each(
			by((*iam.Client).CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: profile}),
			by((*iam.Client).AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: profile, RoleName: aws.String("bare")})), false},
		{"made anew meanwhile", "another's by now", each(
			by((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: aws.String("bare")}),
			createByHand("bare", "/", types.Tag{Key: aws.String(spec.TagOwner), Value: aws.String("reports/staging")})), true},
		{"another owner's meanwhile", "another's by now",
			by((*iam.Client).TagRole, &iam.TagRoleInput{RoleName: aws.String("bare"), Tags: tag(spec.TagOwner, "other/staging")}), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := start(t)
			d := deployment(t)
			w.create(t, d)
			key, _ := w.node(t, d, 1)
			if !c.late {
				c.do(t.Context(), t, w.cfg)
			}
			o := w.observe(t, key)
			if c.late {
				c.do(t.Context(), t, w.cfg)
			}
			w.sent = nil
			err := w.kind.Delete(t.Context(), key, o)
			if resource.ClassOf(err) != resource.Conflict || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want a conflict that says %q", err, c.says)
			}
			for _, op := range w.sent {
				if op != "GetRole" {
					t.Errorf("sent %s", op)
				}
			}
		})
	}
}

// Observing a thousand roles among others costs what observing one does.
func TestManyRolesCostNoMoreCalls(t *testing.T) {
	w := start(t)
	client := iam.NewFromConfig(w.cfg)
	var keys []resource.Key
	for i := range 120 {
		name := fmt.Sprintf("role-%d", i)
		if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(openTrust)}); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, resource.Key{Type: "role", Name: name})
	}
	w.sent = nil
	found, err := w.kind.Observe(t.Context(), keys)
	if err != nil || len(found) != len(keys) || len(w.sent) != 2 {
		t.Errorf("found %d of %d with %v, %v", len(found), len(keys), w.sent, err)
	}
}
