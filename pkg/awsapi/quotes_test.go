package awsapi

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestShowable(t *testing.T) {
	const dotenv = "DB_URL=postgres://u:p&ss@h/db\nTOKEN=\"tok en<1>\"\nX=ab\n"
	const document = `{"password":"hunter2 & co","nested":{"list":["deep<secret>"]},"n":5}`
	quoted, err := json.Marshal(dotenv)
	if err != nil {
		t.Fatal(err)
	}
	amid := base64.StdEncoding.EncodeToString([]byte("xy" + dotenv + "z"))
	for name, c := range map[string]struct {
		value, text string
		want        bool
	}{
		"whole":                   {dotenv, "invalid: " + dotenv + "!", false},
		"one line":                {dotenv, "bad line TOKEN=\"tok en", false},
		"eight bytes of one":      {dotenv, "could not reach gres://u today", false},
		"seven bytes of one":      {dotenv, "could not reach res://u today", true},
		"in other letters":        {dotenv, "COULD NOT REACH POSTGRES TODAY", false},
		"inside a JSON text":      {dotenv, "request was " + string(quoted[2:30]), false},
		"in a URL":                {dotenv, "GET ?v=" + url.QueryEscape("postgres")[:8], false},
		"in hex":                  {dotenv, "body " + hex.EncodeToString([]byte(dotenv))[10:30], false},
		"in hex, capitals":        {dotenv, "body " + strings.ToUpper(hex.EncodeToString([]byte(dotenv))[10:30]), false},
		"in base64":               {dotenv, "body " + base64.StdEncoding.EncodeToString([]byte(dotenv))[:12], false},
		"in shifted base64":       {dotenv, "body " + amid[20:36], false},
		"a JSON leaf":             {document, "bad value hunter2 here", false},
		"a short JSON leaf":       {`{"pin":"90125"}`, "bad value 90125 here", false},
		"a short line":            {"A=ab12\n", "ab12 is wrong", false},
		"a shorter line":          {"A=ab1\n", "ab1 is wrong", true},
		"a short value":           {"ab", "ab is wrong", false},
		"encoded twice":           {dotenv, "GET /?v=" + url.QueryEscape(string(quoted)), false},
		"a whole request":         {dotenv, `{"Name":"x","SecretString":"`, false},
		"nothing in it":           {dotenv, "User is not authorized", true},
		"an ARN":                  {dotenv, "not authorized on resource: arn:aws:secretsmanager:us-west-2:012345678901:secret:myorg/myapp/staging/db.env-AbCdEf", true},
		"nothing is secret":       {"", "some message", true},
		"a value that AWS speaks": {"NOTE=the caller is not authorized\n", "User is not authorized", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Showable(c.text, c.value); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzShowable(f *testing.F) {
	f.Add("A=1\nB=two\n", "before ", " after", uint8(0), uint8(9))
	f.Add(`{"a":["b",{"c":"text"}]}`, "", "", uint8(3), uint8(8))
	f.Add("\xff\xfeabcdefgh", "x", "y", uint8(1), uint8(8))
	f.Add("İstanbul is a city", "x", "y", uint8(0), uint8(12))
	f.Fuzz(func(t *testing.T, value, before, after string, from, length uint8) {
		start, size := int(from), max(int(length), shared)
		if start+size > len(value) {
			return
		}
		part := value[start : start+size]
		for _, form := range []string{part, strings.ToUpper(hex.EncodeToString([]byte(part))), url.QueryEscape(part)} {
			if Showable(before+form+after, value) {
				t.Error("a part of the value is shown")
			}
		}
	})
}

// The largest value that AWS takes costs a failing call little.
func BenchmarkShowable(b *testing.B) {
	value := strings.Repeat("NAME=0123456789abcdef\n", 65536/22)
	for b.Loop() {
		Showable("User: arn:aws:sts::012345678901:assumed-role/ci/run is not authorized to perform: secretsmanager:PutSecretValue", value)
	}
}
