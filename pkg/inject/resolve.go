package inject

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Resolver makes environments. It remembers what it fetched, for as long as
// Params.TTL says.
type Resolver struct {
	// Config reaches AWS in a region; "" is the SDK's own choice. It is asked
	// once a region, and only when an address needs it.
	Config func(ctx context.Context, region string) (aws.Config, error)
	// Warn is told what goes on without a value in Compat.
	Warn func(string)
	// Now is the clock.
	Now func() time.Time

	params  Params
	cache   map[string]entry
	clients *clients
}

// entry is one value in the cache.
type entry struct {
	value fetched
	at    time.Time
}

// Resolve is the environment of a process: what the env locations hold, under
// the variables that are there already, and the values of the variables whose
// names say that they name a location.
func (r *Resolver) Resolve(ctx context.Context, p Params, environ Environ) (Environ, error) {
	r.params = p
	made, err := r.gather(ctx, environ)
	if err != nil {
		return nil, err
	}
	if r.params.Depth == 0 {
		return environOf(made.env), nil
	}
	if made, err = r.settle(ctx, environ, made); err != nil {
		return nil, err
	}
	if name := r.params.ConfigName; name != "" && !made.cut {
		made.env = updated(made.env, newMap([]yaml11.Field{field(name, plain(yaml11.PyJSON(made.config)))}))
	}
	return environOf(made.env), nil
}

// state is what is known so far.
type state struct {
	env, config *yaml11.Node
	cut         bool // Compat alone: a value could not be fetched, and what comes after it is lost
}

// gather fetches the locations and merges them. What the env locations bring
// may say where the configuration is.
func (r *Resolver) gather(ctx context.Context, environ Environ) (made state, err error) {
	if made.env, err = r.all(ctx, r.params.EnvLocations, formatDotenv, environ); err != nil {
		return state{}, err
	}
	made.env = updated(made.env, environ.value())
	if len(r.params.EnvLocations) > 0 {
		if r.params, err = r.params.overridden(environOf(made.env)); err != nil {
			return state{}, err
		}
	}
	made.config, err = r.all(ctx, r.params.ConfigLocations, formatJSON, environ)
	return made, err
}

// all merges what several locations hold.
func (r *Resolver) all(ctx context.Context, locations []string, format string, environ Environ) (*yaml11.Node, error) {
	merged := newMap(nil)
	for i, location := range locations {
		_, value, err := r.lookup(ctx, lookup{value: location, top: true, format: format, env: environ.value(), config: newMap(nil), environ: environ})
		if err == nil && value.Kind != yaml11.Map {
			err = fmt.Errorf("it holds a %s, not names with values", value.Kind)
		}
		if err == nil {
			merged, err = merge(r.params.Merge, merged, value)
		}
		if err != nil {
			return nil, fmt.Errorf("location %d%s: %w", i+1, shown(location), err)
		}
	}
	return merged, nil
}

// shown is a location where it names a place beyond doubt: one of PLAIN, and
// any piece of one that was cut at a comma, is a value itself.
func shown(location string) string {
	for _, prefix := range []string{"arn:", "AWS_", "ssm:", "aws:", "file://", "/", "./"} {
		if strings.HasPrefix(location, prefix) {
			return ", " + location
		}
	}
	return ""
}

// lookup is one value that names a location.
type lookup struct {
	name, value string
	top         bool   // a location of its own, not a variable's value
	format      string // where nothing tells it
	env, config *yaml11.Node
	environ     Environ
}

// lookup fetches what a value names. Where the name says which store is meant,
// that is left out of it.
func (r *Resolver) lookup(ctx context.Context, l lookup) (string, *yaml11.Node, error) {
	p, name := r.providerOf(l)
	location, transform := cutTransform(l.value)
	address, explicit := cutFormat(strings.TrimPrefix(location, p.name+":"))
	got, err := r.fetch(ctx, p, address)
	if err != nil {
		return name, nil, err
	}
	value, format := got.value, firstOf(explicit, got.format, formatOf(address), l.format)
	if value == nil {
		if transform != "" && format == "" {
			format = formatJSON
		}
		if value, err = r.parse(got.text, format, l.environ, formatOf(address) == ""); err != nil {
			return name, nil, err
		}
	}
	if value.IsNull() && got.value == nil {
		value = plain(got.text) // as proc_wrapper takes a text that holds nothing
	}
	return name, value, transformed(&value, transform)
}

// parse reads a text, and refuses what python-dotenv passes over. guessed says
// that nothing but habit makes a dotenv text of it.
func (r *Resolver) parse(text, format string, environ Environ, guessed bool) (*yaml11.Node, error) {
	if format == formatDotenv && !r.params.Compat {
		if _, err := parseJSON(text); err == nil && guessed {
			return nil, errors.New("it holds JSON, and would be read as dotenv, without any variable; add !json to the location")
		}
		if bad := dotenv.Parse([]byte(text)).Malformed; len(bad) > 0 {
			return nil, fmt.Errorf("line %d of it is no NAME=value, and would be passed over", bad[0])
		}
	}
	return parse(text, format, environ)
}

func firstOf(formats ...string) string {
	for _, format := range formats {
		if format != "" {
			return format
		}
	}
	return ""
}

// providerOf is who holds a value, and the variable's name without a mention
// of it.
func (r *Resolver) providerOf(l lookup) (provider, string) {
	for _, p := range r.providers(l.env, l.config) {
		if l.top && p.own {
			continue
		}
		if name, ok := strings.CutPrefix(l.name, p.name+"_"); ok {
			return p, name
		}
		if p.catches(l.value) {
			return p, l.name
		}
	}
	return provider{name: "PLAIN", store: plainStore{}}, l.name
}

// cutTransform parts a location from its transform, which stands after the
// first | that is not at either end.
func cutTransform(value string) (location, transform string) {
	at := strings.IndexByte(value, '|')
	if at <= 0 || at >= len(value)-2 {
		return value, ""
	}
	return value[:at], value[at+1:]
}

// cutFormat parts an address from !dotenv, !json or !yaml.
func cutFormat(location string) (address, format string) {
	for _, format := range []string{formatDotenv, formatJSON, formatYAML} {
		end := len(location) - len(format) - 1
		if end >= 0 && strings.EqualFold(location[end:], "!"+format) {
			return location[:end], format
		}
	}
	return location, ""
}

// transformed puts what a transform makes of a value in its place.
func transformed(value **yaml11.Node, transform string) error {
	if transform == "" || transform == "SELF" {
		return nil
	}
	expression, ok := strings.CutPrefix(transform, "JP:")
	if !ok {
		return fmt.Errorf("%q is no transform; want JP:JSONPATH", transform)
	}
	p, err := parsePath(expression)
	if err != nil {
		return err
	}
	found := p.find(*value)
	if found == nil {
		return fmt.Errorf("nothing is at the JSONPath %s in it: %w", expression, errAbsent)
	}
	*value = found
	return nil
}

// fetch asks a store, or the cache.
func (r *Resolver) fetch(ctx context.Context, p provider, address string) (fetched, error) {
	id := p.name + ":" + address
	if known, ok := r.cache[id]; ok && (r.params.TTL == nil || r.Now().Sub(known.at) <= *r.params.TTL) {
		return known.value, nil
	}
	got, err := p.store.fetch(ctx, address)
	if err == nil && !p.own {
		if r.cache == nil {
			r.cache = map[string]entry{}
		}
		r.cache[id] = entry{got, r.Now()}
	}
	return got, err
}

// absent tells of what may come to be in a later iteration.
func absent(err error) bool { return errors.Is(err, errAbsent) }
