package sandbox

import (
	crand "crypto/rand"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// entropy is the source of identifiers. Seeded, it repeats from run to run, and
// its place in the stream is kept with the state, so that a second process does
// not draw the first one's identifiers again.
type entropy struct {
	*rand.ChaCha8
	seeded bool
}

func newEntropy(seed uint64) (*entropy, error) {
	var key [32]byte
	if seed == 0 {
		if _, err := crand.Read(key[:]); err != nil {
			return nil, fmt.Errorf("draw a seed: %w", err)
		}
	}
	binary.LittleEndian.PutUint64(key[:8], seed^binary.LittleEndian.Uint64(key[:8]))
	return &entropy{ChaCha8: rand.NewChaCha8(key), seeded: seed != 0}, nil
}

// save is the place in the stream; nothing for an unseeded source, which is
// never the same again anyway.
func (e *entropy) save() ([]byte, error) {
	if !e.seeded {
		return nil, nil
	}
	return e.MarshalBinary()
}

func (e *entropy) restore(saved []byte) error {
	if !e.seeded || len(saved) == 0 {
		return nil
	}
	return e.UnmarshalBinary(saved)
}
