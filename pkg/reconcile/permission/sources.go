package permission

import (
	"strings"

	"ecs-reconciler/pkg/spec"
)

// readPasswords is reading the secrets that hold vault passwords.
func (w *writer) readPasswords() Statement {
	var secrets []string
	for _, address := range w.passwords {
		if name, ok := strings.CutPrefix(address, "secretsmanager:"); ok {
			secrets = append(secrets, w.passwordSecret(name))
		}
	}
	return allow("ReadVaultPasswords", []string{"secretsmanager:GetSecretValue"}, unique(secrets)...)
}

// passwordSecret is the ARN of a secret that is named by its name or ARN, with
// or without what AWS puts behind the name.
func (w *writer) passwordSecret(name string) string {
	arn, err := spec.ParseARN(name)
	switch {
	case err != nil:
		return w.secret(name)
	case spec.LooksSuffixed(arn.Resource):
		return name
	default:
		return name + anySuffix
	}
}

// readSources is reading what secrets are made of, and the objects that hold
// vault passwords. The keys that objects and
// parameters are encrypted with are not known here; AWS's own need no statement.
func (w *writer) readSources() []Statement {
	var objects, versions, parameters []string
	for _, from := range w.sources() {
		switch object, err := spec.ParseObject(from.S3); {
		case from.SSM != "":
			parameters = append(parameters, w.parameter(from.SSM))
		case err != nil: // a place that is not in AWS
		case object.Version != "":
			versions = append(versions, w.object(object))
		default:
			objects = append(objects, w.object(object))
		}
	}
	return []Statement{
		allow("ReadObjects", []string{"s3:GetObject"}, unique(objects)...),
		allow("ReadObjectVersions", []string{"s3:GetObjectVersion"}, unique(versions)...),
		allow("ReadParameters", []string{"ssm:GetParameter"}, unique(parameters)...),
	}
}

// sources are the places that anything is read from outside of the project.
func (w *writer) sources() []spec.Source {
	var out []spec.Source
	for _, s := range w.d.Secrets {
		out = append(out, places(s.From)...)
	}
	for _, p := range w.d.Parameters {
		out = append(out, places(p.From)...)
	}
	for _, address := range w.passwords {
		out = append(out, spec.Source{S3: address}) // which a secret is not
	}
	return out
}

// places are a source's places, those that it is merged of included.
func places(s spec.Source) []spec.Source {
	if s.TFState != nil {
		return []spec.Source{{S3: s.TFState.S3}}
	}
	out := []spec.Source{s}
	for _, part := range s.Merge {
		out = append(out, places(part)...)
	}
	return out
}

func (w *writer) object(o spec.Object) string {
	return spec.ARN{Partition: w.d.Partition, Service: "s3", Resource: o.Bucket + "/" + o.Key}.String()
}

// parameter is the ARN of one that is named by its name or ARN, without the
// version or label behind it.
func (w *writer) parameter(name string) string {
	if arn, err := spec.ParseARN(name); err == nil {
		arn.Resource, _, _ = strings.Cut(arn.Resource, ":")
		return arn.String()
	}
	name, _, _ = strings.Cut(name, ":")
	return w.arn("ssm", w.d.Region, "parameter/"+strings.TrimPrefix(name, "/"))
}
