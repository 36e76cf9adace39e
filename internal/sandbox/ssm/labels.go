package ssm

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"ecs-reconciler/internal/sandbox/awserr"
)

// maxLabels is how many labels a version may have.
const maxLabels = 10

// LabelParameterVersion puts labels on a version, the newest unless one is
// named, and takes them off any other. Labels of a wrong form are listed apart.
func (b *Backend) LabelParameterVersion(in *ssm.LabelParameterVersionInput) (*ssm.LabelParameterVersionOutput, error) {
	p, err := b.find(aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	v := p.newest()
	if in.ParameterVersion != nil {
		if v = p.numbered(*in.ParameterVersion); v == nil {
			return nil, noVersion(*in.ParameterVersion, p.Name)
		}
	}
	out := &ssm.LabelParameterVersionOutput{InvalidLabels: []string{}, ParameterVersion: v.Number}
	labels := slices.Clone(v.Labels)
	for _, label := range in.Labels {
		if !labelForm(label) {
			out.InvalidLabels = append(out.InvalidLabels, label)
			continue
		}
		labels = append(labels, label)
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	if len(labels) > maxLabels {
		return nil, awserr.New("ParameterVersionLabelLimitExceeded", "A parameter version can have maximum %d labels. "+
			"Move one or more labels to another version and try again.", maxLabels)
	}
	p.move(labels, v)
	return out, nil
}

// move makes labels sit on a version and on no other.
func (p *Parameter) move(labels []string, to *Version) {
	for _, v := range p.Versions {
		v.Labels = slices.DeleteFunc(v.Labels, func(l string) bool { return slices.Contains(labels, l) })
	}
	to.Labels = labels
}

// labelForm is what LabelParameterVersion's reference says of labels.
func labelForm(label string) bool {
	ok, err := regexp.MatchString(`^[A-Za-z_.-][A-Za-z0-9_.-]*$`, label)
	lower := strings.ToLower(label)
	return err == nil && ok && !strings.HasPrefix(lower, "aws") && !strings.HasPrefix(lower, "ssm")
}

// UnlabelParameterVersion takes labels off a version. Those that are not on it
// are listed apart.
func (b *Backend) UnlabelParameterVersion(in *ssm.UnlabelParameterVersionInput) (*ssm.UnlabelParameterVersionOutput, error) {
	p, err := b.find(aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	number := aws.ToInt64(in.ParameterVersion)
	v := p.numbered(number)
	if v == nil {
		return nil, noVersion(number, p.Name)
	}
	out := &ssm.UnlabelParameterVersionOutput{RemovedLabels: []string{}, InvalidLabels: []string{}}
	for _, label := range in.Labels {
		i := slices.Index(v.Labels, label)
		if i < 0 {
			out.InvalidLabels = append(out.InvalidLabels, label)
			continue
		}
		v.Labels = slices.Delete(v.Labels, i, i+1)
		out.RemovedLabels = append(out.RemovedLabels, label)
	}
	return out, nil
}
