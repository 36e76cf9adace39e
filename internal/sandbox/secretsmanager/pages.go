package secretsmanager

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"

	"ecs-reconciler/internal/sandbox/awserr"
)

// paging is what a request says of the page that it wants.
type paging struct {
	// list is the operation and all that decides what is listed in which
	// order. A token of another list is no token of this one.
	list  any
	token *string
	size  *int32
	most  int
}

// mark is where a page ended: at the item of this key, the nth of the list.
// Seal tells a mark that the sandbox made from one that was tampered with.
type mark struct {
	Key  string `json:"key"`
	N    int    `json:"n"`
	Seal string `json:"seal"`
}

// page cuts a list at a token and a size. A list that grew or shrank meanwhile
// goes on after the item that was shown last, wherever it stands now.
func page[T any](all []T, key func(T) string, p paging) ([]T, *string, error) {
	from, err := p.start(len(all), func(i int) string { return key(all[i]) })
	if err != nil {
		return nil, nil, err
	}
	to := from + p.most
	if p.size != nil {
		to = from + min(int(*p.size), p.most)
	}
	if to >= len(all) {
		return all[from:], nil, nil
	}
	next, err := p.tokenAt(mark{Key: key(all[to-1]), N: to})
	return all[from:to], &next, err
}

// start is the index at which the page begins.
func (p paging) start(n int, key func(int) string) (int, error) {
	if p.token == nil {
		return 0, nil
	}
	at, err := p.read(*p.token)
	if err != nil {
		return 0, err
	}
	for i := range n {
		if key(i) == at.Key {
			return i + 1, nil
		}
	}
	return min(at.N-1, n), nil
}

func (p paging) tokenAt(at mark) (string, error) {
	seal, err := p.seal(at)
	if err != nil {
		return "", err
	}
	at.Seal = seal
	raw, err := json.Marshal(at)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

func (p paging) read(token string) (mark, error) {
	var at mark
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || json.Unmarshal(raw, &at) != nil {
		return mark{}, invalidNextToken()
	}
	seal, err := p.seal(at)
	if err != nil {
		return mark{}, err
	}
	if at.Seal != seal || at.N < 1 {
		return mark{}, invalidNextToken()
	}
	return at, nil
}

// seal is a digest of a mark and of the list that it is in.
func (p paging) seal(at mark) (string, error) {
	raw, err := json.Marshal([]any{p.list, at.Key, at.N})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), err
}

func invalidNextToken() error {
	return awserr.New("InvalidNextTokenException", "The NextToken value is invalid.")
}
