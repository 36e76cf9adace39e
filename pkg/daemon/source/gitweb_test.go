package source_test

import (
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/pkg/daemon/source"
)

// backend serves repositories of a folder by git's own CGI program.
func backend(t testing.TB, root string) http.Handler {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(strings.TrimSpace(string(path)), "git-http-backend")
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("git's http-backend is missing; Debian: apt-get install git: %v", err)
	}
	return &cgi.Handler{Path: program, Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null"}}
}

// behind asks for a login, as a server with private repositories does.
func behind(user, token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); u != user || p != token {
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "a long page about "+p, http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func TestGitWeb(t *testing.T) {
	leaks(t)
	r := newRepository(t, project())
	s := open(t, "git::"+serve(t, backend(t, filepath.Dir(r.dir)))+"/repo/.git//deploy_config?ref=main", source.Options{})
	if got := fetch(t, s); got.Revision != r.git("rev-parse", "HEAD") {
		t.Errorf("%+v", got)
	}
	second := r.commit(map[string]string{"deploy_config/tasks/second.yaml": "kind: Task\n"})
	if got := fetch(t, s); got.Revision != second {
		t.Errorf("%+v", got)
	}
	refuses(t, open(t, "git::"+serve(t, backend(t, filepath.Dir(r.dir)))+"/other", source.Options{}), "no such repository")
}

func TestGitWebLogin(t *testing.T) {
	r := newRepository(t, project())
	const token = "hunter2"
	home := t.TempDir()
	write(t, home, map[string]string{"token": token + "\n", "pair": "ada:" + token, "wrong": "nothunter", "empty": "\n",
		".netrc": "# mine\nmachine other login a password b\nmacdef x\nmachine 127.0.0.1 login evil\n\nmachine 127.0.0.1\n\tlogin ada password " + token + "\ndefault login c password d\n"})
	for name, c := range map[string]struct {
		user string
		o    source.Options
		why  string
	}{
		"a file":     {"x-access-token", source.Options{TokenFile: filepath.Join(home, "token")}, ""},
		"a pair":     {"ada", source.Options{TokenFile: filepath.Join(home, "pair")}, ""},
		"a variable": {"x-access-token", source.Options{Env: environ("GIT_TOKEN", token)}, ""},
		"netrc":      {"ada", source.Options{Home: home}, ""},
		"NETRC":      {"ada", source.Options{Env: environ("NETRC", filepath.Join(home, ".netrc"))}, ""},
		"nothing":    {"ada", source.Options{}, "wants to know who asks"},
		"wrong":      {"ada", source.Options{TokenFile: filepath.Join(home, "wrong")}, "wants to know who asks"},
		"empty":      {"ada", source.Options{TokenFile: filepath.Join(home, "empty")}, "no token in"},
		"missing":    {"ada", source.Options{TokenFile: filepath.Join(home, "missing")}, "token for git cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, "git::"+serve(t, behind(c.user, token, backend(t, filepath.Dir(r.dir))))+"/repo", c.o)
			if c.why == "" {
				fetch(t, s)
				return
			}
			refuses(t, s, c.why)
			if _, err := s.Fetch(t.Context()); strings.Contains(err.Error(), "hunter") {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}

// A token is for the server that was named, not for one that it sends us to.
func TestGitWebStaysAtItsHost(t *testing.T) {
	seen := make(chan string, 10)
	other := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header.Get("Authorization") }))
	first := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other+r.URL.RequestURI(), http.StatusFound)
	}))
	refuses(t, open(t, "git::"+first+"/repo", source.Options{Env: environ("GIT_TOKEN", "hunter2")}), "sends us on to")
	if len(seen) > 0 {
		t.Errorf("the other server was asked, with %q", <-seen)
	}
}

func TestGitWebNonsense(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a page":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello</html>")) },
		"nothing":  func(http.ResponseWriter, *http.Request) {},
		"an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "x", http.StatusInternalServerError) },
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("001e# service=git-upload-pack\n0000004"))
		},
		"no answers": func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, open(t, "git::"+serve(t, h)+"/repo", source.Options{}), "source git::http://")
		})
	}
}
