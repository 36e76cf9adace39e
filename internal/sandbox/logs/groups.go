package logs

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// CreateLogGroup makes a group.
func (b *Backend) CreateLogGroup(in *sdk.CreateLogGroupInput) (*sdk.CreateLogGroupOutput, error) {
	name := aws.ToString(in.LogGroupName)
	if strings.HasPrefix(strings.ToLower(name), "aws/") {
		return nil, invalid("Log groups starting with AWS/ are reserved for AWS.")
	}
	if _, taken := b.state.Groups[name]; taken {
		return nil, awserr.New("ResourceAlreadyExistsException", "The specified log group already exists")
	}
	if err := b.checkKey(in.KmsKeyId); err != nil {
		return nil, err
	}
	g := &Group{
		Name: name, KMSKey: aws.ToString(in.KmsKeyId), Class: string(in.LogGroupClass), Created: b.env.Now().UnixMilli(),
		Protected: aws.ToBool(in.DeletionProtectionEnabled), Streams: map[string]int64{},
	}
	if g.Class == "" {
		g.Class = string(types.LogGroupClassStandard)
	}
	if err := g.tag(in.Tags); err != nil {
		return nil, err
	}
	b.state.Groups[name] = g
	return &sdk.CreateLogGroupOutput{}, nil
}

// DeleteLogGroup forgets a group with its streams.
func (b *Backend) DeleteLogGroup(in *sdk.DeleteLogGroupInput) (*sdk.DeleteLogGroupOutput, error) {
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	if g.Protected {
		return nil, awserr.New("ValidationException", "The log group has deletion protection enabled and cannot be deleted.")
	}
	delete(b.state.Groups, g.Name)
	return &sdk.DeleteLogGroupOutput{}, nil
}

// AssociateKmsKey sets the key of a group.
func (b *Backend) AssociateKmsKey(in *sdk.AssociateKmsKeyInput) (*sdk.AssociateKmsKeyOutput, error) {
	g, err := b.identified(in.LogGroupName, in.ResourceIdentifier)
	if err != nil {
		return nil, err
	}
	if err := b.checkKey(in.KmsKeyId); err != nil {
		return nil, err
	}
	g.KMSKey = *in.KmsKeyId
	return &sdk.AssociateKmsKeyOutput{}, nil
}

// DisassociateKmsKey takes a group's key away; a group without one stays so.
func (b *Backend) DisassociateKmsKey(in *sdk.DisassociateKmsKeyInput) (*sdk.DisassociateKmsKeyOutput, error) {
	g, err := b.identified(in.LogGroupName, in.ResourceIdentifier)
	if err != nil {
		return nil, err
	}
	g.KMSKey = ""
	return &sdk.DisassociateKmsKeyOutput{}, nil
}
