package page

import (
	"strings"
	"time"

	"ecs-reconciler/pkg/daemon/status"
)

// happening is a record for a reader.
type happening struct {
	Environment, Task       string
	EnvironmentURL, TaskURL link
	Key                     string
	At                      Stamp
	Mark                    mark
	Object                  string
	Who, Note, Message      string
	Only                    string
	Differences             []difference

	at time.Time
}

func whatMark(w status.What) mark {
	switch w {
	case status.DriftFound:
		return mark{Class: drifted.Class, Sign: drifted.Sign, Word: "drift"}
	case status.Corrected:
		return mark{Class: inSync.Class, Sign: "↺", Word: "corrected"}
	case status.Applied:
		return mark{Class: pending.Class, Sign: "✓", Word: "applied"}
	case status.Recovered:
		return mark{Class: inSync.Class, Sign: "✓", Word: "recovered"}
	case status.Failed:
		return failed
	case status.Fought:
		return mark{Class: refused.Class, Sign: "⇄", Word: "fought over"}
	case status.Stopped:
		return mark{Class: failed.Class, Sign: "■", Word: "stopped"}
	case status.SpecBad:
		return mark{Class: failed.Class, Sign: "✕", Word: "spec refused"}
	default:
		return mark{Class: unchecked.Class, Sign: "·", Word: strings.ReplaceAll(string(w), "_", " ")}
	}
}

// happenings are an environment's, or those of one task, at most so many.
func happenings(e status.Environment, task string, now time.Time, lines, most int) []happening {
	var out []happening
	for _, r := range e.History {
		if task != "" && r.Task != task {
			continue
		}
		if len(out) == most {
			break
		}
		h := happening{Environment: e.Environment, EnvironmentURL: environmentURL(e.Environment), At: stamp(r.At, now), Mark: whatMark(r.What),
			Who: r.Who, Note: r.Note, Message: r.Message, at: r.At, Object: strings.TrimSpace(string(r.Kind) + " " + r.Name)}
		h.Key = strings.Join([]string{r.At.UTC().Format(time.RFC3339Nano), string(r.What), e.Environment, r.Task, h.Object}, " ")
		if r.Task != "" {
			h.Task, h.TaskURL = r.Task, taskURL(e.Environment, r.Task)
		}
		h.Differences, h.Only = differencesOf(r.Fields, lines)
		out = append(out, h)
	}
	return out
}
