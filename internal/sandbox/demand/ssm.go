package demand

import "strings"

// ssm are the rows of Parameter Store, in AWS Systems Manager. Of what a value
// is encrypted with, nothing is asked.
func ssm() rows {
	return rows{
		"AddTagsToResource":       {on: ssmResource},
		"DeleteParameter":         {on: parameterNamed},
		"DeleteParameters":        {on: parametersNamed},
		"DescribeParameters":      {},
		"GetParameter":            {on: parameterNamed},
		"GetParameterHistory":     {on: parameterNamed},
		"GetParameters":           {on: parametersNamed},
		"GetParametersByPath":     {on: parameterPath, keys: map[string]string{"Recursive": "Recursive"}},
		"LabelParameterVersion":   {on: parameterNamed},
		"UnlabelParameterVersion": {on: parameterNamed},
		"ListTagsForResource":     {on: ssmResource},
		"PutParameter": {on: parameterNamed, keys: map[string]string{"Overwrite": "Overwrite", "Policies": "Policies"},
			also: tagOnCreate("ssm:AddTagsToResource", parameterNamed, nil)},
		"RemoveTagsFromResource": {on: ssmResource},
	}
}

func parameterNamed(req *request) []target { return []target{req.parameter(req.text("Name"))} }
func parameterPath(req *request) []target  { return []target{req.parameter(req.text("Path"))} }

func parametersNamed(req *request) []target {
	var out []target
	for _, name := range req.list("Names") {
		out = append(out, req.parameter(name))
	}
	return out
}

// parameter is the target of a name, without the version or the label that may
// follow it. The ARN leaves out the slash that a name begins with.
func (req *request) parameter(name string) target {
	arn := name
	if !strings.HasPrefix(name, "arn:") {
		name, _, _ = strings.Cut(name, ":")
		arn = req.account.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
	}
	return req.existing("ssm", arn, arn)
}

// ssmResource is what tags are on: of a type, and with an id.
func ssmResource(req *request) []target {
	if kind := req.text("ResourceType"); kind != "Parameter" {
		arn := req.account.ARN("ssm", strings.ToLower(kind)+"/"+req.text("ResourceId"))
		return []target{{arn: arn}}
	}
	return []target{req.parameter(req.text("ResourceId"))}
}
