package demand

import "strings"

// logs are the rows of Amazon CloudWatch Logs.
func logs() rows {
	return rows{
		"AssociateKmsKey":       {on: logGroupNamed},
		"CreateLogStream":       {on: logGroupNamed},
		"DeleteLogStream":       {on: logStreamNamed},
		"DescribeLogStreams":    {on: logGroupNamed},
		"DisassociateKmsKey":    {on: logGroupNamed},
		"ListTagsLogGroup":      {on: logGroupNamed},
		"TagLogGroup":           {on: logGroupNamed},
		"UntagLogGroup":         {on: logGroupNamed},
		"CreateLogGroup":        {on: logGroupNamed, also: tagOnCreate("logs:TagResource", taggedLogGroup, nil)},
		"DeleteLogGroup":        {on: logGroupNamed},
		"DeleteRetentionPolicy": {on: logGroupNamed},
		"DescribeLogGroups":     {on: allLogGroups},
		"ListTagsForResource":   {on: loggedResource},
		"PutRetentionPolicy":    {on: logGroupNamed},
		"TagResource":           {on: loggedResource},
		"UntagResource":         {on: loggedResource},
	}
}

// logGroupNamed is a log group by name. What policies are compared with ends in
// a stream, of which there is none, so a policy says "…:log-group:NAME:*".
func logGroupNamed(req *request) []target {
	t := req.logGroup(req.account.ARN("logs", "log-group:"+req.text("LogGroupName")))
	t.arn += ":log-stream:"
	return []target{t}
}

// logStreamNamed is a stream of a group, both by name.
func logStreamNamed(req *request) []target {
	t := logGroupNamed(req)[0]
	t.arn += req.text("LogStreamName")
	return []target{t}
}

// loggedResource is a log group of which tags are asked: here alone a policy
// names it without ":*" (Amazon CloudWatch Logs User Guide, "CloudWatch Logs
// resources and operations").
func loggedResource(req *request) []target { return []target{req.logGroup(req.text("ResourceArn"))} }

func taggedLogGroup(req *request) []target {
	return []target{req.logGroup(req.account.ARN("logs", "log-group:"+req.text("LogGroupName")))}
}

// logGroup takes an ARN with the asterisk that DescribeLogGroups ends it with,
// or without.
func (req *request) logGroup(arn string) target {
	arn = strings.TrimSuffix(arn, ":*")
	t := req.existing("logs", arn, arn)
	t.arn = arn
	return t
}

// allLogGroups is every group, as a refusal names them.
func allLogGroups(req *request) []target {
	return []target{{arn: "*", shown: req.account.ARN("logs", "log-group::log-stream:"), tags: map[string]string{}}}
}
