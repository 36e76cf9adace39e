package page

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/report"
)

// Access says where the page is served and to whom. Files are read anew when
// they change.
type Access struct {
	Address string // host:port; an empty host means every address
	// TokenFile holds a token of 16 characters or more, which is given as a
	// bearer token or as the password of HTTP Basic with any user name.
	TokenFile string
	// CertFile and KeyFile, in PEM, make it HTTPS.
	CertFile, KeyFile string
	// ClientCAFile, in PEM, lets in who has a certificate of these authorities.
	ClientCAFile string
}

const minToken = 16

// door lets requests in. Where there are both a token and authorities, either
// will do.
type door struct {
	access Access
	local  bool
	certs  *certificates // nil without HTTPS
	log    *zap.Logger
}

func newDoor(a Access, log *zap.Logger) (*door, error) {
	host, _, err := net.SplitHostPort(a.Address)
	if err != nil {
		return nil, &report.UsageError{Message: fmt.Sprintf("the status page cannot be served on %q", a.Address), Hint: "want HOST:PORT, such as 127.0.0.1:8080"}
	}
	d := &door{access: a, local: loopback(host), log: log}
	switch {
	case (a.CertFile == "") != (a.KeyFile == ""):
		return nil, &report.UsageError{Message: "HTTPS for the status page takes a certificate and its key", Hint: "give both files, or neither"}
	case a.ClientCAFile != "" && a.CertFile == "":
		return nil, &report.UsageError{Message: "the status page can ask for certificates only over HTTPS", Hint: "give the files of a certificate and its key, too"}
	case !d.local && a.TokenFile == "" && a.ClientCAFile == "":
		return nil, &report.UsageError{Message: fmt.Sprintf("on %s anybody in the network could read the status page", a.Address),
			Hint: "serve it on 127.0.0.1, or give a file with a token, or the files of a certificate, its key and the authorities of those who may read it"}
	}
	return d, d.prove()
}

// prove reads every file once, so that what is wrong is told at the start.
func (d *door) prove() error {
	if d.access.TokenFile != "" {
		if _, err := d.token(); err != nil {
			return &report.UsageError{Message: err.Error(), Hint: fmt.Sprintf("write %d random characters or more into it: openssl rand -hex 32", minToken)}
		}
	}
	if d.access.CertFile != "" {
		d.certs = &certificates{access: d.access, log: d.log}
		if err := d.certs.load(); err != nil {
			return &report.UsageError{Message: err.Error()}
		}
	}
	return nil
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// token reads the file each time: it is small, and may change.
func (d *door) token() ([]byte, error) {
	text, err := os.ReadFile(d.access.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("the token of the status page: %w", err)
	}
	text = bytes.TrimSpace(text)
	if len(text) < minToken {
		return nil, fmt.Errorf("the token of the status page in %s is shorter than %d characters", d.access.TokenFile, minToken)
	}
	return text, nil
}

// guard lets through who may read.
func (d *door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/healthz" || r.URL.Path == "/readyz":
			next.ServeHTTP(w, r)
		case d.local && !d.addressed(r.Host):
			// A foreign page whose name was made to lead here would be let in
			// by the browser.
			plainText(w, http.StatusMisdirectedRequest, "this is not the host you asked for: use localhost")
		case !d.knows(r):
			if d.access.TokenFile != "" {
				w.Header().Set("WWW-Authenticate", `Basic realm="reconciler", charset="UTF-8"`)
			}
			w.Header().Set("Cache-Control", "no-store")
			plainText(w, http.StatusUnauthorized, d.wants())
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// addressed tells whether a Host header names this machine to itself.
func (d *door) addressed(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	return loopback(strings.ToLower(strings.TrimSuffix(name, ".")))
}

func (d *door) wants() string {
	switch {
	case d.access.TokenFile == "":
		return "a client certificate is wanted"
	case d.access.ClientCAFile == "":
		return "a token is wanted: as a bearer token, or as the password of any user"
	default:
		return "a client certificate is wanted, or a token: as a bearer token, or as the password of any user"
	}
}

func (d *door) knows(r *http.Request) bool {
	if d.access.TokenFile == "" && d.access.ClientCAFile == "" {
		return true
	}
	if d.access.ClientCAFile != "" && r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		return true
	}
	return d.access.TokenFile != "" && d.opens(given(r))
}

// given is the token of a request; "" without one.
func given(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// opens compares digests, which are equally long, in constant time.
func (d *door) opens(token string) bool {
	want, err := d.token()
	if err != nil {
		d.log.Error("nobody can read the status page", zap.Error(err))
		return false
	}
	a, b := sha256.Sum256(want), sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
