package spec

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.yaml.in/yaml/v3"
	sigs "sigs.k8s.io/yaml"
)

const canary = "c4n4ry-v4lue"

// holder keeps a secret in every way that code does.
type holder struct {
	Open    Secret
	Pointer *Secret
	List    []Secret
	Map     map[string]Secret
	hidden  Secret
	deep    struct{ inner *holder }
}

func newHolder() holder {
	s := NewSecret(canary)
	h := holder{Open: s, Pointer: &s, List: []Secret{s}, Map: map[string]Secret{"k": s}, hidden: s}
	h.deep.inner = &holder{hidden: s}
	return h
}

// TestSecretIsNeverFormatted: no verb shows the text, wherever the secret is.
func TestSecretIsNeverFormatted(t *testing.T) {
	h := newHolder()
	values := map[string]any{"secret": h.Open, "pointer": h.Pointer, "list": h.List, "map": h.Map, "holder": h, "pointer to holder": &h, "hidden": struct{ s Secret }{h.hidden}}
	for name, v := range values {
		for _, flags := range []string{"", "+", "#", " ", "-20", "020", ".3"} {
			for verb := rune('A'); verb <= 'z'; verb++ {
				checkHidden(t, fmt.Sprintf("%s as %%%s%c", name, flags, verb), fmt.Sprintf("%"+flags+string(verb), v))
			}
		}
		checkHidden(t, name, fmt.Sprint(v), fmt.Sprintln(v), fmt.Errorf("wrapped: %v", v).Error(), errors.Join(fmt.Errorf("%+v", v)).Error())
	}
	for _, text := range []string{fmt.Sprint(h.Open), fmt.Sprintf("%s %q %x %d", h.Open, h.Open, h.Open, h.Open), h.Open.String(), h.Open.GoString()} {
		if !strings.Contains(text, Masked) {
			t.Errorf("%q does not say that something is hidden", text)
		}
	}
}

// TestSecretIsNeverEncoded: no encoder shows the text.
func TestSecretIsNeverEncoded(t *testing.T) {
	h := newHolder()
	encoders := map[string]func(any) ([]byte, error){
		"json": json.Marshal, "yaml": yaml.Marshal, "sigs yaml": sigs.Marshal,
		"xml": func(any) ([]byte, error) { return xml.Marshal(h.Open) },
	}
	if err := gob.NewEncoder(&bytes.Buffer{}).Encode(h.Open); err == nil {
		t.Error("gob takes a secret")
	}
	for name, encode := range encoders {
		data, err := encode(h)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkHidden(t, name, string(data))
	}
	text, err := h.Open.MarshalText()
	if err != nil || string(text) != Masked {
		t.Errorf("MarshalText: %q, %v", text, err)
	}
}

// TestSecretIsNeverLogged: no logger shows the text.
func TestSecretIsNeverLogged(t *testing.T) {
	h := newHolder()
	for name, encoder := range map[string]zapcore.Encoder{"json": zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), "console": zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig())} {
		var out bytes.Buffer
		zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&out), zap.DebugLevel)).Info("m", zap.Any("any", h), zap.Any("secret", h.Open), zap.Reflect("reflect", h), zap.Stringer("text", h.Open),
			zap.Error(fmt.Errorf("%v", h)))
		checkHidden(t, "zap "+name, out.String())
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "holder", h, "secret", h.Open)
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "holder", h, "secret", h.Open)
	checkHidden(t, "slog", out.String())
}

// TestSecretInAPanic: what a panic prints holds no text.
func TestSecretInAPanic(t *testing.T) {
	defer func() { checkHidden(t, "panic", fmt.Sprint(recover())) }()
	panic(newHolder())
}

func checkHidden(t *testing.T, name string, texts ...string) {
	t.Helper()
	hex := fmt.Sprintf("%x", canary)
	for _, text := range texts {
		if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), hex) || strings.Contains(text, "99 52 110 52") {
			t.Errorf("%s shows the secret", name)
		}
	}
}

func TestSecretEqual(t *testing.T) {
	for _, c := range []struct {
		a, b Secret
		want bool
	}{
		{NewSecret("a"), NewSecret("a"), true}, {NewSecret("a"), NewSecret("b"), false}, {Secret{}, Secret{}, true}, {Secret{}, NewSecret(""), false}, {NewSecret(""), NewSecret(""), true},
	} {
		if got := c.a.Equal(c.b); got != c.want {
			t.Errorf("got %t, want %t", got, c.want)
		}
	}
	if (Secret{}).IsSet() || !NewSecret("").IsSet() || (Secret{}).Reveal() != "" || NewSecret("x").Reveal() != "x" {
		t.Error("a text that was not given is not told from an empty one")
	}
}
