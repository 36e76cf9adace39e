package demand

import (
	"maps"
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// iam are the rows of AWS Identity and Access Management.
func iam() rows {
	out := rows{
		"AddRoleToInstanceProfile": {on: profileOf, also: func(req *request) []access.Check {
			return req.pass("ec2.amazonaws.com", req.text("RoleName"))
		}},
		"CreateInstanceProfile":   {on: profileOf, also: tagOnCreate("iam:TagInstanceProfile", profileOf, nil)},
		"CreateServiceLinkedRole": {on: linkedRole, keys: map[string]string{"AWSServiceName": "AWSServiceName"}},
		"DeleteInstanceProfile":   {on: profileOf},
		"ListInstanceProfileTags": {on: profileOf},
		"TagInstanceProfile":      {on: profileOf},
		"UntagInstanceProfile":    {on: profileOf},
		"ListInstanceProfiles":    {on: shownAs("instance-profile")},
		// The role is known by the id of its deletion alone, so every role is meant.
		"GetServiceLinkedRoleDeletionStatus": {},
		"GetAccountAuthorizationDetails":     {},
		"GetInstanceProfile":                 {on: profileOf},
		"ListPolicies":                       {on: shownAs("policy")},
		"ListRoles":                          {on: shownAs("role")},
		"ListUsers":                          {on: shownAs("user")},
		"RemoveRoleFromInstanceProfile":      {on: profileOf},
		"SimulateCustomPolicy":               {},
		"SimulatePrincipalPolicy":            {on: simulated},
	}
	maps.Copy(out, managedPolicies())
	maps.Copy(out, entities("Role", roleOf, newRole))
	maps.Copy(out, entities("User", userOf, newUser))
	maps.Copy(out, rows{
		"DeleteServiceLinkedRole":     {on: roleOf},
		"ListInstanceProfilesForRole": {on: roleOf},
		"UpdateAssumeRolePolicy":      {on: bounded(roleOf)},
		"UpdateRole":                  {on: bounded(roleOf)},
		"UpdateRoleDescription":       {on: bounded(roleOf)},
		"CreateAccessKey":             {on: userOf},
		"DeleteAccessKey":             {on: userOf},
		"ListAccessKeys":              {on: userOf},
	})
	return out
}

// entities are the rows that roles and users have alike. What changes their
// permissions carries their boundary, or the one that they would get.
func entities(kind string, of, created func(*request) []target) rows {
	policy := map[string]string{"PolicyARN": "PolicyArn"}
	boundary := map[string]string{"PermissionsBoundary": "PermissionsBoundary"}
	return rows{
		"Attach" + kind + "Policy":              {on: bounded(of), keys: policy},
		"Create" + kind:                         {on: created, keys: boundary, also: tagOnCreate("iam:Tag"+kind, created, nil)},
		"Delete" + kind:                         {on: bounded(of)},
		"Delete" + kind + "PermissionsBoundary": {on: bounded(of)},
		"Delete" + kind + "Policy":              {on: bounded(of)},
		"Detach" + kind + "Policy":              {on: bounded(of), keys: policy},
		"Get" + kind:                            {on: bounded(of)},
		"Get" + kind + "Policy":                 {on: of},
		"ListAttached" + kind + "Policies":      {on: of},
		"List" + kind + "Policies":              {on: of},
		"List" + kind + "Tags":                  {on: of},
		"Put" + kind + "PermissionsBoundary":    {on: of, keys: boundary},
		"Put" + kind + "Policy":                 {on: bounded(of)},
		"Tag" + kind:                            {on: of},
		"Untag" + kind:                          {on: of},
	}
}

func managedPolicies() rows {
	return rows{
		"CreatePolicy":            {on: newPolicy, also: tagOnCreate("iam:TagPolicy", newPolicy, nil)},
		"CreatePolicyVersion":     {on: policyOf},
		"DeletePolicy":            {on: policyOf},
		"DeletePolicyVersion":     {on: policyOf},
		"GetPolicy":               {on: policyOf},
		"GetPolicyVersion":        {on: policyOf},
		"ListEntitiesForPolicy":   {on: policyOf},
		"ListPolicyTags":          {on: policyOf},
		"ListPolicyVersions":      {on: policyOf},
		"TagPolicy":               {on: policyOf},
		"UntagPolicy":             {on: policyOf},
		"SetDefaultPolicyVersion": {on: policyOf},
	}
}

// bounded adds the permissions boundary that the role or user has.
func bounded(of func(*request) []target) func(*request) []target {
	return func(req *request) []target {
		t := of(req)[0]
		t.keys = map[string][]string{"iam:permissionsboundary": nil}
		if t.boundary != "" {
			t.keys["iam:permissionsboundary"] = []string{t.boundary}
		}
		return []target{t}
	}
}

// entity is what there is of a kind by a name, with its path.
func (req *request) entity(kind, name string) target {
	return req.existing("iam", kind+"/"+name, req.account.ARN("iam", kind+"/"+name))
}

func (req *request) role(name string) target { return req.entity("role", name) }

func roleOf(req *request) []target { return []target{req.role(req.text("RoleName"))} }

// userOf is the user who is named, or who is calling.
func userOf(req *request) []target {
	name := req.text("UserName")
	if caller := req.account.Caller(); name == "" && strings.Contains(caller, ":user/") {
		name = caller[strings.LastIndex(caller, "/")+1:]
	}
	return []target{req.entity("user", name)}
}

func profileOf(req *request) []target {
	name := req.text("InstanceProfileName")
	if req.has("Path") {
		return req.created("instance-profile", name)
	}
	return []target{req.entity("instance-profile", name)}
}

func newRole(req *request) []target   { return req.created("role", req.text("RoleName")) }
func newUser(req *request) []target   { return req.created("user", req.text("UserName")) }
func newPolicy(req *request) []target { return req.created("policy", req.text("PolicyName")) }

// created is what a request would make, under the path that it asks for.
func (req *request) created(kind, name string) []target {
	path := req.text("Path")
	if path == "" {
		path = "/"
	}
	return []target{{arn: req.account.ARN("iam", kind+path+name), tags: map[string]string{}}}
}

func policyOf(req *request) []target {
	arn := req.text("PolicyArn")
	t := req.existing("iam", "policy/"+arn, arn)
	t.shown = "policy " + arn
	return []target{t}
}

func simulated(req *request) []target {
	return []target{{arn: req.text("PolicySourceArn")}}
}

// linkedRole is the role that a service would get.
func linkedRole(req *request) []target {
	service, suffix := req.text("AWSServiceName"), req.text("CustomSuffix")
	t := req.existing("iam", "linked-role/"+service, req.account.ARN("iam", "role/aws-service-role/"+service+"/"))
	if suffix != "" {
		t.arn += "_" + suffix
	}
	return []target{t}
}

// shownAs is no resource, though a refusal names the kind and the path that were
// asked for, as IAM's do.
func shownAs(kind string) func(*request) []target {
	return func(req *request) []target {
		path := req.text("PathPrefix")
		if path == "" {
			path = "/"
		}
		return []target{{arn: "*", shown: req.account.ARN("iam", kind+path), tags: map[string]string{}}}
	}
}
