package cloudreactor

import (
	"regexp"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// maxTag is Docker's limit on a tag, in characters.
const maxTag = 128

// either is a setting, else another variable.
func either(of, key, otherwise string) func(variables) (*yaml11.Node, error) {
	return func(v variables) (*yaml11.Node, error) {
		n, err := v.part(of, key)
		if err == nil && n == nil {
			n, err = v.value(otherwise)
		}
		if err != nil || n == nil {
			return nil, orNotYet(err)
		}
		return made(yaml11.PyStr(n), n.At, n), nil
	}
}

func joined(first, between, second string) func(variables) (*yaml11.Node, error) {
	return func(v variables) (*yaml11.Node, error) {
		a, err := v.text(first)
		if err != nil {
			return nil, err
		}
		b, err := v.text(second)
		if err != nil {
			return nil, err
		}
		return made(a.Text+between+b.Text, spec.Position{}, a, b), nil
	}
}

func registryAccount(v variables) (*yaml11.Node, error) {
	n, err := v.part("build_options", "ecr_aws_account_id")
	if err != nil || n != nil {
		return n, err
	}
	aws, err := v.made("task_indep_aws")
	if err != nil {
		return nil, err
	}
	id, err := account(aws)
	return final(id, placeOf(aws, spec.Position{})), err
}

func registryRegion(v variables) (*yaml11.Node, error) {
	return either("build_options", "ecr_aws_region", "aws_region")(v)
}

func registryHost(v variables) (*yaml11.Node, error) {
	n, err := v.part("build_options", "container_registry_host")
	if err != nil || n != nil {
		return n, err
	}
	id, err := v.text("ecr_aws_account_id")
	if err != nil {
		return nil, err
	}
	region, err := v.text("ecr_aws_region")
	if err != nil {
		return nil, err
	}
	return made(registry(id.Text, region.Text), spec.Position{}, id, region), nil
}

// registryOf is the private registry in the AWS settings' account and region.
func registryOf(name string) func(variables) (*yaml11.Node, error) {
	return func(v variables) (*yaml11.Node, error) {
		aws, err := v.made(name)
		if err != nil {
			return nil, err
		}
		id, err := account(aws)
		if err != nil {
			return nil, err
		}
		region, err := v.text("aws_region")
		if err != nil {
			return nil, err
		}
		return made(registry(id, region.Text), spec.Position{}, region), nil
	}
}

// registry is ECR's host (AWS: "Amazon ECR private registry").
func registry(account, region string) string {
	host := account + ".dkr.ecr." + region + ".amazonaws.com"
	if partitionOf(region) == "aws-cn" {
		host += ".cn"
	}
	return host
}

// sourceTag is what the image is tagged with, in characters that Docker takes.
func sourceTag(v variables) (*yaml11.Node, error) {
	n, err := v.part("build_options", "docker_image_tag")
	if err != nil {
		return nil, err
	}
	tag, from := textOf(n, ""), n
	if n == nil {
		signature, err := v.text("task_version_signature")
		if err != nil {
			return nil, err
		}
		tag, from = v.in.Environment+"_"+signature.Text, signature
	}
	tag = regexp.MustCompile(`[^a-zA-Z0-9_.-]+`).ReplaceAllString(tag, "_")
	return made(tag[:min(len(tag), maxTag)], placeOf(n, spec.Position{}), from), nil
}

func targetRepository(v variables) (*yaml11.Node, error) {
	n, err := v.part("build_options", "target_docker_image_name_without_tag")
	if err != nil || n != nil {
		return n, err
	}
	return joined("container_registry_host", "/", "container_repository")(v)
}

func imageBefore4(v variables) (*yaml11.Node, error) {
	project, err := v.text("project_name")
	if err != nil {
		return nil, err
	}
	signature, err := v.text("task_version_signature")
	if err != nil {
		return nil, err
	}
	return made(project.Text+":"+v.in.Environment+"_"+signature.Text, spec.Position{}, project, signature), nil
}

func partitionOf(region string) string {
	for _, p := range [][2]string{{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"eusc-", "aws-eusc"}} {
		if strings.HasPrefix(region, p[0]) {
			return p[1]
		}
	}
	return "aws"
}

func hasARN(text string) bool { return strings.HasPrefix(text, "arn:") }
