package tagging

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"
)

// tokenLife is how long a token is good for, says the reference of
// PaginationTokenExpiredException.
const tokenLife = 15 * time.Minute

// mark is the item that a page ended with, and when. Seal tells a mark of this
// list that the sandbox made from any other.
type mark struct {
	Last string `json:"last"`
	Made int64  `json:"made"` // seconds since 1970
	Seal string `json:"seal"`
}

// after drops what the pages before a token showed from a sorted list. The
// list's name is all of the request that decides what is listed.
func (b *Backend) after(sorted []string, list any, token *string) ([]string, error) {
	if token == nil || *token == "" {
		return sorted, nil
	}
	at, err := readToken(list, *token)
	if err != nil {
		return nil, err
	}
	if b.env.Now().Sub(time.Unix(at.Made, 0)) > tokenLife {
		return nil, awserr.New("PaginationTokenExpiredException",
			"A PaginationToken is valid for a maximum of 15 minutes. The one of this request has expired.")
	}
	i, found := slices.BinarySearch(sorted, at.Last)
	if found {
		i++
	}
	return sorted[i:], nil
}

// token is where the next page goes on; empty when there is no more.
func (b *Backend) token(list any, shown []string, more bool) (*string, error) {
	if !more {
		return new(""), nil
	}
	at := mark{Last: shown[len(shown)-1], Made: b.env.Now().Unix()}
	seal, err := at.seal(list)
	if err != nil {
		return nil, err
	}
	at.Seal = seal
	raw, err := json.Marshal(at)
	return new(base64.RawURLEncoding.EncodeToString(raw)), err
}

func readToken(list any, token string) (mark, error) {
	var at mark
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || json.Unmarshal(raw, &at) != nil {
		return mark{}, invalidParameter("Invalid pagination token.")
	}
	seal, err := at.seal(list)
	if err != nil {
		return mark{}, err
	}
	if at.Seal != seal {
		return mark{}, invalidParameter("Invalid pagination token.")
	}
	return at, nil
}

func (m mark) seal(list any) (string, error) {
	raw, err := json.Marshal([]any{list, m.Last, m.Made})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), err
}
