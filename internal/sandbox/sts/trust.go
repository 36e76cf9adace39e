package sts

import (
	"errors"
	"maps"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awserr"
)

// trusting finds a role that the caller may assume, with the tags and the
// source identity that the session would have.
func (b *Backend) trusting(in *sts.AssumeRoleInput, marks Session) (Role, error) {
	arn := aws.ToString(in.RoleArn)
	if parts := strings.SplitN(arn, ":", 6); len(parts) != 6 || !strings.HasPrefix(parts[5], "role/") {
		return Role{}, awserr.New("ValidationError", "%s is invalid", arn)
	}
	if strings.HasSuffix(b.env.CallerARN, ":root") {
		return Role{}, denied("Roles may not be assumed by root accounts.")
	}
	role, ok := Role{}, false
	if b.Role != nil {
		role, ok = b.Role(arn)
	}
	if !ok {
		// A policy that lets nobody in: the words are those of a refusal.
		role = Role{ARN: arn, Trust: `{"Statement":[]}`}
	}
	for _, action := range actions(in, marks) {
		if err := b.decide(role, action, trustContext(in, marks)); err != nil {
			return Role{}, err
		}
	}
	return role, nil
}

// actions are what the caller must be allowed: to mark a session with tags, or
// with who is behind it, is an action of its own (AWS Service Authorization
// Reference, AWS Security Token Service).
func actions(in *sts.AssumeRoleInput, marks Session) []string {
	out := []string{"sts:AssumeRole"}
	if len(in.Tags) > 0 || len(marks.Tags) > 0 {
		out = append(out, "sts:TagSession")
	}
	if marks.SourceIdentity != "" {
		out = append(out, "sts:SetSourceIdentity")
	}
	return out
}

// decide asks the role's trust policy and the caller's own policies.
func (b *Backend) decide(role Role, action string, context map[string][]string) error {
	caller := access.Free(b.env.CallerARN, b.env.CallerID)
	if b.Caller != nil {
		caller = b.Caller()
	}
	tags := access.Tagged(role.Tags, "iam:resourcetag/", "aws:resourcetag/")
	maps.Copy(tags, context)
	err := access.Decide(caller, access.Check{
		Action: action, Resource: role.ARN, Policy: role.Trust, Trust: true, Tags: map[string]string{}, Context: tags,
	})
	var denial *access.Denial
	if errors.As(err, &denial) {
		return denied(denial.Brief())
	}
	return err
}

func denied(message string) error {
	return awserr.New("AccessDenied", "%s", message).WithStatus(http.StatusForbidden)
}

// trustContext is the condition keys of STS that a request sets.
func trustContext(in *sts.AssumeRoleInput, marks Session) map[string][]string {
	asked := map[string]string{}
	for _, tag := range in.Tags {
		asked[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	out := access.Asked(asked)
	for key, value := range map[string]*string{
		"sts:externalid": in.ExternalId, "sts:rolesessionname": in.RoleSessionName,
		"sts:sourceidentity": nonEmpty(marks.SourceIdentity),
	} {
		out[key] = nil
		if value != nil {
			out[key] = []string{*value}
		}
	}
	out["sts:transitivetagkeys"] = in.TransitiveTagKeys
	return out
}
