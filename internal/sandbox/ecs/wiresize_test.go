package ecs

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestSizeLimitIsExact fills a definition up to the limit, then one byte more.
// The body is what travels: {"containerDefinitions":[…],"family":"web"}, with
// no HTML escapes and without tags.
func TestSizeLimitIsExact(t *testing.T) {
	const frame = `{"containerDefinitions":[{"image":"app:1","memory":128,"name":"app","user":""}],"family":"web"}`
	in := minimal("web")
	in.Tags = tags("a", "b")
	app(in).User = new(strings.Repeat("<", maxDefinitionBytes-len(frame)))
	if err := checkSize(in); err != nil {
		t.Errorf("a definition of the limit's size was refused: %v", err)
	}
	*app(in).User += "<"
	wantError(t, checkSize(in), client, "Actual length: '65537'. Max allowed length is '65536' bytes.")
}

// TestSizeCountsUnions measures a member that is an interface in the SDK.
func TestSizeCountsUnions(t *testing.T) {
	in := fixtures(t)["sharing"]
	app(in).User = new(strings.Repeat("u", maxDefinitionBytes))
	if err := checkSize(in); err == nil {
		t.Error("an oversized definition with a sharing strategy was taken")
	}
	app(in).User = nil
	app(in).Environment = []types.KeyValuePair{{}}
	if err := checkSize(in); err != nil {
		t.Errorf("a small definition was refused: %v", err)
	}
}
