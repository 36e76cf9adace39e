package load

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
)

// origin is what a manifest says of where a value comes from, and where it
// says so.
type origin struct {
	name    string // of the secret or parameter whose value it is
	task    source.Task
	pointer string // such as /spec/env_locations/0/from
	doc     manifest.Source
	shown   bool // the value is no secret
}

func (o origin) at(key string) spec.Position { return o.task.Place(o.pointer + "/" + key) }
func (o origin) path(key string) string      { return dotted(o.pointer + "/" + key) }

// here is the place of the whole.
func (o origin) here() spec.Position { return o.task.Place(o.pointer) }

// part is one of those that o is merged of.
func (o origin) part(i int) origin {
	return origin{o.name, o.task, fmt.Sprintf("%s/merge/%d", o.pointer, i), o.doc.Merge[i], o.shown}
}

// exec's bounds.
const (
	execTimeout    = "30s"
	maxExecTimeout = 10 * time.Minute
)

// source is where a value comes from, with the defaults filled in.
func (r *resolver) source(o origin) (spec.Source, bool) {
	before := len(r.problems)
	if r.given(o) {
		r.wellFormed(o)
	}
	s := o.doc.Named()
	s.Timeout = r.execTimeout(o)
	if s.Format = o.doc.Format; s.Format == "" {
		s.Format = defaultFormat(o.doc)
	}
	r.format(o, s.Format)
	for i := range o.doc.Merge {
		part, ok := r.source(o.part(i))
		if ok && !slices.Contains([]string{"dotenv", "json", "yaml"}, part.Format) {
			r.complain(o.part(i).here(), dotted(o.part(i).pointer), "want dotenv, json or yaml; say which in format", fmt.Sprintf("a %s source has no names to merge by", part.Format))
		}
		s.Merge = append(s.Merge, part)
	}
	return s, len(r.problems) == before
}

// given wants exactly one place.
func (r *resolver) given(o origin) bool {
	switch keys := o.doc.Given(); len(keys) {
	case 1:
		return true
	case 0:
		r.complain(o.here(), dotted(o.pointer), "want one of "+strings.Join(manifest.SourceKeys(), ", "), "it does not say where the value comes from")
	default:
		r.complain(o.at(keys[1]), o.path(keys[1]), "a value comes from one place; merge takes several", strings.Join(keys, " and ")+" are both given")
	}
	return false
}

// wellFormed looks into the one place that is given.
func (r *resolver) wellFormed(o origin) {
	switch {
	case o.doc.S3 != "":
		if _, err := spec.ParseObject(o.doc.S3); err != nil {
			r.complain(o.at("s3"), o.path("s3"), "", err.Error())
		}
	case len(o.doc.Exec) > 0 && o.doc.Exec[0] == "":
		r.complain(o.at("exec/0"), o.path("exec/0"), "the first item is the program", "the command has no name")
	case o.doc.Generate != nil:
		r.generate(o)
	case o.doc.TFState != nil:
		r.tfstate(o)
	case o.doc.Literal != nil && !o.shown && (o.task.Sensitive == nil || !o.task.Sensitive(o.pointer+"/literal")):
		r.complain(o.at("literal"), o.path("literal"), "encrypt it with `reconciler vault encrypt-string`, or the file with `reconciler vault encrypt`",
			"a value may only stand here encrypted")
	}
}

// execTimeout is how long a command may take; "" for anything else.
func (r *resolver) execTimeout(o origin) string {
	switch d, err := time.ParseDuration(o.doc.Timeout); {
	case len(o.doc.Exec) == 0 && o.doc.Timeout != "":
		r.complain(o.at("timeout"), o.path("timeout"), "leave it out", "timeout goes with exec")
	case len(o.doc.Exec) == 0:
	case o.doc.Timeout == "":
		return execTimeout
	case err != nil || d <= 0 || d > maxExecTimeout:
		r.complain(o.at("timeout"), o.path("timeout"), "want a duration such as 30s, up to 10m", fmt.Sprintf("%q is no timeout", o.doc.Timeout))
	}
	return o.doc.Timeout
}

// The bounds of what is generated, in characters.
const (
	minGenerated = 8
	maxGenerated = 4096
)

func (r *resolver) generate(o origin) {
	g := *o.doc.Generate
	if g.Length != 0 && (g.Length < minGenerated || g.Length > maxGenerated) {
		r.complain(o.at("generate/length"), o.path("generate/length"), "leave it out for 32", fmt.Sprintf("the length is %d: want %d to %d", g.Length, minGenerated, maxGenerated))
	}
	letters := []rune(g.Alphabet)
	slices.Sort(letters)
	if n := len(letters); g.Alphabet != "" && (n < 2 || len(slices.Compact(letters)) < n) {
		r.complain(o.at("generate/alphabet"), o.path("generate/alphabet"), "list each character once, two at least; leave it out for letters and digits", "the alphabet is none")
	}
}

func (r *resolver) tfstate(o origin) {
	s := *o.doc.TFState
	if (s.File == "") == (s.S3 == "") {
		r.complain(o.at("tfstate"), o.path("tfstate"), "want file: FILE or s3: s3://BUCKET/KEY", "it does not say which one state it is")
	}
	if (s.Output == "") == (s.Address == "") {
		r.complain(o.at("tfstate"), o.path("tfstate"), "want output: NAME or address: TYPE.NAME.ATTRIBUTE", "it does not say which one value of the state it is")
	}
	if _, err := spec.ParseObject(s.S3); s.S3 != "" && err != nil {
		r.complain(o.at("tfstate/s3"), o.path("tfstate/s3"), "", err.Error())
	}
}

// defaultFormat is by the name of what is read, where that has one.
func defaultFormat(s manifest.Source) string {
	switch {
	case s.File != "":
		return formatOf(s.File)
	case s.S3 != "":
		name, _, _ := strings.Cut(s.S3, "#")
		return formatOf(name)
	case s.SSM != "":
		return formatOf(s.SSM[strings.LastIndexByte(s.SSM, '/')+1:])
	case s.Vars != "", len(s.Merge) > 0:
		return "json"
	default:
		return "text"
	}
}

// formats that a source may have.
func formats(s manifest.Source) []string {
	switch {
	case s.Vars != "", len(s.Merge) > 0:
		return []string{"json"}
	case s.Generate != nil:
		return []string{"text"}
	case s.File != "", s.S3 != "", len(s.Exec) > 0:
		return []string{"dotenv", "json", "yaml", "text", "binary"}
	default:
		return []string{"dotenv", "json", "yaml", "text"}
	}
}

func (r *resolver) format(o origin, format string) {
	if known := formats(o.doc); !slices.Contains(known, format) {
		r.complain(o.at("format"), o.path("format"), "want "+strings.Join(known, ", "), fmt.Sprintf("%q is no format", format))
	}
	if o.doc.Trim && (format == "binary" || o.doc.Generate != nil) {
		r.complain(o.at("trim"), o.path("trim"), "leave it out", "there is no white space to leave out")
	}
}

// formatOf guesses a source's format from its name: .env files are dotenv.
func formatOf(file string) string {
	switch base := path.Base(file); {
	case strings.HasPrefix(base, ".env"), strings.HasSuffix(base, ".env"):
		return "dotenv"
	case path.Ext(base) == ".json":
		return "json"
	case path.Ext(base) == ".yaml", path.Ext(base) == ".yml":
		return "yaml"
	default:
		return "text"
	}
}
