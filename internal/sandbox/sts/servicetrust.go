package sts

import "ecs-reconciler/internal/sandbox/iam/policydoc"

// ServiceCall is an AWS service about to assume a role for somebody.
type ServiceCall struct {
	// Service is its principal, such as scheduler.amazonaws.com.
	Service string
	// Account and ARN say for whom: aws:SourceAccount and aws:SourceArn.
	Account, ARN string
}

// TrustsService says whether a trust policy lets a service assume its role. A
// condition that the sandbox cannot judge allows nothing, and denies.
func TrustsService(policy string, call ServiceCall) bool {
	verdict, err := policydoc.Evaluate([]string{policy}, policydoc.Request{
		Action: "sts:AssumeRole", Resource: "*", Names: []string{call.Service},
		Context: map[string][]string{"aws:sourceaccount": {call.Account}, "aws:sourcearn": {call.ARN}},
		Unknown: func(string) bool { return true },
	})
	return err == nil && verdict.Decision == policydoc.Allowed
}
