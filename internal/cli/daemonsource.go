package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/daemon/source"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec/load"
)

// specs is where the specs come from.
func (a *app) specs(f sourceFlags) (source.Source, error) {
	ref, err := source.Parse(f.source)
	if err != nil {
		return nil, &report.UsageError{Message: "--source: " + err.Error()}
	}
	dir, err := a.WorkDir()
	if err != nil {
		return nil, fmt.Errorf("cannot tell the working directory: %w", err)
	}
	home, _ := a.Env("HOME")
	o := source.Options{WorkDir: dir, Interval: f.interval, Env: a.Env, Home: home, Objects: a.objects}
	if f.source == "" {
		if o.DeployConfig, err = load.Find(load.Options{Dir: a.global.deployConfig, WorkDir: dir}); err != nil {
			return nil, err
		}
	}
	for of, file := range map[*string]string{&o.SSHKey: f.sshKey, &o.TokenFile: f.tokenFile, &o.Verify: f.verify} {
		if file == "" {
			continue
		}
		if *of, err = a.path(file); err != nil {
			return nil, err
		}
	}
	return source.Open(ref, o)
}

// objects is a client of S3 with the process's own credentials, for specs that
// are there.
func (a *app) objects(region string) (source.Objects, error) {
	session, err := awsapi.Open(context.Background(), awsapi.Options{Region: region})
	if err != nil {
		return nil, err
	}
	// An endpoint that is an address has no names below it for buckets.
	return s3.NewFromConfig(session.Config, func(o *s3.Options) { o.UsePathStyle = aws.ToString(o.BaseEndpoint) != "" }), nil
}

// anchored makes the files that flags name independent of where the specs are.
func (a *app) anchored() (global, error) {
	g := a.global
	for _, list := range []*[]string{&g.vaultPasswordFiles, &g.gitCryptKeys} {
		out := make([]string, len(*list))
		for i, file := range *list {
			var err error
			if out[i], err = a.path(file); err != nil {
				return g, err
			}
		}
		*list = out
	}
	g.vaultIDs = append([]string{}, g.vaultIDs...)
	for i, text := range g.vaultIDs {
		id, file, named := strings.Cut(text, "@")
		if !named || strings.HasPrefix(file, "prompt") {
			continue
		}
		file, err := a.path(file)
		if err != nil {
			return g, err
		}
		g.vaultIDs[i] = id + "@" + file
	}
	return g, nil
}
