package inject

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// clients reach AWS, each region by its own configuration: proc_wrapper asks
// the first region for what is in the second, and fails.
type clients struct {
	open  func(context.Context, string) (aws.Config, error)
	home  string // the region of addresses that name none
	known map[string]aws.Config
}

func (r *Resolver) aws() *clients {
	if r.clients == nil {
		r.clients = &clients{open: r.Config, known: map[string]aws.Config{}}
	}
	r.clients.home = r.params.Region
	return r.clients
}

// in is the configuration of a region; "" is the home region.
func (c *clients) in(ctx context.Context, region string) (aws.Config, error) {
	if region == "" {
		region = c.home
	}
	if cfg, ok := c.known[region]; ok {
		return cfg, nil
	}
	cfg, err := c.open(ctx, region)
	if err != nil {
		return cfg, err
	}
	c.known[region] = cfg
	return cfg, nil
}

// regionOf is the region that an ARN names; "" for anything else.
func regionOf(address string) string {
	if parts := strings.Split(address, ":"); len(parts) > 3 && parts[0] == "arn" {
		return parts[3]
	}
	return ""
}

// secretStore is Secrets Manager. An address is a name, or an ARN with or
// without the six characters at its end, and may go on as ECS writes it, with
// :json-key:version-stage:version-id (AWS: ContainerDefinition secrets).
type secretStore struct{ *clients }

func (s secretStore) fetch(ctx context.Context, address string) (fetched, error) {
	cfg, err := s.in(ctx, regionOf(address))
	if err != nil {
		return fetched{}, err
	}
	in, key := secretInput(address)
	out, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, in)
	if err != nil {
		return fetched{}, err
	}
	text := aws.ToString(out.SecretString)
	if out.SecretString == nil {
		text = base64.StdEncoding.EncodeToString(out.SecretBinary)
	}
	if key == "" {
		return fetched{text: text}, nil
	}
	return keyOf(text, key)
}

// secretInput takes what ECS adds to an ARN off it.
func secretInput(address string) (in *secretsmanager.GetSecretValueInput, key string) {
	in = &secretsmanager.GetSecretValueInput{SecretId: aws.String(address)}
	parts := strings.Split(address, ":")
	const whole = 7 // arn:partition:secretsmanager:region:account:secret:name
	if parts[0] != "arn" || len(parts) <= whole {
		return in, ""
	}
	in.SecretId = aws.String(strings.Join(parts[:whole], ":"))
	var more [3]string // key, stage, version
	copy(more[:], parts[whole:])
	if more[1] != "" {
		in.VersionStage = &more[1]
	}
	if more[2] != "" {
		in.VersionId = &more[2]
	}
	return in, more[0]
}

// keyOf is one key of a secret that is a JSON object.
func keyOf(text, key string) (fetched, error) {
	value, err := parseJSON(text)
	if err != nil {
		return fetched{}, err
	}
	found := value.Get(key)
	if found == nil {
		return fetched{}, fmt.Errorf("the secret has no key %q", key)
	}
	return fetched{value: found, format: formatJSON}, nil
}

// parameterStore is SSM. An address is a name or an ARN, with :version or
// :label where SSM takes one.
type parameterStore struct{ *clients }

func (s parameterStore) fetch(ctx context.Context, address string) (fetched, error) {
	address = strings.TrimPrefix(address, "ssm:")
	cfg, err := s.in(ctx, regionOf(address))
	if err != nil {
		return fetched{}, err
	}
	out, err := ssm.NewFromConfig(cfg).GetParameter(ctx, &ssm.GetParameterInput{Name: &address, WithDecryption: aws.Bool(true)})
	if err != nil {
		return fetched{}, err
	}
	text := aws.ToString(out.Parameter.Value)
	if out.Parameter.Type != types.ParameterTypeStringList {
		return fetched{text: text}, nil
	}
	var list []*yaml11.Node
	for part := range strings.SplitSeq(text, ",") {
		list = append(list, plain(part))
	}
	return fetched{value: yaml11.NewList(list, spec.Position{}), format: formatJSON}, nil
}

// objectStore is S3: arn:aws:s3:::bucket/key, with #version at its end.
type objectStore struct{ *clients }

func (s objectStore) fetch(ctx context.Context, address string) (got fetched, err error) {
	_, resource, _ := strings.Cut(address, ":::")
	bucket, key, ok := strings.Cut(resource, "/")
	if !ok {
		return fetched{}, errors.New("it names no object; want arn:aws:s3:::BUCKET/KEY")
	}
	cfg, err := s.in(ctx, "")
	if err != nil {
		return fetched{}, err
	}
	in := &s3.GetObjectInput{Bucket: &bucket}
	key, version, versioned := strings.Cut(key, "#")
	if in.Key = &key; versioned {
		in.VersionId = &version
	}
	// An endpoint that is an address has no names below it for buckets.
	out, err := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = aws.ToString(o.BaseEndpoint) != "" }).GetObject(ctx, in)
	if err != nil {
		return fetched{}, err
	}
	defer func() { err = errors.Join(err, out.Body.Close()) }()
	data, err := io.ReadAll(out.Body)
	return fetched{text: string(data), format: formatOfType(aws.ToString(out.ContentType))}, err
}
