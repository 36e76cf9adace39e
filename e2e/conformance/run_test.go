package conformance

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// echo answers each call with its input, and refuses what asks for it.
type echo struct{ calls []Call }

func (e *echo) Do(_ context.Context, call Call) (Answer, error) {
	e.calls = append(e.calls, call)
	if code, ok := call.Input["refuse"].(string); ok {
		return Answer{Code: code, Message: "no: " + code}, nil
	}
	if call.Input["break"] == true {
		return Answer{}, errors.New("broken")
	}
	return Answer{Output: call.Input}, nil
}

// steps runs a check of these steps.
func steps(t *testing.T, text string) (*echo, error) {
	t.Helper()
	checks, err := parse("f.yaml", []byte("- {check: sm_x, says: x., source: x, steps: ["+text+"]}"))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	client := &echo{}
	return client, Run(t.Context(), checks[0], client, Place{Account: "012345678901", Region: "us-west-2"})
}

func TestRun(t *testing.T) {
	for _, c := range []struct{ steps, complaint string }{
		{`{call: a.Bc}`, ""},
		{`{call: a.Bc, with: {a: 1}, gives: {a: 1}}`, ""},
		{`{call: a.Bc, with: {a: 1}, gives: {a: 2}}`, "f.yaml:1: a.Bc: a is 1, not 2"},
		{`{call: a.Bc, with: {refuse: X}}`, "refused with X: no: X"},
		{`{call: a.Bc, with: {refuse: X}, refused: X}`, ""},
		{`{call: a.Bc, with: {refuse: X}, refused: [Y, X], message: "^no: X$"}`, ""},
		{`{call: a.Bc, with: {refuse: X}, refused: X, message: "yes"}`, "in which yes is not found"},
		{`{call: a.Bc, with: {refuse: X}, refused: Y}`, "refused with X, not Y"},
		{`{call: a.Bc, refused: [X, Y]}`, "accepted, not refused with X or Y"},
		{`{call: a.Bc, with: {break: true}, refused: X}`, "broken"},
		{`{call: a.Bc, with: {a: $account, r: "$region/x"}, gives: {a: "012345678901", r: us-west-2/x}}`, ""},
		{`{call: a.Bc, with: {n: $name}, keep: {n: n}}, {call: a.Bc, with: {n: $name-x}, gives: {n: {~not: $n}}}, {call: a.Bc, with: {n: $name}, gives: {n: $n}}`, ""},
		{`{call: a.Bc, with: {n: "${name-x}-y"}, gives: {n: {~matches: "^check-[0-9a-f]{12}-y$"}}}`, ""},
		{`{call: a.Bc, with: {t: $token-x}, gives: {t: {~length: 36}}}`, ""},
		{`{call: a.Bc, with: {n: $name}, gives: {n: {~matches: "^$name$"}}}`, ""},
		{`{call: a.Bc, with: {a: a+b}, keep: {k: a}}, {call: a.Bc, with: {a: a+b}, gives: {a: {~matches: "^$k$"}}}`, ""},
		{`{call: a.Bc, with: {a: {b: [{c: 7}]}}, keep: {k: a.b.0.c}}, {call: a.Bc, with: {a: $k, t: "r$k"}, gives: {a: 7, t: r7}}`, ""},
		{`{call: a.Bc, with: {m: {k: 1}, k: key}, keep: {k: k}}, {call: a.Bc, with: {m: {$k: 1}}, gives: {m: {$k: 1, key: 1}}}`, ""},
		{`{call: a.Bc, keep: {k: a.b}}`, "a.b cannot be kept: the answer has no a"},
		{`{call: a.Bc, with: {a: [1]}, keep: {k: a.1}}`, "has no 1"},
		{`{call: a.Bc, with: {a: 1}, keep: {k: a.b}}`, "has no b"},
		{`{call: a.Bc, with: {a: $never}}`, "$never is not set"},
		{`{call: a.Bc, gives: {a: $never}}`, "$never is not set"},
		{`{call: a.Bc, with: {refuse: X}, refused: X, message: $never}`, "$never is not set"},
		{`{call: a.Bc, with: {a: "${aws:username} $1 5$"}, gives: {a: "${aws:username} $1 5$"}}`, ""},
		{`{call: a.Bc, with: {j: {~json: {a: <$account>}}}, gives: {j: '{"a":"<012345678901>"}'}}`, ""},
		{`{call: a.Bc, with: {r: {~repeat: {text: ab, times: 3}}}, gives: {r: ababab}}`, ""},
		{`{call: a.Bc, with: {r: {~repeat: {text: ab}}}}`, "is wanted, not"},
		{`{call: a.Bc, with: {l: {~list: {of: {k: k$i, n: $i}, times: 2}}}, gives: {l: [{k: k1, n: 1}, {k: k2, n: 2}]}}`, ""},
		{`{call: a.Bc, with: {l: {~list: {times: 2}}}}`, "is wanted, not"},
		{`{call: a.Bc, with: {t: {~text: [a, {~repeat: {text: b, times: 2}}, 1]}}, gives: {t: abb1}}`, ""},
		{`{call: a.Bc, with: {t: {~text: a}}}`, "a list of texts is wanted"},
		{`{call: a.Bc, with: {u: {~upper: abc}}, gives: {u: ABC}}`, ""},
	} {
		_, err := steps(t, c.steps)
		switch {
		case c.complaint == "" && err != nil:
			t.Errorf("%s: %v", c.steps, err)
		case c.complaint != "" && (err == nil || !strings.Contains(err.Error(), c.complaint)):
			t.Errorf("%s: %v, not %q", c.steps, err, c.complaint)
		}
	}
}

func TestRunRepeatsAStep(t *testing.T) {
	client, err := steps(t, `{call: ecs.RunTask, times: 2, region: eu-west-1, with: {n: "t$i"}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Call{
		{Service: "ecs", Operation: "RunTask", Region: "eu-west-1", Input: map[string]any{"n": "t1"}},
		{Service: "ecs", Operation: "RunTask", Region: "eu-west-1", Input: map[string]any{"n": "t2"}},
	}
	if diff := cmp.Diff(want, client.calls); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTwoRunsShareNoNames(t *testing.T) {
	const step = `{call: a.Bc, with: {n: $name, t: $token}}`
	first, err := steps(t, step)
	if err != nil {
		t.Fatal(err)
	}
	second, err := steps(t, step)
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"n", "t"} {
		if first.calls[0].Input[variable] == second.calls[0].Input[variable] {
			t.Errorf("both have %v", first.calls[0].Input[variable])
		}
	}
}
