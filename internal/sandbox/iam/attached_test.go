package iam

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

func attach(b *Backend, role, arn string) error {
	_, err := b.AttachRolePolicy(&sdk.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
	return err
}

func TestAttachAndDetach(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	own := createPolicy(t, b, "zz")
	for _, arn := range []string{own, executionARN, own} {
		if err := attach(b, "web", arn); err != nil {
			t.Fatalf("AttachRolePolicy(%s): %v", arn, err)
		}
	}
	list := func(in sdk.ListAttachedRolePoliciesInput) (arns []string) {
		in.RoleName = aws.String("web")
		for _, p := range must[sdk.ListAttachedRolePoliciesOutput](t)(b.ListAttachedRolePolicies(&in)).AttachedPolicies {
			arns = append(arns, *p.PolicyName+" "+*p.PolicyArn)
		}
		return arns
	}
	want := []string{"AmazonECSTaskExecutionRolePolicy " + executionARN, "zz " + own}
	if diff := cmp.Diff(want, list(sdk.ListAttachedRolePoliciesInput{})); diff != "" {
		t.Errorf("attached (-want +got):\n%s", diff)
	}
	below := list(sdk.ListAttachedRolePoliciesInput{PathPrefix: aws.String("/service-role/")})
	if diff := cmp.Diff(want[:1], below); diff != "" {
		t.Errorf("below /service-role/ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:1], list(sdk.ListAttachedRolePoliciesInput{MaxItems: aws.Int32(1)})); diff != "" {
		t.Errorf("first page (-want +got):\n%s", diff)
	}
	detach := &sdk.DetachRolePolicyInput{RoleName: aws.String("web"), PolicyArn: &own}
	must[sdk.DetachRolePolicyOutput](t)(b.DetachRolePolicy(detach))
	_, err := b.DetachRolePolicy(detach)
	refusedWith(t, err, "NoSuchEntity", 404, "Policy "+own+" was not found.")
}

func TestAttachRefuses(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	const none = "arn:aws:iam::012345678901:policy/none"
	for arn, want := range map[string][2]string{
		none:                                       {"NoSuchEntity", "Policy " + none + " does not exist or is not attachable."},
		"arn:aws:iam::aws:policy/Invented":         {"NoSuchEntity", "Policy arn:aws:iam::aws:policy/Invented does not exist or is not attachable."},
		"longpolicynamebutnoarn":                   {"ValidationError", "ARN longpolicynamebutnoarn is not valid."},
		"arn:aws:iam::012345678901:role/web":       {"InvalidInput", "ARN arn:aws:iam::012345678901:role/web is not valid."},
		"arn:aws-cn:iam::012345678901:policy/none": {"InvalidInput", "ARN arn:aws-cn:iam::012345678901:policy/none is not valid."},
		"arn:aws:iam::12:policy/none":              {"InvalidInput", "ARN arn:aws:iam::12:policy/none is not valid."},
		"arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy": {
			"PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role."},
	} {
		status := 400
		if want[0] == "NoSuchEntity" {
			status = 404
		}
		refusedWith(t, attach(b, "web", arn), want[0], status, want[1])
	}
}

func TestAttachmentQuota(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	var last string
	for i := range 11 {
		last = createPolicy(t, b, fmt.Sprintf("p%d", i))
		if i == 10 {
			break
		}
		if err := attach(b, "web", last); err != nil {
			t.Fatalf("policy %d: %v", i+1, err)
		}
	}
	refusedWith(t, attach(b, "web", last), "LimitExceeded", 409, "Cannot exceed quota for PoliciesPerRole: 10")
	if err := attach(b, "web", "arn:aws:iam::012345678901:policy/p0"); err != nil {
		t.Errorf("attaching again what is attached: %v", err)
	}
}

func TestBoundary(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	edge := createPolicy(t, b, "edge")
	put := func(arn string) error {
		_, err := b.PutRolePermissionsBoundary(&sdk.PutRolePermissionsBoundaryInput{
			RoleName: aws.String("web"), PermissionsBoundary: &arn,
		})
		return err
	}
	refusedWith(t, put("arn:aws:iam::012345678901:policy/none"), "NoSuchEntity", 404,
		"Scope ARN: arn:aws:iam::012345678901:policy/none does not exist or is not attachable.")
	refusedWith(t, put("arn:aws:iam::012345678901:not_a_policy/x"), "InvalidInput", 400,
		"ARN arn:aws:iam::012345678901:not_a_policy/x is not valid.")
	if err := put(edge); err != nil {
		t.Fatalf("PutRolePermissionsBoundary: %v", err)
	}
	if got := getRole(t, b, "web").PermissionsBoundary; got == nil || *got.PermissionsBoundaryArn != edge {
		t.Errorf("boundary %s, want %s", toJSON(t, got), edge)
	}
	policy := must[sdk.GetPolicyOutput](t)(b.GetPolicy(&sdk.GetPolicyInput{PolicyArn: &edge})).Policy
	if *policy.PermissionsBoundaryUsageCount != 1 || *policy.AttachmentCount != 0 {
		t.Errorf("counts %d, %d", *policy.PermissionsBoundaryUsageCount, *policy.AttachmentCount)
	}
	_, err := b.DeletePolicy(&sdk.DeletePolicyInput{PolicyArn: &edge})
	refused(t, err, "DeleteConflict", 409)
	in := &sdk.DeleteRolePermissionsBoundaryInput{RoleName: aws.String("web")}
	must[sdk.DeleteRolePermissionsBoundaryOutput](t)(b.DeleteRolePermissionsBoundary(in))
	if got := getRole(t, b, "web").PermissionsBoundary; got != nil {
		t.Errorf("boundary %s after its removal", toJSON(t, got))
	}
}

func TestAWSManagedTable(t *testing.T) {
	for _, managed := range awsManagedTable() {
		t.Run(managed.name, func(t *testing.T) {
			if err := policydoc.Identity(managed.document); err != nil {
				t.Errorf("document: %v", err)
			}
			policy := managed.policy("aws-cn")
			if policy.Created.IsZero() || policy.Updated.IsZero() {
				t.Errorf("times %q and %q", managed.created, managed.updated)
			}
			if err := policydoc.Identity(policy.inForce()); err != nil {
				t.Errorf("document in China: %v", err)
			}
			if len(policy.ID) != 21 {
				t.Errorf("id %q", policy.ID)
			}
		})
	}
	b := account()
	b.env.Partition = "aws-us-gov"
	createRole(t, b, "web")
	if err := attach(b, "web", "arn:aws-us-gov:iam::aws:policy/AmazonSSMReadOnlyAccess"); err != nil {
		t.Errorf("in another partition: %v", err)
	}
}
