package ecs

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// exported lets cmp look into every type; the SDK's have one empty unexported
// member each.
func exported(reflect.Type) bool { return true }

// populated is a backend with one of everything.
func populated(t *testing.T) *Backend {
	t.Helper()
	b := newBackend()
	for _, in := range fixtures(t) {
		register(t, b, in)
	}
	register(t, b, minimal("web"))
	for _, call := range []func() error{
		func() error {
			_, err := b.CreateCluster(&ecs.CreateClusterInput{Tags: []types.Tag{{Key: new("a"), Value: new("b")}}})
			return err
		},
		func() error {
			_, err := b.CreateService(&ecs.CreateServiceInput{ServiceName: new("web"), TaskDefinition: new("web"), DesiredCount: new(int32(2))})
			return err
		},
		func() error {
			_, err := b.DeregisterTaskDefinition(&ecs.DeregisterTaskDefinitionInput{TaskDefinition: new("legacy:1")})
			return err
		},
	} {
		if err := call(); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestStateSurvivesJSON writes the state as the frame does, reads it into a
// fresh backend and finds everything as it was, nil and empty included.
func TestStateSurvivesJSON(t *testing.T) {
	b := populated(t)
	text, err := json.Marshal(b.State())
	if err != nil {
		t.Fatal(err)
	}
	restored := newBackend()
	if err := json.Unmarshal(text, restored.State()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.state, restored.state, cmp.Exporter(exported)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	if _, err := restored.RegisterTaskDefinition(minimal("web")); err != nil {
		t.Errorf("the restored backend does not register: %v", err)
	}
}

func TestDamagedStateIsAnError(t *testing.T) {
	for _, text := range []string{`{"Definition":1}`, `{"Sharing":[{"Container":3}]}`} {
		if err := json.Unmarshal([]byte(text), &Revision{}); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}
