package ssm

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/kmskey"
)

const (
	managedKey = "alias/aws/ssm"
	// maxVersions is how many versions a parameter keeps.
	maxVersions = 100
)

// PutParameter makes a parameter, or with Overwrite a version of one. What an
// overwriting request leaves out stays as it was.
func (b *Backend) PutParameter(in *ssm.PutParameterInput) (*ssm.PutParameterOutput, error) {
	b.expire()
	name := strings.TrimSpace(aws.ToString(in.Name))
	if err := b.checkName(name); err != nil {
		return nil, err
	}
	p, exists := b.state.Parameters[name]
	if err := checkOverwrite(in, exists); err != nil {
		return nil, err
	}
	v, err := b.version(in, p)
	if err != nil {
		return nil, err
	}
	if !exists {
		p = &Parameter{Name: name}
		if err := p.tag(in.Tags); err != nil {
			return nil, err
		}
		b.state.Parameters[name] = p
	}
	if err := p.add(v); err != nil {
		return nil, err
	}
	return &ssm.PutParameterOutput{Tier: v.Tier, Version: v.Number}, nil
}

// checkOverwrite refuses requests that do not fit what there is.
func checkOverwrite(in *ssm.PutParameterInput, exists bool) error {
	overwrite := aws.ToBool(in.Overwrite)
	switch {
	case overwrite && len(in.Tags) > 0:
		return invalid("Invalid request: tags and overwrite can't be used together. To create a parameter with tags, " +
			"please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or " +
			"RemoveTagsFromResource.")
	case exists && !overwrite:
		return awserr.New("ParameterAlreadyExists",
			"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	case !exists && in.Type == "":
		return invalid("A parameter type is required when you create a parameter.")
	}
	return nil
}

// version is what a request makes of a parameter's newest version; p is nil for
// a new parameter.
func (b *Backend) version(in *ssm.PutParameterInput, p *Parameter) (*Version, error) {
	v := &Version{Number: 1, Type: in.Type, DataType: "text", Tier: types.ParameterTierStandard}
	if p != nil {
		old := p.newest()
		if in.Type != "" && in.Type != old.Type {
			return nil, awserr.New("HierarchyTypeMismatchException", "Parameter Store doesn't support changing a parameter "+
				"type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. "+
				"You must create a new, unique parameter.")
		}
		copied := *old
		v = &copied
		v.Number, v.Labels = old.Number+1, nil
	}
	v.Value, v.Modified, v.ModifiedBy = aws.ToString(in.Value), b.now(), b.env.CallerARN
	if in.Description != nil {
		v.Description = in.Description
	}
	if in.AllowedPattern != nil {
		v.AllowedPattern = in.AllowedPattern
	}
	if in.DataType != nil {
		v.DataType = *in.DataType
	}
	if err := v.settle(in); err != nil {
		return nil, err
	}
	return v, b.encrypt(v, in.KeyId)
}

// settle decides the tier and holds the value against it and all else.
func (v *Version) settle(in *ssm.PutParameterInput) error {
	policies, err := parsePolicies(in.Policies)
	if err != nil {
		return err
	}
	if in.Policies != nil {
		v.Policies = policies
	}
	if err := v.chooseTier(in.Tier); err != nil {
		return err
	}
	return v.checkValue()
}

// encrypt gives a SecureString its key and its encrypted form.
func (b *Backend) encrypt(v *Version, key *string) error {
	if v.Type != types.ParameterTypeSecureString {
		if key != nil {
			return invalid("KeyId is required for SecureString type parameter only.")
		}
		return nil
	}
	if key != nil {
		v.KeyID = *key
	}
	if v.KeyID == "" {
		v.KeyID = managedKey
	}
	if v.KeyID != managedKey && v.KeyID != b.env.ARN("kms", managedKey) && !kmskey.Exists(b.env, b.KMSKeys, v.KeyID) {
		return awserr.New("InvalidKeyId", "Invalid keyId %s", v.KeyID)
	}
	// A KMS ciphertext begins so; its length must not tell the value's.
	v.Encrypted = "AQICAH" + b.env.Random(190, awsenv.AlphaNumeric+"+/")
	return nil
}

// add makes a version the newest, at the cost of the oldest where there are too
// many.
func (p *Parameter) add(v *Version) error {
	if len(p.Versions) < maxVersions {
		p.Versions = append(p.Versions, v)
		return nil
	}
	if oldest := p.Versions[0]; len(oldest.Labels) > 0 {
		return awserr.New("ParameterMaxVersionLimitExceeded", "You attempted to create a new version of %s by calling the "+
			"PutParameter API with the overwrite flag. Version %d, the oldest version, can't be deleted because it has a "+
			"label associated with it. Move the label to another version of the parameter, and try again.", p.Name, oldest.Number)
	}
	p.Versions = append(p.Versions[1:], v)
	return nil
}
