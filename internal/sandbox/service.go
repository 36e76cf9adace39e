package sandbox

import (
	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/wire"
)

// served is a service's protocol side; its behaviour is a backend's.
type served struct {
	model *model.Service
	codec *wire.Codec
}

// serve prepares the protocol side of every service.
func serve() (map[string]*served, error) {
	out := map[string]*served{}
	for name, m := range model.Services() {
		codec, err := wire.New(m)
		if err != nil {
			return nil, err
		}
		out[name] = &served{model: m, codec: codec}
	}
	return out, nil
}

// backend is a service in one region: what it does, and a pointer to all that
// it remembers.
type backend struct {
	operations operations
	state      any
}
