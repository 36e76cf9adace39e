package inject

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// fetched is what a store holds at an address.
type fetched struct {
	text   string
	format string       // as the store itself tells it; "" when it doesn't
	value  *yaml11.Node // set where the store holds no text
}

// Store fetches what is at an address. An error that is errAbsent says that
// nothing is there, which proc_wrapper takes for "not yet".
type store interface {
	fetch(ctx context.Context, address string) (fetched, error)
}

// errAbsent says that a variable or a property does not exist (yet).
var errAbsent = errors.New("it does not exist")

// provider is one of the stores with the names it goes by.
type provider struct {
	name     string   // as in AWS_SM:address, and before a variable's name
	prefixes []string // which stay part of the address
	own      bool     // of the environment itself: cannot be a top-level location, and is not cached
	store    store
}

// catches tells whether a location is for this provider. The last one, FILE,
// takes every text that is not blank.
func (p provider) catches(location string) bool {
	if p.name == "FILE" {
		return strings.TrimSpace(location) != ""
	}
	for _, prefix := range append([]string{p.name + ":"}, p.prefixes...) {
		if strings.HasPrefix(location, prefix) {
			return true
		}
	}
	return false
}

// providers are in the order in which they are asked.
func (r *Resolver) providers(env, config *yaml11.Node) []provider {
	aws := r.aws()
	return []provider{
		{name: "PLAIN", store: plainStore{}},
		{name: "ENV", own: true, store: envStore{env}},
		{name: "CONFIG", own: true, store: configStore{config}},
		{name: "AWS_SM", prefixes: arns("secretsmanager", ":"), store: secretStore{aws}},
		{name: "AWS_SSM", prefixes: append(arns("ssm", ":"), "ssm:"), store: parameterStore{aws}},
		{name: "AWS_APP_CONFIG", prefixes: []string{"aws:appconfig:"}, store: appConfigStore{aws}},
		{name: "AWS_S3", prefixes: arns("s3", ":::"), store: objectStore{aws}},
		{name: "FILE", prefixes: []string{"file://"}, store: fileStore{}},
	}
}

// arns begin a service's ARNs in every partition; proc_wrapper knows aws alone.
func arns(service, end string) []string {
	var out []string
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov", "aws-eusc"} {
		out = append(out, "arn:"+partition+":"+service+end)
	}
	return out
}

// plainStore holds its addresses.
type plainStore struct{}

func (plainStore) fetch(_ context.Context, address string) (fetched, error) {
	return fetched{text: address}, nil
}

// envStore is the environment as far as it is known.
type envStore struct{ env *yaml11.Node }

func (s envStore) fetch(_ context.Context, address string) (fetched, error) {
	value := s.env.Get(address)
	if value == nil {
		return fetched{}, fmt.Errorf("the variable %s: %w", address, errAbsent)
	}
	return fetched{text: textOf(value)}, nil
}

// configStore is the configuration as far as it is known, by JSONPath.
type configStore struct{ config *yaml11.Node }

func (s configStore) fetch(_ context.Context, address string) (fetched, error) {
	p, err := parsePath(address)
	if err != nil {
		return fetched{}, err
	}
	value := p.find(s.config)
	if value.IsNull() {
		return fetched{}, fmt.Errorf("the configuration's %s: %w", address, errAbsent)
	}
	return fetched{value: value, format: formatJSON}, nil
}

// fileStore is the disk. Whatever no other store takes ends here, so an address
// may be anything, a piece of a secret too: errors do not repeat it.
type fileStore struct{}

func (fileStore) fetch(_ context.Context, address string) (fetched, error) {
	data, err := os.ReadFile(strings.TrimPrefix(address, "file://"))
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = fmt.Errorf("the file cannot be read: %w", failed.Err)
	}
	return fetched{text: string(data)}, err
}
