package sandbox

import (
	"cmp"
	"maps"
	"time"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/events"
	"ecs-reconciler/internal/sandbox/iam"
	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/secretsmanager"
	"ecs-reconciler/internal/sandbox/sqs"
	"ecs-reconciler/internal/sandbox/sts"
	"ecs-reconciler/internal/sandbox/tagging"
)

// world is everything that the account holds. The server's lock guards it.
type world struct {
	opts    Options
	entropy *entropy
	// at is the time of the call being served. It stands still meanwhile, so
	// that performing the call again sees the same clock.
	at      time.Time
	global  *place
	regions map[string]*place
	sts     *sts.Backend
	roles   *iam.Backend
	caller  access.Principal
	// models are made when they are first needed: see world.model.
	models map[string]*model.Service
}

// place is one region, or what is the same in all of them.
type place struct {
	env      *awsenv.Env
	backends map[string]backend
	secrets  *secretsmanager.Backend // of a region, as are rules and queues
	rules    *events.Backend
	queues   *sqs.Backend
	// tagged are the tags of a service's resources, by ARN, where it tells them.
	tagged map[string]tagging.Source
}

func newWorld(opts Options, source *entropy) *world {
	w := &world{opts: opts, entropy: source, regions: map[string]*place{}}
	w.global = w.newPlace(opts.Region)
	w.fillGlobal()
	return w
}

func (w *world) newPlace(region string) *place {
	return &place{backends: map[string]backend{}, env: &awsenv.Env{
		Account:   w.opts.Account,
		Region:    region,
		Partition: awsenv.PartitionOf(region),
		Now:       func() time.Time { return w.at },
		Rand:      w.entropy,
	}}
}

// region opens a region on first use.
func (w *world) region(name string) *place {
	p, ok := w.regions[name]
	if !ok {
		p = w.newPlace(name)
		p.env.CallerARN, p.env.CallerID = w.global.env.CallerARN, w.global.env.CallerID
		w.regions[name] = p
		w.fillRegion(p)
	}
	return p
}

// place is where a service of a region lives.
func (w *world) place(region, service string) *place {
	if _, ok := w.global.backends[service]; ok {
		return w.global
	}
	return w.region(region)
}

// setCaller makes a principal the caller of what follows, everywhere.
func (w *world) setCaller(who access.Principal) {
	w.caller = who
	w.global.env.CallerARN, w.global.env.CallerID = who.ARN, who.ID
	for _, p := range w.regions {
		p.env.CallerARN, p.env.CallerID = who.ARN, who.ID
	}
}

// segments lists every backend by its key in the state file: "iam", or
// "us-west-2/ecs".
func (w *world) segments() map[string]backend {
	out := maps.Clone(w.global.backends)
	for region, p := range w.regions {
		for service, b := range p.backends {
			out[region+"/"+service] = b
		}
	}
	return out
}

// segmentOf finds the backend of a segment, opening its region.
func (w *world) segmentOf(key string) (backend, bool) {
	region, service := splitSegment(key)
	if region != "" && !regionName(region) {
		return backend{}, false
	}
	b, ok := w.place(cmp.Or(region, w.opts.Region), service).backends[service]
	return b, ok
}
