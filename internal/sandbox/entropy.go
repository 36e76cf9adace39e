package sandbox

import (
	crand "crypto/rand"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// entropy is the source of identifiers. Seeded, it repeats from run to run. Its
// place in the stream is kept with the state, so that a second process does not
// draw the first one's identifiers again, and so that an operation that is
// performed again draws what it drew.
type entropy struct {
	*rand.ChaCha8
	draws int // of this process
}

// Read draws bytes; it never fails.
func (e *entropy) Read(p []byte) (int, error) {
	e.draws++
	return e.ChaCha8.Read(p)
}

// stream keeps apart what is drawn for different ends: what a client's timing
// decides, such as how many requests there are, must not change what the state
// draws.
type stream uint64

const (
	forState stream = iota
	forRequests
	forDelays
)

func newEntropy(seed uint64, use stream) (*entropy, error) {
	var key [32]byte
	if seed == 0 {
		if _, err := crand.Read(key[:]); err != nil {
			return nil, fmt.Errorf("draw a seed: %w", err)
		}
	}
	binary.LittleEndian.PutUint64(key[:8], seed^binary.LittleEndian.Uint64(key[:8]))
	binary.LittleEndian.PutUint64(key[8:16], uint64(use)^binary.LittleEndian.Uint64(key[8:16]))
	return &entropy{ChaCha8: rand.NewChaCha8(key)}, nil
}

// save is the place in the stream.
func (e *entropy) save() ([]byte, error) { return e.MarshalBinary() }

// restore goes to a place in the stream; nothing leaves it where it is.
func (e *entropy) restore(saved []byte) error {
	if len(saved) == 0 {
		return nil
	}
	return e.UnmarshalBinary(saved)
}

// delay draws a time from nothing to most, both included.
func (e *entropy) delay(most time.Duration) time.Duration {
	return time.Duration(e.Uint64() % (uint64(most) + 1))
}
