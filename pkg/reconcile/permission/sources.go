package permission

import (
	"strings"

	"ecs-reconciler/pkg/spec"
)

// readSources is reading what secrets are made of. The keys that objects and
// parameters are encrypted with are not known here; AWS's own need no statement.
func (w *writer) readSources() []Statement {
	var objects, versions, parameters []string
	for _, source := range w.sources() {
		for _, from := range places(source) {
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
	}
	return []Statement{
		allow("ReadObjects", []string{"s3:GetObject"}, unique(objects)...),
		allow("ReadObjectVersions", []string{"s3:GetObjectVersion"}, unique(versions)...),
		allow("ReadParameters", []string{"ssm:GetParameter"}, unique(parameters)...),
	}
}

// sources are what secrets and parameters are made of.
func (w *writer) sources() []spec.Source {
	var out []spec.Source
	for _, s := range w.d.Secrets {
		out = append(out, s.From)
	}
	for _, p := range w.d.Parameters {
		out = append(out, p.From)
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
