package e2e

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExecIsProcWrapper makes the environment of every case with the real
// proc_wrapper and with `reconciler exec`, on the same AWS. With --compat they
// are the same, but for the cases that say why not; without it, what
// proc_wrapper lets a process run without fails.
func TestExecIsProcWrapper(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	f := stock(t, c)
	theirs := f.procWrapper(t)
	if len(f.cases) < 60 {
		t.Fatalf("%d cases are fewer than 60", len(f.cases))
	}
	for i, one := range f.cases {
		t.Run(one.name, func(t *testing.T) { f.compare(t, one, theirs[i]) })
	}
}

// injection is one environment to be made.
type injection struct {
	name    string
	env     map[string]string
	differs string // why --compat does not make what proc_wrapper makes
	fails   string // what is said without --compat, where proc_wrapper goes on
	strict  string // why something else is made without --compat
}

// made is what became of it.
type made struct {
	Env    map[string]string
	Failed []string
	Error  string
}

func (f *injections) compare(t *testing.T, one injection, want made) {
	got := f.exec(t, one, "--compat")
	same := cmp.Diff(want.Env, got.Env) == "" && (want.Error == "") == (got.Error == "")
	switch {
	case one.differs == "" && !same:
		t.Errorf("proc_wrapper: %v; exec --compat: %s\n(-proc_wrapper +exec):\n%s", want, got.Error, cmp.Diff(want.Env, got.Env))
	case one.differs != "" && same:
		t.Errorf("exec --compat makes the same, so this is no difference: %s", one.differs)
	}
	strict := f.exec(t, one)
	switch {
	case one.fails == "" && (one.strict != "") != (cmp.Diff(got.Env, strict.Env) != "" || (got.Error == "") != (strict.Error == "")):
		t.Errorf("exec without --compat makes something else, or does not where it is said to: %s\n(-compat +strict):\n%s", strict.Error, cmp.Diff(got.Env, strict.Env))
	case one.fails != "" && !strings.Contains(strict.Error, one.fails):
		t.Errorf("exec without --compat says %q, not %q", strict.Error, one.fails)
	}
	if strings.Contains(got.Error+strict.Error, canaryValue) {
		t.Error("an error shows a value")
	}
}

// canaryValue is in the secrets that cannot be read.
const canaryValue = "canary-5f1c"

// exec runs the program, whose command prints its environment.
func (f *injections) exec(t *testing.T, one injection, flags ...string) made {
	t.Helper()
	cmd := exec.Command(reconciler(t), append(append([]string{"exec"}, flags...), "--", "/usr/bin/env", "-0")...)
	cmd.Env = f.environ(one)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var failed *exec.ExitError
	if err := cmd.Run(); errors.As(err, &failed) {
		return made{Error: stderr.String()}
	} else if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for entry := range strings.SplitSeq(strings.TrimSuffix(stdout.String(), "\x00"), "\x00") {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	return made{Env: env}
}

func (f *injections) environ(one injection) []string {
	env := append([]string{}, f.machine...)
	for _, name := range slices.Sorted(maps.Keys(one.env)) {
		env = append(env, name+"="+one.env[name])
	}
	return env
}

// procWrapper makes every environment in one Python process.
func (f *injections) procWrapper(t *testing.T) []made {
	t.Helper()
	var input bytes.Buffer
	for _, one := range f.cases {
		if err := json.NewEncoder(&input).Encode(f.environ(one)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python(t), "resolve.py")
	cmd.Stdin, cmd.Stderr = &input, os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var out []made
	for lines := bufio.NewScanner(bytes.NewReader(output)); lines.Scan(); {
		var m made
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	if len(out) != len(f.cases) {
		t.Fatalf("proc_wrapper made %d of %d environments", len(out), len(f.cases))
	}
	return out
}

// injections are the cases with the machine they run on.
type injections struct {
	machine []string
	cases   []injection
	arn     map[string]string // of the secrets, by name
}

// stock fills an account with what the cases refer to.
func stock(t *testing.T, c *cloud) *injections {
	t.Helper()
	f := &injections{arn: map[string]string{}}
	server := httptest.NewServer(withAppConfig(t, c.url))
	t.Cleanup(server.Close)
	f.machine = append(c.environ(), "AWS_DEFAULT_REGION="+region, "PATH="+os.Getenv("PATH"), "PRESENT=here")
	f.machine[0] = "AWS_ENDPOINT_URL=" + server.URL
	secret := func(name, value string) {
		out := c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": name, "SecretString": value})
		f.arn[name] = out["ARN"].(string)
	}
	secret("app/db.env", "USER=admin\nPASS='p w'\nexport LONG=\"a\\nb\"\nURL=pg://${USER}:${NOPE:-5432}/${PRESENT}\nBARE\nPRESENT=secret\n# note\n")
	secret("app/odd.env", "A=1\nBAD LINE\nB=2\n")
	secret("app/more.env", "USER=other\nEXTRA=1\n")
	secret("app/cfg.json", `{"port": 8080, "tls": true, "off": false, "none": null, "ratio": 1.50, "big": 12345678901234567890, "exp": 1e3, "list": [1, "é", {"k": "v"}], "deep": {"a": {"b": [10, 20]}}, "text": "ünï"}`)
	secret("app/over.json", `{"port": 9090, "list": [2], "deep": {"a": {"c": 1}}, "only": "x"}`)
	secret("app/types.yaml", "octal: 0777\nfloat: 1.10\nflag: yes\nsexa: 12:30:45\ntilde: ~\nquoted: '0777'\nlist: [a, 1]\nexp: 1e3\nbig: 1_000\n")
	secret("app/keys.yaml", "on: 1\n")
	secret("app/date.yaml", "at: 2024-01-02T03:04:05Z\n")
	secret("app/nosuffix", `{"A": "1", "B": {"C": "2"}}`)
	secret("app/broken.json", `{"A": "`+canaryValue+`", `)
	secret("app/list.json", `["`+canaryValue+`"]`)
	secret("app/refs.json", `{"INNER_FOR_PROC_WRAPPER_TO_RESOLVE": "AWS_SM:app/nosuffix|JP:$.A", "PROC_WRAPPER_CONFIG_LOCATIONS": "AWS_SM:app/cfg.json"}`)
	secret("app/text", "just text")
	secret("app/versions.json", `{"V": "old"}`)
	c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": "app/versions.json", "SecretString": `{"V": "new"}`})
	c.boto3In(t, "eu-west-1", "secretsmanager", "create_secret", arguments{"Name": "app/europe.env", "SecretString": "FAR=away\n"})
	for name, value := range map[string][2]string{"/app/plain": {"String", "hello"}, "/app/list": {"StringList", "a,b,c"}, "/app/secure": {"SecureString", "s3cret"}, "/app/cfg.json": {"String", `{"S": 1}`}} {
		c.boto3(t, "ssm", "put_parameter", arguments{"Name": name, "Type": value[0], "Value": value[1]})
	}
	c.boto3(t, "s3", "create_bucket", arguments{"Bucket": "b" + c.account, "CreateBucketConfiguration": arguments{"LocationConstraint": region}})
	c.boto3(t, "s3", "put_bucket_versioning", arguments{"Bucket": "b" + c.account, "VersioningConfiguration": arguments{"Status": "Enabled"}})
	first := c.boto3(t, "s3", "put_object", arguments{"Bucket": "b" + c.account, "Key": "app/obj.json", "Body": asBlob(`{"O": 1}`)})
	c.boto3(t, "s3", "put_object", arguments{"Bucket": "b" + c.account, "Key": "app/obj.json", "Body": asBlob(`{"O": 2}`)})
	c.boto3(t, "s3", "put_object", arguments{"Bucket": "b" + c.account, "Key": "noext", "Body": asBlob("Y: 1\n"), "ContentType": "application/yaml"})
	f.cases = f.list(c.account, "arn:aws:s3:::b"+c.account+"/", first["VersionId"].(string))
	return f
}

// asBlob is how bytes reach boto3 through the judge.
func asBlob(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// withAppConfig answers for AppConfig, which moto has not, and leaves the rest
// to an emulator.
func withAppConfig(t *testing.T, upstream string) http.Handler {
	t.Helper()
	to, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", httputil.NewSingleHostReverseProxy(to))
	mux.HandleFunc("POST /configurationsessions", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ ApplicationIdentifier string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.ApplicationIdentifier != "app" {
			w.Header().Set("X-Amzn-Errortype", "ResourceNotFoundException")
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		write(t, w, `{"InitialConfigurationToken": "`+base64.StdEncoding.EncodeToString([]byte("token/+="))+`"}`)
	})
	mux.HandleFunc("GET /configuration", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("configuration_token") == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		write(t, w, `{"FROM": "appconfig"}`)
	})
	return mux
}

func write(t *testing.T, w http.ResponseWriter, text string) {
	if _, err := w.Write([]byte(text)); err != nil {
		t.Error(err)
	}
}
