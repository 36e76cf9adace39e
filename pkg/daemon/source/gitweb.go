package source

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// tokenUser is the user that goes with a token alone: GitHub's documented one,
// and servers that take tokens do not look at it.
const tokenUser = "x-access-token"

// web connects to a server that speaks http.
func (g *gitOrigin) dialWeb() (wire, error) {
	endpoint, err := transport.NewEndpoint(g.URL)
	if err != nil {
		return nil, errors.New("the source's URL cannot be read")
	}
	auth, err := g.login(endpoint.Host)
	if err != nil {
		return nil, err
	}
	client := githttp.NewClient(&http.Client{Transport: boundedWeb{g.web}, CheckRedirect: sameHost})
	if auth == nil {
		return client.NewUploadPackSession(endpoint, nil)
	}
	return client.NewUploadPackSession(endpoint, auth)
}

// sameHost refuses to be sent to another server, which nobody named.
func sameHost(to *http.Request, via []*http.Request) error {
	from := via[0].URL
	if to.URL.Host != from.Host || to.URL.Scheme != from.Scheme {
		return fmt.Errorf("the git server sends us on to %s; name that in the source if it is meant", printable(to.URL.Scheme+"://"+to.URL.Host))
	}
	return nil
}

// boundedWeb bounds the bodies of answers.
type boundedWeb struct{ next http.RoundTripper }

// RoundTrip does as the next one does.
func (b boundedWeb) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err == nil {
		response.Body = struct {
			io.Reader
			io.Closer
		}{&bounded{response.Body, 2 * maxRepository}, response.Body}
	}
	return response, err
}

// login is the token for a host: of the file, of GIT_TOKEN, or of netrc; nil
// without.
func (g *gitOrigin) login(host string) (*githttp.BasicAuth, error) {
	if file := g.options.TokenFile; file != "" {
		text, err := os.ReadFile(below(g.options.WorkDir, file))
		if err != nil {
			return nil, fmt.Errorf("the token for git cannot be read: %w", err)
		}
		if strings.TrimSpace(string(text)) == "" {
			return nil, fmt.Errorf("there is no token in %s", file)
		}
		return basic(string(text)), nil
	}
	if text, ok := g.options.Env("GIT_TOKEN"); ok && text != "" {
		return basic(text), nil
	}
	return g.netrc(host)
}

// basic reads TOKEN or USER:TOKEN.
func basic(text string) *githttp.BasicAuth {
	text = strings.TrimSpace(text)
	if user, token, ok := strings.Cut(text, ":"); ok {
		return &githttp.BasicAuth{Username: user, Password: token}
	}
	return &githttp.BasicAuth{Username: tokenUser, Password: text}
}

func (g *gitOrigin) netrc(host string) (*githttp.BasicAuth, error) {
	path, named := g.options.Env("NETRC")
	if !named || path == "" {
		if g.options.Home == "" {
			return nil, nil
		}
		path = filepath.Join(g.options.Home, ".netrc")
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("netrc cannot be read: %w", err)
	}
	return netrcLogin(string(text), host), nil
}

// netrcLogin finds a host in the text of a netrc; nil when it is not there. The
// form is that of GNU inetutils' manual, "The .netrc file".
func netrcLogin(text, host string) *githttp.BasicAuth {
	fields := netrcFields(text)
	var auth *githttp.BasicAuth
	matches := false
	for i := 0; i < len(fields); i++ {
		value := ""
		if i+1 < len(fields) {
			value = fields[i+1]
		}
		switch fields[i] {
		case "machine", "default":
			if auth != nil {
				return auth
			}
			matches = fields[i] == "default" || value == host
			if matches {
				auth = &githttp.BasicAuth{}
			}
		case "login":
			if matches {
				auth.Username = value
			}
		case "password":
			if matches {
				auth.Password = value
			}
		}
		if fields[i] != "default" {
			i++
		}
	}
	return auth
}

// netrcFields leaves macros out, which go on to an empty line.
func netrcFields(text string) []string {
	var fields []string
	macro := false
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			macro = false
		case macro, strings.HasPrefix(words[0], "#"):
		case words[0] == "macdef":
			macro = true
		default:
			fields = append(fields, words...)
		}
	}
	return fields
}

// scheme is how the repository is reached; ssh for HOST:PATH.
func (g *gitOrigin) scheme() string {
	if u, err := url.Parse(g.URL); err == nil && strings.Contains(g.URL, "://") {
		return u.Scheme
	}
	return "ssh"
}
