package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"

	g "maragu.dev/gomponents"
)

//go:embed assets
var assets embed.FS

// look is how pages look: their style and script, known to browsers by their
// digests.
type look struct {
	style, script []byte
}

func newLook() (*look, error) {
	l := &look{}
	var err error
	if l.style, err = assets.ReadFile("assets/style.css"); err != nil {
		return nil, fmt.Errorf("the status page's style: %w", err)
	}
	if l.script, err = assets.ReadFile("assets/live.js"); err != nil {
		return nil, fmt.Errorf("the status page's script: %w", err)
	}
	return l, nil
}

// headers keep browsers from loading, sending, framing and storing anything.
func (l *look) headers() map[string]string {
	return map[string]string{
		"Content-Security-Policy": fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			digest(l.style), digest(l.script)),
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	}
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// head is what every page has.
type head struct {
	Title        string
	Icon         string // a data: URL
	At           Stamp
	Version      string
	Environments []place // for the navigation
}

type place struct {
	Name string
	URL  link
	Here bool
	Mark mark
}

// icon is a dot in the colour of the state, and of another shape unless all is
// well.
func icon(m mark) string {
	shape := "<circle cx='8' cy='8' r='6'/>"
	if m.Class != inSync.Class {
		shape = "<path d='M8 1l7.5 14H.5z'/>"
	}
	color := map[string]string{"sync": "#2e7d4f", "failed": "#d93025", "refused": "#7b4bb3", "drifted": "#b86e00", "pending": "#1a6dc4"}[m.Class]
	if color == "" {
		color = "#777"
	}
	return "data:image/svg+xml," + url.PathEscape("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='"+color+"'>"+shape+"</svg>")
}

// write renders whole before it sends, so that what fails is told as such.
func (p *Page) write(w http.ResponseWriter, code int, top head, main ...g.Node) {
	var b bytes.Buffer
	if err := p.look.document(top, main...).Render(&b); err != nil {
		plainText(w, http.StatusInternalServerError, "the page cannot be rendered: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // who asked is gone
}
