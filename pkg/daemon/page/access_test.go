package page

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/report"
)

func TestItIsNotOpenToANetwork(t *testing.T) {
	p := pageOf(t, quiet())
	short := write(t, "short", "0123456789abcde\n")
	for _, c := range []struct {
		name string
		a    Access
		want string
	}{
		{"every address", Access{Address: ":0"}, "anybody in the network could read"},
		{"IPv6", Access{Address: "[::]:0"}, "anybody in the network could read"},
		{"a name", Access{Address: "example.org:0"}, "anybody in the network could read"},
		{"no port", Access{Address: "127.0.0.1"}, "want HOST:PORT"},
		{"HTTPS alone", Access{Address: ":0", CertFile: "c", KeyFile: "k"}, "anybody in the network could read"},
		{"half a pair", Access{Address: "127.0.0.1:0", CertFile: "c"}, "a certificate and its key"},
		{"authorities alone", Access{Address: ":0", ClientCAFile: "c"}, "only over HTTPS"},
		{"no token", Access{Address: ":0", TokenFile: filepath.Join(t.TempDir(), "none")}, "no such file"},
		{"a short token", Access{Address: ":0", TokenFile: short}, "shorter than 16"},
		{"no certificate", Access{Address: "127.0.0.1:0", CertFile: short, KeyFile: short}, "PEM"},
	} {
		_, err := p.Listen(t.Context(), c.a)
		var usage *report.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "0123456789") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serving serves until the test ends, or stop is called, which returns what
// Serve did.
func serving(t *testing.T, p *Page, a Access) (addr string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := p.Listen(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	ended := false
	stop = func() error {
		if ended {
			return nil
		}
		ended = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return s.Addr(), stop
}

// ask is the status code of a GET that change may alter.
func ask(t *testing.T, client *http.Client, url string, change func(*http.Request)) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusUnauthorized && answer.TLS == nil && answer.Header.Get("WWW-Authenticate") == "" {
		t.Error("it does not say how to come in")
	}
	return answer.StatusCode
}

func plainClient() *http.Client {
	return &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
}

func TestTokens(t *testing.T) {
	file := write(t, "token", "the first token of ours\n")
	addr, _ := serving(t, pageOf(t, quiet()), Access{Address: "0.0.0.0:0", TokenFile: file})
	_, port, _ := net.SplitHostPort(addr)
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "bearer "+token) }
	}
	basic := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth("anybody", token) }
	}
	check := func(path string, change func(*http.Request), want int) {
		t.Helper()
		if got := ask(t, plainClient(), "http://127.0.0.1:"+port+path, change); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	for _, path := range []string{"/", "/api/status", "/events", "/metrics", "/production", "/nowhere"} {
		check(path, nil, 401)
		check(path, bearer("the first token of our"), 401)
		check(path, bearer(""), 401)
	}
	check("/healthz", nil, 200)
	check("/readyz", nil, 200)
	check("/", bearer("the first token of ours"), 200)
	check("/", basic("the first token of ours"), 200)
	check("/", basic("another"), 401)
	if err := os.WriteFile(file, []byte("the second token of ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("/", bearer("the first token of ours"), 401)
	check("/", bearer("the second token of ours"), 200)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	check("/", bearer("the second token of ours"), 401)
	check("/", bearer(""), 401)
}

func TestAForeignNameIsNotServedOnLoopback(t *testing.T) {
	addr, _ := serving(t, pageOf(t, quiet()), Access{Address: "127.0.0.1:0"})
	_, port, _ := net.SplitHostPort(addr)
	for host, want := range map[string]int{"evil.example": 421, "evil.example:" + port: 421, "localhost.evil.example": 421, "192.0.2.1": 421,
		"localhost": 200, "LOCALHOST:" + port: 200, "127.0.0.1:9999": 200, "[::1]:80": 200, "[::1]": 200} {
		if got := ask(t, plainClient(), "http://"+addr+"/", func(r *http.Request) { r.Host = host }); got != want {
			t.Errorf("%s: %d, want %d", host, got, want)
		}
	}
}

// authority signs certificates.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.pem, _, a.cert, a.key = a.issue("authority", true)
	return a
}

// issue makes a certificate and its key, in PEM and parsed.
func (a *authority) issue(name string, ca bool) (certPEM, keyPEM string, cert *x509.Certificate, key *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), IsCA: ca, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	parent, signer := a.cert, a.key
	if ca {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		a.t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})), cert, key
}

// client trusts the authority, and has a certificate of another where by is
// given.
func (a *authority) client(by *authority) *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	config := &tls.Config{RootCAs: pool}
	if by != nil {
		certPEM, keyPEM, _, _ := by.issue("client", false)
		pair, err := tls.X509KeyPair([]byte(certPEM), []byte(keyPEM))
		if err != nil {
			a.t.Fatal(err)
		}
		// Sent even where the server does not name the authority.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}, Timeout: 10 * time.Second}
}

func TestCertificates(t *testing.T) {
	ours, foreign := newAuthority(t), newAuthority(t)
	certPEM, keyPEM, _, _ := ours.issue("server", false)
	a := Access{Address: "0.0.0.0:0", CertFile: write(t, "cert", certPEM), KeyFile: write(t, "key", keyPEM), ClientCAFile: write(t, "ca", ours.pem)}
	addr, _ := serving(t, pageOf(t, quiet()), a)
	_, port, _ := net.SplitHostPort(addr)
	url := "https://127.0.0.1:" + port
	if got := ask(t, ours.client(ours), url+"/", nil); got != 200 {
		t.Errorf("with a certificate: %d", got)
	}
	if got := ask(t, ours.client(nil), url+"/", nil); got != 401 {
		t.Errorf("without a certificate: %d", got)
	}
	if got := ask(t, ours.client(nil), url+"/healthz", nil); got != 200 {
		t.Errorf("health without a certificate: %d", got)
	}
	if answer, err := ours.client(foreign).Get(url + "/"); err == nil {
		answer.Body.Close()
		t.Errorf("a foreign certificate: %s", answer.Status)
	}
	// The authority changes; a file that was cut off changes nothing.
	if err := os.WriteFile(a.ClientCAFile, []byte(foreign.pem), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, ours.client(foreign), url+"/", nil); got != 200 {
		t.Errorf("with a certificate of the new authority: %d", got)
	}
	if err := os.WriteFile(a.CertFile, []byte(certPEM[:99]), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, ours.client(foreign), url+"/", nil); got != 200 {
		t.Errorf("while the certificate cannot be read: %d", got)
	}
}

// following opens /events and gives its lines.
func following(t *testing.T, url string) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatal(got)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer answer.Body.Close()
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}

func TestEventsAreCoalescedAndEndWithTheServer(t *testing.T) {
	b := quiet()
	addr, stop := serving(t, pageOf(t, b), Access{Address: "127.0.0.1:0"})
	lines := following(t, "http://"+addr)
	began := time.Now()
	for time.Since(began) < 1600*time.Millisecond {
		b.Update("staging", func(*status.Environment) {})
		time.Sleep(5 * time.Millisecond)
	}
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	events := 0
	for line := range lines {
		if line == "event: change" {
			events++
		}
	}
	if events < 2 || events > 5 { // two a second, and the one at the beginning
		t.Errorf("%d events in 1.6 s", events)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(3 * time.Second):
		t.Error("the stream keeps the server")
	}
}

func TestTooManyStreamsAreRefused(t *testing.T) {
	p := pageOf(t, quiet())
	addr, _ := serving(t, p, Access{Address: "127.0.0.1:0"})
	for range maxStreams {
		p.streams <- struct{}{}
	}
	if got := ask(t, plainClient(), "http://"+addr+"/events", nil); got != http.StatusServiceUnavailable {
		t.Errorf("%d", got)
	}
	<-p.streams
	if line := <-following(t, "http://"+addr); line != "retry: 2000" {
		t.Error(line)
	}
}

func TestWhoDoesNotReadIsDropped(t *testing.T) {
	p := pageOf(t, quiet())
	p.slow = 50 * time.Millisecond
	// A pipe holds nothing back: what is not read was not sent.
	client, server := net.Pipe()
	defer client.Close()
	l := &one{conn: make(chan net.Conn, 1)}
	l.conn <- server
	s := &http.Server{Handler: p, ReadHeaderTimeout: time.Second}
	go func() { _ = s.Serve(l) }() // ends with the test
	defer s.Close()
	if _, err := io.WriteString(client, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReaderSize(client, 16).ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 200") {
		t.Fatal(line, err)
	}
	for end := time.Now().Add(5 * time.Second); len(p.streams) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the stream goes on")
		}
	}
}

// one is a listener of one connection.
type one struct{ conn chan net.Conn }

func (l *one) Accept() (net.Conn, error) {
	if c, ok := <-l.conn; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l *one) Close() error   { close(l.conn); return nil }
func (l *one) Addr() net.Addr { return &net.TCPAddr{} }
