package demand

import (
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// events are the rows of Amazon EventBridge's rules. Its keys of the pattern's
// content are not known.
func events() rows {
	return rows{
		"DeleteRule":            {on: ruleNamed("Name")},
		"DescribeEventBus":      {on: busNamed},
		"DescribeRule":          {on: ruleNamed("Name")},
		"DisableRule":           {on: ruleNamed("Name")},
		"EnableRule":            {on: ruleNamed("Name")},
		"ListRuleNamesByTarget": {},
		"ListRules":             {},
		"ListTagsForResource":   {on: taggedRule},
		"ListTargetsByRule":     {on: ruleNamed("Rule")},
		"PutRule":               {on: ruleNamed("Name"), also: both(tagOnCreate("events:TagResource", ruleNamed("Name"), nil), ruleRole)},
		"PutTargets":            {on: ruleNamed("Rule"), keys: map[string]string{"TargetArn": "Targets.Arn"}, also: targetRoles},
		"RemoveTargets":         {on: ruleNamed("Rule")},
		"TagResource":           {on: taggedRule},
		"UntagResource":         {on: taggedRule},
	}
}

// ruleNamed is the rule whose name a member has, on the bus of the request: the
// default one is not part of the ARN.
func ruleNamed(member string) func(*request) []target {
	return func(req *request) []target {
		bus := req.text("EventBusName")
		bus = bus[strings.LastIndex(bus, "/")+1:] + "/"
		if bus == "/" || bus == "default/" {
			bus = ""
		}
		arn := req.account.ARN("events", "rule/"+bus+req.text(member))
		t := req.existing("events", arn, arn)
		t.keys = map[string][]string{"events:managedby": nil}
		return []target{t}
	}
}

// busNamed is a bus by name or ARN, or the default one.
func busNamed(req *request) []target {
	name := req.text("Name")
	if name == "" {
		name = "default"
	}
	if !strings.HasPrefix(name, "arn:") {
		name = req.account.ARN("events", "event-bus/"+name)
	}
	return []target{req.existing("events", name, name)}
}

func taggedRule(req *request) []target {
	arn := req.text("ResourceARN")
	return []target{req.existing("events", arn, arn)}
}

func ruleRole(req *request) []access.Check {
	return req.pass("events.amazonaws.com", req.text("RoleArn"))
}

// targetRoles are the roles with which the rule starts its targets.
func targetRoles(req *request) []access.Check {
	return req.pass("events.amazonaws.com", req.list("Targets.RoleArn")...)
}
