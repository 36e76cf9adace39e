package inject

import (
	"regexp"

	"ecs-reconciler/pkg/spec/words"
)

// needsShell is what proc_wrapper takes for a shell's: anything but letters,
// digits and _ - / . and blanks.
var needsShell = regexp.MustCompile(`[^\p{L}\p{N}_\-/. ]`)

// Argv is the command line as words, with a shell around it where Shell asks
// for one, or where the line looks as if it needed one.
func (p Params) Argv() ([]string, error) {
	if p.Shell == "enable" || p.Shell == "auto" && needsShell.MatchString(p.Line) {
		return []string{"/bin/sh", "-c", p.Line}, nil
	}
	return words.Split(p.Line)
}
