package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/storage/memory"
)

// maxRepository bounds what a commit of the whole repository may hold, in
// bytes: it is in memory while it is fetched.
const maxRepository = 256 << 20

var errLargeRepository = fmt.Errorf("the repository holds more than %d MB; keep the specs in one of their own", maxRepository>>20)

// objectStore holds the objects that are fetched, in memory.
type objectStore struct {
	*memory.Storage
	left int64
}

// SetEncodedObject refuses what is too much.
func (s *objectStore) SetEncodedObject(o plumbing.EncodedObject) (plumbing.Hash, error) {
	if s.left -= o.Size(); s.left < 0 {
		return plumbing.ZeroHash, errLargeRepository
	}
	return s.Storage.SetEncodedObject(o)
}

// bounded reads until it is too much.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errLargeRepository
	}
	return n, err
}

// download fetches the commit that the ref is at by now, and all that it holds.
func (g *gitOrigin) download(ctx context.Context) (head plumbing.Hash, objects *objectStore, err error) {
	w, err := g.dial(ctx)
	if err != nil {
		return head, nil, err
	}
	defer w.Close()
	refs, err := w.AdvertisedReferencesContext(ctx)
	if err != nil {
		return head, nil, err
	}
	head, err = g.resolve(refs)
	if err != nil {
		return head, nil, err
	}
	request, err := g.request(refs, head)
	if err != nil {
		return head, nil, err
	}
	response, err := w.UploadPack(ctx, request)
	if err != nil {
		return head, nil, err
	}
	defer response.Close()
	objects = &objectStore{Storage: memory.NewStorage(), left: maxRepository}
	return head, objects, unpack(response, request.Capabilities, objects)
}

// request wants one commit. Where the server can, it leaves the history out.
func (g *gitOrigin) request(refs *packp.AdvRefs, head plumbing.Hash) (*packp.UploadPackRequest, error) {
	can := refs.Capabilities
	if _, pinned := g.pinned(); pinned && !advertised(refs, head) && !can.Supports(capability.AllowReachableSHA1InWant) && !can.Supports(capability.AllowTipSHA1InWant) {
		return nil, errors.New("the git server gives no commits by their id; name a branch or a tag")
	}
	request := packp.NewUploadPackRequestFromCapabilities(can)
	request.Wants = []plumbing.Hash{head}
	request.Capabilities.Delete(capability.ThinPack) // there is nothing here that a pack could rest on
	if can.Supports(capability.Shallow) {
		request.Depth = packp.DepthCommits(1)
		if err := request.Capabilities.Set(capability.Shallow); err != nil {
			return nil, err
		}
	}
	if can.Supports(capability.NoProgress) {
		return request, request.Capabilities.Set(capability.NoProgress)
	}
	return request, nil
}

func advertised(refs *packp.AdvRefs, head plumbing.Hash) bool {
	for _, known := range refs.References {
		if known == head {
			return true
		}
	}
	return refs.Head != nil && *refs.Head == head
}

// unpack reads a pack to its end. Every object's name is computed from what it
// holds, so that what is found under a name is what was asked for.
func unpack(from io.Reader, used *capability.List, into *objectStore) error {
	from = &bounded{from: from, left: maxRepository}
	for _, band := range []struct {
		is   capability.Capability
		kind sideband.Type
	}{{capability.Sideband64k, sideband.Sideband64k}, {capability.Sideband, sideband.Sideband}} {
		if slices.Contains(used.All(), band.is) {
			from = sideband.NewDemuxer(band.kind, from)
			break
		}
	}
	p, err := packfile.NewParserWithStorage(packfile.NewScanner(from), into)
	if err != nil {
		return err
	}
	if _, err := p.Parse(); err != nil {
		return fmt.Errorf("what the git server sends cannot be read: %w", err)
	}
	return nil
}
