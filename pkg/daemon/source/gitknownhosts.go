package source

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// knownHosts are files in the form of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
type knownHosts []string

// knownHosts are the files of SSH_KNOWN_HOSTS, else those that ssh reads.
func (g *gitOrigin) knownHosts() knownHosts {
	if files, ok := g.options.Env("SSH_KNOWN_HOSTS"); ok && files != "" {
		return filepath.SplitList(files)
	}
	files := knownHosts{"/etc/ssh/ssh_known_hosts"}
	if g.options.Home != "" {
		files = append(files, filepath.Join(g.options.Home, ".ssh", "known_hosts"))
	}
	return files
}

// trust checks a host's key against the files, and asks the host for one of the
// forms that they have: it would show another one otherwise.
func (k knownHosts) trust(hostPort string) (ssh.HostKeyCallback, []string, error) {
	var files []string
	for _, file := range k {
		if _, err := os.Stat(file); err == nil {
			files = append(files, file)
		}
	}
	check, err := knownhosts.New(files...)
	if err != nil {
		return nil, nil, fmt.Errorf("known_hosts cannot be read: %w", err)
	}
	algorithms, err := known(check, hostPort)
	if err != nil {
		return nil, nil, err
	}
	return func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := check(host, remote, key)
		var wrong *knownhosts.KeyError
		if errors.As(err, &wrong) && len(wrong.Want) > 0 {
			return fmt.Errorf("%s shows another key than known_hosts has: somebody may be in between", host)
		}
		return err
	}, algorithms, nil
}

// known are the algorithms of the keys that are known of a host. The files are
// asked for a key that nobody has, and say which they expected.
func known(check ssh.HostKeyCallback, hostPort string) ([]string, error) {
	nobodys, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return nil, err
	}
	var wrong *knownhosts.KeyError
	err = check(hostPort, &net.TCPAddr{IP: net.IPv4zero}, nobodys)
	if !errors.As(err, &wrong) {
		return nil, fmt.Errorf("known_hosts cannot be asked for %s: %w", hostPort, err)
	}
	var algorithms []string
	for _, key := range wrong.Want {
		if kind := key.Key.Type(); kind == ssh.KeyAlgoRSA {
			algorithms = append(algorithms, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		} else {
			algorithms = append(algorithms, kind)
		}
	}
	if len(algorithms) == 0 {
		return nil, fmt.Errorf("%s is not in known_hosts; look its key up where its owner publishes it, and add that", hostPort)
	}
	return algorithms, nil
}
