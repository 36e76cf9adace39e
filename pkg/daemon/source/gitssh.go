package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// address is where a repository is by ssh.
type address struct{ user, host, port, path string }

func (g *gitOrigin) address() (address, error) {
	if m := scpForm().FindStringSubmatch(g.URL); m != nil && !strings.Contains(g.URL, "://") {
		return address{orElse(m[1], "git"), m[2], "22", m[3]}, nil
	}
	u, err := url.Parse(g.URL)
	if err != nil {
		return address{}, errors.New("the source's URL cannot be read")
	}
	path := u.Path
	if strings.HasPrefix(path, "/~") { // git: a home folder
		path = path[1:]
	}
	return address{orElse(u.User.Username(), "git"), u.Hostname(), orElse(u.Port(), "22"), path}, nil
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// quoted is a path for the shell at the other side, as git quotes it
// (quote.c: sq_quote_buf).
func quoted(path string) string {
	return "'" + strings.NewReplacer(`'`, `'\''`, `!`, `'\!'`).Replace(path) + "'"
}

// dialSSH logs in and starts git-upload-pack. It does not read ~/.ssh/config.
func (g *gitOrigin) dialSSH(ctx context.Context) (w wire, err error) {
	at, err := g.address()
	if err != nil {
		return nil, err
	}
	hostPort := net.JoinHostPort(at.host, at.port)
	keys, err := g.keys()
	if err != nil {
		return nil, err
	}
	defer keys.close()
	trust, algorithms, err := keys.hosts.trust(hostPort)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: lookTime}).DialContext(ctx, "tcp", hostPort)
	if err != nil {
		return nil, err
	}
	release := context.AfterFunc(ctx, func() { _ = conn.Close() }) // what waits for it then ends
	stop := func() error { release(); return conn.Close() }
	client, channels, requests, err := ssh.NewClientConn(conn, hostPort, &ssh.ClientConfig{User: at.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(keys.signers...)},
		HostKeyCallback: trust, HostKeyAlgorithms: algorithms, Timeout: lookTime})
	if err != nil {
		return nil, errors.Join(sshFailure(err, len(keys.signers)), closed(stop))
	}
	s, err := startSSH(ssh.NewClient(client, channels, requests), at.path)
	if err != nil {
		return nil, errors.Join(err, closed(stop))
	}
	s.stop = func() error { return closed(stop) }
	return s, nil
}

// closed leaves out that a connection was closed before.
func closed(stop func() error) error {
	if err := stop(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func startSSH(client *ssh.Client, path string) (*stream, error) {
	session, err := client.NewSession()
	if err != nil {
		return nil, err
	}
	said := newSaying()
	session.Stderr = said
	in, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &stream{in: in, out: out, said: said}, session.Start("git-upload-pack " + quoted(path))
}

// sshFailure says what to do about a login that fails.
func sshFailure(err error, keys int) error {
	switch {
	case strings.Contains(err.Error(), "unable to authenticate") && keys == 0:
		return errors.New("there is no ssh key to log in with; name one with --git-ssh-key, or run an agent")
	case strings.Contains(err.Error(), "unable to authenticate"):
		return errors.New("the git server takes none of the ssh keys")
	default:
		return err
	}
}

// sshKeys are what this side shows, and what it knows of the other.
type sshKeys struct {
	signers []ssh.Signer
	hosts   knownHosts
	agent   net.Conn // nil without
}

func (k *sshKeys) close() {
	if k.agent != nil {
		_ = k.agent.Close()
	}
}

// keys are those of the file that is named, else of GIT_SSH_COMMAND, else of
// the agent and of the files that ssh takes by itself.
func (g *gitOrigin) keys() (*sshKeys, error) {
	k := &sshKeys{hosts: g.knownHosts()}
	files, hosts := []string{below(g.options.WorkDir, g.options.SSHKey)}, ""
	if g.options.SSHKey == "" {
		var err error
		if files, hosts, err = g.sshCommand(); err != nil {
			return nil, err
		}
	}
	if hosts != "" {
		k.hosts = knownHosts{hosts}
	}
	for _, file := range files {
		signer, err := readKey(file)
		if err != nil {
			return nil, err
		}
		k.signers = append(k.signers, signer)
	}
	if len(files) > 0 {
		return k, nil
	}
	return k, g.usualKeys(k)
}

func (g *gitOrigin) usualKeys(k *sshKeys) error {
	if socket, ok := g.options.Env("SSH_AUTH_SOCK"); ok && socket != "" {
		conn, err := net.DialTimeout("unix", socket, time.Second)
		if err != nil {
			return fmt.Errorf("the ssh agent does not answer: %w", err)
		}
		k.agent = conn
		signers, err := agent.NewClient(conn).Signers()
		if err != nil {
			return errors.Join(fmt.Errorf("the ssh agent does not answer: %w", err), conn.Close())
		}
		k.signers = signers
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		file := filepath.Join(g.options.Home, ".ssh", name)
		if signer, err := readKey(file); g.options.Home != "" && err == nil { // it is not the one that was asked for
			k.signers = append(k.signers, signer)
		}
	}
	return nil
}

func readKey(file string) (ssh.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the ssh key cannot be read: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	var sealed *ssh.PassphraseMissingError
	if errors.As(err, &sealed) {
		return nil, fmt.Errorf("the ssh key %s has a passphrase, which nobody is here to type; give it to an agent", file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no private key of ssh: %w", file, err)
	}
	return signer, nil
}

// sshCommand reads the files that GIT_SSH_COMMAND names. The command is not
// run, so that what else it says would go unheeded, and is refused.
func (g *gitOrigin) sshCommand() (keys []string, hosts string, err error) {
	text, ok := g.options.Env("GIT_SSH_COMMAND")
	words := strings.Fields(text)
	if !ok || len(words) == 0 {
		return nil, "", nil
	}
	for i := 1; i < len(words); i++ {
		option := words[i]
		if (option == "-i" || option == "-o") && i+1 < len(words) {
			i++
			option += " " + words[i]
		}
		name, value, _ := strings.Cut(strings.TrimPrefix(option, "-o "), "=")
		switch {
		case strings.HasPrefix(option, "-i "):
			keys = append(keys, g.expand(strings.TrimPrefix(option, "-i ")))
		case strings.EqualFold(name, "IdentityFile"):
			keys = append(keys, g.expand(value))
		case strings.EqualFold(name, "UserKnownHostsFile"):
			hosts = g.expand(value)
		case strings.EqualFold(option, "-o IdentitiesOnly=yes"), strings.EqualFold(option, "-o StrictHostKeyChecking=yes"), strings.EqualFold(option, "-o BatchMode=yes"):
		default:
			return nil, "", fmt.Errorf("GIT_SSH_COMMAND is read for -i, IdentityFile and UserKnownHostsFile alone, and says more; name the key with --git-ssh-key instead")
		}
	}
	return keys, hosts, nil
}

// expand is a file that a command names.
func (g *gitOrigin) expand(file string) string {
	file = strings.Trim(file, `"'`)
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		return filepath.Join(g.options.Home, rest)
	}
	return below(g.options.WorkDir, file)
}
