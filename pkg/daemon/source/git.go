package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// How long a look at a repository, and fetching of it, may take.
const (
	lookTime  = time.Minute
	fetchTime = 10 * time.Minute
)

// gitOrigin is a git repository.
type gitOrigin struct {
	Git
	options Options
	web     *http.Transport
}

func newGitOrigin(g Git, o Options) *gitOrigin {
	web := http.DefaultTransport.(*http.Transport).Clone() // net/http says that it is one
	return &gitOrigin{Git: g, options: o, web: web}
}

func (g *gitOrigin) close() { g.web.CloseIdleConnections() }

// wire is a connection to git-upload-pack, for one exchange.
type wire interface {
	AdvertisedReferencesContext(context.Context) (*packp.AdvRefs, error)
	UploadPack(context.Context, *packp.UploadPackRequest) (*packp.UploadPackResponse, error)
	Close() error
}

// pinned is the commit that the source names; ok is false for a branch or a
// tag.
func (g *gitOrigin) pinned() (commit plumbing.Hash, ok bool) {
	return plumbing.NewHash(g.Ref), regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(g.Ref)
}

// head is the object that the ref names, as git ls-remote tells.
func (g *gitOrigin) head(ctx context.Context) (string, error) {
	if commit, ok := g.pinned(); ok {
		return commit.String(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	w, err := g.dial(ctx)
	if err != nil {
		return "", explained(ctx, err)
	}
	defer w.Close()
	refs, err := w.AdvertisedReferencesContext(ctx)
	if err != nil {
		return "", explained(ctx, err)
	}
	head, err := g.resolve(refs)
	return head.String(), err
}

// resolve finds the ref among those that the server has, in git's order
// (gitrevisions(7)) as far as it concerns branches and tags.
func (g *gitOrigin) resolve(refs *packp.AdvRefs) (plumbing.Hash, error) {
	if commit, ok := g.pinned(); ok {
		return commit, nil
	}
	if g.Ref == "" {
		if refs.Head == nil {
			return plumbing.ZeroHash, errors.New("the repository has no default branch; name one with ?ref=")
		}
		return *refs.Head, nil
	}
	for _, name := range []string{g.Ref, "refs/tags/" + g.Ref, "refs/heads/" + g.Ref} {
		if head, ok := refs.References[name]; ok && (name != g.Ref || strings.HasPrefix(name, "refs/")) {
			return head, nil
		}
	}
	return plumbing.ZeroHash, fmt.Errorf("the repository has no branch or tag %s", g.Ref)
}

// fetch gets the present commit without its history.
func (g *gitOrigin) fetch(ctx context.Context, t *tree) (found, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	head, objects, err := g.download(ctx)
	if err != nil {
		return found{}, explained(ctx, err)
	}
	commit, err := commitOf(objects, head)
	if err != nil {
		return found{}, err
	}
	if err := g.verified(commit); err != nil {
		return found{}, fmt.Errorf("commit %s is refused: %w", commit.Hash, err)
	}
	if err := g.checkout(commit, t); err != nil {
		return found{}, fmt.Errorf("commit %s: %w", commit.Hash, err)
	}
	return found{head: head.String(), revision: commit.Hash.String(), at: commit.Committer.When, author: printable(commit.Author.Name + " <" + commit.Author.Email + ">")}, nil
}

// commitOf follows tags that are objects to the commit.
func commitOf(objects *objectStore, head plumbing.Hash) (*object.Commit, error) {
	const chain = 10
	for range chain {
		tag, err := object.GetTag(objects, head)
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		head = tag.Target
	}
	commit, err := object.GetCommit(objects, head)
	if err != nil {
		return nil, fmt.Errorf("the ref names no commit: %w", err)
	}
	return commit, nil
}

// explained says what a failure of the connection means for the user. What
// servers answer beside it is not repeated: it may be a page.
func explained(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return errors.New("the git server takes too long")
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, transport.ErrAuthenticationRequired):
		return errors.New("the git server wants to know who asks; give a token by --git-token-file, GIT_TOKEN or netrc")
	case errors.Is(err, transport.ErrAuthorizationFailed):
		return errors.New("the git server refuses the token")
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return errors.New("the git server knows no such repository, or hides it from whoever may not read it")
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return errors.New("the git repository has no commit")
	default:
		return err
	}
}

// printable is one line of text from elsewhere, cut to a length that can be
// shown.
func printable(text string) string {
	const most = 200
	clean := []rune(strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, text))
	return strings.TrimSpace(string(clean[:min(len(clean), most)]))
}
