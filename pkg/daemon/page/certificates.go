package page

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"

	"go.uber.org/zap"
)

// certificates are those of an Access. A change of the files holds from the
// next connection; one that cannot be read leaves the former in place.
type certificates struct {
	access Access
	log    *zap.Logger

	mu     sync.Mutex
	seen   [][]byte
	config *tls.Config
}

// load reads the files, and parses them when they changed.
func (c *certificates) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	files := [][]byte{}
	for _, name := range []string{c.access.CertFile, c.access.KeyFile, c.access.ClientCAFile} {
		if name == "" {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("the certificate of the status page: %w", err)
		}
		files = append(files, text)
	}
	if len(files) == len(c.seen) && bytes.Equal(bytes.Join(files, []byte{0}), bytes.Join(c.seen, []byte{0})) {
		return nil
	}
	config, err := c.parse(files)
	if err != nil {
		return err
	}
	c.seen, c.config = files, config
	return nil
}

func (c *certificates) parse(files [][]byte) (*tls.Config, error) {
	pair, err := tls.X509KeyPair(files[0], files[1])
	if err != nil {
		return nil, fmt.Errorf("the certificate of the status page, %s and %s: %w", c.access.CertFile, c.access.KeyFile, err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}
	if c.access.ClientCAFile == "" {
		return config, nil
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(files[2]) {
		return nil, fmt.Errorf("the authorities of the status page: %s holds no certificate in PEM", c.access.ClientCAFile)
	}
	// Whoever has none still gets at health and readiness.
	config.ClientAuth = tls.VerifyClientCertIfGiven
	return config, nil
}

// tls is nil without HTTPS.
func (d *door) tls() *tls.Config {
	if d.certs == nil {
		return nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if err := d.certs.load(); err != nil {
			d.log.Error("the former certificate stays in use", zap.Error(err))
		}
		d.certs.mu.Lock()
		defer d.certs.mu.Unlock()
		return d.certs.config, nil
	}}
}
