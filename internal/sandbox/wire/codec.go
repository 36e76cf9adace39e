// Package wire turns requests into the SDK's input types and the SDK's output
// types into answers, in the protocols awsJson1_1, awsQuery and restJson1.
//
// It guarantees that nothing a caller sent is dropped: a member that the
// operation does not have, a value of the wrong type and a breach of AWS's model
// constraints are all refusals in AWS's words, and none of them repeats a value
// that the model calls sensitive.
package wire

import (
	"fmt"
	"regexp"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// Codec reads and writes one service's messages. It is safe for concurrent use.
type Codec struct {
	service  *model.Service
	patterns map[string]*regexp.Regexp
}

// New makes the codec of a service.
func New(s *model.Service) (*Codec, error) {
	patterns, err := compile(s)
	if err != nil {
		return nil, fmt.Errorf("model of %s: %w", s.Name, err)
	}
	return &Codec{service: s, patterns: patterns}, nil
}

// compile prepares every pattern of a model. The model writes them in Java's
// dialect, whose \uXXXX Go spells \x{XXXX}; a pattern matches whole values.
func compile(s *model.Service) (map[string]*regexp.Regexp, error) {
	escape := regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)
	out := map[string]*regexp.Regexp{}
	for name, shape := range s.Shapes {
		if shape.Pattern == "" || out[shape.Pattern] != nil {
			continue
		}
		re, err := regexp.Compile(`\A(?:` + escape.ReplaceAllString(shape.Pattern, `\x{$1}`) + `)\z`)
		if err != nil {
			return nil, fmt.Errorf("pattern of %s: %w", name, err)
		}
		out[shape.Pattern] = re
	}
	return out, nil
}

// goName is the SDK's name for a member: the wire's, with a capital.
func goName(member string) string {
	return strings.ToUpper(member[:1]) + member[1:]
}

// pathName is how AWS's constraint messages spell a member.
func pathName(member string) string {
	return strings.ToLower(member[:1]) + member[1:]
}

// malformed is the refusal of a request that cannot be read at all.
func malformed(s *model.Service, format string, args ...any) *awserr.Error {
	if s.Protocol == model.Query {
		return awserr.New("MalformedInput", format, args...)
	}
	return awserr.New("SerializationException", format, args...)
}
