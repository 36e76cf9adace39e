package ssm

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// DeleteParameter forgets a parameter with all its versions.
func (b *Backend) DeleteParameter(in *ssm.DeleteParameterInput) (*ssm.DeleteParameterOutput, error) {
	p, err := b.find(aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	delete(b.state.Parameters, p.Name)
	return &ssm.DeleteParameterOutput{}, nil
}

// DeleteParameters forgets several; those that are not there are listed apart.
func (b *Backend) DeleteParameters(in *ssm.DeleteParametersInput) (*ssm.DeleteParametersOutput, error) {
	out := &ssm.DeleteParametersOutput{DeletedParameters: []string{}, InvalidParameters: []string{}}
	for _, name := range in.Names {
		p, err := b.find(name)
		if isMissing(err) {
			out.InvalidParameters = append(out.InvalidParameters, name)
			continue
		}
		if err != nil {
			return nil, err
		}
		delete(b.state.Parameters, p.Name)
		out.DeletedParameters = append(out.DeletedParameters, p.Name)
	}
	return out, nil
}
