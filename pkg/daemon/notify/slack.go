package notify

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"ecs-reconciler/pkg/daemon/status"
)

// Slack's bound on a section's text, in characters, is 3000: see "Reference:
// blocks" in its documentation.
const maxSection = 2900

const maxPaths = 10

type slackMessage struct {
	Text   string       `json:"text"` // of the notification
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackText struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji *bool  `json:"emoji,omitempty"`
}

// slack is the message as blocks: what happened and where in bold, then the
// details as plain text, in which nothing is markup.
func (m message) slack() slackMessage {
	where := m.Environment
	if m.Task != "" {
		where = m.Task + " in " + m.Environment
	}
	head := fmt.Sprintf("%s *%s* – %s", m.sign(), m.word(), unmarked(where))
	out := slackMessage{Text: cut(escaped(m.text())), Blocks: []slackBlock{{Type: "section", Text: &slackText{Type: "mrkdwn", Text: cut(head)}}}}
	if details := m.details(); details != "" {
		off := false
		out.Blocks = append(out.Blocks, slackBlock{Type: "section", Text: &slackText{Type: "plain_text", Text: cut(escaped(details)), Emoji: &off}})
	}
	place := strings.Trim(m.AccountID+" · "+m.Region+" · "+m.At.UTC().Format("2 Jan 15:04:05 UTC"), " ·")
	out.Blocks = append(out.Blocks, slackBlock{Type: "context", Elements: []slackText{{Type: "mrkdwn", Text: cut(unmarked(place))}}})
	return out
}

func (m message) details() string {
	var lines []string
	say := func(text string) {
		if text != "" {
			lines = append(lines, text)
		}
	}
	say(strings.TrimSpace(string(m.Kind) + " " + m.Name))
	if m.Who != "" {
		say("by " + m.Who)
	}
	say(m.Note)
	say(m.Record.Message)
	say(m.paths())
	if m.More > 0 {
		say(fmt.Sprintf("and %d more", m.More))
	}
	if m.Dropped > 0 {
		say(fmt.Sprintf("%d messages before this one were lost", m.Dropped))
	}
	return strings.Join(lines, "\n")
}

// paths are those of the fields that differ; their values are on the status
// page.
func (m message) paths() string {
	var paths []string
	for _, f := range m.Fields[:min(len(m.Fields), maxPaths)] {
		paths = append(paths, f.Path)
	}
	if rest := len(m.Fields) - len(paths); rest > 0 {
		paths = append(paths, fmt.Sprintf("%d more", rest))
	}
	return strings.Join(paths, ", ")
}

func (m message) sign() string {
	switch m.What {
	case status.DriftFound:
		return "≠"
	case status.Corrected:
		return "↺"
	case status.Recovered, status.Applied:
		return "✓"
	case status.Fought:
		return "⇄"
	case status.Stopped:
		return "■"
	default:
		return "✕"
	}
}

// escaped replaces the three characters that Slack wants replaced: without it,
// text could name a channel or lead to a page.
func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// unmarked is escaped, and free of markup: a character without width keeps
// marks from being taken as such.
func unmarked(text string) string {
	const joiner = "\u2060"
	return strings.NewReplacer("*", joiner+"*"+joiner, "_", joiner+"_"+joiner, "~", joiner+"~"+joiner, "`", joiner+"`"+joiner).Replace(escaped(text))
}

// cut shortens a text to what Slack takes, and cuts no escape apart.
func cut(text string) string {
	if utf8.RuneCountInString(text) <= maxSection {
		return text
	}
	short := string([]rune(text)[:maxSection])
	if i := strings.LastIndex(short, "&"); i > len(short)-5 {
		short = short[:i]
	}
	return short + " …"
}
