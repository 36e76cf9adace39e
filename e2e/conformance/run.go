package conformance

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Call is one request, in the words of AWS's API model.
type Call struct {
	Service   string // boto3's name of a client, such as secretsmanager
	Operation string // such as PutSecretValue
	Region    string
	Input     map[string]any // bytes as base64, times as RFC 3339
}

// Answer is AWS's: an output, or a refusal.
type Answer struct {
	Output  map[string]any // numbers as float64, bytes as base64, times as text
	Code    string         // of a refusal
	Message string
}

// Client makes calls. An error is a call that could not be made, or an answer
// that could not be read, never a refusal.
type Client interface {
	Do(ctx context.Context, call Call) (Answer, error)
}

// Place is the account and the region that a suite runs in.
type Place struct{ Account, Region string }

// Run makes a check's calls, under names of its own. Its error says in which
// step the endpoint does not do as AWS does.
func Run(ctx context.Context, c Check, client Client, in Place) error {
	s := &scope{account: in.Account, region: in.Region, kept: map[string]any{}, fresh: map[string]string{}}
	for _, step := range c.Steps {
		for s.i = 1; s.i <= max(step.Times, 1); s.i++ {
			if err := s.take(ctx, step, client); err != nil {
				return fmt.Errorf("%s: %s: %w", c.at(step), step.Call, err)
			}
		}
	}
	return nil
}

// take makes one call and judges the answer.
func (s *scope) take(ctx context.Context, step Step, client Client) error {
	call, err := s.call(step)
	if err != nil {
		return err
	}
	answer, err := client.Do(ctx, call)
	if err != nil {
		return err
	}
	if len(step.Refused) > 0 {
		return s.refused(step, answer)
	}
	if answer.Code != "" {
		return fmt.Errorf("refused with %s: %s", answer.Code, cut(answer.Message))
	}
	want, err := s.want(step.Gives.tree)
	if err != nil {
		return err
	}
	if step.Gives.given {
		if err := match(want, answer.Output, ""); err != nil {
			return err
		}
	}
	return s.keep(step.Keep, answer.Output)
}

func (s *scope) call(step Step) (Call, error) {
	service, operation, _ := strings.Cut(step.Call, ".")
	call := Call{Service: service, Operation: operation, Region: s.region, Input: map[string]any{}}
	if step.Region != "" {
		call.Region = step.Region
	}
	if !step.With.given {
		return call, nil
	}
	made, err := s.make(step.With.tree)
	if err != nil {
		return call, err
	}
	input, ok := made.(map[string]any)
	if !ok {
		return call, errors.New("with makes no object")
	}
	call.Input = input
	return call, nil
}

func (s *scope) refused(step Step, answer Answer) error {
	if answer.Code == "" {
		return fmt.Errorf("accepted, not refused with %s", strings.Join(step.Refused, " or "))
	}
	if !slices.Contains(step.Refused, answer.Code) {
		return fmt.Errorf("refused with %s, not %s: %s", answer.Code, strings.Join(step.Refused, " or "), cut(answer.Message))
	}
	pattern, err := s.text(step.Message, regexp.QuoteMeta)
	if err != nil {
		return err
	}
	found, err := regexp.MatchString(fmt.Sprint(pattern), answer.Message)
	if err == nil && !found {
		err = fmt.Errorf("refused with the message %q, in which %s is not found", cut(answer.Message), pattern)
	}
	return err
}

// keep remembers parts of an answer under the names of variables.
func (s *scope) keep(wanted map[string]string, output map[string]any) error {
	for name, path := range wanted {
		part, err := at(output, path)
		if err != nil {
			return err
		}
		s.kept[name] = part
	}
	return nil
}

// at follows a path such as Role.Arn or services.0.events.
func at(tree any, path string) (any, error) {
	for step := range strings.SplitSeq(path, ".") {
		next, there := child(tree, step)
		if !there {
			return nil, fmt.Errorf("%s cannot be kept: the answer has no %s", path, step)
		}
		tree = next
	}
	return tree, nil
}

func child(tree any, step string) (next any, there bool) {
	switch tree := tree.(type) {
	case map[string]any:
		next, there = tree[step]
		return next, there
	case []any:
		i, err := strconv.Atoi(step)
		if err != nil || i < 0 || i >= len(tree) {
			return nil, false
		}
		return tree[i], true
	default:
		return nil, false
	}
}

func cut(text string) string {
	if len(text) > longest {
		return text[:longest] + "…"
	}
	return text
}
