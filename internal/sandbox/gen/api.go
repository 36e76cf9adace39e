package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// api is the part of service-2.json that the tables need.
type api struct {
	Metadata struct {
		APIVersion, TargetPrefix, XMLNamespace, JSONVersion string
		Protocols                                           []string
		// AWSQueryCompatible is there where errors keep the codes of awsQuery.
		AWSQueryCompatible *struct{}
	}
	Operations map[string]operation
	Shapes     map[string]shape
}

type operation struct {
	Input, Output ref
	HTTP          struct {
		Method, RequestURI string
		ResponseCode       int
	}
}

type shape struct {
	Type       string
	Members    map[string]ref
	Order      []string `json:"-"`
	Member     ref
	Key, Value ref
	Required   []string
	Min, Max   *json.Number
	Pattern    string
	Enum       []string
	Sensitive  bool
	Box        bool
	Flattened  bool
	Document   bool
	Exception  bool
	Fault      bool
	Error      struct {
		Code           string
		HTTPStatusCode int
	}
}

type ref struct {
	Shape, Location, LocationName string
	Box                           bool
}

// readAPI reads the newest version of a service's model, compressed or not.
func readAPI(data, folder string) (*api, error) {
	found, err := filepath.Glob(filepath.Join(data, folder, "*", "service-2.json*"))
	if err != nil {
		return nil, fmt.Errorf("look for service-2.json below %s: %w", filepath.Join(data, folder), err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no service-2.json below %s", filepath.Join(data, folder))
	}
	raw, err := readMaybeGzip(slices.Max(found))
	if err != nil {
		return nil, err
	}
	var out api
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	return &out, out.order(raw)
}

func readMaybeGzip(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if !strings.HasSuffix(path, ".gz") {
		return io.ReadAll(file)
	}
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzipped)
}

// order notes the order in which the model lists each structure's members,
// which is the order of elements in an XML answer.
func (a *api) order(raw []byte) error {
	var ordered struct {
		Shapes map[string]struct{ Members json.RawMessage }
	}
	if err := json.Unmarshal(raw, &ordered); err != nil {
		return err
	}
	for name, s := range a.Shapes {
		keys, err := objectKeys(ordered.Shapes[name].Members)
		if err != nil {
			return fmt.Errorf("shape %s: %w", name, err)
		}
		s.Order = keys
		a.Shapes[name] = s
	}
	return nil
}

func objectKeys(object json.RawMessage) ([]string, error) {
	if len(object) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var keys []string
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var skipped json.RawMessage
		if err := dec.Decode(&skipped); err != nil {
			return nil, err
		}
		keys = append(keys, key.(string))
	}
	return keys, nil
}

// reach lists, sorted, the shapes that the operations take or give.
func (a *api) reach(operations []string) ([]string, error) {
	seen := map[string]bool{}
	for _, name := range operations {
		op, ok := a.Operations[name]
		if !ok {
			return nil, fmt.Errorf("no operation %s", name)
		}
		a.visit(op.Input.Shape, seen)
		a.visit(op.Output.Shape, seen)
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

func (a *api) visit(name string, seen map[string]bool) {
	if name == "" || seen[name] {
		return
	}
	seen[name] = true
	s := a.Shapes[name]
	for _, m := range s.Members {
		a.visit(m.Shape, seen)
	}
	for _, r := range []ref{s.Member, s.Key, s.Value} {
		a.visit(r.Shape, seen)
	}
}

// protocol is the first of the service's protocols that the sandbox speaks.
func (a *api) protocol() (string, error) {
	for _, p := range a.Metadata.Protocols {
		if p == "json" || p == "query" || p == "rest-json" {
			return p, nil
		}
	}
	return "", fmt.Errorf("none of the protocols %v is spoken", a.Metadata.Protocols)
}
