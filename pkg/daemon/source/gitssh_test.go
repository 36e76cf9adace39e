package source_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"

	"ecs-reconciler/pkg/daemon/source"
)

// sshServer runs the commands of those who have its one key, as sshd does.
type sshServer struct {
	testing.TB
	address string
	hosts   string // a known_hosts that has it
	key     string // the file of the key that may log in
	private ed25519.PrivateKey
	config  *ssh.ServerConfig
	group   sync.WaitGroup
}

func newSSHServer(t testing.TB) *sshServer {
	t.Helper()
	dir := t.TempDir()
	s := &sshServer{TB: t, hosts: filepath.Join(dir, "hosts"), key: filepath.Join(dir, "key")}
	may := s.newKey(s.key, "")
	s.config = &ssh.ServerConfig{PublicKeyCallback: func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if c.User() != "git" || string(key.Marshal()) != string(may.Marshal()) {
			return nil, fmt.Errorf("%s may not", c.User())
		}
		return nil, nil
	}}
	// A host has keys of several kinds, of which known_hosts has one.
	_, first, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	second, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var known ssh.PublicKey
	for _, key := range []any{first, second} {
		signer, err := ssh.NewSignerFromKey(key)
		if err != nil {
			t.Fatal(err)
		}
		s.config.AddHostKey(signer)
		known = signer.PublicKey()
	}
	s.listen()
	write(t, dir, map[string]string{"hosts": knownhosts.Line([]string{knownhosts.Normalize(s.address)}, known) + "\n"})
	return s
}

// newKey writes a private key.
func (s *sshServer) newKey(file, passphrase string) ssh.PublicKey {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		s.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	if err != nil {
		s.Fatal(err)
	}
	write(s, filepath.Dir(file), map[string]string{filepath.Base(file): string(pem.EncodeToMemory(block))})
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		s.Fatal(err)
	}
	if s.private == nil {
		s.private = private
	}
	return key
}

func (s *sshServer) listen() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	s.address = listener.Addr().String()
	s.group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.group.Go(func() { s.serve(conn) })
		}
	})
	s.Cleanup(func() { listener.Close(); s.group.Wait() })
}

func (s *sshServer) serve(conn net.Conn) {
	server, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		conn.Close()
		return
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, asked, err := offered.Accept()
		if err != nil {
			return
		}
		s.group.Go(func() { s.session(channel, asked) })
	}
}

func (s *sshServer) session(channel ssh.Channel, asked <-chan *ssh.Request) {
	defer channel.Close()
	for request := range asked {
		if request.Type != "exec" {
			_ = request.Reply(false, nil)
			continue
		}
		_ = request.Reply(true, nil)
		cmd := exec.Command("sh", "-c", string(request.Payload[4:]))
		cmd.Stdout, cmd.Stderr = channel, channel.Stderr()
		in, err := cmd.StdinPipe() // Stdin would be waited for after the command's end
		if err != nil {
			return
		}
		s.group.Go(func() { _, _ = io.Copy(in, channel); in.Close() })
		status := make([]byte, 4)
		if err := cmd.Run(); err != nil {
			binary.BigEndian.PutUint32(status, 128)
		}
		_, _ = channel.SendRequest("exit-status", false, status)
		return
	}
}

// agent serves the key of the server by the protocol of ssh-agent.
func (s *sshServer) agent() (socket string) {
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: s.private}); err != nil {
		s.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "agent") // a socket's path is short
	if err != nil {
		s.Fatal(err)
	}
	socket = filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { listener.Close(); os.RemoveAll(dir) })
	s.group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.group.Go(func() { _ = agent.ServeAgent(ring, conn); conn.Close() })
		}
	})
	return socket
}

func TestGitSSH(t *testing.T) {
	r := newRepository(t, project())
	quoted := filepath.Join(filepath.Dir(r.dir), "it's here!")
	if err := os.Symlink(r.dir, quoted); err != nil {
		t.Fatal(err)
	}
	server := newSSHServer(t)
	leaks(t)
	s := open(t, "git::ssh://git@"+server.address+r.dir+"//deploy_config?ref=main", source.Options{SSHKey: server.key, Env: environ("SSH_KNOWN_HOSTS", server.hosts)})
	if got := fetch(t, s); got.Revision != r.git("rev-parse", "HEAD") {
		t.Errorf("%+v", got)
	}
	second := r.commit(map[string]string{"deploy_config/tasks/second.yaml": "kind: Task\n"})
	if got := fetch(t, s); got.Revision != second {
		t.Errorf("%+v", got)
	}
	fetch(t, open(t, "git::ssh://"+server.address+strings.ReplaceAll(quoted, " ", "%20"), source.Options{SSHKey: server.key, Env: environ("SSH_KNOWN_HOSTS", server.hosts)}))
}

func TestGitSSHKeys(t *testing.T) {
	r := newRepository(t, project())
	server := newSSHServer(t)
	home := t.TempDir()
	server.newKey(filepath.Join(home, "other"), "")
	server.newKey(filepath.Join(home, "sealed"), "pass")
	write(t, home, map[string]string{"empty": "", "broken": "hello", "wrong": wrongHost(t, server)})
	key, err := os.ReadFile(server.key)
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := os.ReadFile(server.hosts)
	if err != nil {
		t.Fatal(err)
	}
	write(t, home, map[string]string{"home/.ssh/id_ed25519": string(key), "home/.ssh/known_hosts": string(hosts)})
	for name, c := range map[string]struct {
		o   source.Options
		why string
	}{
		"an agent":           {source.Options{Env: environ("SSH_AUTH_SOCK", server.agent(), "SSH_KNOWN_HOSTS", server.hosts)}, ""},
		"home":               {source.Options{Home: filepath.Join(home, "home")}, ""},
		"a command":          {source.Options{Env: environ("GIT_SSH_COMMAND", "ssh -i "+server.key+" -o IdentitiesOnly=yes -o UserKnownHostsFile="+server.hosts)}, ""},
		"a command of more":  {source.Options{Env: environ("GIT_SSH_COMMAND", "ssh -o StrictHostKeyChecking=no")}, "GIT_SSH_COMMAND is read for"},
		"a flag before it":   {source.Options{SSHKey: server.key, Env: environ("GIT_SSH_COMMAND", "ssh -o StrictHostKeyChecking=no", "SSH_KNOWN_HOSTS", server.hosts)}, ""},
		"no key":             {source.Options{Env: environ("SSH_KNOWN_HOSTS", server.hosts)}, "no ssh key to log in with"},
		"another key":        {source.Options{SSHKey: filepath.Join(home, "other"), Env: environ("SSH_KNOWN_HOSTS", server.hosts)}, "none of the ssh keys"},
		"a sealed key":       {source.Options{SSHKey: filepath.Join(home, "sealed"), Env: environ("SSH_KNOWN_HOSTS", server.hosts)}, "passphrase"},
		"no key at all":      {source.Options{SSHKey: filepath.Join(home, "broken"), Env: environ("SSH_KNOWN_HOSTS", server.hosts)}, "no private key"},
		"no agent":           {source.Options{Env: environ("SSH_AUTH_SOCK", filepath.Join(home, "nowhere"), "SSH_KNOWN_HOSTS", server.hosts)}, "agent does not answer"},
		"an unknown host":    {source.Options{SSHKey: server.key, Env: environ("SSH_KNOWN_HOSTS", filepath.Join(home, "empty"))}, "not in known_hosts"},
		"no known hosts":     {source.Options{SSHKey: server.key, Env: environ("SSH_KNOWN_HOSTS", filepath.Join(home, "nowhere"))}, "not in known_hosts"},
		"another host's key": {source.Options{SSHKey: server.key, Env: environ("SSH_KNOWN_HOSTS", filepath.Join(home, "wrong"))}, "shows another key"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, "git::ssh://git@"+server.address+r.dir, c.o)
			if c.why == "" {
				fetch(t, s)
			} else {
				refuses(t, s, c.why)
			}
		})
	}
	s := open(t, "git::ssh://git@"+server.address+"/nowhere.git", source.Options{SSHKey: server.key, Env: environ("SSH_KNOWN_HOSTS", server.hosts)})
	refuses(t, s, "does not appear to be a git repository")
}

// wrongHost is a known_hosts that has another RSA key for the server.
func wrongHost(t testing.TB, s *sshServer) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := ssh.NewPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return knownhosts.Line([]string{knownhosts.Normalize(s.address)}, public) + "\n"
}

// A server that takes the connection and says nothing ends with the context.
func TestGitSSHSilence(t *testing.T) {
	leaks(t)
	server := newSSHServer(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	key, err := os.ReadFile(server.hosts)
	if err != nil {
		t.Fatal(err)
	}
	hosts := filepath.Join(t.TempDir(), "hosts")
	write(t, filepath.Dir(hosts), map[string]string{"hosts": strings.Replace(string(key), knownhosts.Normalize(server.address), knownhosts.Normalize(listener.Addr().String()), 1)})
	s := open(t, "git::ssh://git@"+listener.Addr().String()+"/r", source.Options{SSHKey: server.key, Env: environ("SSH_KNOWN_HOSTS", hosts)})
	ctx, cancel := within(t)
	defer cancel()
	if _, err := s.Fetch(ctx); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Error(err)
	}
}
