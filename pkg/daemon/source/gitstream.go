package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
)

// dial connects to the repository. The connection ends with the context.
func (g *gitOrigin) dial(ctx context.Context) (wire, error) {
	switch g.scheme() {
	case "ssh":
		return g.dialSSH(ctx)
	case "file":
		return g.dialFile(ctx)
	default:
		return g.dialWeb()
	}
}

// stream is a git-upload-pack that is spoken to through pipes, as by ssh
// (gitprotocol-pack(5)).
type stream struct {
	in   io.WriteCloser
	out  io.Reader
	said *saying // to standard error
	stop func() error
}

// AdvertisedReferencesContext reads what comes first.
func (s *stream) AdvertisedReferencesContext(context.Context) (*packp.AdvRefs, error) {
	refs := packp.NewAdvRefs()
	err := refs.Decode(s.out)
	if errors.Is(err, packp.ErrEmptyAdvRefs) || err == nil && refs.IsEmpty() {
		return nil, errors.New("the git repository has no commit")
	}
	if err != nil {
		return nil, s.explained(err)
	}
	return refs, nil
}

// UploadPack asks for a pack. Nothing is negotiated: there is nothing here.
func (s *stream) UploadPack(_ context.Context, request *packp.UploadPackRequest) (*packp.UploadPackResponse, error) {
	if err := request.Validate(); err != nil {
		return nil, err
	}
	if err := request.UploadRequest.Encode(s.in); err != nil {
		return nil, s.explained(err)
	}
	if err := pktline.NewEncoder(s.in).EncodeString("done\n"); err != nil {
		return nil, s.explained(err)
	}
	response := packp.NewUploadPackResponse(request)
	if err := response.Decode(io.NopCloser(s.out)); err != nil {
		return nil, s.explained(err)
	}
	return response, nil
}

// Close ends the connection.
func (s *stream) Close() error { return s.stop() }

// explained adds what the other side said, which git shows as well.
func (s *stream) explained(err error) error {
	const patience = 200 * time.Millisecond // it comes by another way
	if said := s.said.wait(patience); said != "" {
		return fmt.Errorf("the git server says: %s", said)
	}
	return fmt.Errorf("the git server does not answer as one: %w", err)
}

// saying keeps the beginning of what is written to it.
type saying struct {
	mu   sync.Mutex
	text bytes.Buffer
	some chan struct{} // closed at the first of it
}

func newSaying() *saying { return &saying{some: make(chan struct{})} }

// Write never fails.
func (s *saying) Write(p []byte) (int, error) {
	const most = 4 << 10
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text.Len() == 0 && len(p) > 0 {
		close(s.some)
	}
	s.text.Write(p[:min(len(p), most-min(most, s.text.Len()))])
	return len(p), nil
}

func (s *saying) wait(patience time.Duration) string {
	select {
	case <-s.some:
	case <-time.After(patience):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return printable(s.text.String())
}

// dialFile runs git for a repository of this machine.
func (g *gitOrigin) dialFile(ctx context.Context) (wire, error) {
	u, err := url.Parse(g.URL)
	if err != nil {
		return nil, errors.New("the source's URL cannot be read")
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "git", "upload-pack", "--", u.Path)
	said := newSaying()
	cmd.Stderr, cmd.WaitDelay = said, time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("git, which reads a repository of this machine, cannot be run: %w", err)
	}
	// How it ended is of no interest: all that was wanted of it has been read.
	return &stream{in, out, said, func() error { cancel(); _ = cmd.Wait(); return nil }}, nil
}
