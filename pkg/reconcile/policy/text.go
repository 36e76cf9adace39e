package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"ecs-reconciler/pkg/spec"
)

// Decode reads a document as IAM returns it: percent-encoded as in RFC 3986.
// It is decoded exactly once, so that a literal %3A inside it survives.
func Decode(encoded string) (spec.Document, error) {
	text, err := url.PathUnescape(encoded)
	if err != nil {
		return nil, fmt.Errorf("policy document is not percent-encoded: %w", err)
	}
	return Parse(text)
}

// Parse reads a document's JSON text: one object and nothing after it. Numbers
// come back as json.Number.
func Parse(text string) (spec.Document, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var doc spec.Document
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("policy document is not a JSON object: %w", err)
	}
	if doc == nil {
		return nil, errors.New("policy document is null: want a JSON object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("policy document goes on after its closing brace")
	}
	return doc, nil
}

// Text writes a document without white space, Version first: IAM parses an
// inline policy whose Version comes later by the rules of 2008.
func Text(doc spec.Document) (string, error) {
	var b bytes.Buffer
	if err := writeValue(&b, doc); err != nil {
		return "", fmt.Errorf("policy document cannot be written as JSON: %w", err)
	}
	return b.String(), nil
}

// Size is the number of characters that count towards IAM's quotas, which
// leave white space out.
func Size(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// elements is the order in which AWS's documentation writes the elements of a
// document and of a statement. Others follow by name.
func elements() []string {
	return []string{"Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal",
		"Action", "NotAction", "Resource", "NotResource", "Condition"}
}

func writeValue(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case map[string]any:
		return writeObject(b, v)
	case []any:
		return writeList(b, v)
	default:
		return writeScalar(b, v)
	}
}

func writeObject(b *bytes.Buffer, object map[string]any) error {
	b.WriteByte('{')
	for i, key := range inOrder(object) {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeScalar(b, key); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := writeValue(b, object[key]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func writeList(b *bytes.Buffer, list []any) error {
	b.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeValue(b, v); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// writeScalar leaves <, > and & as they are: escaped, they would count six
// characters each towards the quotas.
func writeScalar(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder ends every value with a newline
	return nil
}

func inOrder(object map[string]any) []string {
	order := elements()
	rank := func(key string) int {
		if i := slices.Index(order, key); i >= 0 {
			return i
		}
		return len(order)
	}
	return slices.SortedFunc(maps.Keys(object), func(a, b string) int {
		if ra, rb := rank(a), rank(b); ra != rb {
			return ra - rb
		}
		return strings.Compare(a, b)
	})
}
