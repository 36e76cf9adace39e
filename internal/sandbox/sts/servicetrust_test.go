package sts

import "testing"

func TestTrustsService(t *testing.T) {
	const group = "arn:aws:scheduler:us-west-2:012345678901:schedule-group/default"
	call := ServiceCall{Service: "scheduler.amazonaws.com", Account: "012345678901", ARN: group}
	statement := func(effect, service, condition string) string {
		return `{"Effect":"` + effect + `","Principal":{"Service":` + service + `},"Action":"sts:AssumeRole"` + condition + `}`
	}
	const scheduler = `"scheduler.amazonaws.com"`
	for name, test := range map[string]struct {
		statements string
		want       bool
	}{
		"plain":         {statement("Allow", scheduler, ""), true},
		"among others":  {"[" + statement("Allow", `["events.amazonaws.com",`+scheduler+`]`, "") + "]", true},
		"another":       {statement("Allow", `"events.amazonaws.com"`, ""), false},
		"an account":    {`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`, false},
		"other action":  {`{"Effect":"Allow","Principal":{"Service":` + scheduler + `},"Action":"sts:TagSession"}`, false},
		"our account":   {statement("Allow", scheduler, `,"Condition":{"StringEquals":{"aws:SourceAccount":"012345678901"}}`), true},
		"other account": {statement("Allow", scheduler, `,"Condition":{"StringEquals":{"aws:SourceAccount":"999999999999"}}`), false},
		"our group":     {statement("Allow", scheduler, `,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:*:012345678901:schedule-group/*"}}`), true},
		"a schedule":    {statement("Allow", scheduler, `,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:scheduler:*:*:schedule/*"}}`), false},
		"both":          {statement("Allow", scheduler, `,"Condition":{"StringEquals":{"aws:SourceAccount":"012345678901"},"ArnEquals":{"aws:SourceArn":"`+group+`"}}`), true},
		"unknown key":   {statement("Allow", scheduler, `,"Condition":{"StringEquals":{"aws:SourceOrgID":"o-1"}}`), false},
		"denied":        {"[" + statement("Allow", scheduler, "") + "," + statement("Deny", scheduler, "") + "]", false},
		"denied, maybe": {"[" + statement("Allow", scheduler, "") + "," + statement("Deny", scheduler, `,"Condition":{"Bool":{"x":"true"}}`) + "]", false},
		"not JSON":      {"{", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := TrustsService(`{"Version":"2012-10-17","Statement":`+test.statements+`}`, call); got != test.want {
				t.Errorf("trusts is %v", got)
			}
		})
	}
}
