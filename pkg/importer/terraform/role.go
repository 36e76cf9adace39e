package terraform

import (
	"encoding/json"
	"slices"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// role is what the state says of a role that a task names. One that is not in
// it is only referred to.
func (c *conversion) role(task resource, arn string) *manifest.Role {
	no := false
	roles := c.of("aws_iam_role")
	i := slices.IndexFunc(roles, func(r resource) bool { return r.text("arn") == arn })
	if i < 0 || c.elsewhere(roles[i]) {
		c.remark(task, "the role %s is not in the state, so it is only referred to", arn)
		return &manifest.Role{Manage: &no}
	}
	r := roles[i]
	first := !c.used[r.address]
	c.used[r.address] = true
	out := &manifest.Role{GrantEnvLocations: &no, Tags: unlessEmpty(r.tags())}
	out.Description, out.PermissionsBoundary = optional(r.text("description")), optional(r.text("permissions_boundary"))
	const usual = 3600 // seconds, IAM's default
	if n, ok := r.number("max_session_duration"); ok && n != usual {
		seconds := int32(n) // IAM takes 43200 at most
		out.MaxSessionDuration = &seconds
	}
	out.TrustPolicy = c.policy(r, "assume_role_policy", r.text("assume_role_policy"), first)
	out.InlinePolicies = c.inline(r, first)
	if attached := c.attached(r); len(attached) > 0 {
		out.ManagedPolicies = &attached
	}
	return out
}

// policy is a document that an attribute holds as text, nil with a remark when
// it is not to be written.
func (c *conversion) policy(r resource, attribute, text string, first bool) spec.Document {
	remark := func(why string) {
		if first {
			c.remark(r, "its %s %s, so it is left as it is in AWS", attribute, why)
		}
	}
	if r.sensitive(attribute) {
		remark("is marked sensitive")
		return nil
	}
	var doc spec.Document
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc == nil {
		remark("is no JSON object")
		return nil
	}
	return doc
}

// inline are the inline policies: those in the role's own blocks, and those of
// resources of their own.
func (c *conversion) inline(role resource, first bool) map[string]spec.Document {
	out := map[string]spec.Document{}
	add := func(from resource, attribute, name, text string) {
		if name == "" || text == "" {
			return
		}
		if doc := c.policy(from, attribute, text, first); doc != nil {
			out[name] = doc
		}
	}
	for _, block := range list(role.attributes.values["inline_policy"]) {
		name, _ := object(block)["name"].(string)
		text, _ := object(block)["policy"].(string)
		add(role, "inline_policy", name, text)
	}
	for _, r := range c.of("aws_iam_role_policy") {
		if r.text("role") == role.text("name") {
			c.used[r.address] = true
			add(r, "policy", r.text("name"), r.text("policy"))
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// attached are the ARNs of the attached policies, sorted: of the role's own
// list, and of resources of their own.
func (c *conversion) attached(role resource) []string {
	out := role.texts("managed_policy_arns")
	for _, r := range c.of("aws_iam_role_policy_attachment") {
		if r.text("role") == role.text("name") {
			c.used[r.address] = true
			out = append(out, r.text("policy_arn"))
		}
	}
	for _, r := range c.of("aws_iam_policy_attachment") {
		if slices.Contains(r.texts("roles"), role.text("name")) {
			out = append(out, r.text("policy_arn"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
