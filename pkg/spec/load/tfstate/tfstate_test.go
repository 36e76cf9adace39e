package tfstate

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func state(t *testing.T) *State {
	t.Helper()
	data, err := os.ReadFile("testdata/terraform.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLookup(t *testing.T) {
	s := state(t)
	for _, c := range []struct{ output, address, want string }{
		{output: "db_endpoint", want: `"db.example.com:5432"`},
		{output: "settings", want: `{"B": "canary-b","A": 1}`},
		{address: "aws_db_instance.main.endpoint", want: `"db.example.com:5432"`},
		{address: "aws_db_instance.main.master_user_secret[0].secret_arn", want: `"arn:canary"`},
		{address: "aws_db_instance.main.master_user_secret.0.secret_arn", want: `"arn:canary"`},
		{address: `aws_db_instance.main.tags["a.b"]`, want: `"dotted"`},
		{address: "data.aws_region.current.name", want: `"us-west-2"`},
		{address: "random_password.many[1].result", want: `"canary-1"`},
		{address: `random_password.each["a.b"].result`, want: `"canary-each"`},
		{address: `module.net["x"].module.sub[0].aws_vpc.main.id`, want: `"vpc-1"`},
	} {
		got, err := s.Attribute(c.address)
		if c.output != "" {
			got, err = s.Output(c.output)
		}
		if err != nil || string(got) != c.want {
			t.Errorf("%s%s: got %s, error %v", c.output, c.address, got, err)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	s := state(t)
	for _, c := range []struct{ output, address, mentions string }{
		{output: "nothing", mentions: "its outputs are db_endpoint, settings"},
		{address: "aws_db_instance.other.endpoint", mentions: "no resource aws_db_instance.other; its resources are"},
		{address: "aws_db_instance.main.nothing", mentions: `no attribute "nothing"`},
		{address: "aws_db_instance.main.endpoint.more", mentions: `nothing called "more" in endpoint`},
		{address: "aws_db_instance.main.master_user_secret[1]", mentions: `nothing called "1"`},
		{address: "random_password.many.result", mentions: "no instance without an index; its instances are [0], [1]"},
		{address: `random_password.each["b"].result`, mentions: `no instance ["b"]`},
		{address: "aws_region.current.name", mentions: "no resource aws_region.current"},
		{address: "aws_db_instance.main", mentions: "is no address"},
		{address: "module.net", mentions: "is no address"},
		{address: "a..b", mentions: "is no address"},
		{address: "a.b[x].c", mentions: "is no address"},
		{address: "a.b[0.c", mentions: "is no address"},
		{address: `a.b["x].c`, mentions: "is no address"},
		{address: "a.b[0]c.d", mentions: "is no address"},
	} {
		_, err := s.Attribute(c.address)
		if c.output != "" {
			_, err = s.Output(c.output)
		}
		if err == nil || !strings.Contains(err.Error(), c.mentions) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s%s: the error is %v", c.output, c.address, err)
		}
	}
}

func TestWhatIsNoState(t *testing.T) {
	for _, text := range []string{"", "canary", `["canary"]`, `{"version": 3}`, `{"version": 4, "outputs": "canary"}`} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "not a Terraform state") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: the error is %v", text, err)
		}
	}
}

func FuzzAttribute(f *testing.F) {
	f.Add([]byte(`{"version":4,"resources":[{"mode":"managed","type":"a","name":"b","instances":[{"index_key":"k","attributes":{"c":[1]}}]}]}`), `a.b["k"].c[0]`)
	f.Add([]byte(`{"version":4}`), `module.x[0].data.a.b.c`)
	f.Fuzz(func(t *testing.T, data []byte, address string) {
		s, err := Parse(data)
		if err != nil {
			return
		}
		if value, err := s.Attribute(address); err == nil && !json.Valid(value) {
			t.Fatal("what was found is no JSON")
		}
	})
}
