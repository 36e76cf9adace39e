package inject

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// The formats of a fetched text; "" is a text that is nothing but itself.
const (
	formatDotenv = "dotenv"
	formatJSON   = "json"
	formatYAML   = "yaml"
)

// formatOf guesses the format of a text by the name of the place it came from:
// `.env.` in it, or what follows its last dot.
func formatOf(address string) string {
	if strings.Contains(address, ".env.") {
		return formatDotenv
	}
	address, _, _ = strings.Cut(address, "#")
	dot := strings.LastIndexByte(address, '.')
	if dot < 0 {
		return ""
	}
	switch strings.ToLower(address[dot+1:]) {
	case "env":
		return formatDotenv
	case "json":
		return formatJSON
	case "yaml", "yml":
		return formatYAML
	default:
		return ""
	}
}

// formatOfType is the format of a MIME type, as S3 and AppConfig tell it.
func formatOfType(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	switch strings.ToLower(strings.TrimSpace(mime)) {
	case "application/json", "text/x-json":
		return formatJSON
	case "application/x-yaml", "application/yaml", "text/vnd.yaml", "text/yaml", "text/x-yaml":
		return formatYAML
	default:
		return ""
	}
}

// parse reads a text. environ is what ${NAME} in a dotenv text refers to.
// Errors never repeat the text.
func parse(text, format string, environ Environ) (*yaml11.Node, error) {
	switch format {
	case formatDotenv:
		return parseDotenv(text, environ), nil
	case formatJSON:
		return parseJSON(text)
	case formatYAML:
		return parseYAML(text)
	default:
		return plain(text), nil
	}
}

func parseDotenv(text string, environ Environ) *yaml11.Node {
	var fields []yaml11.Field
	for _, e := range dotenv.Expand(dotenv.Parse([]byte(text)).Entries, environ.lookup) {
		value := yaml11.NewNull(spec.Position{})
		if e.HasValue {
			value = plain(e.Value.Reveal())
		}
		fields = append(fields, field(e.Key, value))
	}
	return newMap(fields)
}

// parseYAML takes one document, as PyYAML's safe_load does.
func parseYAML(text string) (*yaml11.Node, error) {
	documents, _, err := yaml11.Parse("", []byte(text), yaml11.Limits{})
	switch {
	case err != nil:
		return nil, fmt.Errorf("it is not YAML: %w", err)
	case len(documents) == 0:
		return yaml11.NewNull(spec.Position{}), nil
	case len(documents) > 1:
		return nil, errors.New("it is more than one YAML document")
	default:
		return documents[0], nil
	}
}

// parseJSON keeps the order of keys and the exact numbers.
func parseJSON(text string) (*yaml11.Node, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	n, err := nextJSON(decoder)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the JSON value")
		}
	}
	if err != nil {
		line := 1 + bytes.Count([]byte(text)[:min(int(decoder.InputOffset()), len(text))], []byte("\n"))
		return nil, fmt.Errorf("it is not JSON (line %d)", line)
	}
	return n, nil
}

func nextJSON(decoder *json.Decoder) (*yaml11.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return objectJSON(decoder)
		}
		return listJSON(decoder)
	case string:
		return plain(token), nil
	case bool:
		return yaml11.NewBool(token, spec.Position{}), nil
	case json.Number:
		return numberJSON(token)
	default:
		return yaml11.NewNull(spec.Position{}), nil
	}
}

func objectJSON(decoder *json.Decoder) (*yaml11.Node, error) {
	var fields []yaml11.Field
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := nextJSON(decoder)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string) // a key of an object is always one
		fields = append(fields, field(name, value))
	}
	_, err := decoder.Token()
	return newMap(fields), err
}

func listJSON(decoder *json.Decoder) (*yaml11.Node, error) {
	items := []*yaml11.Node{}
	for decoder.More() {
		item, err := nextJSON(decoder)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := decoder.Token()
	return yaml11.NewList(items, spec.Position{}), err
}

func numberJSON(n json.Number) (*yaml11.Node, error) {
	if whole, ok := new(big.Int).SetString(n.String(), 10); ok {
		return yaml11.NewInt(whole, spec.Position{}), nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, errors.New("a number is too large")
	}
	return yaml11.NewFloat(f, spec.Position{}), nil
}
